// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a task is getting on.
 *
 * @param taskId the task
 * @param updateType what the update tells
 * @param status the task's state
 * @param progress how far it has got, or null
 * @param inputRequest what the task wants to know from the caller, or null
 */
public record TaskUpdate(
        String taskId,
        UpdateType updateType,
        TaskStatus status,
        @Nullable TaskProgress progress,
        @Nullable JsonObject inputRequest)
        implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TaskUpdate {
        Checks.of("TaskUpdate")
                .required("task_id", taskId)
                .required("update_type", updateType)
                .required("status", status)
                .done();
    }

    /** The task is being worked on and has got this far. */
    public static TaskUpdate progress(String taskId, TaskProgress progress) {
        return new TaskUpdate(taskId, UpdateType.PROGRESS, TaskStatus.WORKING, progress, null);
    }

    /** The task has another state now. */
    public static TaskUpdate statusChange(String taskId, TaskStatus status) {
        return new TaskUpdate(taskId, UpdateType.STATUS_CHANGE, status, null, null);
    }

    /** The task waits for an answer of the caller. */
    public static TaskUpdate inputRequired(String taskId, JsonObject inputRequest) {
        return new TaskUpdate(taskId, UpdateType.INPUT_REQUIRED, TaskStatus.INPUT_REQUIRED, null, inputRequest);
    }

    @Override
    public PayloadType type() {
        return PayloadType.TASK_UPDATE;
    }
}
