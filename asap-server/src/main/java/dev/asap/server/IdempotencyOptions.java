// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.time.Duration;

/**
 * How long, and how many, answers are kept for callers that repeat a request under the same idempotency key.
 *
 * @param lifetime how long an answer is kept after it was given
 * @param maxAnswers how many are kept at most; the oldest are forgotten first
 * @param maxBytes how many bytes they may have together; the oldest are forgotten first, and a larger one is not kept
 * @param maxWait how long a repetition waits for the first execution, if that still runs, before it is told to come back later
 */
public record IdempotencyOptions(Duration lifetime, int maxAnswers, long maxBytes, Duration maxWait) {
    private static final Duration LONGEST = Duration.ofDays(365);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if the lifetime or the wait is not positive or longer than 365 days, or a bound is not positive
     */
    public IdempotencyOptions {
        check("lifetime", lifetime);
        check("maxWait", maxWait);
        if (maxAnswers < 1) {
            throw new IllegalArgumentException("maxAnswers must be at least 1, got " + maxAnswers);
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1, got " + maxBytes);
        }
    }

    private static void check(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be more than zero and at most 365 days, got " + value);
        }
    }

    /** 10 minutes, 10,000 answers, 32 MiB, and waits of 30 seconds. */
    public static IdempotencyOptions defaults() {
        return new IdempotencyOptions(Duration.ofMinutes(10), 10_000, 32L << 20, Duration.ofSeconds(30));
    }

    /** The same with another lifetime. */
    public IdempotencyOptions withLifetime(Duration value) {
        return new IdempotencyOptions(value, maxAnswers, maxBytes, maxWait);
    }

    /** The same with another number of answers. */
    public IdempotencyOptions withMaxAnswers(int value) {
        return new IdempotencyOptions(lifetime, value, maxBytes, maxWait);
    }

    /** The same with another number of bytes. */
    public IdempotencyOptions withMaxBytes(long value) {
        return new IdempotencyOptions(lifetime, maxAnswers, value, maxWait);
    }

    /** The same with another wait. */
    public IdempotencyOptions withMaxWait(Duration value) {
        return new IdempotencyOptions(lifetime, maxAnswers, maxBytes, value);
    }
}
