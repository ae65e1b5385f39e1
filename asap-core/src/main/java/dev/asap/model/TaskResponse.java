// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended, or where it stands.
 *
 * @param taskId the task
 * @param status its state; any, not only those that end it
 * @param result what the skill gave, or null
 * @param finalState the task's last state, or null
 * @param metrics what the task took, or null
 */
public record TaskResponse(
        String taskId,
        TaskStatus status,
        @Nullable JsonObject result,
        @Nullable JsonObject finalState,
        @Nullable TaskMetrics metrics)
        implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TaskResponse {
        Checks.of("TaskResponse")
                .required("task_id", taskId)
                .required("status", status)
                .done();
    }

    /** A task that ended with a result. */
    public static TaskResponse completed(String taskId, JsonObject result) {
        return new TaskResponse(taskId, TaskStatus.COMPLETED, result, null, null);
    }

    /** A task that ended without reaching its goal; {@code result} says why. */
    public static TaskResponse failed(String taskId, JsonObject result) {
        return new TaskResponse(taskId, TaskStatus.FAILED, result, null, null);
    }

    @Override
    public PayloadType type() {
        return PayloadType.TASK_RESPONSE;
    }
}
