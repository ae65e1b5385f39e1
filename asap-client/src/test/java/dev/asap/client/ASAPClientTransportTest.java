// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.CircuitOpenException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.ReceivedRequest;
import dev.asap.testkit.WebSocketFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section "use through the main client" of the protocol: a client whose messages go over WebSocket. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class ASAPClientTransportTest {
    private static final RetryPolicy QUICK =
            RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(1));

    private final FaultyPeer peer = FaultyPeer.start();

    @AfterEach
    void stop() {
        peer.requireNoConnections();
        peer.close();
        ClientTestThreads.assertNoneLeft();
    }

    private String socketUrl() {
        return "ws://127.0.0.1:" + peer.port();
    }

    private ASAPClient.Builder builder() {
        return Peer.client(socketUrl());
    }

    private List<ReceivedRequest> messages() {
        return peer.requests().stream()
                .filter(request -> request.method().equals(ReceivedRequest.SOCKET_MESSAGE))
                .toList();
    }

    private List<ReceivedRequest> handshakes() {
        return peer.requests().stream()
                .filter(request -> request.method().equals("GET"))
                .toList();
    }

    private static String keyOf(ReceivedRequest message) {
        return JsonObject.parse(message.body()).getObject("params").getString("idempotency_key");
    }

    @ParameterizedTest
    @CsvSource({
        "ws, '', AUTO, /asap/ws",
        "ws, /asap/ws, AUTO, /asap/ws",
        "ws, /agents/a/, WEBSOCKET, /agents/a/asap/ws",
        "http, '', WEBSOCKET, /asap/ws",
        "http, /agents/a/asap, WEBSOCKET, /agents/a/asap/ws"
    })
    void send_baseUrlOfAnyForm_goesToTheAgentsSocket(String scheme, String path, TransportMode mode, String socket) {
        String url = scheme + "://127.0.0.1:" + peer.port() + path;
        try (ASAPClient client = Peer.client(url).transportMode(mode).build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(handshakes()).extracting(ReceivedRequest::path).containsExactly(socket);
        assertThat(messages()).hasSize(1);
    }

    @Test
    void send_httpUrlWithoutMode_staysWithHttp() {
        try (ASAPClient client = Peer.client(peer.url()).build()) {
            client.send(Peer.message());
        }
        assertThat(peer.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
    }

    @Test
    void documents_comeOverHttpFromTheSamePlace() {
        try (ASAPClient client = builder().build()) {
            assertThat(client.getManifest().id()).isEqualTo(Peer.ECHO);
            assertThat(client.healthCheck().isHealthy()).isTrue();
            assertThat(client.discover(peer.url()).id()).isEqualTo(Peer.ECHO);
        }
        assertThat(peer.requests())
                .extracting(ReceivedRequest::path)
                .containsExactly("/.well-known/asap/manifest.json", "/.well-known/asap/health");
    }

    @Test
    void build_optionsThatContradictTheUrl_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder("wss://agent.example")
                        .transportMode(TransportMode.HTTP)
                        .build())
                .withMessage(
                        "transportMode HTTP needs a base URL with https, got 'wss://agent.example/asap/ws'; write https,"
                                + " or leave the mode to the URL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder("https://agent.example")
                        .onMessage(pushed -> {})
                        .build())
                .withMessageStartingWith("onMessage needs WebSocket");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder("ws://agent.example").build())
                .withMessage("the base URL must use wss, got 'ws://agent.example/asap/ws'; if the network in between is"
                        + " trusted, say so with requireHttps(false)");
        ASAPClient.builder("ws://agent.example").requireHttps(false).build().close();
        ASAPClient.builder("WSS://agent.example").build().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws:agent.example", "ws://", "wss://agent.example?x=1"})
    void builder_brokenSocketUrl_isRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> ASAPClient.builder(url));
    }

    @Test
    void send_oneAfterTheOther_usesOneConnection() {
        try (ASAPClient client = builder().build()) {
            for (int i = 0; i < 5; i++) {
                client.send(Peer.message("m-" + i));
            }
            ClientStats stats = client.stats();
            assertThat(stats.connectionsOpened()).isEqualTo(1);
            assertThat(stats.connectionsReused()).isEqualTo(4);
            assertThat(stats.connections()).isEqualTo(1);
            assertThat(stats.idleConnections()).isEqualTo(1);
            assertThat(stats.busySlots()).isZero();
        }
        assertThat(peer.connectionCount()).isEqualTo(1);
    }

    @Test
    void sendBatch_ofMany_sendsTwoAtATime() {
        List<Envelope> many =
                IntStream.range(0, 20).mapToObj(i -> Peer.message("m-" + i)).toList();
        try (ASAPClient client = builder().poolConnections(2).build()) {
            assertThat(client.sendBatch(many))
                    .extracting(item -> item.orThrow().correlationId())
                    .containsExactlyElementsOf(many.stream().map(Envelope::id).toList());
            assertThat(client.sendAll(many)).hasSize(20).allMatch(BatchItem.Ok.class::isInstance);
            assertThat(client.sendBatchOrFail(many)).hasSize(20);
        }
        assertThat(peer.connectionCount()).isEqualTo(2);
    }

    @Test
    void pool_moreThanPoolConnectionsIdle_closesTheRest() {
        peer.always(Fault.delay(Duration.ofMillis(50)));
        try (ASAPClient client = builder().build()) {
            CompletableFuture<Envelope> first = client.sendAsync(Peer.message("m-1"));
            CompletableFuture<Envelope> second = client.sendAsync(Peer.message("m-2"));
            SocketTesting.get(first);
            SocketTesting.get(second);
            await().untilAsserted(() -> assertThat(client.stats().connections()).isEqualTo(1));
        }
    }

    @Test
    void whatSocketsCannotDo_isRefusedWithTheRemedy() {
        try (ASAPClient client = builder().build()) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> client.batch(List.of(Peer.message())))
                    .withMessage(
                            "this client's messages go over WebSocket, one in each frame: use sendBatch or sendAll, or a"
                                    + " client with transportMode(TransportMode.HTTP)");
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> client.stream(Peer.message()))
                    .withMessage(
                            "this client's messages go over WebSocket, where it reads no streams: use ASAPSocket.stream,"
                                    + " or a client with transportMode(TransportMode.HTTP)");
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> client.publisher(Peer.message()));
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            client.send(Peer.message(), CallOptions.defaults().withHeader("X-Tenant", "a")))
                    .withMessage(
                            "a message over WebSocket has no headers, got [X-Tenant]; leave them out, or use a client"
                                    + " with transportMode(TransportMode.HTTP)");
        }
        assertThat(peer.requestCount()).isZero();
    }

    @Test
    void send_answerIsLost_hasAnUnknownOutcomeAndIsNotRepeated() {
        peer.next(Fault.none(), WebSocketFaults.drop());
        try (ASAPClient client = builder().retry(QUICK).build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOfSatisfying(
                            UnknownOutcomeException.class,
                            e -> assertThat(e.idempotencyKey())
                                    .contains(keyOf(messages().get(0))))
                    .hasCauseInstanceOf(ConnectionException.class);
            assertThat(messages()).hasSize(1);
            assertThat(client.send(Peer.message("m-2")).correlationId()).isEqualTo("m-2");
        }
    }

    @Test
    void send_answerIsLostOfARepeatableCall_isSentAgainWithTheSameKey() {
        peer.next(Fault.none(), WebSocketFaults.drop());
        try (ASAPClient client = builder().retry(QUICK).build()) {
            Envelope answer = client.send(
                    Peer.message(), CallOptions.defaults().withRepeatable(true).withIdempotencyKey("key-1"));
            assertThat(answer.correlationId()).isEqualTo("m-1");
        }
        assertThat(messages()).extracting(ASAPClientTransportTest::keyOf).containsExactly("key-1", "key-1");
        assertThat(handshakes()).hasSize(2);
    }

    @Test
    void send_handshakeRefusedForNow_isTriedAgain() {
        peer.next(Fault.status(503), Fault.status(429));
        try (ASAPClient client = builder().retry(QUICK).build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(handshakes()).hasSize(3);
        assertThat(messages()).hasSize(1);
    }

    @Test
    void send_nobodyListens_isTriedAgainAndCountsForTheBreaker() {
        CircuitBreaker breaker = CircuitBreaker.of(2, Duration.ofMinutes(1));
        peer.refuseConnections();
        try (ASAPClient client = builder().retry(QUICK).circuitBreaker(breaker).build()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> client.send(Peer.message()))
                        .isInstanceOf(ConnectionException.class)
                        .hasMessageStartingWith("cannot connect to " + socketUrl() + "/asap/ws: ");
            }
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(CircuitOpenException.class);
        }
    }

    @Test
    void send_errorOfThePeer_isThrownAndSuccessForTheBreaker() {
        CircuitBreaker breaker = CircuitBreaker.of(1, Duration.ofMinutes(1));
        peer.always(Fault.none());
        peer.next(
                Fault.none(),
                Fault.answer(
                        Answer.json(
                                "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32603,\"message\":\"Internal error\"},\"id\":\"ws-req-1\"}")));
        try (ASAPClient client = builder().circuitBreaker(breaker).build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOfSatisfying(
                            RemoteErrorException.class,
                            e -> assertThat(e.jsonRpcCode()).isEqualTo(-32603));
            assertThat(breaker.consecutiveFailures()).isZero();
            client.send(Peer.message("m-2"));
        }
        assertThat(handshakes()).hasSize(1);
    }

    private static final class Tokens implements TokenProvider {
        private final AtomicReference<String> current = new AtomicReference<>("old");

        @Override
        public String token() {
            return current.get();
        }

        @Override
        public String renewed(String refused) {
            assertThat(refused).isEqualTo("old");
            current.set("new");
            return "new";
        }
    }

    @Test
    void send_tokenRefusedWithTheHandshake_isSentWithAnotherOne() {
        peer.next(Fault.status(401));
        try (ASAPClient client = builder().tokenProvider(new Tokens()).build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(handshakes())
                .extracting(request -> request.header("Authorization").orElseThrow())
                .containsExactly("Bearer old", "Bearer new");
    }

    @Test
    void send_tokenRefusedAfterTheHandshake_isSentWithAnotherOne() {
        peer.next(WebSocketFaults.close(4401));
        try (ASAPClient client = builder().tokenProvider(new Tokens()).build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(handshakes()).hasSize(2);
    }

    @Test
    void send_tokenRefusedForGood_says401() {
        peer.always(Fault.status(401));
        try (ASAPClient client = builder().retry(QUICK).bearerToken("secret").build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOfSatisfying(
                            ConnectionException.class,
                            e -> assertThat(e.httpStatus()).hasValue(401))
                    .hasMessageContaining("check bearerToken")
                    .hasMessageNotContaining("secret");
        }
        assertThat(handshakes()).hasSize(1);
    }

    @Test
    void callTimeout_withoutAnswer_hasAnUnknownOutcomeAndLeavesTheConnectionToNobody() {
        peer.next(Fault.none(), Fault.noAnswer());
        try (ASAPClient client = builder().build()) {
            CallOptions shortly = CallOptions.defaults().withTimeout(Duration.ofMillis(500));
            assertThatThrownBy(() -> client.send(Peer.message(), shortly))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasCauseInstanceOf(RequestTimeoutException.class)
                    .hasMessageContaining("timed out: callTimeout is 500 ms");
            assertThat(client.stats().connections()).isZero();
            client.send(Peer.message("m-2"));
        }
        assertThat(handshakes()).hasSize(2);
    }

    @Test
    void callTimeout_whileConnecting_isKnownNotToBeSent() {
        peer.next(Fault.noAnswer());
        try (ASAPClient client = builder().build()) {
            CallOptions shortly = CallOptions.defaults().withTimeout(Duration.ofMillis(300));
            assertThatThrownBy(() -> client.send(Peer.message(), shortly))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("cannot connect to " + socketUrl() + "/asap/ws: the time for the whole call was over");
        }
        assertThat(messages()).isEmpty();
    }

    @Test
    void readTimeout_withoutAnswer_hasAnUnknownOutcome() {
        peer.next(Fault.none(), Fault.noAnswer());
        try (ASAPClient client = builder().readTimeout(Duration.ofMillis(300)).build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasMessageContaining("receiveTimeout is 300 ms");
        }
    }

    @Test
    void send_noPlaceInTime_isKnownNotToBeSent() {
        peer.next(Fault.none(), Fault.noAnswer());
        try (ASAPClient client =
                builder().poolMaxSize(1).poolTimeout(Duration.ofMillis(50)).build()) {
            CompletableFuture<Envelope> first = client.sendAsync(Peer.message("m-1"));
            await().until(() -> messages().size() == 1);
            assertThatThrownBy(() -> client.send(Peer.message("m-2"))).isInstanceOf(RequestTimeoutException.class);
            first.cancel(true);
        }
        assertThat(messages()).hasSize(1);
    }

    @Test
    void sendAsync_cancelled_endsTheConnection() {
        peer.next(Fault.none(), Fault.noAnswer());
        try (ASAPClient client = builder().build()) {
            CompletableFuture<Envelope> answer = client.sendAsync(Peer.message());
            await().until(() -> messages().size() == 1);
            answer.cancel(true);
            peer.requireNoConnections();
            await().untilAsserted(
                            () -> assertThat(client.stats().runningCalls()).isZero());
            assertThat(client.stats().connections()).isZero();
        }
    }

    @Test
    void send_interrupted_saysSo() {
        peer.next(Fault.none(), Fault.noAnswer());
        try (ASAPClient client = builder().build()) {
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            CompletableFuture<Boolean> flag = SocketTesting.inBackground(() -> {
                thread.complete(Thread.currentThread());
                assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(CallInterruptedException.class);
                return Thread.currentThread().isInterrupted();
            });
            await().until(() -> messages().size() == 1);
            SocketTesting.get(thread).interrupt();
            assertThat(SocketTesting.get(flag)).isTrue();
        }
    }

    @Test
    void close_runningCalls_areCutOff() {
        peer.next(Fault.none(), Fault.noAnswer());
        ASAPClient client = builder().build();
        CompletableFuture<Envelope> async = client.sendAsync(Peer.message("m-1"));
        await().until(() -> messages().size() == 1);
        client.close();
        assertThat(SocketTesting.failure(async))
                .isInstanceOf(ClientClosedException.class)
                .hasMessage("message to " + socketUrl()
                        + "/asap/ws was cut off: the client was closed; whether the peer received it is not known");
        assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> client.warmUp(1)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void close_whileConnecting_cutsThatOff() {
        peer.next(Fault.noAnswer());
        ASAPClient client = builder().build();
        CompletableFuture<Envelope> async = client.sendAsync(Peer.message("m-1"));
        await().until(() -> handshakes().size() == 1);
        client.close();
        assertThat(SocketTesting.failure(async)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void onMessage_getsWhatAnswersNoCall() throws Exception {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        peer.next(Fault.none(), Fault.duplicateAnswer());
        try (ASAPClient client = builder().onMessage(pushed::add).build()) {
            client.send(Peer.message());
            Envelope second = pushed.poll(10, TimeUnit.SECONDS);
            assertThat(second).isNotNull();
            assertThat(second.correlationId()).isEqualTo("m-1");
        }
    }

    @Test
    void warmUp_opensConnectionsWithoutAMessage() {
        try (ASAPClient client = builder().poolConnections(2).build()) {
            assertThat(client.warmUp(2)).isEqualTo(2);
            assertThat(messages()).isEmpty();
            client.send(Peer.message());
            assertThat(client.stats().connectionsOpened()).isEqualTo(2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.warmUp(3))
                    .withMessage("warmUp takes 1 to 2 connections (poolMaxSize), got 3");
        }
        assertThat(peer.connectionCount()).isEqualTo(2);
    }

    @Test
    void warmUp_nobodyListens_fails() {
        peer.refuseConnections();
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.warmUp(1)).isInstanceOf(ConnectionException.class);
        }
    }

    @Test
    void interceptor_isToldOfAttemptsAndSizes() {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        AtomicReference<CallEnd> end = new AtomicReference<>();
        peer.next(Fault.status(503));
        CallInterceptor interceptor = start -> {
            told.add(start.kind() + " " + start.address());
            return new CallObserver() {
                @Override
                public Envelope outgoing(Envelope message) {
                    return message.toBuilder().traceId("trace-1").build();
                }

                @Override
                public void attempt(int number, BiConsumer<String, String> headers) {
                    headers.accept("traceparent", "00-1");
                    told.add("attempt " + number);
                }

                @Override
                public void end(CallEnd how) {
                    end.set(how);
                }
            };
        };
        try (ASAPClient client = builder().retry(QUICK).interceptor(interceptor).build()) {
            client.send(Peer.message());
        }
        assertThat(told).containsExactly("SEND " + socketUrl() + "/asap/ws", "attempt 1", "attempt 2");
        assertThat(end.get().attempts()).isEqualTo(2);
        assertThat(end.get().requestBytes()).isEqualTo(messages().get(0).body().length);
        assertThat(end.get().responseBytes()).isPositive();
        assertThat(JsonObject.parse(messages().get(0).body())
                        .getObject("params")
                        .getObject("envelope")
                        .getString("trace_id"))
                .isEqualTo("trace-1");
    }
}
