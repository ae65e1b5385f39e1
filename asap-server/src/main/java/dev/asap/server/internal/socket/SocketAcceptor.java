// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.socket;

import dev.asap.server.http.HttpRequest;

/** Takes sockets over. Thread-safe. */
public interface SocketAcceptor {
    /** The path of the sockets. */
    String path();

    /** Whether who sent this request may have a socket, as far as that can be said at once; otherwise it gets HTTP 403. */
    boolean admits(HttpRequest handshake);

    /**
     * A socket has been opened. No message comes before {@link SocketSession#readNext} is called. Must not block.
     *
     * @param handshake the request that opened it, which stays readable
     */
    SocketListener opened(HttpRequest handshake, SocketSession session);
}
