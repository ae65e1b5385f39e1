// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.socket;

import java.util.concurrent.CompletableFuture;

/** An open socket as the engine has it. Thread-safe. Nothing here blocks. */
public interface SocketSession {
    /** Asks for one more message. Without asking none comes, and the peer has to wait. */
    void readNext();

    /** Sends a text message; done when it is written. Only one at a time. */
    CompletableFuture<?> send(String text);

    /** Says good-bye behind what is being written. */
    void close(int code, String reason);

    /** Cuts the connection off. */
    void disconnect();
}
