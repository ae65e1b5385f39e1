// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.json.WireTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which breaches are meant: those that meet every condition that is set.
 *
 * <pre>{@code
 * SLABreachFilter.all().agent("urn:asap:agent:worker").severity(BreachSeverity.CRITICAL)
 * }</pre>
 *
 * @param agentId the agent, or null for any
 * @param severity the severity, or null for any
 * @param start the earliest detection, itself included, or null
 * @param end the latest detection, itself included, or null; both in whole microseconds
 * @param open whether only breaches are meant that are not resolved
 */
public record SLABreachFilter(
        @Nullable String agentId,
        @Nullable BreachSeverity severity,
        @Nullable Instant start,
        @Nullable Instant end,
        boolean open) {
    private static final SLABreachFilter ALL = new SLABreachFilter(null, null, null, null, false);

    /** Cuts the times to microseconds. */
    public SLABreachFilter {
        start = start == null ? null : WireTime.toPrecision(start);
        end = end == null ? null : WireTime.toPrecision(end);
    }

    /** Every breach. */
    public static SLABreachFilter all() {
        return ALL;
    }

    /** The same, of this agent only. */
    public SLABreachFilter agent(String agentId) {
        return new SLABreachFilter(agentId, severity, start, end, open);
    }

    /** The same, of this severity only. */
    public SLABreachFilter severity(BreachSeverity severity) {
        return new SLABreachFilter(agentId, severity, start, end, open);
    }

    /** The same, from this time on, itself included. */
    public SLABreachFilter from(Instant start) {
        return new SLABreachFilter(agentId, severity, start, end, open);
    }

    /** The same, up to this time, itself included. */
    public SLABreachFilter until(Instant end) {
        return new SLABreachFilter(agentId, severity, start, end, open);
    }

    /** The same, unresolved ones only. */
    public SLABreachFilter onlyOpen() {
        return new SLABreachFilter(agentId, severity, start, end, true);
    }

    /** Whether a breach meets every condition. */
    public boolean matches(SLABreach breach) {
        return (agentId == null || agentId.equals(breach.agentId()))
                && (severity == null || severity.equals(breach.severity()))
                && (start == null || !breach.detectedAt().isBefore(start))
                && (end == null || !breach.detectedAt().isAfter(end))
                && (!open || breach.isOpen());
    }
}
