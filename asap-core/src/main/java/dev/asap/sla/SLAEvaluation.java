// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.model.SLADefinition;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Holds what was measured against what was promised. Stateless and thread-safe. */
public final class SLAEvaluation {
    private static final double CRITICAL_UPTIME = 95;
    private static final double CRITICAL_ERROR_RATE = 5;

    private SLAEvaluation() {}

    /**
     * A promise that some figures do not keep.
     *
     * @param breachType which promise
     * @param severity how bad it is
     * @param threshold what was promised, as in {@code 99.5%} or {@code 500ms}
     * @param actual what was measured, in the same form
     */
    public record Finding(BreachType breachType, BreachSeverity severity, String threshold, String actual) {
        /** The breach that this is. */
        public SLABreach toBreach(String id, String agentId, Instant detectedAt) {
            return new SLABreach(id, agentId, breachType, threshold, actual, severity, detectedAt, null);
        }
    }

    /**
     * The promises that are not kept: availability, latency, error rate, in this order. To reach a promise exactly is to keep it. A
     * promise that is not made, or whose text is no number, is not looked at.
     *
     * @param promises what was promised; nothing where it is null
     */
    public static List<Finding> evaluate(@Nullable SLADefinition promises, SLAMetrics measured) {
        List<Finding> findings = new ArrayList<>();
        if (promises != null) {
            availability(promises.availabilityPercent(), measured.uptimePercent(), findings);
            latency(promises.maxLatencyP95Ms(), measured.latencyP95Ms(), findings);
            errorRate(promises.maxErrorRatePercent(), measured.errorRatePercent(), findings);
        }
        return List.copyOf(findings);
    }

    private static void availability(OptionalDouble promise, double uptime, List<Finding> findings) {
        if (promise.isPresent() && uptime < promise.getAsDouble()) {
            findings.add(new Finding(
                    BreachType.AVAILABILITY,
                    severity(uptime < CRITICAL_UPTIME),
                    percent(promise.getAsDouble()),
                    percent(uptime)));
        }
    }

    private static void latency(@Nullable Long promise, long p95, List<Finding> findings) {
        if (promise != null && p95 > promise) {
            // At least twice as long as promised; twice the promise may be no long.
            boolean critical = p95 / 2 >= promise;
            findings.add(new Finding(BreachType.LATENCY, severity(critical), promise + "ms", p95 + "ms"));
        }
    }

    private static void errorRate(OptionalDouble promise, double rate, List<Finding> findings) {
        if (promise.isPresent() && rate > promise.getAsDouble()) {
            boolean critical = rate >= CRITICAL_ERROR_RATE || rate >= 2 * promise.getAsDouble();
            findings.add(new Finding(
                    BreachType.ERROR_RATE, severity(critical), percent(promise.getAsDouble()), percent(rate)));
        }
    }

    private static BreachSeverity severity(boolean critical) {
        return critical ? BreachSeverity.CRITICAL : BreachSeverity.WARNING;
    }

    /**
     * The text of a percentage as the protocol writes it: the shortest decimal that gives the same double, always with a fraction, and
     * below 0.0001 with an exponent: {@code 99.5%}, {@code 1.0%}, {@code 1e-05%}.
     */
    static String percent(double value) {
        if (value == 0) {
            return "0.0%";
        }
        BigDecimal shortest = shortest(value);
        if (shortest.abs().compareTo(new BigDecimal("1e-4")) >= 0) {
            return shortest.setScale(Math.max(1, shortest.scale()), RoundingMode.UNNECESSARY)
                            .toPlainString() + "%";
        }
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + String.format(Locale.ROOT, "e-%02d", -exponent) + "%";
    }

    /** By trial: {@code Double.toString} has digits too many in places before JDK 19. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        int precision = 1;
        BigDecimal candidate = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        while (candidate.doubleValue() != value) {
            precision++;
            candidate = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
        }
        return candidate.stripTrailingZeros();
    }
}
