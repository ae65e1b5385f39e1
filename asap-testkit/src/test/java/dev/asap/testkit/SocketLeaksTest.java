// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakChecks.class)
class SocketLeaksTest {
    @Test
    void openConnection_isSeenUntilItIsClosed() throws Exception {
        try (FaultyPeer peer = FaultyPeer.start()) {
            SocketLeaks.requireNoConnectionsTo(peer.port());
            try (RawClient client = new RawClient(peer)) {
                assertThat(SocketLeaks.connectionsTo(peer.port())).containsExactly(client.localPort());
                assertThatThrownBy(() -> SocketLeaks.requireNoConnectionsTo(peer.port()))
                        .isInstanceOf(AssertionError.class)
                        .hasMessage("connections to port " + peer.port() + " left open, from the local ports ["
                                + client.localPort() + "]");
            }
            SocketLeaks.requireNoConnectionsTo(peer.port());
        }
    }

    @Test
    void connectionThatThePeerLeft_isSeen() throws Exception {
        try (FaultyPeer peer = FaultyPeer.start().next(Fault.closeBeforeAnswer());
                RawClient client = new RawClient(peer).get()) {
            assertThat(client.readToEnd()).isEmpty();
            peer.requireNoConnections();
            assertThat(SocketLeaks.connectionsTo(peer.port())).containsExactly(client.localPort());
        }
    }
}
