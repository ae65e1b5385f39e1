// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer that a test moves by hand: due tasks run in the thread that moves it. Only for single tasks. Thread-safe. */
final class HandTimer extends ScheduledThreadPoolExecutor {
    private final List<Task> tasks = new ArrayList<>();
    private long now;

    HandTimer() {
        super(0);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        synchronized (tasks) {
            Task task = new Task(command, now + unit.toNanos(delay));
            tasks.add(task);
            return task;
        }
    }

    void advance(Duration step) {
        List<Task> due;
        synchronized (tasks) {
            now += step.toNanos();
            due = tasks.stream().filter(task -> task.dueAt <= now).sorted().toList();
        }
        due.forEach(Task::run);
    }

    /** How many tasks are neither run nor cancelled. */
    int pending() {
        synchronized (tasks) {
            return tasks.size();
        }
    }

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long dueAt;

        Task(Runnable command, long dueAt) {
            super(command, null);
            this.dueAt = dueAt;
        }

        @Override
        protected void done() {
            synchronized (tasks) {
                tasks.remove(this);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            synchronized (tasks) {
                return unit.convert(dueAt - now, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public int compareTo(Delayed other) {
            return Comparator.<Delayed>comparingLong(each -> each.getDelay(TimeUnit.NANOSECONDS))
                    .compare(this, other);
        }
    }
}
