// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an agent promises about its service.
 *
 * <pre>{@code
 * SLADefinition sla = SLADefinition.builder()
 *         .availability("99.5%")
 *         .maxLatencyP95Ms(500)
 *         .maxErrorRate("1%")
 *         .build();
 * }</pre>
 *
 * @param availability the least share of time that it is up, as in {@code 99.5%}, or null
 * @param maxLatencyP95Ms the 95th percentile of its latency in milliseconds, 0 or more, or null
 * @param maxErrorRate the largest share of tasks that fail, as in {@code 1%}, or null
 * @param supportHours when somebody answers questions, for people, or null
 */
public record SLADefinition(
        @Nullable String availability,
        @Nullable Long maxLatencyP95Ms,
        @Nullable String maxErrorRate,
        @Nullable String supportHours) {
    /** The protocol's pattern: it also lets pass what is no number, as in {@code 1.2.3%}. */
    private static final Pattern PERCENTAGE = Pattern.compile("(-?[0-9.]+)\\s*%?\\s*");

    private static final String RULE = "must be a percentage like '99.5%'";

    /**
     * Checks the bounds and the form of the percentages; their text is kept as it is.
     *
     * @throws dev.asap.validation.ValidationException if the latency is negative or a percentage looks like none
     */
    public SLADefinition {
        Checks.of("SLADefinition")
                .rule("availability", looksLikePercentage(availability), RULE, availability)
                .atLeast("max_latency_p95_ms", maxLatencyP95Ms, 0)
                .rule("max_error_rate", looksLikePercentage(maxErrorRate), RULE, maxErrorRate)
                .done();
    }

    /** Starts a definition that promises nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.availability = availability;
        builder.maxLatencyP95Ms = maxLatencyP95Ms;
        builder.maxErrorRate = maxErrorRate;
        builder.supportHours = supportHours;
        return builder;
    }

    /** The promised availability in percent, 0 to 100; empty when none is promised or its text is no number. */
    public OptionalDouble availabilityPercent() {
        return percent(availability);
    }

    /** The largest promised error rate in percent, 0 to 100; empty when none is promised or its text is no number. */
    public OptionalDouble maxErrorRatePercent() {
        return percent(maxErrorRate);
    }

    private static boolean looksLikePercentage(@Nullable String text) {
        return text == null || PERCENTAGE.matcher(text.strip()).matches();
    }

    private static OptionalDouble percent(@Nullable String text) {
        try {
            return text == null ? OptionalDouble.empty() : OptionalDouble.of(parsePercent(text));
        } catch (IllegalArgumentException e) {
            return OptionalDouble.empty();
        }
    }

    /**
     * A percentage out of its text, as in {@code 99.5%}, {@code 99} or {@code 99.5 %}, cut to 0 to 100.
     *
     * @throws IllegalArgumentException if the text is none; the message shows it
     */
    public static double parsePercent(String text) {
        Matcher matcher = PERCENTAGE.matcher(text.strip());
        try {
            if (matcher.matches()) {
                return Math.max(0, Math.min(100, Double.parseDouble(matcher.group(1))));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(invalid(text), e);
        }
        throw new IllegalArgumentException(invalid(text));
    }

    private static String invalid(String text) {
        return "Invalid percentage string: '" + Checks.quoted(text) + "'";
    }

    /** Collects the promises. Not thread-safe. */
    public static final class Builder {
        private @Nullable String availability;
        private @Nullable Long maxLatencyP95Ms;
        private @Nullable String maxErrorRate;
        private @Nullable String supportHours;

        private Builder() {}

        /** The least share of time that the agent is up, as in {@code 99.5%}. */
        public Builder availability(@Nullable String value) {
            availability = value;
            return this;
        }

        /** The 95th percentile of the latency in milliseconds. */
        public Builder maxLatencyP95Ms(long value) {
            maxLatencyP95Ms = value;
            return this;
        }

        /** The largest share of tasks that fail, as in {@code 1%}. */
        public Builder maxErrorRate(@Nullable String value) {
            maxErrorRate = value;
            return this;
        }

        /** When somebody answers questions, for people. */
        public Builder supportHours(@Nullable String value) {
            supportHours = value;
            return this;
        }

        /**
         * The definition.
         *
         * @throws dev.asap.validation.ValidationException see {@link SLADefinition}
         */
        public SLADefinition build() {
            return new SLADefinition(availability, maxLatencyP95Ms, maxErrorRate, supportHours);
        }
    }
}
