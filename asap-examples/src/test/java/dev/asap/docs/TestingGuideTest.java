// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.ASAPException;
import dev.asap.client.ASAPClient;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.TaskRequest;
import dev.asap.server.ASAPServer;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.Http2Error;
import dev.asap.testkit.Http2Faults;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import dev.asap.testkit.SocketLeaks;
import dev.asap.testkit.WebSocketFaults;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of the guide to testing. */
@ExtendWith(LeakChecks.class)
class TestingGuideTest {
    /** What an application might have: it asks an agent, and can do without. */
    private record Greeter(ASAPClient client) {
        String greet(String name) {
            TaskRequest task = TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "Hello, " + name));
            try {
                return client.request(AgentUrn.of("urn:asap:agent:me"), AgentUrn.of("urn:asap:agent:echo"), task)
                        .result()
                        .getString("text");
            } catch (ASAPException e) {
                return "Hello";
            }
        }
    }

    @Test
    void clock_standsUntilItIsMoved() {
        Manifest manifest = Manifest.builder(
                        AgentUrn.of("urn:asap:agent:greeter"),
                        "Greeter",
                        "1.0.0",
                        Endpoint.of("http://localhost:8080/asap"))
                .build();
        SettableClock clock = SettableClock.at("2026-01-02T03:04:05Z");
        try (ASAPServer server = ASAPServer.builder(manifest).clock(clock).start();
                ASAPClient client = ASAPClient.builder(server.url()).build()) {
            clock.advance(Duration.ofMinutes(5));
            assertThat(client.healthCheck().uptimeSeconds()).isEqualTo(300);
        }
    }

    @Test
    void greeter_agentFails_greetsAnyway() {
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = ASAPClient.builder(peer.url())
                        .readTimeout(Duration.ofMillis(500))
                        .build()) {
            Greeter greeter = new Greeter(client);
            assertThat(greeter.greet("Ada")).isEqualTo("Hello, Ada");

            peer.always(Fault.noAnswer());
            assertThat(greeter.greet("Ada")).isEqualTo("Hello");

            peer.always(Fault.none());
            assertThat(greeter.greet("Ada")).isEqualTo("Hello, Ada");
            assertThat(peer.requests().get(0).text()).contains("Hello, Ada");
        }
    }

    @Test
    void connections_areClosedInTheEnd() {
        try (FaultyPeer peer = FaultyPeer.start()) {
            try (ASAPClient client = ASAPClient.builder(peer.url()).build()) {
                assertThat(client.healthCheck().isHealthy()).isTrue();
                assertThat(peer.openConnections()).isEqualTo(1);
            }
            peer.requireNoConnections();
            SocketLeaks.requireNoConnectionsTo(peer.port());
        }
    }

    @Test
    void faults_areScripted() {
        try (FaultyPeer peer = FaultyPeer.startH2c()) {
            // One for each request; then what always() says, which is none() unless set.
            peer.next(Fault.resetMidBody(), Fault.none(), Fault.truncateBody(10));
            // Two at once.
            peer.next(Fault.delay(Duration.ofMillis(50)).and(Fault.status(503)));
            // Another answer; the peer's own one, changed.
            peer.next(Fault.answer(Answer.of(429).withHeader("Retry-After", "1")));
            peer.next(Fault.change(answer -> answer.withHeader("ASAP-Version", "9.9")));
            // HTTP/2, for a peer that startH2c() started.
            peer.next(Http2Faults.goAwayBelow(Http2Error.NO_ERROR));
            // A WebSocket: the handshake is a request, each message is one.
            peer.next(Fault.none(), WebSocketFaults.close(1011));

            assertThat(peer.requestCount()).isZero();
        }
    }

    @Test
    void peer_answersWhatItIsToldTo() {
        FaultyPeer peer = FaultyPeer.start(request -> request.path().endsWith("/health")
                ? Answer.json("{\"status\":\"unhealthy\"}").withStatus(503)
                : Answer.echo(request));
        try (peer;
                ASAPClient client = ASAPClient.builder(peer.url()).build()) {
            assertThat(client.getManifest().name()).isEqualTo("Echo");
        }
    }
}
