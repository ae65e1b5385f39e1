// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageTotals;
import dev.asap.validation.Checks;

/**
 * What the events of one agent used together.
 *
 * @param agentId the agent
 * @param period of which time; {@value #ALL_TIME} is what the protocol has
 * @param totalTokens the tokens read and written, 0 or more
 * @param totalDurationMs the milliseconds they took together, 0 or more
 * @param totalTasks how many events there are, 0 or more
 * @param totalApiCalls the calls to other services, 0 or more
 * @param avgTokensPerTask tokens per event, not rounded
 * @param avgDurationMsPerTask milliseconds per event, not rounded
 */
public record UsageByAgent(
        String agentId,
        String period,
        long totalTokens,
        long totalDurationMs,
        long totalTasks,
        long totalApiCalls,
        double avgTokensPerTask,
        double avgDurationMsPerTask) {
    /** The period of totals that are not told apart by time. */
    public static final String ALL_TIME = "all";

    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative or a component is missing
     */
    public UsageByAgent {
        Checks.of("UsageByAgent")
                .required("agent_id", agentId)
                .required("period", period)
                .atLeast("total_tokens", totalTokens, 0)
                .atLeast("total_duration_ms", totalDurationMs, 0)
                .atLeast("total_tasks", totalTasks, 0)
                .atLeast("total_api_calls", totalApiCalls, 0)
                .between("avg_tokens_per_task", avgTokensPerTask, 0, Double.MAX_VALUE)
                .between("avg_duration_ms_per_task", avgDurationMsPerTask, 0, Double.MAX_VALUE)
                .done();
    }

    /** The totals of an agent, in this form. */
    public static UsageByAgent of(UsageAggregate.ByAgent group) {
        UsageTotals totals = group.totals();
        return new UsageByAgent(
                group.agentId(),
                ALL_TIME,
                totals.tokens(),
                totals.durationMs(),
                totals.tasks(),
                totals.apiCalls(),
                totals.tokensPerTask(),
                totals.durationMsPerTask());
    }
}
