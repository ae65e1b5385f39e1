// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.Delivery;
import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Sends messages over HTTP. Thread-safe. */
final class HttpTransport implements Transport {
    private final PeerAddress agent;
    private final PoolOptions pool;
    private final InstantSource clock;
    private final Supplier<String> idempotencyKeys;
    private final AtomicLong lastRequestNumber = new AtomicLong();

    private final ClientEngine engine;
    private final MessageExchange exchange;
    private final BatchCalls batches;
    private final StreamCalls streams;
    private final Request messageTemplate;
    private final @Nullable TokenProvider tokens;

    HttpTransport(ClientOptions options) {
        this.agent = options.agent();
        this.pool = options.pool();
        this.clock = options.clock();
        this.idempotencyKeys = options.idempotencyKeys();
        Operation send = Operation.post(agent.messages());
        this.engine = new ClientEngine(options, send);
        PeerCodings peerCodings = new PeerCodings();
        this.messageTemplate = messageTemplate(options);
        this.tokens = options.tokens();
        this.exchange = new MessageExchange(
                engine.clients.messages(),
                engine.counts,
                send,
                messageTemplate,
                tokens,
                new RequestCompressor(options.compression(), peerCodings),
                engine.clients.inflation(),
                peerCodings,
                engine.answers,
                engine.bodies,
                engine.failures,
                clock);
        this.streams = new StreamCalls(new StreamCalls.Setup(
                engine.clients.messages(),
                Operation.post(agent.streams()),
                engine.answers,
                engine.codec,
                engine.failures,
                engine.observed,
                engine.running,
                task -> engine.threads.execute(() -> engine.callbacks.run(task)),
                engine.timer,
                clock,
                options.nanoTime(),
                options.maxResponseBytes()));
        this.batches = new BatchCalls(
                message -> sendAsync(message, CallOptions.defaults()), this::sendTogether, pool.maxSize());
    }

    @Override
    public Envelope send(Envelope message, CallOptions options) {
        return engine.messages.call(CallKind.SEND, message, single(message, options), options);
    }

    @Override
    public CompletableFuture<Envelope> sendAsync(Envelope message, CallOptions options) {
        return engine.messages.callAsync(CallKind.SEND, message, single(message, options), options);
    }

    @Override
    public EnvelopeStream stream(Envelope message, StreamOptions options) {
        return streams.open(this::streamRequest, message, options);
    }

    @Override
    public Flow.Publisher<Envelope> publisher(Envelope message, StreamOptions options) {
        return streams.publisher(this::streamRequest, message, options);
    }

    /** Never compressed: the protocol's servers do not unpack it there. */
    private Request streamRequest(Envelope message) {
        String key = idempotencyKeys.get();
        Request.Builder request = messageTemplate
                .newBuilder()
                .url(agent.streams().url())
                .tag(CallProgress.class, new CallProgress(engine.counts))
                .header("X-Idempotency-Key", key)
                .post(RequestBody.create(engine.codec.writeRequest(nextId(), message, key), MessageExchange.JSON));
        if (tokens != null) {
            request.header("Authorization", "Bearer " + tokens.token());
        }
        return request.build();
    }

    @Override
    public BatchCalls batches() {
        return batches;
    }

    @Override
    public int warmUp(int connections) {
        Operation operation = Operation.get(agent.health());
        ASAPException failure = new ConnectionWarmUp(
                        engine.clients.documents(),
                        () -> new Request.Builder()
                                .url(operation.address().url())
                                .tag(CallProgress.class, new CallProgress(engine.counts))
                                .build(),
                        operation,
                        engine.running,
                        engine.failures,
                        pool.warm(connections))
                .run(engine.threads);
        if (failure != null && engine.clients.connections() == 0) {
            throw failure;
        }
        return engine.clients.connections();
    }

    @Override
    public ClientStats stats() {
        return new ClientStats(
                engine.counts.openedSoFar(),
                engine.counts.reusedSoFar(),
                engine.clients.connections(),
                engine.clients.idleConnections(),
                engine.running.count(),
                engine.slots.inUse(),
                engine.slots.waiting());
    }

    @Override
    public void close(Duration timeout) {
        engine.close(timeout, () -> {});
    }

    @Override
    public ClientEngine engine() {
        return engine;
    }

    private Function<CallObserver, Attempts<Envelope>> single(Envelope message, CallOptions options) {
        return observer -> attempts(new SingleMessage(
                observer.outgoing(message),
                nextId(),
                options.keyOr(idempotencyKeys),
                engine.codec,
                engine.answers,
                clock));
    }

    private CompletableFuture<List<BatchItem>> sendTogether(List<Envelope> envelopes) {
        return engine.messages.callAsync(
                CallKind.BATCH,
                null,
                observer -> attempts(new MessageBatch(
                        envelopes.stream()
                                .map(envelope ->
                                        new Delivery(nextId(), observer.outgoing(envelope), idempotencyKeys.get()))
                                .toList(),
                        idempotencyKeys,
                        engine.codec,
                        engine.answers,
                        clock)),
                CallOptions.defaults());
    }

    private <T> Attempts<T> attempts(Outgoing<T> outgoing) {
        return new Attempts<>() {
            @Override
            public AttemptResult<T> attempt(MessageCall<T> call) {
                return exchange.attempt(call, outgoing);
            }

            @Override
            public Optional<Repetition> repeatParts(Function<RemoteErrorException, Optional<Duration>> waits) {
                return outgoing.repeatParts(waits);
            }

            @Override
            public Optional<T> salvaged(ASAPException failure) {
                return outgoing.salvaged(failure);
            }
        };
    }

    private JsonRpcId nextId() {
        return JsonRpcId.of("req-" + lastRequestNumber.incrementAndGet());
    }

    private static Request messageTemplate(ClientOptions options) {
        return new Request.Builder()
                .url(options.agent().messages().url())
                .header("Accept", "application/json")
                .header("ASAP-Version", String.join(", ", options.asapVersions()))
                .build();
    }
}
