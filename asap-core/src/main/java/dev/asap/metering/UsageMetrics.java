// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import dev.asap.validation.Checks;

/**
 * What one task used.
 *
 * @param tokensIn tokens that a model read, 0 or more
 * @param tokensOut tokens that a model wrote, 0 or more
 * @param durationMs how long it took in milliseconds, 0 or more
 * @param apiCalls calls to other services, 0 or more
 */
public record UsageMetrics(long tokensIn, long tokensOut, long durationMs, long apiCalls) {
    /** Nothing at all. */
    public static final UsageMetrics NONE = new UsageMetrics(0, 0, 0, 0);

    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative
     */
    public UsageMetrics {
        Checks.of("UsageMetrics")
                .atLeast("tokens_in", tokensIn, 0)
                .atLeast("tokens_out", tokensOut, 0)
                .atLeast("duration_ms", durationMs, 0)
                .atLeast("api_calls", apiCalls, 0)
                .done();
    }
}
