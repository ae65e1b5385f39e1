// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.CircuitOpenException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.Envelope;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts of a call, over real sockets. The waits between them are short, not skipped. */
class ASAPClientRetryTest extends ServerTesting {
    private static final RetryPolicy SOON = RetryPolicy.defaults()
            .withDelays(Duration.ofMillis(1), Duration.ofMillis(5))
            .withJitter(false);

    @Override
    ASAPClient.Builder builder() {
        return super.builder().retry(SOON);
    }

    private static Envelope sendAsync(ASAPClient client) {
        try {
            return client.sendAsync(Peer.message()).get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Blocking and asynchronous calls take the same way. */
    enum Form {
        BLOCKING {
            @Override
            Envelope send(ASAPClient client) {
                return client.send(Peer.message());
            }
        },
        ASYNCHRONOUS {
            @Override
            Envelope send(ASAPClient client) {
                return sendAsync(client);
            }
        };

        abstract Envelope send(ASAPClient client);
    }

    static Stream<Form> forms() {
        return Stream.of(Form.values());
    }

    private static MockResponse status(int status) {
        return Peer.json(status, "");
    }

    private static MockResponse hangUp() {
        return new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build();
    }

    private static Envelope envelopeOf(RecordedRequest request) {
        IncomingRequest.Call call = (IncomingRequest.Call) new JsonRpcCodec(Clock.systemUTC())
                .readRequest(request.getBody().toByteArray());
        return ((EnvelopeArgument.Valid) call.envelope()).envelope();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void send_twoFailuresThenAnswer_succeeds(Form form) {
        server.enqueue(status(500));
        server.enqueue(status(503));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            assertThat(form.send(client).correlationId()).isEqualTo("m-1");
        }
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void send_threeFailures_failsWithTheLast(Form form) {
        server.enqueue(status(500));
        server.enqueue(status(502));
        server.enqueue(status(503));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> form.send(client));
            assertThat(e.httpStatus()).hasValue(503);
        }
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    void send_repetition_keepsKeyAndIdAndRefreshesTimestamp() throws Exception {
        server.enqueue(status(500));
        server.enqueue(Peer.answer());
        Instant before = Instant.now().minusSeconds(1);
        try (ASAPClient client = builder().build()) {
            client.send(Peer.message());
        }
        RecordedRequest first = server.takeRequest();
        RecordedRequest second = server.takeRequest();
        assertThat(second.getHeaders().get("X-Idempotency-Key"))
                .isEqualTo(first.getHeaders().get("X-Idempotency-Key"))
                .isNotBlank();
        assertThat(envelopeOf(first).timestamp()).isEqualTo(Peer.message().timestamp());
        assertThat(envelopeOf(second).id()).isEqualTo("m-1");
        assertThat(envelopeOf(second).timestamp()).isAfter(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 413, 415, 422})
    void send_requestThatThePeerWillNotTake_isNotRepeated(int status) {
        server.enqueue(status(status));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void send_tooManyRequestsWithRetryAfter_waitsAndSucceeds() {
        server.enqueue(status(429).newBuilder().setHeader("Retry-After", "0").build());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder()
                .retry(SOON.withDelays(Duration.ofSeconds(50), Duration.ofSeconds(50)))
                .build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
    }

    @Test
    void send_retryAfterLongerThanAllowed_failsAtOnceAndSaysWhen() {
        server.enqueue(status(429).newBuilder().setHeader("Retry-After", "61").build());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> client.send(Peer.message()));
            assertThat(e.retryAfter()).contains(Duration.ofSeconds(61));
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void send_waitLongerThanTheCallMayTake_failsAtOnce() {
        server.enqueue(status(429).newBuilder().setHeader("Retry-After", "30").build());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().callTimeout(Duration.ofSeconds(20)).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void send_errorThatSaysWhenToComeBack_isRepeated() {
        server.enqueue(Peer.json(
                200,
                "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32002,\"message\":\"later\",\"data\":{\"recoverable\":true,"
                        + "\"retry_after_ms\":3}},\"id\":\"req-1\"}"));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
    }

    @Test
    void send_errorWithoutATime_isNotRepeated() {
        server.enqueue(Peer.json(
                200,
                "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32002,\"message\":\"no\",\"data\":{\"recoverable\":true}},"
                        + "\"id\":\"req-1\"}"));
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(RemoteErrorException.class);
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void send_nobodyListens_isTriedThreeTimes(Form form) throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        List<Integer> attempts = new ArrayList<>();
        try (ASAPClient client = ASAPClient.builder("http://127.0.0.1:" + port)
                .retry(SOON)
                .interceptor(call -> new CallObserver() {
                    @Override
                    public void end(CallEnd end) {
                        attempts.add(end.attempts());
                    }
                })
                .build()) {
            assertThatThrownBy(() -> form.send(client)).isInstanceOf(ConnectionException.class);
        }
        assertThat(attempts).containsExactly(3);
    }

    @Test
    void send_lostAnswer_isRepeatedOnlyWhenAllowed() {
        server.enqueue(hangUp());
        server.enqueue(hangUp());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            UnknownOutcomeException e =
                    catchThrowableOfType(UnknownOutcomeException.class, () -> client.send(Peer.message()));
            assertThat(e.idempotencyKey()).isPresent();
            assertThat(server.getRequestCount()).isEqualTo(1);

            CallOptions again = CallOptions.defaults()
                    .withIdempotencyKey(e.idempotencyKey().orElseThrow())
                    .withRepeatable(true);
            assertThat(client.send(Peer.message(), again).correlationId()).isEqualTo("m-1");
        }
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    void send_clientThatRepeatsUnknownOutcomes_succeeds() {
        server.enqueue(hangUp());
        server.enqueue(Peer.answer());
        try (ASAPClient client =
                builder().retry(SOON.withRepeatUnknownOutcome(true)).build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void send_timeOverBetweenAttempts_isTimeout(Form form) {
        for (int i = 0; i < 50; i++) {
            server.enqueue(status(500));
        }
        try (ASAPClient client = builder()
                .retry(SOON.withMaxAttempts(1000))
                .callTimeout(Duration.ofMillis(100))
                .build()) {
            assertThatThrownBy(() -> form.send(client))
                    .isInstanceOfAny(
                            RequestTimeoutException.class, ConnectionException.class, UnknownOutcomeException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void close_whileACallWaitsForItsNextAttempt_endsIt(Form form) throws Exception {
        server.enqueue(status(500));
        ASAPClient client = builder()
                .retry(SOON.withDelays(Duration.ofMinutes(1), Duration.ofMinutes(1)))
                .build();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                form.send(client);
            } catch (RuntimeException e) {
                failure.complete(e);
            }
        });
        caller.start();
        server.takeRequest();
        client.close(Duration.ofMillis(50));
        assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientClosedException.class);
        caller.join();
    }

    @Test
    void cancel_whileACallWaitsForItsNextAttempt_endsIt() throws Exception {
        server.enqueue(status(500));
        CompletableFuture<CallEnd> end = new CompletableFuture<>();
        try (ASAPClient client = builder()
                .retry(SOON.withDelays(Duration.ofMinutes(1), Duration.ofMinutes(1)))
                .interceptor(call -> new CallObserver() {
                    @Override
                    public void end(CallEnd how) {
                        end.complete(how);
                    }
                })
                .build()) {
            CompletableFuture<Envelope> answer = client.sendAsync(Peer.message());
            server.takeRequest();
            answer.cancel(true);
            assertThat(end.get(10, TimeUnit.SECONDS).outcome()).isInstanceOf(CallEnd.Cancelled.class);
            assertThat(client.stats().runningCalls()).isZero();
        }
    }

    // ---- Breaker

    @Test
    void send_breakerThatOpened_sendsNothing() {
        CircuitBreaker breaker = CircuitBreaker.of(2, Duration.ofMinutes(1));
        server.enqueue(status(404));
        server.enqueue(status(404));
        try (ASAPClient client = builder().circuitBreaker(breaker).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(CircuitOpenException.class);
            assertThatThrownBy(() -> sendAsync(client)).isInstanceOf(CircuitOpenException.class);
            assertThat(client.stats().runningCalls()).isZero();
        }
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void send_failureIsCountedOncePerCall() {
        CircuitBreaker breaker = CircuitBreaker.of(2, Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            server.enqueue(status(500));
        }
        try (ASAPClient client = builder().circuitBreaker(breaker).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
        }
        assertThat(breaker.consecutiveFailures()).isEqualTo(1);
    }

    @Test
    void send_errorOfThePeer_isASuccessForTheBreaker() {
        CircuitBreaker breaker = CircuitBreaker.of(5, Duration.ofMinutes(1));
        server.enqueue(status(404));
        server.enqueue(Peer.json(200, "{\"error\":{\"code\":-32012,\"message\":\"no\"}}"));
        try (ASAPClient client = builder().circuitBreaker(breaker).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
            assertThat(breaker.consecutiveFailures()).isEqualTo(1);
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(RemoteErrorException.class);
            assertThat(breaker.consecutiveFailures()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"this is no JSON", "{}", "[]"})
    void send_answerThatSaysNothing_isNeitherSuccessNorFailure(String body) {
        CircuitBreaker breaker = CircuitBreaker.of(5, Duration.ofMinutes(1));
        server.enqueue(status(404));
        server.enqueue(Peer.json(200, body));
        try (ASAPClient client = builder().circuitBreaker(breaker).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(RemoteErrorException.class);
            assertThat(breaker.consecutiveFailures()).isEqualTo(1);
        }
    }
}
