// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * A model on an agent's own machine.
 *
 * @param id the model, or null
 * @param quantization how it is quantized, as in {@code Q4_K_M}, or null
 * @param throughputTokensPerSecond how fast it is here, 0 or more, or null
 */
public record LocalModelInfo(
        @Nullable String id,
        @Nullable String quantization,
        @Nullable Double throughputTokensPerSecond) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if the throughput is negative, infinite or no number
     */
    public LocalModelInfo {
        Checks.of("LocalModelInfo")
                .between("throughput_tokens_per_second", throughputTokensPerSecond, 0.0, Double.MAX_VALUE)
                .done();
    }
}
