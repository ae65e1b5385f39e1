// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.record;

import dev.asap.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records in a thread of its own, many at once. Who adds one never waits: what finds the queue full is dropped, and counted as that.
 * Thread-safe.
 *
 * <p>A batch that the store refuses is tried again in halves, so that a record which cannot be written is lost alone.
 */
public final class RecordQueue<T> implements AutoCloseable {
    /** The most records in one write. */
    public static final int MAX_BATCH = 1000;

    /** Hears what became of records. */
    public interface Outcome {
        /** So many were written, or were lost if there is a failure. */
        void ended(int records, @Nullable Throwable failure);

        /** One was lost because as many wait as may, or because the queue is closed. */
        void refused();
    }

    private final BlockingQueue<T> queue;
    private final Duration gathering;
    private final Consumer<List<T>> store;
    private final Outcome outcome;
    private final Thread thread;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong settled = new AtomicLong();
    private final Object lock = new Object();

    // Guarded by the lock: whether the thread waits for records, and may be woken.
    private boolean pausing;
    private volatile boolean closed;
    private volatile boolean abandoned;

    /**
     * Starts the thread.
     *
     * @param capacity how many records may wait
     * @param gathering how long the thread waits for more when there is something to write: to be woken for each record would cost more
     *     than to write it
     */
    public RecordQueue(String threadName, int capacity, Duration gathering, Consumer<List<T>> store, Outcome outcome) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.gathering = gathering;
        this.store = store;
        this.outcome = outcome;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Has a record written when it is its turn, if there is room for it. */
    public void add(T record) {
        added.incrementAndGet();
        if (closed || !queue.offer(record)) {
            settled.incrementAndGet();
            outcome.refused();
        }
    }

    /** Waits until what was added before is written or lost, at most this long. */
    public void settle(Duration timeout) {
        long target = added.get();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            synchronized (lock) {
                for (long left = timeout.toMillis(); settled.get() < target && left > 0; ) {
                    lock.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the queue like {@link #close(Duration)} with 10 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }

    /** Writes what waits, at most this long, and ends the thread; what is left then is lost. Does nothing the second time. */
    public void close(Duration timeout) {
        closed = true;
        synchronized (lock) {
            // Only out of its pause: the store is not interrupted while it writes.
            if (pausing) {
                thread.interrupt();
            }
        }
        boolean done = false;
        try {
            done = finished.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            abandoned = true;
            thread.interrupt();
        }
        List<T> lost = new ArrayList<>();
        queue.drainTo(lost);
        if (!lost.isEmpty()) {
            ended(lost.size(), new IllegalStateException("the server was closed before all records were written"));
        }
    }

    private void run() {
        List<T> batch = new ArrayList<>(MAX_BATCH);
        try {
            while (next(batch)) {
                write(List.copyOf(batch));
                batch.clear();
            }
        } finally {
            finished.countDown();
        }
    }

    /** Takes what waits, and waits for it where nothing does; false if nothing will come any more. */
    private boolean next(List<T> batch) {
        pause(batch);
        queue.drainTo(batch, MAX_BATCH - batch.size());
        return !abandoned && (!closed || !batch.isEmpty());
    }

    private void pause(List<T> batch) {
        synchronized (lock) {
            pausing = !closed;
            if (!pausing) {
                return;
            }
        }
        try {
            batch.add(queue.take());
            if (queue.size() < MAX_BATCH) {
                TimeUnit.NANOSECONDS.sleep(gathering.toNanos());
            }
        } catch (InterruptedException e) {
            // close() has ended the pause; what waits is written without it.
        } finally {
            synchronized (lock) {
                pausing = false;
            }
        }
    }

    private void write(List<T> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            store.accept(batch);
            ended(batch.size(), null);
        } catch (RuntimeException e) {
            if (batch.size() == 1 || abandoned || concernsAll(e)) {
                ended(batch.size(), e);
            } else {
                int half = batch.size() / 2;
                write(batch.subList(0, half));
                write(batch.subList(half, batch.size()));
            }
        } catch (Error e) {
            ended(batch.size(), e);
        }
    }

    /** Whether it is the store that fails, whatever it is to write. */
    private static boolean concernsAll(RuntimeException failure) {
        return failure instanceof StorageException storage && storage.retryable();
    }

    private void ended(int records, @Nullable Throwable failure) {
        outcome.ended(records, failure);
        settled.addAndGet(records);
        synchronized (lock) {
            lock.notifyAll();
        }
    }
}
