// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.client.SocketFailures.Fate;
import dev.asap.client.internal.socket.AckRules;
import dev.asap.client.internal.socket.AckTable;
import dev.asap.client.internal.socket.SerialQueue;
import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The mechanism of {@link ASAPSocket}: puts its parts together, and ends with everything that they started. Thread-safe.
 *
 * <p>One lock guards what is known of connections and calls; the parts share it. It is held for bookkeeping and for handing a frame to
 * OkHttp's queue, never while anything waits for the network or code of the application runs. What the application gets to see is
 * decided under the lock and handed out after it.
 */
final class SocketSession implements SocketConnections.Dependents {
    static final String CUT_OFF = " was cut off, whether the peer received it is not known";

    /** How long {@link #close} waits for what it has cut off to notice. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** Fits a number of nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final SocketOptions options;
    private final PeerAddress address;
    private final SocketFailures failures;
    private final AnswerReader answers;
    private final SocketTimer timer;
    private final ExecutorService threads = ClientThreads.newExecutor();

    /** Completes the futures of asynchronous calls. As many tasks as there are calls. */
    private final SerialQueue completions = SerialQueue.unlosing(threads);

    private final SocketPushes pushes;
    private final SocketConnections connections;
    private final SocketCalls calls;
    private final SocketAcks acks;
    private final SocketInbox inbox;
    private final BreachSubscriptions breaches;

    SocketSession(SocketOptions options) {
        this.options = options;
        this.address = options.address();
        this.failures = new SocketFailures(address, options.maxResponseBytes());
        this.timer = options.timers().get();
        ReentrantLock lock = new ReentrantLock();
        JsonRpcCodec codec = new JsonRpcCodec(options.clock());
        AckTable<Exchange.OfMessage> unacknowledged =
                new AckTable<>(options.maxCalls(), options.ackTimeout(), options.ackRetries(), timer::nanoTime);
        this.answers = new AnswerReader(codec);
        this.pushes = new SocketPushes(options, threads);
        this.connections =
                new SocketConnections(options, failures, timer, new SocketConnector(options, threads), lock, this);
        this.calls = new SocketCalls(options, failures, timer, codec, connections, unacknowledged, lock);
        this.acks = new SocketAcks(options, failures, timer, connections, calls, unacknowledged, lock);
        this.inbox = new SocketInbox(options, codec, connections, calls, pushes, lock);
        this.breaches = new BreachSubscriptions(address, codec, connections, calls, pushes, lock);
    }

    SocketState state() {
        return connections.state();
    }

    long droppedMessages() {
        return pushes.dropped();
    }

    void connect() {
        connections.connect(null);
    }

    /**
     * Opens the first connection, unless that was done, and waits for it.
     *
     * @param limit how long to wait, if that is less than {@code openTimeout}; null for no limit of its own
     */
    void connect(@Nullable Duration limit) {
        connections.connect(limit);
    }

    // ---- Calls

    Envelope send(Envelope message) {
        UnaryExchange exchange = begin(message, options.ids().get());
        return SocketWaits.await(exchange.answer, exchange.what + CUT_OFF, () -> giveUp(exchange));
    }

