// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task took. Agents may add what else they measure: it is kept in {@code extras} and written behind the rest.
 *
 * @param durationMs how long it took in milliseconds, 0 or more, or null
 * @param tokensIn tokens that a model read, 0 or more, or null
 * @param tokensOut tokens that a model wrote, 0 or more, or null
 * @param tokensUsed tokens in all, 0 or more, or null
 * @param apiCalls calls to other services, 0 or more, or null
 * @param extras further members; none of those above
 */
public record TaskMetrics(
        @Nullable Long durationMs,
        @Nullable Long tokensIn,
        @Nullable Long tokensOut,
        @Nullable Long tokensUsed,
        @Nullable Long apiCalls,
        JsonObject extras) {
    private static final List<String> MEMBERS =
            List.of("duration_ms", "tokens_in", "tokens_out", "tokens_used", "api_calls");

    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative, or {@code extras} is missing or has a member
     *     that is a component of its own
     */
    public TaskMetrics {
        Checks.of("TaskMetrics")
                .atLeast("duration_ms", durationMs, 0)
                .atLeast("tokens_in", tokensIn, 0)
                .atLeast("tokens_out", tokensOut, 0)
                .atLeast("tokens_used", tokensUsed, 0)
                .atLeast("api_calls", apiCalls, 0)
                .required("extras", extras)
                .rule(
                        "extras",
                        extras == null || MEMBERS.stream().noneMatch(extras::has),
                        "must not have any of " + MEMBERS)
                .done();
    }

    /** The duration alone, in milliseconds. */
    public static TaskMetrics ofDuration(long durationMs) {
        return new TaskMetrics(durationMs, null, null, null, null, JsonObject.empty());
    }
}
