// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler and a ticker whose time goes on when a test says so; what is due runs in the test's thread. Thread-safe. */
final class HandDrivenTime extends AbstractExecutorService implements ScheduledExecutorService {
    private final List<Timer> timers = new ArrayList<>();
    private long now;
    private int readings;
    private boolean shutdown;

    /** The ticker. */
    synchronized long nanos() {
        readings++;
        return now;
    }

    /** How often the ticker was read. */
    synchronized int readings() {
        return readings;
    }

    /** How many tasks wait for their time. */
    synchronized int timers() {
        return timers.size();
    }

    void advance(Duration step) {
        synchronized (this) {
            now += step.toNanos();
        }
        for (Timer due = nextDue(); due != null; due = nextDue()) {
            due.run();
        }
    }

    private synchronized Timer nextDue() {
        for (Timer timer : timers) {
            if (timer.due <= now) {
                timers.remove(timer);
                return timer;
            }
        }
        return null;
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        if (shutdown) {
            throw new RejectedExecutionException("shut down");
        }
        Timer timer = new Timer(command, now + unit.toNanos(delay));
        timers.add(timer);
        return timer;
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isShutdown();
    }

    @Override
    public void execute(Runnable command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    private final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long due;

        Timer(Runnable command, long due) {
            super(command, null);
            this.due = due;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (HandDrivenTime.this) {
                timers.remove(this);
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            synchronized (HandDrivenTime.this) {
                return unit.convert(due - now, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
