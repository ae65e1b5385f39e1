// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.identity.Approval;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How to wait until someone has approved. Immutable: each {@code with…} gives a copy.
 *
 * @param interval how long to wait between two questions
 * @param limit how long to wait in all; zero does not wait
 * @param onPending is told once what someone has to approve, in the calling thread and before the first question
 */
public record ApprovalOptions(Duration interval, Duration limit, Consumer<Approval> onPending) {
    /** How long is waited between two questions unless set. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(150);

    /** How long is waited in all unless set. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(90);

    private static final ApprovalOptions DEFAULTS =
            new ApprovalOptions(DEFAULT_INTERVAL, DEFAULT_LIMIT, approval -> {});

    /**
     * Checks the times.
     *
     * @throws IllegalArgumentException if the interval is not 1 ms to 24 days, or the limit is neither that nor zero
     */
    public ApprovalOptions {
        interval = Timeouts.checked("interval", interval);
        limit = limit.isZero() ? limit : Timeouts.checked("limit", limit);
    }

    /** Asks every 150 ms for up to 90 s, and tells nobody. */
    public static ApprovalOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Waits so long between two questions. Lengthen it where a person has to be found first: servers limit how often they are
     * asked, and say in {@link Approval#intervalSeconds()} what they want.
     */
    public ApprovalOptions withInterval(Duration value) {
        return new ApprovalOptions(value, limit, onPending);
    }

    /** Waits so long in all. Zero does not wait: what is not decided at once is pending. */
    public ApprovalOptions withLimit(Duration value) {
        return new ApprovalOptions(interval, value, onPending);
    }

    /** Has this shown to whoever can approve. What it throws ends the call. */
    public ApprovalOptions withOnPending(Consumer<Approval> value) {
        return new ApprovalOptions(interval, limit, value);
    }
}
