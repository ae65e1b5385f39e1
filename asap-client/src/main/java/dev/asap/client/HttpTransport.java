// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.Delivery;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.rpc.JsonRpcId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The protocol over HTTP: puts together what a client consists of, and ends with everything that it started. Thread-safe.
 */
final class HttpTransport {
    /** How many calls may wait for a place. */
    private static final int MAX_WAITING = 10_000;

    /** How long {@link #close} waits for what it has cut off to notice. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** Fits a number of nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final PeerAddress agent;
    private final Operation send;
    private final int maxSize;
    private final InstantSource clock;
    private final Supplier<String> idempotencyKeys;
    private final AtomicLong lastRequestNumber = new AtomicLong();

    private final HttpClients clients;
    private final ConnectionCounts counts = new ConnectionCounts();
    private final RunningCalls running = new RunningCalls();
    private final CallFailures failures = new CallFailures(running);
    private final CallSlots slots;
    private final ExecutorService threads = ClientThreads.newExecutor();
    private final ScheduledExecutorService timer = ClientThreads.newTimer();

    private final JsonRpcCodec codec;
    private final AnswerReader answers;
    private final MessageCalls messages;
    private final DocumentCalls documents;
    private final BatchCalls batches;
    private final StreamCalls streams;
    private final Request messageTemplate;
    private final @Nullable TokenProvider tokens;

    HttpTransport(ClientOptions options) {
        this.agent = options.agent();
        this.send = Operation.post(agent.messages());
        this.maxSize = options.pool().maxSize();
        this.clock = options.clock();
        this.idempotencyKeys = options.idempotencyKeys();
        this.clients = new HttpClients(options);
        this.slots = new CallSlots(maxSize, MAX_WAITING, timer, threads);
        this.codec = new JsonRpcCodec(clock);
        this.answers = new AnswerReader(codec);
        BodyReader bodies = new BodyReader(options.maxResponseBytes());
        ObservedCalls observed = new ObservedCalls(options.interceptors());
        PeerCodings peerCodings = new PeerCodings();
        MessageExchange exchange = new MessageExchange(
                clients.messages(),
                counts,
                send,
                messageTemplate(options),
                options.tokens(),
                new RequestCompressor(options.compression(), peerCodings),
                peerCodings,
                answers,
                bodies,
                failures,
                clock);
        this.messages = new MessageCalls(options, send, exchange, slots, running, failures, observed, threads, timer);
        this.messageTemplate = messageTemplate(options);
        this.tokens = options.tokens();
        this.streams = new StreamCalls(new StreamCalls.Setup(
                clients.messages(),
                Operation.post(agent.streams()),
                answers,
                codec,
                failures,
                observed,
                running,
                threads,
                timer,
                clock,
                options.nanoTime(),
                options.maxResponseBytes()));
        this.documents =
                new DocumentCalls(options, clients.documents(), counts, running, failures, answers, bodies, observed);
        this.batches =
                new BatchCalls(message -> sendAsync(message, CallOptions.defaults()), this::sendTogether, maxSize);
    }

    Envelope send(Envelope message, CallOptions options) {
        return messages.call(CallKind.SEND, message, single(message, options), options);
    }

    CompletableFuture<Envelope> sendAsync(Envelope message, CallOptions options) {
        return messages.callAsync(CallKind.SEND, message, single(message, options), options);
    }

    EnvelopeStream stream(Envelope message, StreamOptions options) {
        return streams.open(this::streamRequest, message, options);
    }

    Flow.Publisher<Envelope> publisher(Envelope message, StreamOptions options) {
        return streams.publisher(this::streamRequest, message, options);
    }

    /** Never compressed: the protocol's servers do not unpack it there. */
    private Request streamRequest(Envelope message) {
        String key = idempotencyKeys.get();
        Request.Builder request = messageTemplate
                .newBuilder()
                .url(agent.streams().url())
                .tag(CallProgress.class, new CallProgress(counts))
                .header("X-Idempotency-Key", key)
                .post(RequestBody.create(codec.writeRequest(nextId(), message, key), MessageExchange.JSON));
        if (tokens != null) {
            request.header("Authorization", "Bearer " + tokens.token());
        }
        return request.build();
    }

    BatchCalls batches() {
        return batches;
    }

    DocumentCalls documents() {
        return documents;
    }

    Manifest manifest() {
        return documents.manifest(agent.manifest());
    }

    HealthStatus health() {
        return documents.health(agent.health());
    }

    /** Waits for several calls; what runs of them is cut off when the thread is interrupted. */
    List<BatchItem> await(Units units) {
        try {
            return units.get();
        } catch (InterruptedException e) {
            units.cancel(true);
            throw failures.interrupted(e, send);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    int warmUp(int connections) {
        if (connections < 1 || connections > maxSize) {
            throw new IllegalArgumentException(
                    "warmUp takes 1 to " + maxSize + " connections (poolMaxSize), got " + connections);
        }
        Operation operation = Operation.get(agent.health());
        ASAPException failure = new ConnectionWarmUp(
                        clients.documents(),
                        () -> new Request.Builder()
                                .url(operation.address().url())
                                .tag(CallProgress.class, new CallProgress(counts))
                                .build(),
                        operation,
                        running,
                        failures,
                        connections)
                .run(threads);
        if (failure != null && clients.connections() == 0) {
            throw failure;
        }
        return clients.connections();
    }

    ClientStats stats() {
        return new ClientStats(
                counts.openedSoFar(),
                counts.reusedSoFar(),
                clients.connections(),
                clients.idleConnections(),
                running.count(),
                slots.inUse(),
                slots.waiting());
    }

    /** Lets running calls end until the timeout, then cuts them off; the second time it does nothing. */
    void close(Duration timeout) {
        if (!running.refuse()) {
            return;
        }
        boolean interrupted = !awaitCalls(timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout);
        running.cancelAll();
        slots.close();
        timer.shutdownNow();
        interrupted |= !awaitCalls(SETTLE);
        threads.shutdown();
        // The thread that waits here must not be one of those that it waits for.
        if (!messages.isCompletingHere()) {
            interrupted |= !awaitThreads();
        }
        clients.close();
        interrupted |= !CoarseClock.SHARED.stop();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitCalls(Duration timeout) {
        try {
            boolean unused = running.awaitNone(timeout);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitThreads() {
        try {
            boolean unused = threads.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS)
                    && timer.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Function<CallObserver, Outgoing<Envelope>> single(Envelope message, CallOptions options) {
        return observer ->
                new SingleMessage(observer.outgoing(message), nextId(), keyOf(options), codec, answers, clock);
    }

    private CompletableFuture<List<BatchItem>> sendTogether(List<Envelope> envelopes) {
        return messages.callAsync(
                CallKind.BATCH,
                null,
                observer -> new MessageBatch(
                        envelopes.stream()
                                .map(envelope ->
                                        new Delivery(nextId(), observer.outgoing(envelope), idempotencyKeys.get()))
                                .toList(),
                        idempotencyKeys,
                        codec,
                        answers,
                        clock),
                CallOptions.defaults());
    }

    private JsonRpcId nextId() {
        return JsonRpcId.of("req-" + lastRequestNumber.incrementAndGet());
    }

    private String keyOf(CallOptions options) {
        return options.idempotencyKey() != null ? options.idempotencyKey() : idempotencyKeys.get();
    }

    private static Request messageTemplate(ClientOptions options) {
        return new Request.Builder()
                .url(options.agent().messages().url())
                .header("Accept", "application/json")
                .header("ASAP-Version", String.join(", ", options.asapVersions()))
                .build();
    }
}
