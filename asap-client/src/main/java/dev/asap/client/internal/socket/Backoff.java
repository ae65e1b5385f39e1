// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before a connection is opened again.
 *
 * @param initial the wait before the first attempt
 * @param max the longest wait, without the random part
 * @param jitter whether up to a tenth is added at random, so that clients of one peer do not come back all at once
 * @param random gives numbers from 0 up to 1
 */
public record Backoff(Duration initial, Duration max, boolean jitter, DoubleSupplier random) {
    private static final double JITTER_PART = 0.1;

    /** Doubling a duration of a millisecond this often passes any limit that fits a timer. */
    private static final int MAX_DOUBLINGS = 40;

    /** The wait before an attempt, counted from 1: twice as long as the one before. */
    public Duration delay(int attempt) {
        Duration delay = initial;
        for (int i = 1; i < Math.min(attempt, MAX_DOUBLINGS) && delay.compareTo(max) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        if (delay.compareTo(max) > 0) {
            delay = max;
        }
        return jitter ? delay.plusNanos((long) (delay.toNanos() * JITTER_PART * random.getAsDouble())) : delay;
    }
}
