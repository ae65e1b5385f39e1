// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a stream takes too long. The reading thread says when it begins and ends to wait for the peer; a timer looks now and
 * then, at the earliest moment at which a limit can have passed, so that a wait costs no timer of its own.
 *
 * <p>Not the timeouts of sockets: they cannot tell the first byte from the others, nor see a stream that nobody reads.
 */
final class StreamWatch {
    /** A wait for the peer that goes on. */
    private record Wait(StreamLimit limit, long since, long nanos) {
        long left(long now) {
            return nanos - (now - since);
        }
    }

    private final ScheduledExecutorService scheduler;
    private final LongSupplier ticker;
    private final Consumer<StreamLimit> passed;
    private final long idleNanos;
    private final long totalNanos;

    /** What is left of the time for the first byte; touched by the reading thread alone. */
    private long firstByteNanos;

    /** Touched by the reading thread alone. */
    private boolean hasFirstByte;

    private volatile long begin;
    private volatile @Nullable Wait wait;

    private final ReentrantLock planning = new ReentrantLock();
    private @Nullable Future<?> timer;
    private boolean stopped;

    /**
     * A watch that has not begun.
     *
     * @param ticker the time in nanoseconds
     * @param passed is told in a thread of the scheduler which limit has passed; must not block
     */
    StreamWatch(
            StreamOptions options,
            ScheduledExecutorService scheduler,
            LongSupplier ticker,
            Consumer<StreamLimit> passed) {
        this.scheduler = scheduler;
        this.ticker = ticker;
        this.passed = passed;
        this.firstByteNanos = options.firstByteTimeout().toNanos();
        this.idleNanos = options.idleTimeout().toNanos();
        this.totalNanos = options.totalTimeout() == null
                ? Long.MAX_VALUE
                : options.totalTimeout().toNanos();
    }

    /**
     * Begins, with a wait.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the scheduler has been shut down
     */
    void start() {
        begin = ticker.getAsLong();
        waitBegins();
    }

    void waitBegins() {
        long now = ticker.getAsLong();
        if (hasFirstByte) {
            wait = new Wait(StreamLimit.IDLE, now, idleNanos);
        } else {
            wait = new Wait(StreamLimit.FIRST_BYTE, now, firstByteNanos);
            plan(now);
        }
    }

    /** Ends a wait; {@code gotBytes} if bytes of the stream have come. */
    void waitEnds(boolean gotBytes) {
        Wait ended = wait;
        wait = null;
        if (ended == null || hasFirstByte) {
            return;
        }
        long now = ticker.getAsLong();
        firstByteNanos = ended.left(now);
        if (gotBytes) {
            hasFirstByte = true;
            // From here on the timer looks at least as often as a silence may last.
            plan(now);
        }
    }

    /** Ends for ever. */
    void stop() {
        planning.lock();
        try {
            stopped = true;
            if (timer != null) {
                timer.cancel(false);
            }
        } finally {
            planning.unlock();
        }
    }

    private void look() {
        long now = ticker.getAsLong();
        Wait current = wait;
        if (now - begin >= totalNanos) {
            passed.accept(StreamLimit.TOTAL);
        } else if (current != null && current.left(now) <= 0) {
            passed.accept(current.limit());
        } else {
            plan(now);
        }
    }

    /** Has the timer look when the next limit can pass. */
    private void plan(long now) {
        Wait current = wait;
        long left = Math.min(current == null ? idleNanos : current.left(now), totalNanos - (now - begin));
        planning.lock();
        try {
            if (stopped) {
                return;
            }
            if (timer != null) {
                timer.cancel(false);
            }
            timer = scheduler.schedule(this::look, Math.max(left, 0), TimeUnit.NANOSECONDS);
        } finally {
            planning.unlock();
        }
    }
}
