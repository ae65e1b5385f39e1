// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * For how long a store keeps what it holds; for stores. Immutable and thread-safe.
 *
 * @param length how long, not negative
 */
public record Retention(Duration length) {
    /** The earliest time that every store can write; nothing is older. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if {@code length} is negative
     */
    public Retention {
        if (length.isNegative()) {
            throw new IllegalArgumentException(
                    "retention must not be negative, got " + length + "; leave it out to keep everything");
        }
    }

    /**
     * What is older than this has expired: the time so long ago, cut to whole seconds as the protocol has it. A retention that reaches
     * back behind the year 1 lets nothing expire.
     */
    public Instant cutOff(InstantSource clock) {
        Instant now = clock.instant();
        if (length.compareTo(Duration.between(EARLIEST, now)) > 0) {
            return EARLIEST;
        }
        return now.minus(length).truncatedTo(ChronoUnit.SECONDS);
    }
}
