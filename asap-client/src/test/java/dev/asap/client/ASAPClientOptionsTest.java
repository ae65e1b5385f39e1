// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.ASAPException;
import dev.asap.error.ConnectionException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of a call, interceptors, and what the client tells of its connections. */
class ASAPClientOptionsTest extends ServerTesting {
    // ---- Connections

    @Test
    void stats_callsOneAfterAnother_reuseTheirConnection() {
        server.setDispatcher(new Peer.EchoDispatcher());
        try (ASAPClient client = builder().build()) {
            for (int i = 0; i < 20; i++) {
                client.send(Peer.message());
            }
            ClientStats stats = client.stats();
            assertThat(stats.connectionsOpened()).isEqualTo(1);
            assertThat(stats.connectionsReused()).isEqualTo(19);
            assertThat(stats.connections()).isEqualTo(1);
            assertThat(stats.idleConnections()).isEqualTo(1);
            assertThat(stats.runningCalls()).isZero();
            assertThat(stats.waitingCalls()).isZero();
        }
    }

    @Test
    void warmUp_tenConnections_areThereForTheFirstCalls() {
        server.setDispatcher(new Peer.EchoDispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return request.getMethod().equals("GET") ? Peer.json(404, "") : super.dispatch(request);
            }
        });
        try (ASAPClient client = builder().poolIdleExpiry(Duration.ofMinutes(1)).build()) {
            assertThat(client.warmUp(10)).isEqualTo(10);
            assertThat(client.stats().connectionsOpened()).isEqualTo(10);
            client.send(Peer.message());
            assertThat(client.stats().connectionsOpened()).isEqualTo(10);
            assertThat(client.stats().idleConnections()).isEqualTo(10);
            assertThatIllegalArgumentException().isThrownBy(() -> client.warmUp(0));
            assertThatIllegalArgumentException().isThrownBy(() -> client.warmUp(101));
        }
    }

    @Test
    void warmUp_nobodyListens_fails() {
        try (ASAPClient client = Peer.client("http://127.0.0.1:1").build()) {
            assertThatThrownBy(() -> client.warmUp(2)).isInstanceOf(ConnectionException.class);
        }
    }

    // ---- Tokens

    @Test
    void tokenProvider_thatThrows_endsEveryKindOfCallAndIsToldToObservers() {
        IllegalStateException mistake = new IllegalStateException("no token");
        Recorder recorder = new Recorder();
        try (ASAPClient client = builder()
                .interceptor(recorder)
                .tokenProvider(() -> {
                    throw mistake;
                })
                .build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isSameAs(mistake);
            assertThat(client.sendAsync(Peer.message()))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isSameAs(mistake);
            assertThatThrownBy(() -> client.sendBatch(List.of(Peer.message(), Peer.message("m-2"))))
                    .isSameAs(mistake);
            assertThatThrownBy(() -> client.stream(Peer.message())).isSameAs(mistake);
            // The other call of the batch ends by itself.
            await().untilAsserted(() -> {
                assertThat(client.stats().runningCalls()).isZero();
                assertThat(client.stats().busySlots()).isZero();
            });
        }
        assertThat(recorder.events)
                .contains("end Failed 1 false false", "end Failed 0 false false")
                .noneMatch(event -> event.startsWith("end Answered"));
        assertThat(server.getRequestCount()).isZero();
    }

    // ---- Options of a call

    @Test
    void callOptions_headersAndKey_areSent() throws Exception {
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            client.send(
                    Peer.message(),
                    CallOptions.defaults().withHeader("X-Tenant", "a").withIdempotencyKey("key-7"));
        }
        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("X-Tenant")).isEqualTo("a");
        assertThat(request.getHeaders().get("X-Idempotency-Key")).isEqualTo("key-7");
    }

    @Test
    void callOptions_timeout_endsTheCall() throws Exception {
        CountDownLatch release = Peer.hold(server, new CountDownLatch(1));
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() ->
                            client.send(Peer.message(), CallOptions.defaults().withTimeout(Duration.ofMillis(100))))
                    .isInstanceOf(ASAPException.class)
                    .hasMessageContaining("callTimeout is 100 ms");
        } finally {
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "Content-Type", "host", "x\n", "é"})
    void callOptions_wrongHeader_isRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallOptions.defaults().withHeader(name, "v"));
    }

    @Test
    void callOptions_wrongValues_areRefused() {
        CallOptions options = CallOptions.defaults();
        assertThatIllegalArgumentException().isThrownBy(() -> options.withHeader("a", "b\r\nc"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withIdempotencyKey(""));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withIdempotencyKey("a b"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withTimeout(Duration.ZERO));
        assertThat(options.withHeader("a", "secret").toString()).doesNotContain("secret");
    }

    // ---- Interceptors

    private static final class Recorder implements CallInterceptor {
        final List<String> events = new ArrayList<>();

        @Override
        public CallObserver begin(CallStart call) {
            events.add("begin " + call.kind());
            return new CallObserver() {
                @Override
                public Envelope outgoing(Envelope message) {
                    return message.toBuilder().traceId("trace-1").build();
                }

                @Override
                public void attempt(int number, BiConsumer<String, String> headers) {
                    events.add("attempt " + number);
                    headers.accept("X-Attempt", Integer.toString(number));
                }

                @Override
                public void repeated(int number, ASAPException failure, Duration wait) {
                    events.add("repeated " + number + " " + failure.getClass().getSimpleName());
                }

                @Override
                public void end(CallEnd end) {
                    events.add("end " + end.outcome().getClass().getSimpleName() + " " + end.attempts() + " "
                            + (end.requestBytes() > 0) + " " + (end.responseBytes() > 0));
                }
            };
        }
    }

    @Test
    void interceptor_callWithARepetition_seesAllOfIt() throws Exception {
        Recorder recorder = new Recorder();
        server.enqueue(Peer.json(500, ""));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder()
                .retry(RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(1)))
                .interceptor(recorder)
                .build()) {
            client.send(Peer.message());
        }
        assertThat(recorder.events)
                .containsExactly(
                        "begin SEND",
                        "attempt 1",
                        "repeated 1 ConnectionException",
                        "attempt 2",
                        "end Answered 2 true true");
        RecordedRequest request = server.takeRequest();
        assertThat(request.getHeaders().get("X-Attempt")).isEqualTo("1");
        assertThat(request.getBody().utf8()).contains("\"trace_id\":\"trace-1\"");
    }

    @Test
    void interceptor_thatThrows_doesNotDisturbTheCall() {
        server.enqueue(Peer.answer());
        Recorder second = new Recorder();
        try (ASAPClient client = builder()
                .interceptor(call -> {
                    throw new IllegalStateException("broken");
                })
                .interceptor(call -> new CallObserver() {
                    @Override
                    public void end(CallEnd end) {
                        throw new IllegalStateException("broken too");
                    }
                })
                .interceptor(second)
                .build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(second.events).hasSize(3);
    }
}
