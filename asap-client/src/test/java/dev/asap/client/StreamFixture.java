// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.awaitility.core.ConditionFactory;

/** What a client has, as far as streams need it. Closing it checks that nothing is left. */
final class StreamFixture implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final StreamOptions DEFAULTS = StreamOptions.defaults();
    static final long MAX_RESPONSE_BYTES = 1_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final HandDrivenTime time = new HandDrivenTime();
    final RunningCalls running = new RunningCalls();
    final ConnectionPool connections = new ConnectionPool();
    final ThreadPoolExecutor executor;
    final StreamCalls calls;
    private final JsonRpcCodec codec = new JsonRpcCodec(() -> NOW);
    private final PeerAddress address;

    StreamFixture(String url) {
        this(url, new OkHttpClient.Builder());
    }

    StreamFixture(String url, OkHttpClient.Builder http) {
        address = PeerAddress.ofDocument(url);
        AtomicInteger number = new AtomicInteger();
        executor =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "asap-client-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        OkHttpClient messages = http.connectionPool(connections)
                .followRedirects(false)
                .retryOnConnectionFailure(false)
                .build();
        calls = new StreamCalls(new StreamCalls.Setup(
                messages,
                Operation.post(address),
                new AnswerReader(codec),
                codec,
                new CallFailures(running),
                new ObservedCalls(List.of()),
                running,
                executor,
                time,
                () -> NOW,
                time::nanos,
                MAX_RESPONSE_BYTES));
    }

    Request request(Envelope message) {
        byte[] body = codec.writeRequest(JsonRpcId.of("req-1"), message, "key-1");
        return new Request.Builder()
                .url(address.url())
                .post(RequestBody.create(body, MediaType.get("application/json")))
                .build();
    }

    EnvelopeStream open() {
        return open(DEFAULTS);
    }

    EnvelopeStream open(StreamOptions options) {
        return calls.open(this::request, Peer.message(), options);
    }

    Flow.Publisher<Envelope> publisher() {
        return publisher(DEFAULTS);
    }

    Flow.Publisher<Envelope> publisher(StreamOptions options) {
        return calls.publisher(this::request, Peer.message(), options);
    }

    /** All there is, up to the end. */
    List<Envelope> readAll() {
        return readAll(DEFAULTS);
    }

    List<Envelope> readAll(StreamOptions options) {
        List<Envelope> all = new ArrayList<>();
        try (EnvelopeStream stream = open(options)) {
            stream.forEach(all::add);
        }
        return all;
    }

    /** Runs something in a thread of its own; a failure is its result. */
    static <T> CompletableFuture<Object> inBackground(Supplier<T> task) {
        CompletableFuture<Object> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(task.get());
                    } catch (RuntimeException | Error e) {
                        result.complete(e);
                    }
                },
                "stream-test");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Does what closing a client does to its calls. */
    void closeClient() {
        running.refuse();
        running.cancelAll();
    }

    /** Waits for something that takes no time of its own. */
    static ConditionFactory soon() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    /** Waits until the reader has taken what came and waits for more. */
    void awaitReadings(int atLeast) {
        soon().until(() -> time.readings() >= atLeast);
    }

    @Override
    public void close() {
        closeClient();
        soon().until(() -> running.awaitNone(Duration.ZERO));
        assertThat(time.timers()).as("timers left").isZero();
        executor.shutdown();
        soon().until(executor::isTerminated);
        connections.evictAll();
        assertThat(connections.connectionCount()).as("connections left").isZero();
    }
}