    CompletableFuture<Envelope> sendAsync(Envelope message) {
        CompletableFuture<Envelope> future = new CompletableFuture<>();
        UnaryExchange exchange;
        try {
            exchange = begin(message, options.ids().get());
        } catch (ASAPException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<?> unusedCompletion =
                exchange.answer.whenComplete((answer, failure) -> completions.add(0, () -> {
                    if (failure != null) {
                        future.completeExceptionally(failure);
                    } else {
                        future.complete(answer);
                    }
                }));
        // However the future is completed, nothing is waited for then; if it was from here, nothing is left to be given
        // up.
        CompletableFuture<?> unusedEnd = future.whenComplete((answer, failure) -> giveUp(exchange));
        return future;
    }

    EnvelopeStream stream(Envelope message) {
        StreamBuffer buffer = new StreamBuffer(options.maxBufferedMessages(), options.maxBufferedBytes());
        Envelope sent = AckRules.onTheWire(message);
        StreamExchange exchange =
                new StreamExchange(operation(sent), sent, options.ids().get(), answers, buffer);
        calls.submit(exchange);
        return new EnvelopeStream(new SocketStream(exchange.what, buffer, () -> giveUp(exchange)));
    }

    /** Sends a message. Whoever called this waits for its answer, and gives the exchange up if he does not want it any more. */
    UnaryExchange begin(Envelope message, String idempotencyKey) {
        Envelope sent = AckRules.onTheWire(message);
        UnaryExchange exchange = new UnaryExchange(operation(sent), sent, idempotencyKey, answers, pushes::message);
        calls.submit(exchange);
        return exchange;
    }

    /** Nobody waits for an answer any more. */
    void giveUp(Exchange exchange) {
        calls.giveUp(exchange);
    }

    Subscription subscribe(Consumer<BreachNotice> handler) {
        return breaches.subscribe(handler);
    }

    private Operation operation(Envelope message) {
        return new Operation("asap.send", address, "message '" + message.id() + "' to " + address);
    }

    // ---- What the connections tell

    @Override
    public void onOpen(SocketLink opened) {
        acks.start();
        breaches.renew(opened);
    }

    @Override
    public void onFrame(SocketLink from, byte[] utf8) {
        inbox.onFrame(from, utf8);
    }

    @Override
    public @Nullable Runnable onLost(SocketLink lost, Loss loss, boolean forGood) {
        Map<Exchange, Fate> failed = calls.takeLost(lost, loss, forGood);
        return failed.isEmpty()
                ? null
                : () -> failed.forEach((exchange, fate) -> exchange.fail(failures.lost(exchange, loss, fate)));
    }

    @Override
    public void onEnd() {
        endThreads();
    }

    // ---- Closing

    /** Lets running calls end until the timeout, then cuts them off; the second time it does nothing. */
    void close(Duration timeout) {
        if (refuse()) {
            boolean interrupted = !calls.awaitNone(timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout);
            hangUp();
            interrupted |= !awaitEnd(List.of(this), interrupted);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets no new call begin; false if that was so before. */
    boolean refuse() {
        return connections.refuse();
    }

    /** Ends the socket from any thread, which does not wait for that; {@link #awaitEnd(List, boolean)} has to follow. */
    void cut() {
        boolean unused = refuse();
        hangUp();
    }

    /** Cuts off what runs, and begins to end the connection, after {@link #refuse}. Does not wait. */
    void hangUp() {
        connections.hangUp();
        calls.cutOff();
        pushes.clear();
    }

    /**
     * Waits for the end of everything that {@link #hangUp} has begun to end, in all these sessions at the same time.
     *
     * @param hurry whether to leave the peers no time
     * @return false if the thread was interrupted while it waited
     */
    static boolean awaitEnd(List<SocketSession> sessions, boolean hurry) {
        boolean interrupted = false;
        for (SocketSession session : sessions) {
            interrupted |= !session.awaitConnection(hurry || interrupted);
        }
        long end = System.nanoTime() + SETTLE.toNanos();
        for (SocketSession session : sessions) {
            interrupted |= !session.awaitThreads(end);
        }
        return !interrupted;
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitConnection(boolean hurry) {
        boolean patient = connections.awaitEnd(hurry ? Duration.ZERO : options.closeTimeout());
        endThreads();
        return patient;
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitThreads(long end) {
        // The thread that waits here must not be one of those that it waits for.
        if (completions.runsThisThread() || pushes.runsThisThread()) {
            return true;
        }
        try {
            if (!threads.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                threads.shutdownNow();
            }
            return true;
        } catch (InterruptedException e) {
            threads.shutdownNow();
            return false;
        }
    }

    /** Lets what was begun end, and no more begin. */
    private void endThreads() {
        timer.close();
        threads.shutdown();
    }
}
