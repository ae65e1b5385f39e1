// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** What the messages of an {@link ASAPClient} travel over. Manifests and health are asked for over HTTP in any case. */
public enum TransportMode {
    /** HTTP. The base URL has the scheme https or http. */
    HTTP,
    /** WebSocket. The base URL has any of the four schemes; http(s) stands for ws(s) then. */
    WEBSOCKET,
    /** What the base URL says: WebSocket for wss and ws, HTTP for https and http. */
    AUTO;

    /**
     * What is meant.
     *
     * @param socketUrl whether the base URL has the scheme wss or ws
     */
    boolean isSocket(boolean socketUrl) {
        return this == WEBSOCKET || (this == AUTO && socketUrl);
    }
}
