// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageTotals;
import dev.asap.validation.Checks;

/**
 * What the events of one period used together.
 *
 * @param period its name, as in {@code 2026-02-18} or {@code 2026-W08}
 * @param totalTokens the tokens read and written, 0 or more
 * @param totalDurationMs the milliseconds they took together, 0 or more
 * @param totalTasks how many events there are, 0 or more
 * @param totalApiCalls the calls to other services, 0 or more
 * @param uniqueAgents how many different agents, 0 or more
 * @param uniqueConsumers how many different consumers, 0 or more
 */
public record UsageByPeriod(
        String period,
        long totalTokens,
        long totalDurationMs,
        long totalTasks,
        long totalApiCalls,
        long uniqueAgents,
        long uniqueConsumers) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative or a component is missing
     */
    public UsageByPeriod {
        Checks.of("UsageByPeriod")
                .required("period", period)
                .atLeast("total_tokens", totalTokens, 0)
                .atLeast("total_duration_ms", totalDurationMs, 0)
                .atLeast("total_tasks", totalTasks, 0)
                .atLeast("total_api_calls", totalApiCalls, 0)
                .atLeast("unique_agents", uniqueAgents, 0)
                .atLeast("unique_consumers", uniqueConsumers, 0)
                .done();
    }

    /** The totals of a period, in this form. */
    public static UsageByPeriod of(UsageAggregate.ByPeriod group) {
        UsageTotals totals = group.totals();
        return new UsageByPeriod(
                group.period(),
                totals.tokens(),
                totals.durationMs(),
                totals.tasks(),
                totals.apiCalls(),
                group.agents(),
                group.consumers());
    }
}
