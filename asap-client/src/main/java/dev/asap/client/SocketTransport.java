// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages over WebSockets. Thread-safe.
 *
 * <p>A message is repeated by the rules of the client alone: its sockets send none again that is not acknowledged.
 */
final class SocketTransport implements Transport {
    /** As long as it takes to connect, where nobody says otherwise. */
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    /** How long the peer may take to agree to the end of a connection: whoever closes the client waits for it. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final String INSTEAD = ", or a client with transportMode(TransportMode.HTTP)";

    private final ClientOptions options;
    private final PeerAddress address;
    private final Operation send;
    private final Supplier<String> idempotencyKeys;
    private final ClientEngine engine;
    private final SocketPool pool;
    private final SocketAttempts attempts;
    private final BatchCalls batches;

    SocketTransport(ClientOptions options) {
        this.options = options;
        this.address = SocketAddresses.of(options.agent());
        this.send = new Operation("asap.send", address, "message to " + address);
        this.idempotencyKeys = options.idempotencyKeys();
        this.engine = new ClientEngine(options, send);
        PoolOptions places = options.pool();
        this.pool = SocketPool.builder()
                .maxPerUrl(places.maxSize())
                .maxIdle(places.maxIdle())
                .idleLimit(places.idleExpiry())
                .acquireTimeout(places.timeout())
                .ticker(options.nanoTime())
                .build();
        this.attempts = new SocketAttempts(
                pool, address, send, this::newSocket, options.tokens(), engine.counts, options.clock());
        this.batches = BatchCalls.onlyEach(
                message -> sendAsync(message, CallOptions.defaults()),
                "this client's messages go over WebSocket, one in each frame: use sendBatch or sendAll" + INSTEAD,
                places.maxSize());
    }

    private ASAPSocket newSocket(@Nullable String token) {
        Timeouts timeouts = options.timeouts();
        ASAPSocket.Builder socket = ASAPSocket.builder(address)
                .requireHttps(options.requireHttps())
                .openTimeout(timeouts.connect() == null ? OPEN_TIMEOUT : timeouts.connect())
                .closeTimeout(CLOSE_TIMEOUT)
                .ackRetries(0)
                .replaceable()
                .maxQueuedBytes(SocketLink.MAX_QUEUED_BYTES)
                .maxResponseBytes(options.maxResponseBytes())
                .okHttpClient(engine.clients.sockets())
                .clock(options.clock());
        if (timeouts.read() != null) {
            socket.receiveTimeout(timeouts.read());
        }
        if (options.onMessage() != null) {
            socket.onMessage(options.onMessage());
        }
        if (token != null) {
            socket.bearerToken(token);
        }
        return socket.build();
    }

    @Override
    public Envelope send(Envelope message, CallOptions own) {
        return engine.messages.call(CallKind.SEND, message, single(message, own), own);
    }

    @Override
    public CompletableFuture<Envelope> sendAsync(Envelope message, CallOptions own) {
        return engine.messages.callAsync(CallKind.SEND, message, single(message, own), own);
    }

    private Function<CallObserver, Attempts<Envelope>> single(Envelope message, CallOptions own) {
        if (!own.headers().isEmpty()) {
            throw new IllegalArgumentException("a message over WebSocket has no headers, got "
                    + own.headers().keySet() + "; leave them out, or use a client with"
                    + " transportMode(TransportMode.HTTP)");
        }
        return observer -> {
            Envelope outgoing = observer.outgoing(message);
            String key = own.keyOr(idempotencyKeys);
            return call -> attempts.attempt(call, outgoing, key);
        };
    }

    @Override
    public EnvelopeStream stream(Envelope message, StreamOptions limits) {
        throw noStreams();
    }

    @Override
    public Flow.Publisher<Envelope> publisher(Envelope message, StreamOptions limits) {
        throw noStreams();
    }

    private UnsupportedOperationException noStreams() {
        return new UnsupportedOperationException(
                "this client's messages go over WebSocket, where it reads no streams: use ASAPSocket.stream" + INSTEAD);
    }

    @Override
    public BatchCalls batches() {
        return batches;
    }

    @Override
    public int warmUp(int connections) {
        List<SocketPool.Lease> leases = new ArrayList<>();
        try {
            for (int i = options.pool().warm(connections); i > 0; i--) {
                SocketPool.Lease lease = attempts.lend();
                leases.add(lease);
                connect(lease.socket().session());
            }
        } catch (ASAPException e) {
            if (leases.size() <= 1) {
                throw e;
            }
        } finally {
            leases.forEach(SocketPool.Lease::close);
        }
        return pool.counts().all();
    }

    private void connect(SocketSession session) {
        RunningCalls.Running cutOff = session::cut;
        engine.running.begin(cutOff, "connecting to " + address);
        try {
            attempts.connect(session, null);
        } finally {
            engine.running.end(cutOff);
        }
    }

    @Override
    public ClientStats stats() {
        SocketPool.Counts counts = pool.counts();
        return new ClientStats(
                engine.counts.openedSoFar(),
                engine.counts.reusedSoFar(),
                counts.all(),
                counts.idle(),
                engine.running.count(),
                engine.slots.inUse(),
                engine.slots.waiting());
    }

    @Override
    public void close(Duration timeout) {
        engine.close(timeout, pool::close);
    }

    @Override
    public ClientEngine engine() {
        return engine;
    }
}
