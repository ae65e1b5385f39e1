// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.RemoteErrorException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message whose sending failed is sent again, and when. Immutable; keeps no count itself.
 *
 * <p>A wait that the peer asks for is kept exactly or, where it is too long, not at all: the
 * call then fails at once, and its exception says how long the peer asked to wait.
 *
 * @param maxAttempts how often a message is sent at most, the first time included
 * @param backoff the waits where the peer asks for none
 * @param maxRetryAfter the longest wait that a peer may ask for
 * @param repeatUnknownOutcome whether a message may be sent again that the peer may have acted on: peers need not honour the
 *     idempotency key
 */
record RetryRules(int maxAttempts, Backoff backoff, Duration maxRetryAfter, boolean repeatUnknownOutcome) {
    static final int DEFAULT_MAX_ATTEMPTS = 3;
    static final Duration DEFAULT_MAX_RETRY_AFTER = Duration.ofSeconds(60);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_FAILURE = 500;

    RetryRules {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "maxAttempts must be 1 or more, the first included, got " + maxAttempts + "; 1 repeats nothing");
        }
        if (maxRetryAfter.isNegative()) {
            throw new IllegalArgumentException("maxRetryAfter must be 0 or more, got " + maxRetryAfter);
        }
    }

    /** The same rules, but for whether a message may be sent again that the peer may have acted on. */
    RetryRules repeatingUnknownOutcome(boolean value) {
        return new RetryRules(maxAttempts, backoff, maxRetryAfter, value);
    }

    /**
     * How long to wait before the message is sent again; empty if it is not.
     *
     * @param failure how the latest attempt failed
     * @param attempts how many were made, 1 or more
     * @param nanosLeft the time until the call must have ended; empty if it has no end. Only a wait that leaves some of it is given
     */
    Optional<Duration> waitAfter(AttemptFailure failure, int attempts, OptionalLong nanosLeft) {
        if (attempts >= maxAttempts) {
            return Optional.empty();
        }
        return wait(failure, attempts - 1)
                .filter(wait -> nanosLeft.isEmpty() || wait.compareTo(Duration.ofNanos(nanosLeft.getAsLong())) < 0);
    }

    private Optional<Duration> wait(AttemptFailure failure, int repetition) {
        if (failure instanceof AttemptFailure.NotSent) {
            return Optional.of(backoff.delay(repetition));
        } else if (failure instanceof AttemptFailure.OutcomeUnknown) {
            return repeatUnknownOutcome ? Optional.of(backoff.delay(repetition)) : Optional.empty();
        } else if (failure instanceof AttemptFailure.Answered answered) {
            return mayRecover(answered.httpStatus())
                    ? askedOrBackoff(answered.retryAfterHeader(), repetition)
                    : Optional.empty();
        } else if (failure instanceof AttemptFailure.Refused refused) {
            return asked(refused.exception());
        }
        return Optional.empty();
    }

    private static boolean mayRecover(int httpStatus) {
        return httpStatus == TOO_MANY_REQUESTS || httpStatus >= FIRST_SERVER_FAILURE;
    }

    private Optional<Duration> askedOrBackoff(@Nullable Duration asked, int repetition) {
        return asked == null ? Optional.of(backoff.delay(repetition)) : bounded(asked);
    }

    /** An error must both call itself recoverable and say when: one without a time tells of nothing that passes. */
    private Optional<Duration> asked(RemoteErrorException error) {
        return error.retryable() ? error.retryAfter().flatMap(this::bounded) : Optional.empty();
    }

    private Optional<Duration> bounded(Duration asked) {
        return asked.compareTo(maxRetryAfter) > 0 ? Optional.empty() : Optional.of(asked);
    }
}
