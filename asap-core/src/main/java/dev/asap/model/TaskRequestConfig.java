// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be done. All of it is a wish: agents follow what they understand.
 *
 * @param timeoutSeconds how long the task may take, 1 or more, or null
 * @param priority {@code low}, {@code normal} or {@code high} by custom, or null
 * @param idempotencyKey the same for repetitions of one request, or null
 * @param streaming whether pieces of the answer are wanted, or null
 * @param persistState whether the agent shall keep snapshots, or null
 * @param model which model to use, or null
 * @param temperature how freely the model answers, 0 to 2, or null
 */
public record TaskRequestConfig(
        @Nullable Long timeoutSeconds,
        @Nullable String priority,
        @Nullable String idempotencyKey,
        @Nullable Boolean streaming,
        @Nullable Boolean persistState,
        @Nullable String model,
        @Nullable Double temperature) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if {@code timeoutSeconds} or {@code temperature} is out of bounds
     */
    public TaskRequestConfig {
        Checks.of("TaskRequestConfig")
                .atLeast("timeout_seconds", timeoutSeconds, 1)
                .between("temperature", temperature, 0.0, 2.0)
                .done();
    }
}
