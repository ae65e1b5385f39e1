// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

import dev.asap.json.WireTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are meant: those that meet every condition that is set.
 *
 * @param agentUrn the agent, or null for any
 * @param start the earliest time, itself included, or null
 * @param end the latest time, itself included, or null; both in whole microseconds, as entries are
 */
public record AuditFilter(
        @Nullable String agentUrn,
        @Nullable Instant start,
        @Nullable Instant end) {
    private static final AuditFilter ALL = new AuditFilter(null, null, null);

    /**
     * Cuts the times to microseconds.
     *
     * @throws IllegalArgumentException if a year is not 1 to 9999
     */
    public AuditFilter {
        start = start == null ? null : checked("start", start);
        end = end == null ? null : checked("end", end);
    }

    private static Instant checked(String name, Instant time) {
        if (!WireTime.isWritable(time)) {
            throw new IllegalArgumentException(name + " must be in the years 1 to 9999, got " + time);
        }
        return WireTime.toPrecision(time);
    }

    /** Every entry. */
    public static AuditFilter all() {
        return ALL;
    }

    /** The same, of this agent only. */
    public AuditFilter agent(String agentUrn) {
        return new AuditFilter(agentUrn, start, end);
    }

    /** The same, from this time on, itself included. */
    public AuditFilter from(Instant start) {
        return new AuditFilter(agentUrn, start, end);
    }

    /** The same, up to this time, itself included. */
    public AuditFilter until(Instant end) {
        return new AuditFilter(agentUrn, start, end);
    }

    /** Whether an entry meets every condition. */
    public boolean matches(AuditEntry entry) {
        return (agentUrn == null || agentUrn.equals(entry.agentUrn()))
                && (start == null || !entry.timestamp().isBefore(start))
                && (end == null || !entry.timestamp().isAfter(end));
    }
}
