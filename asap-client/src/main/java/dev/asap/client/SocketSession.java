// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.client.SocketFailures.Fate;
import dev.asap.client.internal.socket.AckRules;
import dev.asap.client.internal.socket.AckTable;
import dev.asap.client.internal.socket.Frame;
import dev.asap.client.internal.socket.FrameReader;
import dev.asap.client.internal.socket.SerialQueue;
import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mechanism of {@link ASAPSocket}: one connection after the other, the calls that wait, the acknowledgements, what is due
 * when. Thread-safe.
 *
 * <p>One lock guards what is known of connections and calls. It is held for bookkeeping and for handing a frame to OkHttp's queue, never
 * while anything waits for the network or code of the application runs. What the application gets to see is decided under the lock and
 * handed out after it.
 */
final class SocketSession implements SocketLink.Events {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPSocket.class);

    private static final String PONG = "{\"type\":\"pong\"}";
    private static final String SUBSCRIBE = "sla.subscribe";
    private static final String CUT_OFF = " was cut off, whether the peer received it is not known";
    private static final String UNSUBSCRIBE = "sla.unsubscribe";

    /** How long {@link #close} waits for what it has cut off to notice. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** Fits a number of nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    /** Why an exchange ends. */
    private enum End {
        /** The last answer is there. */
        ANSWERED,
        /** Nobody is interested any more. */
        GIVEN_UP,
        /** Nobody waits any more, though what still comes may be of interest, and an acknowledgement is. */
        TIMED_OUT
    }

    private final SocketOptions options;
    private final PeerAddress address;
    private final SocketFailures failures;
    private final JsonRpcCodec codec;
    private final AnswerReader answers;
    private final SocketTimer timer;
    private final ExecutorService threads = ClientThreads.newExecutor();
    private final SocketConnector connector;

    /** Completes the futures of asynchronous calls. As many tasks as there are calls. */
    private final SerialQueue completions = SerialQueue.unlosing(threads);

    private final SocketPushes pushes;
    private final AtomicLong requestNumbers = new AtomicLong();
    private final AckTable<Exchange.OfMessage> acks;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneRuns = lock.newCondition();
    private final RunningExchanges running = new RunningExchanges();
    private final Set<SocketLink> dying = new HashSet<>();
    private SocketState state = SocketState.CONNECTING;
    private boolean closing;
    private int attempts;
    private @Nullable SocketLink link;
    private @Nullable CompletableFuture<Boolean> opening;
    private @Nullable Loss lastLoss;
    private volatile @Nullable SocketLink hungUp;
    private SocketTimer.Scheduled openLimit = () -> {};
    private SocketTimer.Scheduled staleCheck = () -> {};

    SocketSession(SocketOptions options) {
        this.options = options;
        this.address = options.address();
        this.failures = new SocketFailures(address, options.maxResponseBytes());
        this.codec = new JsonRpcCodec(options.clock());
        this.answers = new AnswerReader(codec);
        this.timer = options.timers().get();
        this.pushes = new SocketPushes(options, threads);
        this.connector = new SocketConnector(options, threads);
        this.acks = new AckTable<>(options.maxCalls(), options.ackTimeout(), options.ackRetries(), timer::nanoTime);
    }

    SocketState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    long droppedMessages() {
        return pushes.dropped();
    }

    // ---- Connecting

    void connect() {
        CompletableFuture<Boolean> opened;
        SocketLink begun = null;
        lock.lock();
        try {
            requireNotClosed("connecting to " + address + " failed");
            if (state == SocketState.CLOSED) {
                throw failures.notConnected(Objects.requireNonNull(lastLoss));
            } else if (state != SocketState.CONNECTING) {
                return;
            }
            opened = opening;
            if (opened == null) {
                opened = new CompletableFuture<>();
                opening = opened;
                begun = newLink();
            }
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            connector.begin(begun);
        }
        await(opened, "connecting to " + address + " was cut off", this::cancelOpening);
    }

    private void cancelOpening() {
        lock.lock();
        try {
            if (state == SocketState.CONNECTING && link != null) {
                link.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    private void reopen() {
        SocketLink begun;
        lock.lock();
        try {
            if (state != SocketState.RECONNECTING) {
                return;
            }
            begun = newLink();
        } finally {
            lock.unlock();
        }
        connector.begin(begun);
    }

    /** With the lock. */
    private SocketLink newLink() {
        SocketLink made = new SocketLink(this, timer, options.clock(), options.maxQueuedBytes());
        link = made;
        openLimit = timer.schedule(options.openTimeout(), () -> {
            onLost(made, new Loss.OpenTimedOut(options.openTimeout()));
            made.cancel();
        });
        return made;
    }

    @Override
    public void onOpen(SocketLink opened) {
        CompletableFuture<Boolean> waiting;
        lock.lock();
        try {
            if (opened != link) {
                opened.cancel();
                return;
            }
            openLimit.cancel();
            if (state == SocketState.CONNECTING) {
                checkAcksLater();
            }
            state = SocketState.OPEN;
            checkSilenceLater(opened, options.staleLimit());
            if (pushes.hasSubscriptions()) {
                write(opened, command(SUBSCRIBE, newId()));
            }
            waiting = opening;
            opening = null;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    @Override
    public void onLost(SocketLink lost, Loss loss) {
        CompletableFuture<Boolean> waiting;
        boolean ended = false;
        boolean silently;
        Map<Exchange, Fate> failed = new HashMap<>();
        lock.lock();
        try {
            if (lost != link) {
                return;
            }
            link = null;
            dying.add(lost);
            openLimit.cancel();
            staleCheck.cancel();
            waiting = opening;
            opening = null;
            lastLoss = loss;
            if (state != SocketState.CONNECTING) {
                ended = !reopenLater(loss);
                failed = takeLost(lost, loss, ended);
            }
            silently = closing || !failed.isEmpty();
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.completeExceptionally(failures.notConnected(loss));
        }
        failed.forEach((exchange, fate) -> exchange.fail(failures.lost(exchange.what, loss, fate)));
        if (ended) {
            if (!silently) {
                LOG.warn("The connection to {} has ended: {}", address, failures.reason(loss));
            }
            endThreads();
        } else {
            LOG.debug("The connection to {} is lost: {}", address, failures.reason(loss));
        }
    }

    @Override
    public void onEnd(SocketLink ended) {
        lock.lock();
        try {
            dying.remove(ended);
        } finally {
            lock.unlock();
        }
    }

    /** With the lock: false if the socket has ended. */
    private boolean reopenLater(Loss loss) {
        if (!closing && options.reconnect() && loss.mayReopen() && attempts < options.maxReconnectAttempts()) {
            attempts++;
            state = SocketState.RECONNECTING;
            timer.schedule(reopenDelay(loss), this::reopen);
            return true;
        }
        state = SocketState.CLOSED;
        return false;
    }

    /** With the lock: a peer that asks for a longer wait gets it, within the bounds of this side. */
    private Duration reopenDelay(Loss loss) {
        Duration delay = options.backoff().delay(Math.max(0, attempts - 1));
        if (loss instanceof Loss.Refused refused && refused.retryAfter() != null) {
            Duration max = options.backoff().maxDelay();
            Duration asked = refused.retryAfter().compareTo(max) > 0 ? max : refused.retryAfter();
            return asked.compareTo(delay) > 0 ? asked : delay;
        }
        return delay;
    }

    /** With the lock: ends the exchanges whose answer cannot come any more. Those that will be sent again wait on. */
    private Map<Exchange, Fate> takeLost(SocketLink lost, Loss loss, boolean forGood) {
        running.forgetIds();
        long written = loss instanceof Loss.Broken ? lost.writtenBytes() : Long.MAX_VALUE;
        if (forGood || loss.forbidsResend()) {
            acks.clear();
        }
        Map<Exchange, Fate> failed = new HashMap<>();
        for (Exchange exchange : running.all()) {
            if (exchange instanceof Exchange.OfMessage call && acks.isTracked(call.message.id(), call)) {
                exchange.offset = -1;
            } else {
                Fate fate = exchange.acknowledged
                        ? Fate.ACKNOWLEDGED
                        : exchange.offset > written ? Fate.NOT_SENT : Fate.UNKNOWN;
                retire(exchange);
                failed.put(exchange, fate);
            }
        }
        return failed;
    }

    // ---- Sending

    Envelope send(Envelope message) {
        UnaryExchange exchange = newUnary(message);
        submit(exchange);
        return await(exchange.answer, exchange.what + CUT_OFF, () -> giveUp(exchange));
    }

    CompletableFuture<Envelope> sendAsync(Envelope message) {
        UnaryExchange exchange = newUnary(message);
        CompletableFuture<Envelope> future = new CompletableFuture<>();
        try {
            submit(exchange);
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
        submit(exchange);
        return new EnvelopeStream(new SocketStream(exchange.what, buffer, () -> giveUp(exchange)));
    }

    private UnaryExchange newUnary(Envelope message) {
        Envelope sent = AckRules.onTheWire(message);
        return new UnaryExchange(operation(sent), sent, options.ids().get(), answers, pushes::message);
    }

    private Operation operation(Envelope message) {
        return new Operation("asap.send", address, "message '" + message.id() + "' to " + address);
    }

    private void submit(Exchange.OfMessage exchange) {
        JsonRpcId id = newId();
        byte[] frame = codec.writeRequest(id, exchange.message, exchange.idempotencyKey);
        if (frame.length > options.maxQueuedBytes()) {
            throw new IllegalArgumentException(exchange.what + " is " + frame.length
                    + " bytes long, more than maxQueuedBytes, which is " + options.maxQueuedBytes());
        }
        lock.lock();
        try {
            SocketLink open = requireOpen(exchange.what);
            if (exchange.message.requiresAck() && !acks.track(exchange.message.id(), exchange)) {
                throw failures.notNow(
                        exchange.what, options.maxCalls() + " messages wait for being acknowledged, see maxCalls");
            }
            try {
                begin(exchange, open, id, frame);
            } catch (ASAPException e) {
                acks.forget(exchange.message.id(), exchange);
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    /** With the lock. */
    private SocketLink requireOpen(String what) {
        requireNotClosed(what + " was not sent");
        SocketLink open = link;
        if (state == SocketState.CLOSED) {
            throw failures.lost(what, Objects.requireNonNull(lastLoss), Fate.NOT_SENT);
        } else if (state == SocketState.CONNECTING) {
            throw new IllegalStateException(what + " was not sent: the socket is not connected; call connect first");
        } else if (state != SocketState.OPEN || open == null) {
            throw failures.notNow(what, "the connection was lost and is being opened again");
        }
        return open;
    }

    /** With the lock. */
    private void requireNotClosed(String attempted) {
        if (closing) {
            throw new ClientClosedException(attempted + ": the socket is closed", null);
        }
    }

    /** With the lock: sends the first frame of an exchange, and waits for its answer from then on. */
    private void begin(Exchange exchange, SocketLink open, JsonRpcId id, byte[] frame) {
        if (running.size() >= options.maxCalls()) {
            throw failures.notNow(exchange.what, options.maxCalls() + " calls are in flight, see maxCalls");
        }
        long offset = open.nextOffset();
        switch (write(open, frame)) {
            case FULL ->
                throw failures.notNow(
                        exchange.what,
                        "more than maxQueuedBytes, " + options.maxQueuedBytes() + ", would wait to be written");
            case GONE -> throw failures.notNow(exchange.what, "the connection is ending");
            case YES -> {
                exchange.offset = offset;
                running.sent(exchange, id);
                restartTimeout(exchange);
            }
        }
    }

    /** With the lock. */
    private static SocketLink.Sent write(SocketLink open, byte[] frame) {
        return open.send(new String(frame, StandardCharsets.UTF_8), frame.length);
    }

    private JsonRpcId newId() {
        return JsonRpcId.of("ws-req-" + requestNumbers.incrementAndGet());
    }

    // ---- The end of exchanges

    /** With the lock. */
    private void restartTimeout(Exchange exchange) {
        if (exchange.timeout != null) {
            exchange.timeout.cancel();
        }
        exchange.timeout = timer.schedule(options.receiveTimeout(), () -> timeOut(exchange));
    }

    private void timeOut(Exchange exchange) {
        if (end(exchange, End.TIMED_OUT)) {
            exchange.fail(failures.noAnswer(exchange.what, options.receiveTimeout()));
        }
    }

    private void giveUp(Exchange exchange) {
        boolean unused = end(exchange, End.GIVEN_UP);
    }

    /** False if the exchange had ended before. */
    private boolean end(Exchange exchange, End how) {
        lock.lock();
        try {
            if (exchange.ended) {
                return false;
            }
            if (how != End.TIMED_OUT) {
                if (how == End.GIVEN_UP || exchange.ids.size() > 1) {
                    running.settle(exchange);
                }
                if (exchange instanceof Exchange.OfMessage call) {
                    acks.forget(call.message.id(), call);
                }
            }
            retire(exchange);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock: takes an exchange out of everything but the acknowledgements. */
    private void retire(Exchange exchange) {
        running.remove(exchange);
        if (running.size() == 0) {
            noneRuns.signalAll();
        }
    }

    // ---- Receiving

    @Override
    public void onFrame(SocketLink from, byte[] utf8) {
        lock.lock();
        try {
            if (from != link) {
                return;
            }
            if (!from.hasHeard) {
                // Only now the peer has shown that it wants this client: some close the connection right after the
                // handshake.
                from.hasHeard = true;
                attempts = 0;
            }
        } finally {
            lock.unlock();
        }
        Frame frame = FrameReader.read(utf8);
        if (frame instanceof Frame.Answer answer) {
            onAnswer(from, answer);
        } else if (frame instanceof Frame.Ack ack) {
            onAck(ack.ack());
            pushes.ack(ack.ack(), utf8.length);
        } else if (frame instanceof Frame.Ping) {
            onPing(from);
        } else if (frame instanceof Frame.Breach breach) {
            pushes.breach(new BreachNotice(breach.breach()), utf8.length);
        } else if (frame instanceof Frame.Unknown unknown) {
            LOG.debug("A frame of {} was passed over: {}", address, unknown.reason());
        }
    }

    private void onPing(SocketLink from) {
        lock.lock();
        try {
            write(from, PONG.getBytes(StandardCharsets.UTF_8));
        } finally {
            lock.unlock();
        }
    }

    private void onAnswer(SocketLink from, Frame.Answer answer) {
        Exchange exchange;
        boolean settled;
        lock.lock();
        try {
            // Of a connection that was lost meanwhile, nothing is known any more.
            if (from != link) {
                return;
            }
            exchange = answer.id() == null ? null : running.find(answer.id());
            settled = answer.id() != null && running.isSettled(answer.id());
        } finally {
            lock.unlock();
        }
        if (exchange != null) {
            deliver(exchange, exchange.read(answer.utf8()), answer.utf8().length);
        } else if (settled) {
            LOG.debug("A further answer of {} to '{}' was passed over", address, answer.id());
        } else {
            onUnexpectedAnswer(from, answer);
        }
    }

    private void deliver(Exchange exchange, Exchange.Reply reply, long bytes) {
        if (reply.last()) {
            if (end(exchange, End.ANSWERED)) {
                exchange.deliver(reply, bytes);
            }
        } else if (isStillOpen(exchange) && !exchange.deliver(reply, bytes) && end(exchange, End.GIVEN_UP)) {
            exchange.fail(new SlowReaderException("the answer to " + exchange.what
                    + " was cut off: its envelopes came faster than they were taken; raise maxBufferedMessages ("
                    + options.maxBufferedMessages() + ") or maxBufferedBytes (" + options.maxBufferedBytes() + ")"));
        }
    }

    /** Whether a part of an answer finds someone who waits: the rest may take as long again. */
    private boolean isStillOpen(Exchange exchange) {
        lock.lock();
        try {
            if (exchange.ended) {
                return false;
            }
            restartTimeout(exchange);
            if (exchange instanceof Exchange.OfMessage call) {
                // Who answers has received it: sending it again would have it done twice.
                acks.forget(call.message.id(), call);
                exchange.acknowledged = true;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void onUnexpectedAnswer(SocketLink from, Frame.Answer answer) {
        IncomingAnswer read;
        try {
            read = codec.readAnswer(answer.utf8());
        } catch (JsonException | ValidationException e) {
            LOG.debug("An answer of {} to no call of ours was passed over: it holds no valid envelope", address);
            return;
        }
        if (read instanceof IncomingAnswer.Result result) {
            pushes.message(result.envelope(), answer.utf8().length);
        } else if (JsonObject.parse(answer.utf8()).find("error").orElse(null) instanceof JsonObject) {
            int code = ((IncomingAnswer.Failed) read).error().code();
            if (from.isFirstError()) {
                LOG.warn("{} reports an error that belongs to no call that waits: {}", address, code);
            } else {
                LOG.debug("{} reports an error that belongs to no call that waits: {}", address, code);
            }
        } else {
            LOG.debug("An answer of {} to no call of ours was passed over: it holds no envelope", address);
        }
    }

    private void onAck(MessageAck ack) {
        lock.lock();
        try {
            acks.acknowledge(ack.originalEnvelopeId()).ifPresent(call -> call.acknowledged = true);
        } finally {
            lock.unlock();
        }
    }

    // ---- What is due

    /** With the lock. */
    private void checkSilenceLater(SocketLink watched, Duration delay) {
        if (!options.staleLimit().isZero()) {
            staleCheck = timer.schedule(delay, () -> checkSilence(watched));
        }
    }

    private void checkSilence(SocketLink watched) {
        Duration left = options.staleLimit().minus(watched.silence());
        if (left.isNegative() || left.isZero()) {
            onLost(watched, new Loss.Stale(options.staleLimit()));
            watched.cancel();
            return;
        }
        lock.lock();
        try {
            if (watched == link) {
                checkSilenceLater(watched, left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void checkAcksLater() {
        timer.schedule(options.ackCheckInterval(), this::checkAcks);
    }

    private void checkAcks() {
        List<Exchange.OfMessage> expired = new ArrayList<>();
        lock.lock();
        try {
            SocketLink open = link;
            if (state == SocketState.OPEN && open != null) {
                for (AckTable.Due<Exchange.OfMessage> due : acks.due()) {
                    if (due instanceof AckTable.Due.Resend<Exchange.OfMessage> resend) {
                        sendAgain(open, resend.message());
                    } else {
                        expired.add(due.message());
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        checkAcksLater();
        expired.forEach(this::expire);
    }

    /** With the lock. The answer to any of the frames is the answer to the call. */
    private void sendAgain(SocketLink open, Exchange.OfMessage call) {
        JsonRpcId id = newId();
        if (write(open, codec.writeRequest(id, call.message, call.idempotencyKey)) == SocketLink.Sent.YES
                && !call.ended) {
            call.offset = -1;
            running.sent(call, id);
        }
    }

    private void expire(Exchange.OfMessage call) {
        ASAPException failure = failures.notAcknowledged(call.what, options.ackTimeout(), options.ackRetries());
        if (end(call, End.TIMED_OUT)) {
            call.fail(failure);
        } else {
            LOG.warn("{}", failure.getMessage());
        }
    }

    // ---- Breaches

    Subscription subscribe(Consumer<BreachNotice> handler) {
        // Wrapped, so that a handler can be subscribed twice and each subscription ends by itself.
        Consumer<BreachNotice> own = notice -> handler.accept(notice);
        CommandExchange command = new CommandExchange(SUBSCRIBE + " to " + address, codec);
        lock.lock();
        try {
            JsonRpcId id = newId();
            begin(command, requireOpen(command.what), id, command(SUBSCRIBE, id));
            pushes.subscribe(own);
        } finally {
            lock.unlock();
        }
        try {
            await(command.done, command.what + CUT_OFF, () -> giveUp(command));
        } catch (RuntimeException e) {
            unsubscribe(own);
            throw e;
        }
        return new Subscription(() -> unsubscribe(own));
    }

    private void unsubscribe(Consumer<BreachNotice> handler) {
        lock.lock();
        try {
            if (pushes.unsubscribe(handler) && state == SocketState.OPEN && link != null) {
                // In the same breath as the removal: a subscription that begins now comes after it on the wire, too.
                write(link, command(UNSUBSCRIBE, newId()));
            }
        } finally {
            lock.unlock();
        }
    }

    private static byte[] command(String method, JsonRpcId id) {
        return JsonObject.of("jsonrpc", JsonRpcRequest.VERSION, "method", method, "id", id.value())
                .toBytes();
    }

    // ---- Waiting

    /** Waits for what the reader or the timer completes in any case. */
    private static <T> T await(CompletableFuture<T> future, String whatIfInterrupted, Runnable giveUp) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp.run();
            throw new CallInterruptedException(whatIfInterrupted + ": the thread was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("A call failed unexpectedly", e);
        }
    }

    // ---- Closing

    /** Lets running calls end until the timeout, then cuts them off; the second time it does nothing. */
    void close(Duration timeout) {
        if (refuse()) {
            boolean interrupted = !awaitCalls(timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout);
            hangUp();
            interrupted |= !awaitEnd(interrupted);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets no new call begin; false if that was so before. */
    boolean refuse() {
        lock.lock();
        try {
            boolean first = !closing;
            closing = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Cuts off what runs, and begins to end the connection. */
    void hangUp() {
        SocketLink last = cutOff();
        hungUp = last;
        if (last != null) {
            last.close();
        }
        pushes.clear();
    }

    /**
     * Waits for the end of everything, which {@link #hangUp} has begun.
     *
     * @param hurry whether to leave the peer no time
     * @return false if the thread was interrupted while it waited
     */
    boolean awaitEnd(boolean hurry) {
        SocketLink last = hungUp;
        boolean patient = last == null || awaitLink(last, hurry ? Duration.ZERO : options.closeTimeout());
        cancelLinks(last);
        endThreads();
        // The thread that waits here must not be one of those that it waits for.
        return (completions.runsThisThread() || pushes.runsThisThread() || awaitThreads()) && patient;
    }

    private void cancelLinks(@Nullable SocketLink last) {
        List<SocketLink> links;
        lock.lock();
        try {
            links = List.copyOf(dying);
        } finally {
            lock.unlock();
        }
        links.forEach(SocketLink::cancel);
        if (last != null) {
            last.cancel();
        }
    }

    private @Nullable SocketLink cutOff() {
        SocketLink last;
        CompletableFuture<Boolean> waiting;
        List<Exchange> cut;
        lock.lock();
        try {
            last = link;
            link = null;
            waiting = opening;
            opening = null;
            state = SocketState.CLOSED;
            openLimit.cancel();
            staleCheck.cancel();
            acks.clear();
            cut = running.all();
            cut.forEach(this::retire);
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.completeExceptionally(new ClientClosedException(
                    "connecting to " + address + " was cut off: the socket was closed", null));
        }
        for (Exchange exchange : cut) {
            exchange.fail(new ClientClosedException(
                    exchange.what + " was cut off: the socket was closed; whether the peer received it is not known",
                    null));
        }
        return last;
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitCalls(Duration timeout) {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (running.size() > 0 && left > 0) {
                left = noneRuns.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** False if the thread was interrupted while it waited. */
    private static boolean awaitLink(SocketLink last, Duration timeout) {
        try {
            boolean unused = last.awaitEnd(timeout);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitThreads() {
        try {
            if (!threads.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS)) {
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
