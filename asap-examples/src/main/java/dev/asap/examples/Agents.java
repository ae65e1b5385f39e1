// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.server.ASAPServer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the agents of the examples share. */
final class Agents {
    /** How the line begins that tells whoever started an agent where it listens. */
    static final String LISTENING = "listening on ";

    private Agents() {}

    /** Says where the server listens and keeps it running until the process is told to end; then closes it in order. */
    static void runUntilStopped(ASAPServer server) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close-server"));
        out().println(LISTENING + server.url());
        server.awaitClose();
    }

    /** Standard output, in UTF-8 on every system, line by line. */
    static PrintStream out() {
        return new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }
}
