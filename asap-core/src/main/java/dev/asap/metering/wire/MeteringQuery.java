// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageFilter;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are asked for, and which part of them.
 *
 * @param agentId the agent, or null for any
 * @param consumerId the consumer, or null for any
 * @param taskId the task, or null for any
 * @param start the earliest time, itself included, or null
 * @param end the latest time, itself included, or null
 * @param limit the most events that are wanted, 1 or more, or null for all
 * @param offset how many to pass over, 0 or more
 */
public record MeteringQuery(
        @Nullable String agentId,
        @Nullable String consumerId,
        @Nullable String taskId,
        @Nullable Instant start,
        @Nullable Instant end,
        @Nullable Long limit,
        long offset) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if the limit is below 1 or the offset below 0, an id is no Unicode text, or the year
     *     of a time is not 1 to 9999
     */
    public MeteringQuery {
        Checks.of("MeteringQuery")
                .atLeast("limit", limit, 1)
                .atLeast("offset", offset, 0)
                .done();
        UsageFilter cut = new UsageFilter(agentId, consumerId, taskId, start, end);
        start = cut.start();
        end = cut.end();
    }

    /** What it asks for, without limit and offset. */
    public UsageFilter filter() {
        return new UsageFilter(agentId, consumerId, taskId, start, end);
    }
}
