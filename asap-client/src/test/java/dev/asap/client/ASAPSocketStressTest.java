// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.ASAPException;
import dev.asap.client.internal.socket.ThreadTimer;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls over connections that break at any moment. */
class ASAPSocketStressTest extends SocketTesting {
    private static final int CALLS = 200;

    private final AtomicInteger answered = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void connectionsThatBreak_everyCallEndsWithItsAnswerOrAFailure(long seed) throws Exception {
        CompletableFuture<Boolean> serving = inBackground(() -> serve(new Random(seed)));
        ASAPSocket socket = ASAPSocket.builder(peer.url())
                .timers(() -> new ThreadTimer("asap-client-test-timer"))
                .closeTimeout(Duration.ofMillis(200))
                .reconnect(true)
                .initialBackoff(Duration.ofMillis(1))
                .maxBackoff(Duration.ofMillis(10))
                .receiveTimeout(Duration.ofMillis(200))
                .ackTimeout(Duration.ofMillis(20))
                .ackCheckInterval(Duration.ofMillis(5))
                .build();
        try (socket) {
            connectAtLast(socket);
            List<CompletableFuture<Boolean>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int caller = i;
                callers.add(inBackground(() -> call(socket, caller)));
            }
            for (CompletableFuture<Boolean> caller : callers) {
                assertThat(caller.get(50, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(answered.get()).isGreaterThan(CALLS);
        peer.stopListening();
        get(serving);
    }

    private static void connectAtLast(ASAPSocket socket) {
        for (int i = 0; i < 100; i++) {
            try {
                socket.connect();
                return;
            } catch (ASAPException e) {
                assertThat(socket.state()).isEqualTo(SocketState.CONNECTING);
            }
        }
        throw new AssertionError("never connected");
    }

    private boolean call(ASAPSocket socket, int caller) {
        for (int i = 0; i < CALLS; i++) {
            String id = "m-" + caller + "-" + i;
            try {
                Envelope answer = socket.send(i % 2 == 0 ? tracked(id) : plain(id));
                assertThat(answer.correlationId()).isEqualTo(id);
                assertThat(((TaskResponse) answer.payload()).result().getString("text"))
                        .isEqualTo(id);
                answered.incrementAndGet();
            } catch (ASAPException e) {
                assertThat(e.getMessage()).contains(id);
                // So that not all calls fall into the time without a connection.
                awaitState(socket, SocketState.OPEN);
            }
        }
        return true;
    }

    /** Answers some, acknowledges some, keeps silent about some, and then breaks the connection in one way or another. */
    private boolean serve(Random random) {
        while (true) {
            WebSocketPeer.Connection connection;
            try {
                connection = peer.acceptSilently();
            } catch (AssertionError e) {
                return true;
            }
            try {
                serve(connection, random);
            } catch (AssertionError e) {
                // The client has hung up.
                connection.hangUp();
            }
        }
    }

    private static void serve(WebSocketPeer.Connection connection, Random random) {
        if (random.nextInt(10) == 0) {
            connection.hangUp();
            return;
        }
        connection.completeHandshake();
        for (int frames = random.nextInt(40); frames > 0; frames--) {
            WebSocketPeer.Received received = connection.read();
            if (received.opcode() == WebSocketPeer.CLOSE) {
                connection.hangUp();
                return;
            }
            JsonObject request = JsonObject.parse(received.payload());
            String id = envelopeOf(request).getString("id");
            int what = random.nextInt(20);
            if (what % 2 == 0) {
                connection.send(received(id));
            }
            if (what > 0) {
                connection.send(result(idOf(request), done(id, id)));
            }
        }
        switch (random.nextInt(3)) {
            case 0 -> connection.hangUp();
            case 1 -> connection.reset();
            default -> {
                connection.sendClose(1001, "");
                connection.awaitEnd();
            }
        }
    }
}
