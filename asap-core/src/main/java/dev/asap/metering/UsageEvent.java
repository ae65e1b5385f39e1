// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import dev.asap.json.WireTime;
import dev.asap.model.TaskStatus;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One use of an agent: who did which task for whom, and what it took. Two events with the same task are two uses.
 *
 * @param taskId the task
 * @param agentId the agent that did it; customarily a URN, not checked
 * @param consumerId who it was done for; customarily a URN, not checked
 * @param metrics what it took
 * @param timestamp when it was recorded, in whole microseconds
 * @param status how the task ended, or null where that is not known; kept by the stores, but no part of the protocol's records
 */
public record UsageEvent(
        String taskId,
        String agentId,
        String consumerId,
        UsageMetrics metrics,
        Instant timestamp,
        @Nullable TaskStatus status) {
    /** The longest id, in characters: so that the place behind any event fits into a {@link dev.asap.page.Cursor}. */
    public static final int MAX_ID_LENGTH = 1000;

    /**
     * Checks the rules and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component but {@code status} is missing, an id is longer than {@value
     *     #MAX_ID_LENGTH} characters or no Unicode text, or the year is not 1 to 9999
     */
    public UsageEvent {
        Checks.of("UsageEvent")
                .required("task_id", taskId)
                .wellFormed("task_id", taskId)
                .maxLength("task_id", taskId, MAX_ID_LENGTH)
                .required("agent_id", agentId)
                .wellFormed("agent_id", agentId)
                .maxLength("agent_id", agentId, MAX_ID_LENGTH)
                .required("consumer_id", consumerId)
                .wellFormed("consumer_id", consumerId)
                .maxLength("consumer_id", consumerId, MAX_ID_LENGTH)
                .required("metrics", metrics)
                .required("timestamp", timestamp)
                .rule(
                        "timestamp",
                        timestamp == null || WireTime.isWritable(timestamp),
                        "must be in the years 1 to 9999")
                .done();
        timestamp = WireTime.toPrecision(timestamp);
    }

    /** An event of which it is not known how the task ended. */
    public static UsageEvent of(
            String taskId, String agentId, String consumerId, UsageMetrics metrics, Instant timestamp) {
        return new UsageEvent(taskId, agentId, consumerId, metrics, timestamp, null);
    }

    /** The same event, with how the task ended. */
    public UsageEvent withStatus(TaskStatus status) {
        return new UsageEvent(taskId, agentId, consumerId, metrics, timestamp, status);
    }
}
