// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, each in a thread of its own that ends when there is nothing to tell. Whoever publishes an event never waits: what finds
 * a listener's queue full is dropped for that one, and counted. Thread-safe.
 */
final class BreachDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(BreachDispatcher.class);
    private static final long IDLE_SECONDS = 10;

    private final List<Lane> lanes = new ArrayList<>();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();

    BreachDispatcher(List<BreachListener> listeners, int queueCapacity) {
        ThreadFactory threads = new DaemonThreads("asap-economics-breach-listener-");
        listeners.forEach(listener -> lanes.add(new Lane(listener, queueCapacity, threads)));
    }

    void publish(BreachEvent event) {
        lanes.forEach(lane -> lane.publish(event));
    }

    /** How many events did not reach a listener. */
    long dropped() {
        return dropped.sum();
    }

    /** How many times a listener threw. */
    long failed() {
        return failed.sum();
    }

    /** Tells what waits, at most this long; the rest is dropped. */
    void close(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        lanes.forEach(lane -> lane.thread.shutdown());
        lanes.forEach(lane -> lane.end(deadline));
    }

    private final class Lane {
        private final BreachListener listener;
        private final ThreadPoolExecutor thread;
        private final AtomicBoolean isFull = new AtomicBoolean();

        Lane(BreachListener listener, int queueCapacity, ThreadFactory threads) {
            this.listener = listener;
            this.thread = new ThreadPoolExecutor(
                    1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queueCapacity), threads);
            this.thread.allowCoreThreadTimeOut(true);
        }

        void publish(BreachEvent event) {
            try {
                thread.execute(() -> tell(event));
                isFull.set(false);
            } catch (RejectedExecutionException e) {
                dropped.increment();
                if (!isFull.getAndSet(true)) {
                    LOG.warn(
                            "Breach {} is not told to listener {}: {}; it is in the store",
                            event.breach().id(),
                            listener.getClass().getName(),
                            thread.isShutdown() ? "the detector is closed" : "too many wait for it");
                }
            }
        }

        private void tell(BreachEvent event) {
            try {
                listener.onBreach(event);
            } catch (RuntimeException | Error e) {
                failed.increment();
                LOG.warn(
                        "Listener {} failed on breach {}; others are not affected",
                        listener.getClass().getName(),
                        event.breach().id(),
                        e);
            }
        }

        void end(long deadline) {
            boolean done = false;
            try {
                done = thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!done) {
                dropped.add(thread.shutdownNow().size());
            }
        }
    }
}
