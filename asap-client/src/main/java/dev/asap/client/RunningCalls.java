// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of a client that have begun and not ended: what {@code close} waits for, and then cuts off. Thread-safe.
 *
 * <p>OkHttp keeps such a list too, but takes a blocking call off it before the body is read, and knows nothing of a call that
 * waits for its next attempt.
 */
final class RunningCalls {
    /** A call that can be cut off. Equal to nothing but itself. */
    @FunctionalInterface
    interface Running {
        /** Ends the call soon, from any thread; may be called more than once. */
        void cancel();
    }

    private final Set<Running> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition noneRuns = lock.newCondition();
    private volatile boolean closing;

    /**
     * Notes that a call begins.
     *
     * @param what the call as messages show it
     * @throws ClientClosedException if the client is closed; the call must not be made
     */
    void begin(Running call, String what) {
        // First the list, then the flag: whoever sets the flag and then looks at the list misses no call.
        calls.add(call);
        if (closing) {
            end(call);
            throw new ClientClosedException(what + " was not sent: the client is closed", null);
        }
    }

    /** Notes that a call has ended, its answer read. Does nothing the second time. */
    void end(Running call) {
        calls.remove(call);
        if (closing) {
            lock.lock();
            try {
                noneRuns.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    boolean isClosing() {
        return closing;
    }

    int count() {
        return calls.size();
    }

    /** Lets no further call begin; false if that was so before. */
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

    /**
     * Waits until no call runs, after {@link #refuse}.
     *
     * @return false if some still run when the time is over
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitNone(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!calls.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = noneRuns.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Cuts off all calls that run. */
    void cancelAll() {
        calls.forEach(Running::cancel);
    }
}
