// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.AckTable;
import dev.asap.client.internal.socket.SocketTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the messages of a socket that are not acknowledged in time: sends them again, and in the end gives up. Thread-safe. */
final class SocketAcks {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPSocket.class);

    private final SocketOptions options;
    private final SocketFailures failures;
    private final SocketTimer timer;
    private final SocketConnections connections;
    private final SocketCalls calls;
    private final AckTable<Exchange.OfMessage> acks;

    private final ReentrantLock lock;
    private boolean started;

    SocketAcks(
            SocketOptions options,
            SocketFailures failures,
            SocketTimer timer,
            SocketConnections connections,
            SocketCalls calls,
            AckTable<Exchange.OfMessage> acks,
            ReentrantLock lock) {
        this.options = options;
        this.failures = failures;
        this.timer = timer;
        this.connections = connections;
        this.calls = calls;
        this.acks = acks;
        this.lock = lock;
    }

    /** With the lock: looks at the messages now and then, from now until the timer is closed. */
    void start() {
        if (!started) {
            started = true;
            checkLater();
        }
    }

    private void checkLater() {
        timer.schedule(options.ackCheckInterval(), this::check);
    }

    private void check() {
        List<Exchange.OfMessage> expired = new ArrayList<>();
        lock.lock();
        try {
            SocketLink open = connections.open();
            if (open != null) {
                for (AckTable.Due<Exchange.OfMessage> due : acks.due()) {
                    if (due instanceof AckTable.Due.Resend<Exchange.OfMessage> resend) {
                        calls.repeat(resend.message(), open);
                    } else {
                        expired.add(due.message());
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        checkLater();
        expired.forEach(this::expire);
    }

    private void expire(Exchange.OfMessage call) {
        RuntimeException failure = failures.notAcknowledged(call, options.ackTimeout(), options.ackRetries());
        if (calls.end(call, SocketCalls.End.TIMED_OUT)) {
            call.fail(failure);
        } else {
            LOG.warn("{}", failure.getMessage());
        }
    }
}
