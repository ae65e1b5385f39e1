// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.json.WireTime;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.validation.Checks;
import java.time.Instant;

/**
 * A {@link UsageEvent} in the flat form, which the {@code /usage} routes take and give. The event itself is the nested form of the
 * protocol's first generation. How the task ended is in neither.
 *
 * @param taskId the task
 * @param agentId the agent that did it
 * @param consumerId who it was done for
 * @param tokensIn tokens that a model read, 0 or more
 * @param tokensOut tokens that a model wrote, 0 or more
 * @param durationMs how long it took in milliseconds, 0 or more
 * @param apiCalls calls to other services, 0 or more
 * @param timestamp when it was recorded, in whole microseconds
 */
public record UsageRecord(
        String taskId,
        String agentId,
        String consumerId,
        long tokensIn,
        long tokensOut,
        long durationMs,
        long apiCalls,
        Instant timestamp) {
    /**
     * Checks the rules and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, an id is longer than {@value
     *     UsageEvent#MAX_ID_LENGTH} characters or no Unicode text, a number is negative, or the year is not 1 to 9999
     */
    public UsageRecord {
        Checks.of("UsageRecord")
                .required("task_id", taskId)
                .wellFormed("task_id", taskId)
                .maxLength("task_id", taskId, UsageEvent.MAX_ID_LENGTH)
                .required("agent_id", agentId)
                .wellFormed("agent_id", agentId)
                .maxLength("agent_id", agentId, UsageEvent.MAX_ID_LENGTH)
                .required("consumer_id", consumerId)
                .wellFormed("consumer_id", consumerId)
                .maxLength("consumer_id", consumerId, UsageEvent.MAX_ID_LENGTH)
                .atLeast("tokens_in", tokensIn, 0)
                .atLeast("tokens_out", tokensOut, 0)
                .atLeast("duration_ms", durationMs, 0)
                .atLeast("api_calls", apiCalls, 0)
                .required("timestamp", timestamp)
                .rule(
                        "timestamp",
                        timestamp == null || WireTime.isWritable(timestamp),
                        "must be in the years 1 to 9999")
                .done();
        timestamp = WireTime.toPrecision(timestamp);
    }

    /** An event in this form. */
    public static UsageRecord of(UsageEvent event) {
        UsageMetrics used = event.metrics();
        return new UsageRecord(
                event.taskId(),
                event.agentId(),
                event.consumerId(),
                used.tokensIn(),
                used.tokensOut(),
                used.durationMs(),
                used.apiCalls(),
                event.timestamp());
    }

    /** The event, of which it is not known how the task ended. */
    public UsageEvent toEvent() {
        return UsageEvent.of(
                taskId, agentId, consumerId, new UsageMetrics(tokensIn, tokensOut, durationMs, apiCalls), timestamp);
    }
}
