// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class NoDelaySocketsTest {
    private final NoDelaySockets sockets = new NoDelaySockets();

    @Test
    void createSocket_ofAnyKind_sendsAtOnce() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 5, here);
                Socket open = sockets.createSocket();
                Socket byName = sockets.createSocket(here.getHostAddress(), server.getLocalPort());
                Socket bound = sockets.createSocket(here.getHostAddress(), server.getLocalPort(), here, 0);
                Socket byAddress = sockets.createSocket(here, server.getLocalPort());
                Socket boundByAddress = sockets.createSocket(here, server.getLocalPort(), here, 0)) {
            for (Socket socket : new Socket[] {open, byName, bound, byAddress, boundByAddress}) {
                assertThat(socket.getTcpNoDelay()).isTrue();
            }
        }
    }
}
