// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link System#nanoTime} for those who ask very often: asking the system takes several times as long as finding a manifest.
 * Thread-safe.
 *
 * <p>While it is asked often, a daemon thread reads the time every 10 ms, and that is what everybody gets; so the time is late by
 * that much, or by as long as the thread has to wait for a processor. While it is not, there is no thread and the time is exact.
 * The thread ends by itself a second after the last question, or when it is {@linkplain #stop stopped}.
 */
final class CoarseClock implements LongSupplier {
    /** One for all caches: there is one time. */
    static final CoarseClock SHARED = new CoarseClock();

    static final String THREAD = "asap-client-clock";

    private static final Duration TICK = Duration.ofMillis(10);
    private static final int IDLE_TICKS = 100;

    /** What an interrupted thread takes to end, many times over. */
    private static final Duration ENDING = Duration.ofSeconds(1);

    /** So many questions in so short a time are many. */
    private static final int MANY = 1024;

    private static final long SHORT_NANOS = Duration.ofMillis(20).toNanos();

    private final int idleTicks;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    private volatile boolean ticking;
    private volatile boolean asked;
    private volatile long now;

    // An estimate: threads may lose each other's counts.
    private int questions;
    private long firstQuestion;

    private CoarseClock() {
        this(IDLE_TICKS);
    }

    /** A clock whose thread ends by itself after so many ticks without a question. */
    CoarseClock(int idleTicks) {
        this.idleTicks = idleTicks;
    }

    @Override
    public long getAsLong() {
        if (ticking) {
            if (!asked) {
                asked = true;
            }
            return now;
        }
        return exactly();
    }

    private long exactly() {
        long time = System.nanoTime();
        questions++;
        if (questions >= MANY) {
            boolean often = time - firstQuestion < SHORT_NANOS;
            questions = 0;
            firstQuestion = time;
            if (often && running.compareAndSet(false, true)) {
                start();
            }
        }
        return time;
    }

    /**
     * Ends the thread if there is one, and waits for that, a second at most. It comes back if the time is asked for often again.
     *
     * @return false if the calling thread was interrupted meanwhile
     */
    boolean stop() {
        Thread ticker = thread;
        if (ticker == null) {
            return true;
        }
        ticker.interrupt();
        try {
            TimeUnit.NANOSECONDS.timedJoin(ticker, ENDING.toNanos());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void start() {
        Thread ticker = new Thread(null, this::tick, THREAD, 0, false);
        ticker.setDaemon(true);
        ticker.setContextClassLoader(null);
        thread = ticker;
        try {
            ticker.start();
        } catch (OutOfMemoryError e) {
            // No thread to be had: the time stays exact.
            thread = null;
            running.set(false);
        }
    }

    private void tick() {
        try {
            int idle = 0;
            while (idle < idleTicks) {
                asked = false;
                now = System.nanoTime();
                ticking = true;
                Thread.sleep(TICK.toMillis());
                idle = asked ? 0 : idle + 1;
            }
        } catch (InterruptedException e) {
            // Somebody wants the thread to end; it comes back when it is missed.
        } finally {
            // First this: a time that nobody moves must not be read.
            ticking = false;
            thread = null;
            running.set(false);
        }
    }
}
