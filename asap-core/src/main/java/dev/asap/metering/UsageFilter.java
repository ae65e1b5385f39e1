// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are meant: those that meet every condition that is set.
 *
 * <pre>{@code
 * UsageFilter.all().agent("urn:asap:agent:worker").from(monthBegin)
 * }</pre>
 *
 * @param agentId the agent, or null for any
 * @param consumerId the consumer, or null for any
 * @param taskId the task, or null for any
 * @param start the earliest time, itself included, or null
 * @param end the latest time, itself included, or null; both in whole microseconds, as events are
 */
public record UsageFilter(
        @Nullable String agentId,
        @Nullable String consumerId,
        @Nullable String taskId,
        @Nullable Instant start,
        @Nullable Instant end) {
    private static final String WRITABLE = "must be in the years 1 to 9999; leave it out for no bound";

    private static final UsageFilter ALL = new UsageFilter(null, null, null, null, null);

    /**
     * Checks the rules and cuts the times to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if an id is no Unicode text, or the year of a time is not 1 to 9999
     */
    public UsageFilter {
        Checks.of("UsageFilter")
                .wellFormed("agent_id", agentId)
                .wellFormed("consumer_id", consumerId)
                .wellFormed("task_id", taskId)
                .rule("start", start == null || WireTime.isWritable(start), WRITABLE)
                .rule("end", end == null || WireTime.isWritable(end), WRITABLE)
                .done();
        start = start == null ? null : WireTime.toPrecision(start);
        end = end == null ? null : WireTime.toPrecision(end);
    }

    /** Every event. */
    public static UsageFilter all() {
        return ALL;
    }

    /** The same, of this agent only. */
    public UsageFilter agent(String agentId) {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }

    /** The same, of this consumer only. */
    public UsageFilter consumer(String consumerId) {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }

    /** The same, of this task only. */
    public UsageFilter task(String taskId) {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }

    /** The same, from this time on, itself included. */
    public UsageFilter from(Instant start) {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }

    /** The same, up to this time, itself included. */
    public UsageFilter until(Instant end) {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }

    /** Whether an event meets every condition. */
    public boolean matches(UsageEvent event) {
        return (agentId == null || agentId.equals(event.agentId()))
                && (consumerId == null || consumerId.equals(event.consumerId()))
                && (taskId == null || taskId.equals(event.taskId()))
                && (start == null || !event.timestamp().isBefore(start))
                && (end == null || !event.timestamp().isAfter(end));
    }
}
