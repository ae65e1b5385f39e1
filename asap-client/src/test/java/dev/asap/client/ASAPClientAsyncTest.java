// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.RemoteErrorException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class ASAPClientAsyncTest extends ServerTesting {
    @Test
    void sendAsync_answer_completesFuture() {
        server.setDispatcher(new Peer.EchoDispatcher());
        try (ASAPClient client = builder().build()) {
            assertThat(client.sendAsync(Peer.message()))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .extracting(Envelope::correlationId)
                    .isEqualTo("m-1");
        }
    }

    @Test
    void sendAsync_errorOfPeer_failsFutureWithIt() {
        server.enqueue(Peer.json(200, "{\"error\":{\"code\":-32010,\"message\":\"no\"}}"));
        try (ASAPClient client = builder().build()) {
            assertThat(client.sendAsync(Peer.message()))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(RemoteErrorException.class);
        }
    }

    @Test
    void sendAsync_lostConnection_failsFuture() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        try (ASAPClient client = builder().build()) {
            assertThat(client.sendAsync(Peer.message()))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(UnknownOutcomeException.class);
        }
    }

    static Stream<Consumer<CompletableFuture<Envelope>>> endings() {
        return Stream.of(
                future -> future.cancel(true),
                future -> future.cancel(false),
                future -> future.complete(Peer.message()),
                future -> future.completeExceptionally(new IllegalStateException("enough")),
                future -> future.orTimeout(1, TimeUnit.MILLISECONDS));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void sendAsync_futureEndedByCaller_closesTheSocket(Consumer<CompletableFuture<Envelope>> ending) throws Exception {
        try (RawPeer peer = new RawPeer(out -> {});
                ASAPClient client = Peer.client(peer.url()).build()) {
            CompletableFuture<Envelope> future = client.sendAsync(Peer.message());
            assertThat(peer.awaitRequest()).isTrue();
            ending.accept(future);
            assertThat(peer.awaitDisconnect()).isTrue();
            assertThat(future).isDone();
        }
    }

    @Test
    void sendAsync_cancelled_saysSo() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {});
                ASAPClient client = Peer.client(peer.url()).build()) {
            CompletableFuture<Envelope> future = client.sendAsync(Peer.message());
            assertThat(peer.awaitRequest()).isTrue();
            assertThat(future.cancel(true)).isTrue();
            assertThat(future).isCancelled();
            assertThat(future).failsWithin(Duration.ZERO).withThrowableOfType(CancellationException.class);
        }
    }

    @Test
    void sendAsync_orTimeout_saysSo() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {});
                ASAPClient client = Peer.client(peer.url()).build()) {
            assertThat(client.sendAsync(Peer.message()).orTimeout(50, TimeUnit.MILLISECONDS))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(TimeoutException.class);
            assertThat(peer.awaitDisconnect()).isTrue();
        }
    }

    @Test
    void sendAsync_twoHundredAtOnce_areAnsweredOverAHundredConnections() throws Exception {
        sendTwoHundred(builder());
        assertThat(connections(200)).hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void sendAsync_givenOkHttpClient_isNotHeldUpByItsDispatcher() throws Exception {
        OkHttpClient given = new OkHttpClient();
        sendTwoHundred(builder().okHttpClient(given));
        given.connectionPool().evictAll();
    }

    /** The peer answers nobody before a hundred are waiting. */
    private void sendTwoHundred(ASAPClient.Builder builder) throws Exception {
        CountDownLatch arrived = new CountDownLatch(100);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                arrived.countDown();
                return arrived.await(30, TimeUnit.SECONDS) ? Peer.echo(request) : Peer.json(500, "");
            }
        });
        try (ASAPClient client = builder.build()) {
            List<CompletableFuture<Envelope>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(client.sendAsync(Peer.message("m-" + i)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(answers.get(i).get(30, TimeUnit.SECONDS).correlationId())
                        .isEqualTo("m-" + i);
            }
        }
        assertThat(server.getRequestCount()).isEqualTo(200);
    }

    private Set<Integer> connections(int requests) throws InterruptedException {
        Set<Integer> connections = new HashSet<>();
        for (int i = 0; i < requests; i++) {
            connections.add(server.takeRequest().getConnectionIndex());
        }
        return connections;
    }
}
