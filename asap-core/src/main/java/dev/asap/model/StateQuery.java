// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a snapshot of a task's state.
 *
 * @param taskId the task
 * @param version which version, or null for the latest
 */
public record StateQuery(String taskId, @Nullable Long version) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public StateQuery {
        Checks.of("StateQuery").required("task_id", taskId).done();
    }

    /** Asks for the latest snapshot. */
    public static StateQuery latest(String taskId) {
        return new StateQuery(taskId, null);
    }

    @Override
    public PayloadType type() {
        return PayloadType.STATE_QUERY;
    }
}
