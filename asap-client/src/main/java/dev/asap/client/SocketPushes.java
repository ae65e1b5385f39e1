// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.SerialQueue;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what a peer sends on its own to the application's handlers, one after the other; bounded. Thread-safe. */
final class SocketPushes {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPSocket.class);

    private final PeerAddress address;
    private final @Nullable Consumer<Envelope> onMessage;
    private final @Nullable Consumer<MessageAck> onAck;
    private final SerialQueue queue;
    private final AtomicLong dropped = new AtomicLong();
    private final List<Consumer<BreachNotice>> onBreach = new CopyOnWriteArrayList<>();

    SocketPushes(SocketOptions options, Executor threads) {
        this.address = options.address();
        this.onMessage = options.onMessage();
        this.onAck = options.onAck();
        this.queue = SerialQueue.bounded(threads, options.maxBufferedMessages(), options.maxBufferedBytes());
    }

    void message(Envelope envelope, long bytes) {
        if (onMessage != null) {
            hand(onMessage, envelope, bytes);
        } else {
            LOG.debug("An envelope of {} that answers no call was passed over: there is no onMessage", address);
        }
    }

    void ack(MessageAck ack, long bytes) {
        if (onAck != null) {
            hand(onAck, ack, bytes);
        }
    }

    void breach(BreachNotice notice, long bytes) {
        for (Consumer<BreachNotice> handler : onBreach) {
            hand(
                    waiting -> {
                        // The subscription may have been closed while the notice waited.
                        if (onBreach.contains(handler)) {
                            handler.accept(waiting);
                        }
                    },
                    notice,
                    bytes);
        }
    }

    /** Adds a handler of breaches. */
    void subscribe(Consumer<BreachNotice> handler) {
        onBreach.add(handler);
    }

    /** True if that was the last handler of breaches. */
    boolean unsubscribe(Consumer<BreachNotice> handler) {
        return onBreach.remove(handler) && onBreach.isEmpty();
    }

    boolean hasSubscriptions() {
        return !onBreach.isEmpty();
    }

    /** How much was not handed to a handler because older messages kept it busy. */
    long dropped() {
        return dropped.get();
    }

    /** Whether the caller is a handler. */
    boolean runsThisThread() {
        return queue.runsThisThread();
    }

    /** Drops what waits. */
    void clear() {
        onBreach.clear();
        queue.clear();
    }

    private <T> void hand(Consumer<T> handler, T message, long bytes) {
        int pushedOut = queue.add(bytes, () -> handler.accept(message));
        if (pushedOut > 0 && dropped.getAndAdd(pushedOut) == 0) {
            LOG.warn(
                    "The handlers of messages from {} are too slow: the oldest messages are dropped, and counted in"
                            + " droppedMessages",
                    address);
        }
    }
}
