// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Request;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verification of the rules (see {@code StreamPublisherVerificationTest}) cannot know. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class StreamPublisherTest {
    private static final String ONE = StreamPeer.chunk("one ", false);
    private static final String LAST = StreamPeer.chunk("last", true);

    @AfterEach
    void noThreads() {
        ClientTestThreads.assertNoneLeft();
    }

    /** Notes every signal, and whether two came at once. */
    private static class Recorder implements Flow.Subscriber<Envelope> {
        final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
        final CountDownLatch subscribed = new CountDownLatch(1);
        final AtomicInteger within = new AtomicInteger();
        final List<String> overlaps = new CopyOnWriteArrayList<>();
        volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscribed.countDown();
        }

        @Override
        public void onNext(Envelope envelope) {
            signal(envelope);
        }

        @Override
        public void onError(Throwable failure) {
            signal(failure);
        }

        @Override
        public void onComplete() {
            signal("complete");
        }

        private void signal(Object signal) {
            if (within.incrementAndGet() > 1) {
                overlaps.add(signal.toString());
            }
            signals.add(signal);
            within.decrementAndGet();
        }

        Object take() throws InterruptedException {
            Object signal = signals.poll(20, TimeUnit.SECONDS);
            assertThat(signal).as("a signal").isNotNull();
            return signal;
        }

        String takeChunk() throws InterruptedException {
            return EnvelopeStreamTest.chunks(List.of((Envelope) take()));
        }
    }

    private static StreamPeer twoChunks() throws Exception {
        return new StreamPeer(exchange -> {
            exchange.open();
            exchange.send(ONE);
            exchange.send(LAST);
            exchange.end();
        });
    }

    @Test
    void subscribe_twice_makesTwoCalls() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            AtomicInteger requests = new AtomicInteger();
            Flow.Publisher<Envelope> publisher = fixture.calls.publisher(
                    message -> {
                        requests.incrementAndGet();
                        return fixture.request(message);
                    },
                    Peer.message(),
                    StreamFixture.DEFAULTS);
            assertThat(requests).hasValue(0);
            for (int i = 0; i < 2; i++) {
                Recorder recorder = new Recorder();
                publisher.subscribe(recorder);
                recorder.subscription.request(2);
                assertThat(recorder.takeChunk()).isEqualTo("one ");
                assertThat(recorder.takeChunk()).isEqualTo("last");
                assertThat(recorder.take()).isEqualTo("complete");
            }
            assertThat(requests).hasValue(2);
            assertThat(peer.requests()).isEqualTo(2);
            assertThat(peer.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_lessThanThereIs_givesNoMoreAndHoldsNoThread() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            StreamFixture.soon().until(() -> peer.requests() == 1 && fixture.executor.getActiveCount() == 0);
            assertThat(recorder.signals).isEmpty();
            recorder.subscription.request(1);
            assertThat(recorder.takeChunk()).isEqualTo("one ");
            StreamFixture.soon().until(() -> fixture.executor.getActiveCount() == 0);
            assertThat(recorder.signals).isEmpty();
            recorder.subscription.request(Long.MAX_VALUE);
            assertThat(recorder.takeChunk()).isEqualTo("last");
            assertThat(recorder.take()).isEqualTo("complete");
            assertThat(recorder.overlaps).isEmpty();
        }
    }

    @Test
    void request_few_holdsThePeerBack() throws Exception {
        AtomicLong sent = new AtomicLong();
        int chunks = 3000;
        String large = StreamPeer.chunk("x".repeat(20_000), false);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    for (int i = 0; i < chunks; i++) {
                        exchange.send(large);
                        sent.incrementAndGet();
                    }
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(1);
            recorder.takeChunk();
            AtomicLong before = new AtomicLong(-1);
            // The peer is held back when it has sent nothing between two looks.
            StreamFixture.soon()
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> sent.get() == before.getAndSet(sent.get()));
            assertThat(sent.get()).isLessThan(chunks / 2);
            recorder.subscription.request(Long.MAX_VALUE);
            for (int i = 1; i < chunks; i++) {
                recorder.takeChunk();
            }
            assertThat(recorder.takeChunk()).isEqualTo("last");
            assertThat(recorder.take()).isEqualTo("complete");
        }
    }

    @Test
    void request_oneByOneFromOnNext_makesNoDeepStack() throws Exception {
        int chunks = 20_000;
        String many = ONE.repeat(100);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    for (int i = 0; i < chunks / 100; i++) {
                        exchange.send(many);
                    }
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            AtomicInteger deepest = new AtomicInteger();
            AtomicInteger count = new AtomicInteger();
            Recorder recorder = new Recorder() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    super.onSubscribe(given);
                    given.request(1);
                }

                @Override
                public void onNext(Envelope envelope) {
                    if (count.incrementAndGet() % 1000 == 0) {
                        int depth = Thread.currentThread().getStackTrace().length;
                        deepest.accumulateAndGet(depth, Math::max);
                    }
                    subscription.request(1);
                }
            };
            fixture.publisher().subscribe(recorder);
            assertThat(recorder.take()).isEqualTo("complete");
            assertThat(count).hasValue(chunks + 1);
            assertThat(deepest.get()).isLessThan(100);
        }
    }

    @Test
    void cancel_whileWaiting_endsTheCallSilently() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(5);
            recorder.takeChunk();
            recorder.subscription.cancel();
            recorder.subscription.cancel();
            recorder.subscription.request(1);
            EnvelopeStreamTest.assertDisconnected(peer);
            StreamFixture.soon().until(() -> fixture.running.awaitNone(Duration.ZERO));
            StreamFixture.soon().until(() -> fixture.executor.getActiveCount() == 0);
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void cancel_parked_endsTheCallAtOnce() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            StreamFixture.soon().until(() -> peer.requests() == 1 && fixture.executor.getActiveCount() == 0);
            recorder.subscription.cancel();
            assertThat(fixture.running.awaitNone(Duration.ZERO)).isTrue();
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void cancel_fromOnSubscribe_makesNoCall() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder() {
                @Override
                public void onSubscribe(Flow.Subscription given) {
                    given.cancel();
                }
            };
            fixture.publisher().subscribe(recorder);
            StreamFixture.soon().until(() -> fixture.executor.getActiveCount() == 0);
            assertThat(peer.connections()).isZero();
            assertThat(recorder.signals).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void request_notPositiveWhileWaiting_failsTheSubscription(long n) throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(5);
            recorder.takeChunk();
            recorder.subscription.request(n);
            assertThat(recorder.take())
                    .isInstanceOf(IllegalArgumentException.class)
                    .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                    .hasMessageContaining("rule 3.9");
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void subscribe_nothing_isRefused() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            assertThatThrownBy(() -> fixture.publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void subscribe_errorBeforeTheStream_failsWithoutDemand() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange ->
                        exchange.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"
                                + "{\"error\":{\"code\":-32012,\"message\":\"no\"}}"));
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            assertThat(recorder.take()).isInstanceOf(RemoteErrorException.class);
        }
    }

    @Test
    void stream_breaks_failsTheSubscription() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.reset();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(5);
            Object first = recorder.take();
            assertThat(first instanceof Envelope ? recorder.take() : first).isInstanceOf(StreamBrokenException.class);
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void totalTimeout_parked_failsTheSubscription() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder();
            fixture.publisher(StreamFixture.DEFAULTS.withTotalTimeout(Duration.ofMinutes(3)))
                    .subscribe(recorder);
            StreamFixture.soon().until(() -> peer.requests() == 1 && fixture.executor.getActiveCount() == 0);
            fixture.time.advance(Duration.ofMinutes(3));
            assertThat(recorder.take()).isInstanceOf(RequestTimeoutException.class);
        }
    }

    @Test
    void closeClient_parkedAndWaiting_failsBothSubscriptions() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder parked = new Recorder();
            Recorder waiting = new Recorder();
            fixture.publisher().subscribe(parked);
            fixture.publisher().subscribe(waiting);
            waiting.subscription.request(5);
            waiting.takeChunk();
            StreamFixture.soon().until(() -> peer.requests() == 2 && fixture.executor.getActiveCount() == 1);
            fixture.closeClient();
            assertThat(parked.take()).isInstanceOf(ClientClosedException.class);
            assertThat(waiting.take()).isInstanceOf(ClientClosedException.class);
            Recorder late = new Recorder();
            fixture.publisher().subscribe(late);
            assertThat(late.take()).isInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void subscribe_executorShutDown_failsAsClosed() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            fixture.executor.shutdown();
            Recorder recorder = new Recorder();
            fixture.publisher().subscribe(recorder);
            assertThat(recorder.take()).isInstanceOf(ClientClosedException.class);
            recorder.subscription.request(1);
            assertThat(recorder.signals).isEmpty();
            assertThat(peer.connections()).isZero();
        }
    }

    @Test
    void subscribe_requestCannotBeMade_failsTheSubscription() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            IllegalStateException mistake = new IllegalStateException("no key");
            Flow.Publisher<Envelope> publisher = fixture.calls.publisher(
                    message -> {
                        throw mistake;
                    },
                    Peer.message(),
                    StreamFixture.DEFAULTS);
            Recorder recorder = new Recorder();
            publisher.subscribe(recorder);
            assertThat(recorder.take()).isSameAs(mistake);
            recorder.subscription.request(1);
            recorder.subscription.cancel();
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void onNext_throws_cancelsTheSubscription() throws Exception {
        CountDownLatch thrown = new CountDownLatch(1);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE + ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            fixture.executor.setThreadFactory(task -> {
                Thread thread = new Thread(task, "asap-client-throwing");
                thread.setUncaughtExceptionHandler((where, what) -> thrown.countDown());
                return thread;
            });
            Recorder recorder = new Recorder() {
                @Override
                public void onNext(Envelope envelope) {
                    throw new IllegalStateException("mistake");
                }
            };
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(5);
            assertThat(thrown.await(20, TimeUnit.SECONDS)).isTrue();
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThat(recorder.signals).isEmpty();
        }
    }

    @Test
    void closeClient_fromOnNext_endsTheSubscription() throws Exception {
        try (StreamPeer peer = twoChunks();
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Recorder recorder = new Recorder() {
                @Override
                public void onNext(Envelope envelope) {
                    fixture.closeClient();
                    signals.add(fixture.running.isClosing());
                }
            };
            fixture.publisher().subscribe(recorder);
            recorder.subscription.request(5);
            assertThat(recorder.take()).isEqualTo(true);
            assertThat(recorder.take()).isInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void requestTemplate_ofTheSupplier_isUsed() throws Exception {
        AtomicInteger marked = new AtomicInteger();
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    marked.addAndGet(exchange.headers().contains("X-Mark: yes") ? 1 : 0);
                    exchange.open();
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Request request = fixture.request(Peer.message())
                    .newBuilder()
                    .header("X-Mark", "yes")
                    .build();
            Recorder recorder = new Recorder();
            fixture.calls
                    .publisher(message -> request, Peer.message(), StreamFixture.DEFAULTS)
                    .subscribe(recorder);
            recorder.subscription.request(1);
            recorder.takeChunk();
            assertThat(recorder.take()).isEqualTo("complete");
            assertThat(marked).hasValue(1);
        }
    }
}
