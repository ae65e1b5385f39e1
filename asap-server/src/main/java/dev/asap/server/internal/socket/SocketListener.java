// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.socket;

/** Hears what happens to a socket, one thing after the other. Must not block. */
public interface SocketListener {
    /** A text message has come. */
    void onText(String text);

    /** A binary message has come. */
    void onBinary();

    /** The socket has ended, whoever ended it. Nothing follows. */
    void onClosed();
}
