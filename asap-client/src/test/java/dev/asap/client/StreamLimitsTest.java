// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import dev.asap.model.TaskStream;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who ends a stream before its end: the clock, the user, the client. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class StreamLimitsTest {
    private static final String ONE = StreamPeer.chunk("one ", false);
    private static final String LAST = StreamPeer.chunk("last", true);
    private static final StreamOptions OPTIONS = StreamOptions.defaults()
            .withFirstByteTimeout(Duration.ofSeconds(60))
            .withIdleTimeout(Duration.ofSeconds(20));

    @AfterEach
    void noThreads() {
        ClientTestThreads.assertNoneLeft();
    }

    // ---- Options

    @Test
    void options_defaults_areAsDocumented() {
        StreamOptions options = StreamOptions.defaults();
        assertThat(options.firstByteTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.totalTimeout()).isNull();
        assertThat(options.maxEventBytes()).isEmpty();
        assertThat(options.lastChunkRequired()).isTrue();
    }

    @Test
    void options_changed_keepTheOthers() {
        StreamOptions options = StreamOptions.defaults()
                .withMaxEventBytes(5)
                .withTotalTimeout(Duration.ofSeconds(4))
                .withLastChunkRequired(false)
                .withIdleTimeout(Duration.ofSeconds(3))
                .withFirstByteTimeout(Duration.ofSeconds(2));
        assertThat(options)
                .hasToString(
                        "StreamOptions[firstByteTimeout=PT2S, idleTimeout=PT3S, totalTimeout=PT4S, maxEventBytes=5,"
                                + " lastChunkRequired=false]");
        assertThat(options.withTotalTimeout(null).totalTimeout()).isNull();
        assertThat(options.maxEventBytes()).hasValue(5);
    }

    @Test
    void options_outOfBounds_areRefused() {
        StreamOptions options = StreamOptions.defaults();
        assertThatThrownBy(() -> options.withFirstByteTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("firstByteTimeout must be 1 ms to 24 days, got PT0S");
        assertThatThrownBy(() -> options.withIdleTimeout(Duration.ofDays(25)))
                .hasMessage("idleTimeout must be 1 ms to 24 days, got PT600H");
        assertThatThrownBy(() -> options.withTotalTimeout(Duration.ofNanos(1)))
                .hasMessage("totalTimeout must be 1 ms to 24 days, got PT0.000000001S");
        assertThatThrownBy(() -> options.withMaxEventBytes(0))
                .hasMessage("maxEventBytes must be 1 to 2147483639, got 0");
        assertThatThrownBy(() -> options.withMaxEventBytes(1L << 31)).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- Time

    @Test
    void open_peerThatDoesNotAccept_endsWithConnectTimeout() throws Exception {
        try (FullServer full = new FullServer();
                StreamFixture fixture = new StreamFixture(
                        full.url(), new OkHttpClient.Builder().connectTimeout(Duration.ofMillis(200)))) {
            assertThatThrownBy(fixture::open)
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("timed out: connectTimeout is 200 ms");
        }
    }

    @Test
    void open_peerThatTakesInNothing_endsWithWriteTimeout() throws Exception {
        try (RawServer peer = new RawServer();
                StreamFixture fixture = new StreamFixture(
                        peer.url(), new OkHttpClient.Builder().writeTimeout(Duration.ofMillis(200)))) {
            Request large = fixture.request(Peer.message())
                    .newBuilder()
                    .post(RequestBody.create(new byte[64_000_000]))
                    .build();
            assertThatThrownBy(() -> fixture.calls.open(message -> large, Peer.message(), OPTIONS))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("timed out: writeTimeout is 200 ms");
        }
    }

    @Test
    void open_noAnswer_endsWithFirstByteTimeout() throws Exception {
        try (StreamPeer peer = new StreamPeer(StreamPeer.Exchange::awaitDisconnect);
                StreamFixture fixture = new StreamFixture(peer.url())) {
            CompletableFuture<Object> opened = StreamFixture.inBackground(() -> fixture.open(OPTIONS));
            StreamFixture.soon().until(() -> peer.requests() == 1);
            fixture.time.advance(Duration.ofSeconds(59));
            assertThat(opened).isNotDone();
            fixture.time.advance(Duration.ofSeconds(1));
            assertThat(failure(opened))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("POST " + peer.url() + " timed out: firstByteTimeout is 60000 ms");
            EnvelopeStreamTest.assertDisconnected(peer);
        }
    }

    @Test
    void stream_headersButNothingElse_endsWithFirstByteTimeoutFromTheBegin() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    answer.await();
                    exchange.open();
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            CompletableFuture<Object> read = StreamFixture.inBackground(() -> fixture.readAll(OPTIONS));
            StreamFixture.soon().until(() -> peer.requests() == 1);
            fixture.time.advance(Duration.ofSeconds(40));
            int before = fixture.time.readings();
            answer.countDown();
            // The end of the wait for the headers, and the begin of that for a byte.
            fixture.awaitReadings(before + 2);
            fixture.time.advance(Duration.ofSeconds(19));
            assertThat(read).isNotDone();
            fixture.time.advance(Duration.ofSeconds(1));
            assertThat(failure(read))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("POST " + peer.url() + " timed out: firstByteTimeout is 60000 ms after 0 envelopes");
        }
    }

    @Test
    void stream_silence_endsWithIdleTimeout() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url());
                EnvelopeStream stream = fixture.open(OPTIONS)) {
            Iterator<Envelope> envelopes = stream.iterator();
            envelopes.next();
            int before = fixture.time.readings();
            CompletableFuture<Object> read = StreamFixture.inBackground(envelopes::next);
            fixture.awaitReadings(before + 1);
            fixture.time.advance(Duration.ofSeconds(19));
            assertThat(read).isNotDone();
            fixture.time.advance(Duration.ofSeconds(1));
            assertThat(failure(read))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("POST " + peer.url() + " timed out: idleTimeout is 20000 ms after 1 envelope")
                    .hasCauseInstanceOf(IOException.class);
            assertThat(((RequestTimeoutException) failure(read)).details().getDouble("timeout_seconds"))
                    .isEqualTo(20.0);
            EnvelopeStreamTest.assertDisconnected(peer);
        }
    }

    @Test
    void stream_heartbeats_keepItAliveUntilItsTotalTimeout() throws Exception {
        Heart heart = new Heart();
        try (StreamPeer peer = new StreamPeer(heart);
                StreamFixture fixture = new StreamFixture(peer.url())) {
            StreamOptions options = OPTIONS.withTotalTimeout(Duration.ofSeconds(200));
            CompletableFuture<Object> read = StreamFixture.inBackground(() -> fixture.readAll(options));
            StreamFixture.soon().until(() -> peer.requests() == 1);
            for (int i = 0; i < 13; i++) {
                int before = fixture.time.readings();
                heart.beat();
                fixture.awaitReadings(before + 1);
                fixture.time.advance(Duration.ofSeconds(15));
                assertThat(read).isNotDone();
            }
            heart.beat();
            fixture.time.advance(Duration.ofSeconds(5));
            assertThat(failure(read))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessage("POST " + peer.url() + " timed out: totalTimeout is 200000 ms after 0 envelopes");
        }
    }

    @Test
    void stream_nobodyReads_isNotIdle() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    later.await();
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(peer.url());
                EnvelopeStream stream = fixture.open(OPTIONS)) {
            fixture.time.advance(Duration.ofHours(5));
            Iterator<Envelope> envelopes = stream.iterator();
            envelopes.next();
            fixture.time.advance(Duration.ofHours(5));
            later.countDown();
            assertThat(((TaskStream) envelopes.next().payload()).chunk()).isEqualTo("last");
            assertThat(envelopes.hasNext()).isFalse();
        }
    }

    @Test
    void stream_nobodyReads_endsWithTotalTimeout() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url());
                EnvelopeStream stream = fixture.open(OPTIONS.withTotalTimeout(Duration.ofMinutes(5)))) {
            Iterator<Envelope> envelopes = stream.iterator();
            envelopes.next();
            fixture.time.advance(Duration.ofMinutes(5));
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThatThrownBy(envelopes::hasNext)
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("timed out: totalTimeout is 300000 ms after 1 envelope");
        }
    }

    @Test
    void stream_limitsOfTheClientForReadingAndCalls_doNotApply() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    later.await();
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(
                        peer.url(),
                        new OkHttpClient.Builder()
                                .readTimeout(Duration.ofMillis(500))
                                .callTimeout(Duration.ofMillis(500)))) {
            List<Envelope> all = new ArrayList<>();
            CompletableFuture<Object> read = StreamFixture.inBackground(() -> {
                try (EnvelopeStream stream = fixture.open()) {
                    stream.forEach(all::add);
                }
                return "done";
            });
            StreamFixture.soon().until(() -> !all.isEmpty());
            // Longer than both: what is tested is that nothing happens.
            assertThat(later.await(700, TimeUnit.MILLISECONDS)).isFalse();
            later.countDown();
            assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("done");
        }
    }

    @Test
    void open_schedulerShutDown_failsAsClosed() throws Exception {
        try (StreamPeer peer = new StreamPeer(StreamPeer.Exchange::awaitDisconnect);
                StreamFixture fixture = new StreamFixture(peer.url())) {
            fixture.time.shutdown();
            assertThatThrownBy(fixture::open)
                    .isInstanceOf(ClientClosedException.class)
                    .hasMessage("POST " + peer.url() + " was not sent: the client is closed");
        }
    }

    // ---- Closing

    @Test
    void close_otherThreadReads_endsItsWait() throws Exception {
        try (StreamPeer peer = new StreamPeer(new Heart());
                StreamFixture fixture = new StreamFixture(peer.url())) {
            EnvelopeStream stream = fixture.open();
            int before = fixture.time.readings();
            Iterator<Envelope> envelopes = stream.iterator();
            CompletableFuture<Object> read = StreamFixture.inBackground(envelopes::hasNext);
            fixture.awaitReadings(before + 1);
            stream.close();
            stream.close();
            assertThat(failure(read))
                    .isInstanceOf(StreamClosedException.class)
                    .hasMessage("The stream of POST " + peer.url()
                            + " was closed after 0 envelopes; there is no more to read");
            assertThat(catchThrowable(envelopes::hasNext)).isSameAs(failure(read));
            EnvelopeStreamTest.assertDisconnected(peer);
        }
    }

    @Test
    void close_nobodyReads_releasesTheConnection() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE + ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            Iterator<Envelope> envelopes;
            try (EnvelopeStream stream = fixture.open()) {
                envelopes = stream.iterator();
                envelopes.next();
            }
            assertThat(fixture.running.awaitNone(Duration.ZERO)).isTrue();
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThatThrownBy(envelopes::next)
                    .isInstanceOf(StreamClosedException.class)
                    .hasMessageContaining("was closed after 1 envelope");
        }
    }

    @Test
    void stream_twoThreadsRead_secondIsRefused() throws Exception {
        try (StreamPeer peer = new StreamPeer(new Heart());
                StreamFixture fixture = new StreamFixture(peer.url());
                EnvelopeStream stream = fixture.open()) {
            Iterator<Envelope> envelopes = stream.iterator();
            int before = fixture.time.readings();
            CompletableFuture<Object> read = StreamFixture.inBackground(envelopes::hasNext);
            fixture.awaitReadings(before + 1);
            assertThatThrownBy(envelopes::hasNext)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is being read by another thread");
            assertThat(read).isNotDone();
            fixture.closeClient();
            assertThat(failure(read)).isInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void closeClient_whileOpening_failsTheCall() throws Exception {
        try (StreamPeer peer = new StreamPeer(StreamPeer.Exchange::awaitDisconnect);
                StreamFixture fixture = new StreamFixture(peer.url())) {
            CompletableFuture<Object> opened = StreamFixture.inBackground(fixture::open);
            StreamFixture.soon().until(() -> peer.requests() == 1);
            fixture.closeClient();
            assertThat(failure(opened))
                    .isInstanceOf(ClientClosedException.class)
                    .hasMessageStartingWith("POST " + peer.url() + " was cut off: the client was closed");
        }
    }

    @Test
    void closeClient_whileReading_failsTheStream() throws Exception {
        try (StreamPeer peer = new StreamPeer(new Heart());
                StreamFixture fixture = new StreamFixture(peer.url())) {
            EnvelopeStream stream = fixture.open();
            int before = fixture.time.readings();
            CompletableFuture<Object> read =
                    StreamFixture.inBackground(() -> stream.iterator().next());
            fixture.awaitReadings(before + 1);
            fixture.closeClient();
            assertThat(failure(read))
                    .isInstanceOf(ClientClosedException.class)
                    .hasMessageStartingWith("POST " + peer.url() + " was cut off: the client was closed");
            EnvelopeStreamTest.assertDisconnected(peer);
        }
    }

    @Test
    void closeClient_nobodyReads_endsTheCallAtOnce() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.awaitDisconnect();
                });
                StreamFixture fixture = new StreamFixture(peer.url());
                EnvelopeStream stream = fixture.open()) {
            fixture.closeClient();
            assertThat(fixture.running.awaitNone(Duration.ZERO)).isTrue();
            EnvelopeStreamTest.assertDisconnected(peer);
            assertThatThrownBy(() -> stream.iterator().next())
                    .isInstanceOf(ClientClosedException.class)
                    .hasMessage("POST " + peer.url() + " was cut off: the client was closed after 0 envelopes");
        }
    }

    @Test
    void open_clientClosed_sendsNothing() throws Exception {
        try (StreamPeer peer = new StreamPeer(StreamPeer.Exchange::awaitDisconnect);
                StreamFixture fixture = new StreamFixture(peer.url())) {
            fixture.closeClient();
            assertThatThrownBy(fixture::open).isInstanceOf(ClientClosedException.class);
            assertThat(peer.connections()).isZero();
        }
    }

    @Test
    void open_interruptedThread_keepsTheFlag() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> exchange.socket().close());
                StreamFixture fixture = new StreamFixture(peer.url())) {
            CompletableFuture<Object> opened = StreamFixture.inBackground(() -> {
                Thread.currentThread().interrupt();
                Throwable failure = catchThrowable(fixture::open);
                return List.of(failure, Thread.currentThread().isInterrupted());
            });
            List<?> outcome = (List<?>) opened.get(20, TimeUnit.SECONDS);
            assertThat(outcome.get(0)).isInstanceOf(CallInterruptedException.class);
            assertThat(outcome.get(1)).isEqualTo(true);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void close_atAnyMoment_leavesNothing(int round) throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    for (int i = 0; i < 20; i++) {
                        exchange.send(ONE);
                    }
                    exchange.send(LAST);
                    exchange.end();
                });
                StreamFixture fixture = new StreamFixture(peer.url())) {
            for (int i = 0; i < 100; i++) {
                EnvelopeStream stream = fixture.open();
                CompletableFuture<Object> read = StreamFixture.inBackground(() -> {
                    List<Envelope> all = new ArrayList<>();
                    stream.forEach(all::add);
                    return all;
                });
                for (int spin = 0; spin < i * 1000 * round; spin++) {
                    Thread.onSpinWait();
                }
                stream.close();
                Object outcome = read.get(20, TimeUnit.SECONDS);
                if (outcome instanceof List<?> all) {
                    assertThat(all).hasSize(21);
                } else {
                    assertThat(outcome).isInstanceOf(StreamClosedException.class);
                }
            }
            StreamFixture.soon().until(() -> fixture.running.awaitNone(Duration.ZERO));
        }
    }

    private static Throwable failure(CompletableFuture<Object> outcome) throws Exception {
        return (Throwable) outcome.get(20, TimeUnit.SECONDS);
    }

    /** Sends heartbeats when told to, and nothing else. */
    private static final class Heart implements StreamPeer.Behaviour {
        private volatile StreamPeer.Exchange exchange;

        @Override
        public void answer(StreamPeer.Exchange asked) throws Exception {
            asked.open();
            exchange = asked;
            asked.awaitDisconnect();
        }

        void beat() throws IOException {
            StreamFixture.soon().until(() -> exchange != null);
            exchange.send(": heartbeat\n\n");
        }
    }

    /** Accepts a connection and never reads. */
    private static final class RawServer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

        RawServer() throws IOException {}

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort() + "/asap/stream";
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
