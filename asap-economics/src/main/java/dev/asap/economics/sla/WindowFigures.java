// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.model.SLADefinition;
import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAWindow;
import java.time.Duration;

/**
 * How well an agent served in a window that ends now. What it holds begins with a whole minute for {@code 1h}, a whole hour for {@code
 * 24h} and {@code 7d}, a whole day (UTC) for {@code 30d}: the first of them that the window touches counts in full.
 *
 * @param window which window
 * @param metrics the figures by the protocol's formulas; uptime is the share of health checks, error rate that of tasks, without rounding
 * @param uptimePercent the share of the observed time in which the agent was up, 0 to 100; that of the health checks where no time was
 *     observed
 * @param observed how much time there is knowledge of: between health checks, without what this process slept through
 * @param checks how many health checks there were; about as many where they were restored
 * @param latency how long tasks took
 * @param restoredTasks how many of the tasks were restored from stored periods. Of those only the 95th percentile of their period is
 *     known, which is taken for how long each of them took: lower percentiles are too high, the maximum too low
 */
public record WindowFigures(
        SLAWindow window,
        SLAMetrics metrics,
        double uptimePercent,
        Duration observed,
        long checks,
        Latency latency,
        long restoredTasks) {
    /**
     * How long tasks took, in milliseconds, cut to whole ones; those that failed too. Each figure is that of a real task: of all in
     * rising order the one with the index ⌊p (n − 1)⌋, as the protocol has it.
     *
     * @param count how many tasks there were; without one the other figures are 0
     * @param p50 the median
     * @param p90 the 90th percentile
     * @param p95 the 95th percentile
     * @param p99 the 99th percentile
     * @param max the longest; more than a day counts as a day
     * @param relativeError how far the figures may lie below, never above, what was measured, as a part of it: 0 where they are exact,
     *     which they are while tasks are few, else 0.01
     */
    public record Latency(long count, long p50, long p90, long p95, long p99, long max, double relativeError) {}

    /**
     * The same figures with the uptime by time instead of by health checks: an outage counts as long as it was, with or without tasks.
     * By this promises are judged.
     */
    public SLAMetrics byTime() {
        return new SLAMetrics(
                metrics.agentId(),
                metrics.periodStart(),
                metrics.periodEnd(),
                uptimePercent,
                metrics.latencyP95Ms(),
                metrics.errorRatePercent(),
                metrics.tasksCompleted(),
                metrics.tasksFailed());
    }

    /** How well these promises are kept, 0 to 100, by the protocol's formula over {@link #byTime}. */
    public double compliancePercent(SLADefinition promises) {
        return SLAFormulas.compliancePercent(promises, byTime());
    }
}
