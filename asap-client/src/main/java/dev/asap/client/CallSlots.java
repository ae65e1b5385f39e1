// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many calls run at once. Who finds no free slot waits for one, blocking or not, first come first served, and so do a
 * bounded number of others. Thread-safe.
 *
 * <p>While nobody waits, taking and releasing a slot is one step on a counter. Otherwise a lock guards the queue, held for a few steps,
 * never while something waits or while code of a future's owner runs. Who joins the queue looks for a free slot afterwards, and who
 * frees one looks for a queue afterwards: so one of the two sees the other, and no slot lies free while somebody waits. A blocked
 * thread parks on its own future, which suits virtual threads too.
 */
final class CallSlots implements AutoCloseable {
    private final int maxSlots;
    private final int maxWaiters;
    private final ScheduledExecutorService timer;
    private final Executor completions;

    private final AtomicInteger inUse = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Waiter> queue = new LinkedHashSet<>();
    /** The queue's size, written under the lock. */
    private volatile int waiting;

    private volatile boolean closed;

    /**
     * Creates slots that are all free.
     *
     * @param maxSlots how many calls run at once
     * @param maxWaiters how many may wait for a slot; the next is refused at once
     * @param timer ends the waiting of asynchronous calls; should drop cancelled tasks at once
     * @param completions completes futures that had to wait: their owners' code may block there, and does not run in the thread
     *     that released a slot. It must run what it accepts; what it refuses is run by whoever hands it in
     */
    CallSlots(int maxSlots, int maxWaiters, ScheduledExecutorService timer, Executor completions) {
        if (maxSlots < 1) {
            throw new IllegalArgumentException("maxSlots must be 1 or more, got " + maxSlots);
        }
        if (maxWaiters < 0) {
            throw new IllegalArgumentException("maxWaiters must be 0 or more, got " + maxWaiters);
        }
        this.maxSlots = maxSlots;
        this.maxWaiters = maxWaiters;
        this.timer = timer;
        this.completions = completions;
    }

    /**
     * Waits for a slot.
     *
     * @param call the call as messages show it, as in {@code POST https://agent.example/asap}
     * @param timeout how long to wait at most, up to 292 years; with 0 or less there is no waiting
     * @throws RequestTimeoutException if there is none in time, or if too many wait already
     * @throws ClientClosedException if the slots are closed, before or meanwhile
     * @throws CallInterruptedException if the thread is interrupted while it waits
     */
    Slot acquire(String call, Duration timeout) {
        Waiter waiter = new Waiter(call, Runnable::run);
        Slot free = takeOrQueue(waiter);
        return free != null ? free : waiter.await(timeout);
    }

    /**
     * A slot, as soon as there is one; the future fails like {@link #acquire}. Cancelling it, or completing it by other means, ends
     * the waiting. Whoever gets a slot that he does not want any more has to release it.
     */
    CompletableFuture<Slot> acquireAsync(String call, Duration timeout) {
        Waiter waiter = new Waiter(call, completions);
        Slot free;
        try {
            free = takeOrQueue(waiter);
        } catch (ASAPException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (free != null) {
            return CompletableFuture.completedFuture(free);
        }
        waiter.expireAfter(timeout);
        return waiter;
    }

    /** How many slots are taken, or on their way to somebody who waited. */
    int inUse() {
        return inUse.get();
    }

    /** How many calls wait for a slot. */
    int waiting() {
        return waiting;
    }

    /** Gives out no more slots and fails all that wait. Slots that are taken are still to be released. */
    @Override
    public void close() {
        List<Waiter> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(queue);
            queue.clear();
            waiting = 0;
        } finally {
            lock.unlock();
        }
        left.forEach(waiter -> waiter.fail(waiter.closedMeanwhile(null)));
    }

    private @Nullable Slot takeOrQueue(Waiter waiter) {
        if (waiting == 0 && !closed && take()) {
            return new Slot();
        }
        lock.lock();
        try {
            if (closed) {
                throw new ClientClosedException(waiter.call + " was not sent: the client is closed", null);
            }
            if (queue.size() >= maxWaiters) {
                if (queue.isEmpty() && take()) {
                    return new Slot();
                }
                throw waiter.crowdedOut();
            }
            queue.add(waiter);
            waiting = queue.size();
        } finally {
            lock.unlock();
        }
        serveQueue();
        return null;
    }

    /** Counts one more slot as taken, if one is free. */
    private boolean take() {
        int taken = inUse.get();
        while (taken < maxSlots) {
            if (inUse.compareAndSet(taken, taken + 1)) {
                return true;
            }
            taken = inUse.get();
        }
        return false;
    }

    private void release() {
        inUse.decrementAndGet();
        if (waiting > 0) {
            serveQueue();
        }
    }

