// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's time, and one daemon thread, which starts with the first task. Thread-safe. */
public final class ThreadTimer implements SocketTimer {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadTimer.class);

    private final ScheduledThreadPoolExecutor thread;

    /** A timer whose thread has this name. */
    public ThreadTimer(String threadName) {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, threadName);
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        try {
            ScheduledFuture<?> scheduled =
                    thread.schedule(() -> runSafely(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException e) {
            // Closed in the meantime.
            return () -> {};
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("A timed task of a socket failed", e);
        }
    }
}
