// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;

/**
 * When a message is sent again. Immutable: each {@code with…} gives a copy.
 *
 * <p>A message is repeated when it cannot have arrived, when the peer answered HTTP 429 or a status from 500 on, and when its
 * error says that it may be repeated and when. The idempotency key and the id stay, the timestamp is set anew. The wait before
 * attempt n + 1 is {@code baseDelay} times 2 to the power of n - 1, at most {@code maxDelay}, and with jitter up to a tenth
 * longer; a peer that names a time is obeyed instead, up to {@code maxRetryAfter}.
 *
 * @param maxAttempts how often a message is sent at most, the first time included; at least 1
 * @param baseDelay the first wait
 * @param maxDelay the longest wait of our own
 * @param jitter whether waits are lengthened at random, so that many clients do not come back at the same moment
 * @param maxRetryAfter the longest wait that a peer may ask for; if it asks for more, the call fails at once and says so
 * @param repeatUnknownOutcome whether a message is also repeated when it was sent and no answer came, which is safe only with
 *     peers that honour the idempotency key
 */
public record RetryPolicy(
        int maxAttempts,
        Duration baseDelay,
        Duration maxDelay,
        boolean jitter,
        Duration maxRetryAfter,
        boolean repeatUnknownOutcome) {
    private static final RetryPolicy DEFAULTS =
            new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(60), true, Duration.ofSeconds(60), false);

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if there is no attempt, a wait is negative or over 24 days, or {@code baseDelay} is longer
     *     than {@code maxDelay}
     */
    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "maxAttempts must be at least 1, got " + maxAttempts + "; 1 sends each message once");
        }
        checkWait("baseDelay", baseDelay);
        checkWait("maxDelay", maxDelay);
        checkWait("maxRetryAfter", maxRetryAfter);
        if (baseDelay.compareTo(maxDelay) > 0) {
            throw new IllegalArgumentException(
                    "baseDelay must not be longer than maxDelay, got " + baseDelay + " and " + maxDelay);
        }
    }

    /** Three attempts, waits from 1 s to 60 s with jitter, no repetition of what may have arrived. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Each message is sent once. */
    public static RetryPolicy never() {
        return DEFAULTS.withMaxAttempts(1);
    }

    /** How often a message is sent at most, the first time included. */
    public RetryPolicy withMaxAttempts(int value) {
        return new RetryPolicy(value, baseDelay, maxDelay, jitter, maxRetryAfter, repeatUnknownOutcome);
    }

    /** The first wait and the longest one. */
    public RetryPolicy withDelays(Duration base, Duration max) {
        return new RetryPolicy(maxAttempts, base, max, jitter, maxRetryAfter, repeatUnknownOutcome);
    }

    /** Whether waits are lengthened at random by up to a tenth. */
    public RetryPolicy withJitter(boolean value) {
        return new RetryPolicy(maxAttempts, baseDelay, maxDelay, value, maxRetryAfter, repeatUnknownOutcome);
    }

    /** The longest wait that a peer may ask for. */
    public RetryPolicy withMaxRetryAfter(Duration value) {
        return new RetryPolicy(maxAttempts, baseDelay, maxDelay, jitter, value, repeatUnknownOutcome);
    }

    /** Whether what may have arrived is sent again too. */
    public RetryPolicy withRepeatUnknownOutcome(boolean value) {
        return new RetryPolicy(maxAttempts, baseDelay, maxDelay, jitter, maxRetryAfter, value);
    }

    private static void checkWait(String name, Duration wait) {
        if (wait.isNegative() || wait.compareTo(Duration.ofDays(24)) > 0) {
            throw new IllegalArgumentException(name + " must be 0 to 24 days, got " + wait);
        }
    }
}
