// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the figures of several periods together as the protocol has it: shares are means weighted by the number of tasks, of all
 * records alike where none has any, and rounded to two decimals, half to even on the exact binary value; the latency is the {@link
 * SLAFormulas#p95} of the records' own, and so an approximation.
 *
 * <p>Takes one record after the other and keeps 8 bytes of each. The order in which they are added can matter in the last binary
 * digit of a mean; stores add them in the order of their lists. Not thread-safe.
 */
public final class SLAAggregation {
    private @Nullable SLAMetrics first;
    private Instant start = Instant.MAX;
    private Instant end = Instant.MIN;
    private double uptime;
    private double errorRate;
    private double weightedUptime;
    private double weightedErrorRate;
    private long completed;
    private long failed;
    private long[] latencies = new long[8];
    private int count;

    /** Starts with no record. */
    public SLAAggregation() {}

    /**
     * Adds a record.
     *
     * @throws ArithmeticException if the number of tasks exceeds a {@code long}
     */
    public SLAAggregation add(SLAMetrics metrics) {
        completed = Math.addExact(completed, metrics.tasksCompleted());
        failed = Math.addExact(failed, metrics.tasksFailed());
        if (first == null) {
            first = metrics;
        }
        start = metrics.periodStart().isBefore(start) ? metrics.periodStart() : start;
        end = metrics.periodEnd().isAfter(end) ? metrics.periodEnd() : end;
        double weight = (double) metrics.tasksCompleted() + metrics.tasksFailed();
        uptime += metrics.uptimePercent();
        errorRate += metrics.errorRatePercent();
        weightedUptime += metrics.uptimePercent() * weight;
        weightedErrorRate += metrics.errorRatePercent() * weight;
        if (count == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * count);
        }
        latencies[count++] = metrics.latencyP95Ms();
        return this;
    }

    /** The figures of all records, with the agent of the first; empty without a record. */
    public Optional<SLAMetrics> result() {
        if (first == null) {
            return Optional.empty();
        }
        double tasks = (double) completed + failed;
        return Optional.of(new SLAMetrics(
                first.agentId(),
                start,
                end,
                rounded(tasks > 0 ? weightedUptime / tasks : uptime / count),
                SLAFormulas.p95(Arrays.copyOf(latencies, count)),
                rounded(tasks > 0 ? weightedErrorRate / tasks : errorRate / count),
                completed,
                failed));
    }

    private static double rounded(double percent) {
        // A mean of values up to 100 may come out above by the last binary digit; rounding takes it back.
        return new BigDecimal(percent).setScale(2, RoundingMode.HALF_EVEN).doubleValue();
    }
}
