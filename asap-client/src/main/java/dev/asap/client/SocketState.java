// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** How an {@link ASAPSocket} is doing. */
public enum SocketState {
    /** It has not been connected yet, or is being connected for the first time. */
    CONNECTING,
    /** It is connected. */
    OPEN,
    /** The connection was lost and will be opened again. */
    RECONNECTING,
    /** It has ended for good: it was closed, or the connection was lost and will not be opened again. */
    CLOSED
}
