// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How documents are asked for. Immutable.
 *
 * @param timeout how long one attempt may take at most
 * @param repetitions how often a manifest is asked for again when its host answers that it is asked too often
 * @param maxWait how long the waits before these repetitions may be together
 */
record DocumentRules(Duration timeout, int repetitions, Duration maxWait) {
    /** Each document is asked for once. */
    static final DocumentRules ONCE = new DocumentRules(Duration.ofSeconds(10), 0, Duration.ZERO);

    private static final Duration SHORTEST_ASKED = Duration.ofMillis(100);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /**
     * How long to wait before a repetition.
     *
     * @param repetition 0 for the first one
     * @param asked how long the host asks to wait; null if it does not ask
     * @param waited how long the waits before were together
     * @return null if there is no such repetition
     */
    @Nullable
    Duration waitBefore(int repetition, @Nullable Duration asked, Duration waited) {
        if (repetition >= repetitions) {
            return null;
        }
        Duration wait = asked == null ? FIRST_WAIT.multipliedBy(1L << repetition) : bounded(asked);
        return waited.plus(wait).compareTo(maxWait) > 0 ? null : wait;
    }

    /** How long all attempts and waits take at most, if an attempt takes so long. */
    Duration longest(Duration attempt) {
        return attempt.multipliedBy(repetitions + 1L).plus(maxWait);
    }

    private static Duration bounded(Duration asked) {
        if (asked.compareTo(SHORTEST_ASKED) < 0) {
            return SHORTEST_ASKED;
        }
        return asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
    }
}
