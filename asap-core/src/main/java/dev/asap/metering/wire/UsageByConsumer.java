// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageTotals;
import dev.asap.validation.Checks;

/**
 * What the events for one consumer used together.
 *
 * @param consumerId the consumer
 * @param period of which time; {@value UsageByAgent#ALL_TIME} is what the protocol has
 * @param totalTokens the tokens read and written, 0 or more
 * @param totalDurationMs the milliseconds they took together, 0 or more
 * @param totalTasks how many events there are, 0 or more
 * @param totalApiCalls the calls to other services, 0 or more
 * @param avgTokensPerTask tokens per event, not rounded
 */
public record UsageByConsumer(
        String consumerId,
        String period,
        long totalTokens,
        long totalDurationMs,
        long totalTasks,
        long totalApiCalls,
        double avgTokensPerTask) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative or a component is missing
     */
    public UsageByConsumer {
        Checks.of("UsageByConsumer")
                .required("consumer_id", consumerId)
                .required("period", period)
                .atLeast("total_tokens", totalTokens, 0)
                .atLeast("total_duration_ms", totalDurationMs, 0)
                .atLeast("total_tasks", totalTasks, 0)
                .atLeast("total_api_calls", totalApiCalls, 0)
                .between("avg_tokens_per_task", avgTokensPerTask, 0, Double.MAX_VALUE)
                .done();
    }

    /** The totals of a consumer, in this form. */
    public static UsageByConsumer of(UsageAggregate.ByConsumer group) {
        UsageTotals totals = group.totals();
        return new UsageByConsumer(
                group.consumerId(),
                UsageByAgent.ALL_TIME,
                totals.tokens(),
                totals.durationMs(),
                totals.tasks(),
                totals.apiCalls(),
                totals.tokensPerTask());
    }
}
