// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server whose answers are in the hands of the test; afterwards no thread of a client may be left. */
abstract class ServerTesting {
    final MockWebServer server = new MockWebServer();

    @BeforeEach
    void startServer() throws IOException {
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.close();
        ClientTestThreads.assertNoneLeft();
    }

    /** A client of the server, which sends each message once. */
    ASAPClient.Builder builder() {
        return Peer.client(server.url("/").toString());
    }
}
