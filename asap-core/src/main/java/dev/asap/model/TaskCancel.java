// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Asks an agent to end a task.
 *
 * @param taskId the task
 * @param reason why, or null
 */
public record TaskCancel(String taskId, @Nullable String reason) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TaskCancel {
        Checks.of("TaskCancel").required("task_id", taskId).done();
    }

    /** A request without a reason. */
    public static TaskCancel of(String taskId) {
        return new TaskCancel(taskId, null);
    }

    @Override
    public PayloadType type() {
        return PayloadType.TASK_CANCEL;
    }
}
