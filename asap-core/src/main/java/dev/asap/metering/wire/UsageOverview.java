// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import dev.asap.validation.Checks;

/**
 * What all events that were asked for used together.
 *
 * @param totalTasks how many events there are, 0 or more
 * @param totalTokens the tokens read and written, 0 or more
 * @param totalDurationMs the milliseconds they took together, 0 or more
 * @param uniqueAgents how many different agents, 0 or more
 * @param uniqueConsumers how many different consumers, 0 or more
 * @param totalApiCalls the calls to other services, 0 or more
 */
public record UsageOverview(
        long totalTasks,
        long totalTokens,
        long totalDurationMs,
        long uniqueAgents,
        long uniqueConsumers,
        long totalApiCalls) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative
     */
    public UsageOverview {
        Checks.of("UsageOverview")
                .atLeast("total_tasks", totalTasks, 0)
                .atLeast("total_tokens", totalTokens, 0)
                .atLeast("total_duration_ms", totalDurationMs, 0)
                .atLeast("unique_agents", uniqueAgents, 0)
                .atLeast("unique_consumers", uniqueConsumers, 0)
                .atLeast("total_api_calls", totalApiCalls, 0)
                .done();
    }

    /** A summary in this form. */
    public static UsageOverview of(UsageSummary summary) {
        UsageTotals totals = summary.totals();
        return new UsageOverview(
                totals.tasks(),
                totals.tokens(),
                totals.durationMs(),
                summary.agents(),
                summary.consumers(),
                totals.apiCalls());
    }
}
