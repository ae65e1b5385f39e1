// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;

/**
 * How well an agent served in one period. Nothing keeps two records from being of the same period: they count twice.
 *
 * @param agentId the agent; customarily a URN, not checked
 * @param periodStart when the period began, in whole microseconds
 * @param periodEnd when it ended; that it lies behind the start is not checked
 * @param uptimePercent the share of health checks that it passed, 0 to 100
 * @param latencyP95Ms 19 of 20 tasks took no longer than this, in milliseconds, 0 or more
 * @param errorRatePercent the share of tasks that failed, 0 to 100
 * @param tasksCompleted how many tasks succeeded, 0 or more
 * @param tasksFailed how many failed, 0 or more
 */
public record SLAMetrics(
        String agentId,
        Instant periodStart,
        Instant periodEnd,
        double uptimePercent,
        long latencyP95Ms,
        double errorRatePercent,
        long tasksCompleted,
        long tasksFailed) {
    /** The longest id of an agent, in characters. */
    public static final int MAX_AGENT_ID_LENGTH = 1000;

    /**
     * Checks the rules and cuts the times to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or out of its bounds, the id is longer than {@value
     *     #MAX_AGENT_ID_LENGTH} characters or no Unicode text, or a year is not 1 to 9999
     */
    public SLAMetrics {
        Checks.of("SLAMetrics")
                .required("agent_id", agentId)
                .wellFormed("agent_id", agentId)
                .maxLength("agent_id", agentId, MAX_AGENT_ID_LENGTH)
                .required("period_start", periodStart)
                .rule("period_start", isWritable(periodStart), "must be in the years 1 to 9999")
                .required("period_end", periodEnd)
                .rule("period_end", isWritable(periodEnd), "must be in the years 1 to 9999")
                .between("uptime_percent", uptimePercent, 0, 100)
                .atLeast("latency_p95_ms", latencyP95Ms, 0)
                .between("error_rate_percent", errorRatePercent, 0, 100)
                .atLeast("tasks_completed", tasksCompleted, 0)
                .atLeast("tasks_failed", tasksFailed, 0)
                .done();
        periodStart = WireTime.toPrecision(periodStart);
        periodEnd = WireTime.toPrecision(periodEnd);
    }

    private static boolean isWritable(Instant time) {
        return time == null || WireTime.isWritable(time);
    }
}
