// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageTotals;
import dev.asap.validation.Checks;

/**
 * What the events of one agent used together, as the protocol's first generation has it.
 *
 * @param agentId the agent
 * @param period the period as it was asked for
 * @param totalTokens the tokens read and written, 0 or more
 * @param totalDuration the milliseconds they took together, 0 or more
 * @param totalTasks how many events there are, 0 or more
 * @param totalApiCalls the calls to other services, 0 or more
 */
public record UsageOfAgent(
        String agentId, String period, long totalTokens, long totalDuration, long totalTasks, long totalApiCalls) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative or a component is missing
     */
    public UsageOfAgent {
        Checks.of("UsageOfAgent")
                .required("agent_id", agentId)
                .required("period", period)
                .atLeast("total_tokens", totalTokens, 0)
                .atLeast("total_duration", totalDuration, 0)
                .atLeast("total_tasks", totalTasks, 0)
                .atLeast("total_api_calls", totalApiCalls, 0)
                .done();
    }

    /** The totals of an agent in a period, in this form. */
    public static UsageOfAgent of(String agentId, String period, UsageTotals totals) {
        return new UsageOfAgent(
                agentId, period, totals.tokens(), totals.durationMs(), totals.tasks(), totals.apiCalls());
    }
}
