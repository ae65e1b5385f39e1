// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.time.Duration;

/** The time of a socket, and what it will do later. Thread-safe. */
public interface SocketTimer extends AutoCloseable {
    /** Something that will be done. */
    @FunctionalInterface
    interface Scheduled {
        /** Takes it back unless it has begun. */
        void cancel();
    }

    /** The time in nanoseconds, from any origin. */
    long nanoTime();

    /** Runs a task once, later, in a thread in which it must not wait. Nothing happens if the timer is closed before. */
    Scheduled schedule(Duration delay, Runnable task);

    /** Drops what is still to be done, without waiting for a task that runs. */
    @Override
    void close();
}