    /** Gives free slots to those who wait. */
    private void serveQueue() {
        Waiter next = nextToServe();
        while (next != null) {
            next.grant(new Slot());
            next = nextToServe();
        }
    }

    /** Takes a slot for the first in the queue, and him out of it. */
    private @Nullable Waiter nextToServe() {
        lock.lock();
        try {
            Iterator<Waiter> waiters = queue.iterator();
            if (!waiters.hasNext() || !take()) {
                return null;
            }
            Waiter first = waiters.next();
            waiters.remove();
            waiting = queue.size();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** False if the waiter did not wait any more: it has been chosen for a slot, or has left before. */
    private boolean removeFromQueue(Waiter waiter) {
        lock.lock();
        try {
            boolean removed = queue.remove(waiter);
            waiting = queue.size();
            return removed;
        } finally {
            lock.unlock();
        }
    }

    private boolean isQueued(Waiter waiter) {
        lock.lock();
        try {
            return queue.contains(waiter);
        } finally {
            lock.unlock();
        }
    }

    /** The right to run one call, until it is released. Thread-safe. */
    final class Slot implements AutoCloseable {
        private final AtomicBoolean released = new AtomicBoolean();

        private Slot() {}

        /** Releases the slot; does nothing the second time. */
        @Override
        public void close() {
            if (released.compareAndSet(false, true)) {
                release();
            }
        }
    }

    /**
     * Somebody who waits. Who takes it out of the queue tells it the outcome; but its owner may have completed it meanwhile, and
     * then a slot goes on to the next.
     */
    private final class Waiter extends CompletableFuture<Slot> {
        private final String call;
        private final Executor teller;
        private volatile @Nullable ScheduledFuture<?> expiry;

        Waiter(String call, Executor teller) {
            this.call = call;
            this.teller = teller;
        }

        /** Blocks until there is a slot; for a waiter in the queue that nobody else knows. */
        Slot await(Duration timeout) {
            try {
                return get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                Slot late = withdraw();
                if (late != null) {
                    return late;
                }
                throw timedOut(timeout);
            } catch (InterruptedException e) {
                Slot late = withdraw();
                if (late != null) {
                    late.close();
                }
                Thread.currentThread().interrupt();
                throw new CallInterruptedException(
                        call + " was not sent: the thread was interrupted while it waited for a free connection", e);
            } catch (ExecutionException e) {
                throw closedMeanwhile(e);
            }
        }

        /** Ends the waiting; gives the slot that arrived at the same moment, or null. */
        private @Nullable Slot withdraw() {
            return cancel(false) || isCompletedExceptionally() ? null : join();
        }

        void expireAfter(Duration timeout) {
            try {
                expiry = timer.schedule(() -> expire(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                if (leave()) {
                    fail(closedMeanwhile(e));
                }
                return;
            }
            // Whoever took it out of the queue before did not see the timer.
            if (!isQueued(this)) {
                stopExpiry();
            }
        }

        private void expire(Duration timeout) {
            if (leave()) {
                fail(timedOut(timeout));
            }
        }

        void grant(Slot slot) {
            tell(() -> {
                if (!super.complete(slot)) {
                    slot.close();
                }
            });
        }

        void fail(ASAPException failure) {
            tell(() -> super.completeExceptionally(failure));
        }

        private void tell(Runnable outcome) {
            stopExpiry();
            try {
                teller.execute(outcome);
            } catch (RejectedExecutionException e) {
                outcome.run();
            }
        }

        private boolean leave() {
            stopExpiry();
            return removeFromQueue(this);
        }

        private void stopExpiry() {
            ScheduledFuture<?> running = expiry;
            if (running != null) {
                running.cancel(false);
            }
        }

        // First out of the queue, then completed: whatever hangs on the future finds no trace of it.

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            leave();
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean complete(Slot value) {
            leave();
            return super.complete(value);
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            leave();
            return super.completeExceptionally(failure);
        }

        RequestTimeoutException timedOut(Duration timeout) {
            return new RequestTimeoutException(
                    call + " was not sent: waited " + timeout.toMillis() + " ms for a free connection, all " + maxSlots
                            + " are in use (poolMaxSize); raise poolMaxSize or poolTimeout",
                    timeout,
                    null);
        }

        RequestTimeoutException crowdedOut() {
            return new RequestTimeoutException(
                    call + " was not sent: all " + maxSlots + " connections are in use (poolMaxSize) and " + maxWaiters
                            + " calls wait for one already; send fewer at a time or raise poolMaxSize",
                    Duration.ZERO,
                    null);
        }

        ClientClosedException closedMeanwhile(@Nullable Throwable cause) {
            return new ClientClosedException(
                    call + " was not sent: the client was closed while it waited for a free connection", cause);
        }
    }
}
