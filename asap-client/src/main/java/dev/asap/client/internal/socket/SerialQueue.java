// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, in a thread that is there only while there is something to
 * do. A new task that does not fit pushes out the oldest ones that wait. Thread-safe.
 */
public final class SerialQueue {
    private static final Logger LOG = LoggerFactory.getLogger(SerialQueue.class);

    private record Item(long weight, Runnable task) {}

    private final Executor threads;
    private final boolean unlosing;
    private final int maxTasks;
    private final long maxWeight;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Item> waiting = new ArrayDeque<>();
    private long weight;
    private boolean draining;
    private volatile @Nullable Thread runner;

    private SerialQueue(Executor threads, boolean unlosing, int maxTasks, long maxWeight) {
        this.threads = threads;
        this.unlosing = unlosing;
        this.maxTasks = maxTasks;
        this.maxWeight = maxWeight;
    }

    /**
     * A queue with bounds.
     *
     * @param threads where the tasks run
     * @param maxTasks how many tasks may wait
     * @param maxWeight how heavy the waiting tasks may be together; a single one may be heavier
     */
    public static SerialQueue bounded(Executor threads, int maxTasks, long maxWeight) {
        return new SerialQueue(threads, false, maxTasks, maxWeight);
    }

    /**
     * A queue that runs every task, for tasks whose number is bounded elsewhere. Once there are no threads any more, they run in the
     * thread that adds them.
     */
    public static SerialQueue unlosing(Executor threads) {
        return new SerialQueue(threads, true, Integer.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Adds a task.
     *
     * @return how many waiting tasks it pushed out; they will not run
     */
    public int add(long taskWeight, Runnable task) {
        int dropped = 0;
        boolean start;
        lock.lock();
        try {
            while (!waiting.isEmpty() && (waiting.size() >= maxTasks || weight + taskWeight > maxWeight)) {
                weight -= waiting.removeFirst().weight();
                dropped++;
            }
            waiting.addLast(new Item(taskWeight, task));
            weight += taskWeight;
            start = !draining;
            draining = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        }
        return dropped;
    }

    /** Whether the caller is one of the queue's tasks. */
    public boolean runsThisThread() {
        return runner == Thread.currentThread();
    }

    /** Drops the tasks that wait. */
    public void clear() {
        lock.lock();
        try {
            waiting.clear();
            weight = 0;
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        try {
            threads.execute(this::drain);
        } catch (RejectedExecutionException e) {
            if (unlosing) {
                drain();
                return;
            }
            // The threads have been ended: so have those for whom the tasks were.
            lock.lock();
            try {
                waiting.clear();
                weight = 0;
                draining = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void drain() {
        runner = Thread.currentThread();
        for (Runnable task = next(); task != null; task = next()) {
            runSafely(task);
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Item item = waiting.pollFirst();
            if (item == null) {
                runner = null;
                draining = false;
                return null;
            }
            weight -= item.weight();
            return item.task();
        } finally {
            lock.unlock();
        }
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // What the application hung in here must not keep later messages from being delivered.
            LOG.warn("A handler of a socket's messages failed", e);
        }
    }
}
