// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.model.SLADefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The protocol's formulas for figures of service. Stateless and thread-safe. */
public final class SLAFormulas {
    private static final double COST_OF_CRITICAL = 25;
    private static final double COST_OF_WARNING = 5;

    private SLAFormulas() {}

    /**
     * The share of health checks that were passed, in percent, 0 to 100; 100 without a check.
     *
     * @param passed how many were passed
     * @param total how many there were
     */
    public static double uptimePercent(long passed, long total) {
        return total <= 0 ? 100 : clamped(100.0 * passed / total);
    }

    /** The share of tasks that failed, in percent, 0 to 100; 0 without a task. */
    public static double errorRatePercent(long completed, long failed) {
        double total = (double) completed + failed;
        return total <= 0 ? 0 : clamped(100.0 * failed / total);
    }

    private static double clamped(double percent) {
        return Math.max(0, Math.min(100, percent));
    }

    /**
     * The 95th percentile as the protocol has it: of the values in rising order the one with the index ⌊0.95 (n − 1)⌋, without
     * interpolation; 0 without a value. Of few values it lies low: of two it is the smaller one.
     *
     * @param values in any order; left as they are
     */
    public static long p95(long... values) {
        if (values.length == 0) {
            return 0;
        }
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        // In whole numbers: 0.95 is no binary fraction.
        return sorted[(int) (19L * (sorted.length - 1) / 20)];
    }

    /** The figures of all records together, see {@link SLAAggregation}; empty without a record. */
    public static Optional<SLAMetrics> aggregate(List<SLAMetrics> records) {
        SLAAggregation aggregation = new SLAAggregation();
        records.forEach(aggregation::add);
        return aggregation.result();
    }

    /** How well promises are kept, 0 to 100: 100 less 25 for each critical finding and 5 for each other one. */
    public static double compliancePercent(List<SLAEvaluation.Finding> findings) {
        double percent = 100;
        for (SLAEvaluation.Finding finding : findings) {
            percent -= finding.severity().equals(BreachSeverity.CRITICAL) ? COST_OF_CRITICAL : COST_OF_WARNING;
        }
        return Math.max(0, percent);
    }

    /** How well the figures keep these promises, 0 to 100. */
    public static double compliancePercent(SLADefinition promises, SLAMetrics measured) {
        return compliancePercent(SLAEvaluation.evaluate(promises, measured));
    }
}
