// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a step again and again in one daemon thread, which exists from the start to the close. Thread-safe. */
final class PollThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PollThread.class);
    private static final long CLOSING_SECONDS = 5;

    private final String name;
    private final Duration pause;
    private final Runnable step;

    // Guards what follows.
    private final Object lock = new Object();
    private @Nullable ScheduledExecutorService executor;
    private boolean closed;

    PollThread(String name, Duration pause, Runnable step) {
        this.name = name;
        this.pause = pause;
        this.step = step;
    }

    void start() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(name + " is closed: build another one");
            }
            if (executor == null) {
                executor = Executors.newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
                ScheduledFuture<?> unused =
                        executor.scheduleWithFixedDelay(this::runStep, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    @Override
    public void close() {
        ScheduledExecutorService running;
        synchronized (lock) {
            closed = true;
            running = executor;
        }
        if (running == null) {
            return;
        }
        running.shutdownNow();
        try {
            if (!running.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} still runs after {} s; it ends with the call that it makes", name, CLOSING_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A step that failed must not be the last one. */
    private void runStep() {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed in a step and goes on", name, e);
        }
    }
}
