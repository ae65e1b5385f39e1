// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.client.SocketFailures.Fate;
import dev.asap.client.internal.socket.AckTable;
import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.rpc.JsonRpcId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of a socket from their frame to their end, whichever way that comes: an answer, a timeout, the loss of the connection,
 * the caller or the socket that gives up. Thread-safe; guarded by the session's lock.
 */
final class SocketCalls {
    /** Why an exchange ends. */
    enum End {
        /** The last answer is there. */
        ANSWERED,
        /** Nobody is interested any more. */
        GIVEN_UP,
        /** Nobody waits any more, though what still comes may be of interest, and an acknowledgement is. */
        TIMED_OUT
    }

    private final SocketOptions options;
    private final SocketFailures failures;
    private final SocketTimer timer;
    private final JsonRpcCodec codec;
    private final SocketConnections connections;
    private final AckTable<Exchange.OfMessage> acks;
    private final AtomicLong requestNumbers = new AtomicLong();

    private final ReentrantLock lock;
    private final Condition noneRuns;
    private final RunningExchanges running = new RunningExchanges();

    SocketCalls(
            SocketOptions options,
            SocketFailures failures,
            SocketTimer timer,
            JsonRpcCodec codec,
            SocketConnections connections,
            AckTable<Exchange.OfMessage> acks,
            ReentrantLock lock) {
        this.options = options;
        this.failures = failures;
        this.timer = timer;
        this.codec = codec;
        this.connections = connections;
        this.acks = acks;
        this.lock = lock;
        this.noneRuns = lock.newCondition();
    }

    // ---- Sending

    /** Sends a message, and waits for its answer from then on. */
    void submit(Exchange.OfMessage exchange) {
        JsonRpcId id = newId();
        byte[] frame = frame(exchange, id);
        if (frame.length > options.maxQueuedBytes()) {
            throw new IllegalArgumentException(exchange.what + " is " + frame.length
                    + " bytes long, more than maxQueuedBytes, which is " + options.maxQueuedBytes());
        }
        lock.lock();
        try {
            SocketLink open = connections.requireOpen(exchange.what);
            if (exchange.message.requiresAck() && !acks.track(exchange.message.id(), exchange)) {
                throw failures.notNow(
                        exchange.what, options.maxCalls() + " messages wait for being acknowledged, see maxCalls");
            }
            try {
                begin(exchange, open, id, frame);
                exchange.requestBytes = frame.length;
            } catch (ASAPException e) {
                acks.forget(exchange.message.id(), exchange);
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    /** With the lock: sends the first frame of an exchange, and waits for its answer from then on. */
    void begin(Exchange exchange, SocketLink open, JsonRpcId id, byte[] frame) {
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

    /** With the lock: sends a message again. The answer to any of its frames is the answer to the call. */
    void repeat(Exchange.OfMessage exchange, SocketLink open) {
        JsonRpcId id = newId();
        if (write(open, frame(exchange, id)) == SocketLink.Sent.YES && !exchange.ended) {
            exchange.offset = -1;
            running.sent(exchange, id);
        }
    }

    /** With the lock. */
    SocketLink.Sent write(SocketLink open, byte[] frame) {
        return open.send(new String(frame, StandardCharsets.UTF_8), frame.length);
    }

    JsonRpcId newId() {
        return JsonRpcId.of("ws-req-" + requestNumbers.incrementAndGet());
    }

    private byte[] frame(Exchange.OfMessage exchange, JsonRpcId id) {
        return codec.writeRequest(id, exchange.message, exchange.idempotencyKey);
    }

    // ---- What comes in

    /** With the lock: what an answer with this id answers; null if nothing that runs. */
    @Nullable
    Exchange find(JsonRpcId id) {
        return running.find(id);
    }

    /** With the lock: whether an answer with this id is one more to what has been settled. */
    boolean isSettled(JsonRpcId id) {
        return running.isSettled(id);
    }

    /** Whether a part of an answer finds someone who waits: the rest may take as long again. */
    boolean goesOn(Exchange exchange) {
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

    /** The peer has received a message. */
    void acknowledged(String envelopeId) {
        lock.lock();
        try {
            acks.acknowledge(envelopeId).ifPresent(call -> call.acknowledged = true);
        } finally {
            lock.unlock();
        }
    }

    // ---- The end

    /** With the lock. */
    private void restartTimeout(Exchange exchange) {
        if (exchange.timeout != null) {
            exchange.timeout.cancel();
        }
        exchange.timeout = timer.schedule(options.receiveTimeout(), () -> timeOut(exchange));
    }

    private void timeOut(Exchange exchange) {
        if (end(exchange, End.TIMED_OUT)) {
            exchange.fail(failures.noAnswer(exchange, options.receiveTimeout()));
        }
    }

    /** Ends an exchange in which nobody is interested any more. */
    void giveUp(Exchange exchange) {
        boolean unused = end(exchange, End.GIVEN_UP);
    }

    /** False if the exchange had ended before. */
    boolean end(Exchange exchange, End how) {
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

    /** With the lock: ends the exchanges whose answer cannot come any more. Those that will be sent again wait on. */
    Map<Exchange, Fate> takeLost(SocketLink lost, Loss loss, boolean forGood) {
        running.forgetIds();
        long written = loss instanceof Loss.Broken ? lost.writtenBytes() : Long.MAX_VALUE;
        boolean refused = loss.isRefusal() && !lost.hasHeard;
        if (forGood || loss.forbidsResend()) {
            acks.clear();
        }
        Map<Exchange, Fate> failed = new LinkedHashMap<>();
        for (Exchange exchange : running.all()) {
            if (exchange instanceof Exchange.OfMessage call && acks.isTracked(call.message.id(), call)) {
                exchange.offset = -1;
            } else {
                Fate fate = fateOf(exchange, written, refused);
                retire(exchange);
                failed.put(exchange, fate);
            }
        }
        return failed;
    }

    private static Fate fateOf(Exchange exchange, long written, boolean refused) {
        if (exchange.acknowledged) {
            return Fate.ACKNOWLEDGED;
        } else if (exchange.offset > written) {
            return Fate.NOT_SENT;
        }
        return refused && exchange.offset >= 0 ? Fate.REFUSED : Fate.UNKNOWN;
    }

    /** Ends all exchanges: those that run fail. */
    void cutOff() {
        List<Exchange> cut;
        lock.lock();
        try {
            acks.clear();
            cut = running.all();
            cut.forEach(this::retire);
        } finally {
            lock.unlock();
        }
        for (Exchange exchange : cut) {
            exchange.fail(new ClientClosedException(
                    exchange.what + " was cut off: the socket was closed; whether the peer received it is not known",
                    null));
        }
    }

    /**
     * Waits until no exchange runs.
     *
     * @return false if the thread was interrupted while it waited
     */
    boolean awaitNone(Duration timeout) {
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
}
