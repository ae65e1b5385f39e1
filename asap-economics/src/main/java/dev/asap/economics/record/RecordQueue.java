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
 * <p>A batch that the store refuses is tried again in halves, so that a record which cannot be written is lost alone. Where it is the
 * store that fails, and a retry may help ({@link StorageException#retryable}), the batch is tried again after 100 ms, then after twice as
 * long each time up to 5 s, while others wait in the queue.
 *
 * @param <T> what is recorded
 */
public final class RecordQueue<T> implements AutoCloseable {
    /** The most records in one write. */
    public static final int MAX_BATCH = 1000;

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5000;

    /** Hears what became of records; must not block. */
    public interface Outcome {
        /** The store takes nothing at the moment: the same records are tried again. */
        void delayed(Throwable failure);

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
    private volatile boolean failing;

    /**
     * Starts the thread.
     *
     * @param threadName what the thread is called
     * @param capacity how many records may wait
     * @param gathering how long the thread waits for more when there is something to write: to be woken for each record would cost more
     *     than to write it
     * @param store writes records, all or none; may block, and is called by the queue's thread only
     * @param outcome hears what became of records, in the queue's thread, and of refused ones in the caller's
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

    /** How many records wait to be written. */
    public int waiting() {
        return queue.size();
    }

    /** Whether the store failed when it was last asked, and is asked again. */
    public boolean isFailing() {
        return failing;
    }

    /** Waits until what was added before is written or lost, at most this long; not at all while the store fails. */
    public void settle(Duration timeout) {
        long target = added.get();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            synchronized (lock) {
                for (long left = timeout.toMillis(); settled.get() < target && left > 0 && !failing; ) {
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
            lock.notifyAll();
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
        lost(lost);
    }

    private void lost(List<T> records) {
        if (!records.isEmpty()) {
            ended(records.size(), new IllegalStateException("the queue was closed before all records were written"));
        }
    }

    private void run() {
        List<T> batch = new ArrayList<>(MAX_BATCH);
        try {
            while (next(batch)) {
                write(List.copyOf(batch));
                batch.clear();
            }
            lost(batch);
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
            storeUntilItTakes(batch);
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
        } finally {
            failing = false;
        }
    }

    /** Asks the store again as long as it fails for the moment and the queue is not given up. */
    private void storeUntilItTakes(List<T> batch) {
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
            try {
                store.accept(batch);
                return;
            } catch (StorageException e) {
                if (!e.retryable() || abandoned) {
                    throw e;
                }
                failing = true;
                outcome.delayed(e);
                await(pause);
            }
        }
    }

    /** Waits before the store is asked again, and only a moment once the queue is to be closed. */
    private void await(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            synchronized (lock) {
                lock.notifyAll();
                for (long left = millis; left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
                    lock.wait(closed ? Math.min(left, FIRST_PAUSE_MILLIS) : left);
                    if (closed) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            // The queue is given up: the next failure is the last.
            abandoned = true;
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
