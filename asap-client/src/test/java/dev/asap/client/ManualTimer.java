// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.SocketTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that a test moves; what is due runs in the test's thread meanwhile. */
final class ManualTimer implements SocketTimer {
    private record Task(long at, long number, Runnable action) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000_000_000L;
    private long lastNumber;
    private boolean closed;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Scheduled schedule(Duration delay, Runnable action) {
        if (closed) {
            return () -> {};
        }
        Task task = new Task(now + delay.toNanos(), ++lastNumber, action);
        tasks.add(task);
        return () -> remove(task);
    }

    @Override
    public synchronized void close() {
        closed = true;
        tasks.clear();
    }

    /** How much is still to be done. */
    synchronized int size() {
        return tasks.size();
    }

    /** Whether something is to be done at exactly this time from now. */
    synchronized boolean isDueIn(Duration delay) {
        return tasks.stream().anyMatch(task -> task.at() == now + delay.toNanos());
    }

    /** Moves the time on, step by step from one task to the next. */
    void advance(Duration step) {
        long end = nanoTime() + step.toNanos();
        for (Task due = next(end); due != null; due = next(end)) {
            due.action().run();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized Task next(long end) {
        Task first = tasks.stream()
                .min(Comparator.comparingLong(Task::at).thenComparingLong(Task::number))
                .filter(task -> task.at() <= end)
                .orElse(null);
        if (first != null) {
            tasks.remove(first);
            now = Math.max(now, first.at());
        }
        return first;
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }
}
