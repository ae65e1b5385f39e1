// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.json.WireTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which figures are meant: those that meet every condition that is set. A period meets a span of time when it overlaps it: when it
 * does not end before the span starts, nor start after the span ends.
 *
 * <pre>{@code
 * SLAMetricsFilter.all().agent("urn:asap:agent:worker").from(yesterday)
 * }</pre>
 *
 * @param agentId the agent, or null for any
 * @param start periods that end before it are not meant; null for no bound
 * @param end periods that start after it are not meant; null for no bound; both in whole microseconds
 */
public record SLAMetricsFilter(
        @Nullable String agentId,
        @Nullable Instant start,
        @Nullable Instant end) {
    private static final SLAMetricsFilter ALL = new SLAMetricsFilter(null, null, null);

    /** Cuts the times to microseconds. */
    public SLAMetricsFilter {
        start = start == null ? null : WireTime.toPrecision(start);
        end = end == null ? null : WireTime.toPrecision(end);
    }

    /** All figures. */
    public static SLAMetricsFilter all() {
        return ALL;
    }

    /** The figures whose periods overlap the window that ends at {@code end}. */
    public static SLAMetricsFilter window(SLAWindow window, Instant end) {
        return new SLAMetricsFilter(null, window.startBefore(end), end);
    }

    /** The same, of this agent only. */
    public SLAMetricsFilter agent(String agentId) {
        return new SLAMetricsFilter(agentId, start, end);
    }

    /** The same, without periods that end before this time. */
    public SLAMetricsFilter from(Instant start) {
        return new SLAMetricsFilter(agentId, start, end);
    }

    /** The same, without periods that start after this time. */
    public SLAMetricsFilter until(Instant end) {
        return new SLAMetricsFilter(agentId, start, end);
    }

    /** Whether figures meet every condition. */
    public boolean matches(SLAMetrics metrics) {
        return (agentId == null || agentId.equals(metrics.agentId()))
                && (start == null || !metrics.periodEnd().isBefore(start))
                && (end == null || !metrics.periodStart().isAfter(end));
    }
}
