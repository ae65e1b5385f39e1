// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;

/**
 * How busy an agent is.
 *
 * @param activeTasks tasks being worked on, 0 or more
 * @param queueDepth tasks waiting, 0 or more
 */
public record HealthLoad(long activeTasks, long queueDepth) {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative
     */
    public HealthLoad {
        Checks.of("HealthLoad")
                .atLeast("active_tasks", activeTasks, 0)
                .atLeast("queue_depth", queueDepth, 0)
                .done();
    }
}
