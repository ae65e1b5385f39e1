// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before a repetition when the peer did not say: twice as long each time, up to a limit, and up to a tenth longer
 * by chance, so that clients that failed together do not come back together. Immutable.
 *
 * @param baseDelay the first wait
 * @param maxDelay the longest wait, without the part that chance adds
 * @param jitter whether chance adds anything
 * @param random chance: numbers from 0 up to 1; has to be thread-safe
 */
record Backoff(Duration baseDelay, Duration maxDelay, boolean jitter, DoubleSupplier random) {
    static final Duration DEFAULT_BASE_DELAY = Duration.ofSeconds(1);
    static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(60);

    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);
    private static final double JITTER = 0.1;

    Backoff {
        if (maxDelay.isNegative() || maxDelay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("maxDelay must be 0 to 24 days, got " + maxDelay);
        }
        if (baseDelay.isNegative() || baseDelay.compareTo(maxDelay) > 0) {
            throw new IllegalArgumentException("baseDelay must be 0 to maxDelay (" + maxDelay + "), got " + baseDelay
                    + "; shorten it or raise maxDelay");
        }
    }

    /** The waits that the protocol advises. */
    static Backoff standard(DoubleSupplier random) {
        return new Backoff(DEFAULT_BASE_DELAY, DEFAULT_MAX_DELAY, true, random);
    }

    /**
     * The wait before a repetition.
     *
     * @param repetition 0 for the first one
     */
    Duration delay(int repetition) {
        if (repetition < 0) {
            throw new IllegalArgumentException("repetition must be 0 or more, got " + repetition);
        }
        long nanos = doubled(repetition);
        return Duration.ofNanos(jitter ? nanos + (long) (nanos * JITTER * random.getAsDouble()) : nanos);
    }

    private long doubled(int times) {
        long base = baseDelay.toNanos();
        long max = maxDelay.toNanos();
        if (base == 0) {
            return 0;
        }
        // Whether base * 2^times exceeds max, asked without computing what may not fit.
        return times >= Long.SIZE - 1 || base > max >> times ? max : base << times;
    }
}
