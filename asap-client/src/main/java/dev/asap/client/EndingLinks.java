// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connections of a socket that are on their way out. Thread-safe; guarded by the session's lock. */
final class EndingLinks {
    private final ReentrantLock lock;
    private final Set<SocketLink> lost = new HashSet<>();
    private @Nullable SocketLink last;

    EndingLinks(ReentrantLock lock) {
        this.lock = lock;
    }

    /** With the lock: a connection was lost, and has not ended. */
    void add(SocketLink one) {
        lost.add(one);
    }

    /** With the lock: the last connection is being closed. */
    void setLast(SocketLink one) {
        last = one;
    }

    /** With the lock: a connection has ended. */
    void remove(SocketLink one) {
        lost.remove(one);
    }

    /**
     * Waits for the end of the last one, and then cuts off what has not ended.
     *
     * @return false if the thread was interrupted while it waited
     */
    boolean awaitEnd(Duration timeout) {
        SocketLink closing = last();
        boolean patient = closing == null || await(closing, timeout);
        lost().forEach(SocketLink::cancel);
        if (closing != null) {
            closing.cancel();
        }
        return patient;
    }

    private @Nullable SocketLink last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    private List<SocketLink> lost() {
        lock.lock();
        try {
            return List.copyOf(lost);
        } finally {
            lock.unlock();
        }
    }

    private static boolean await(SocketLink link, Duration timeout) {
        try {
            boolean unused = link.awaitEnd(timeout);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
