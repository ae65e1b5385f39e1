// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** The task has ended and cannot be changed. */
public final class TaskAlreadyCompletedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public TaskAlreadyCompletedException(String taskId, String currentStatus) {
        super(builder(
                        ErrorCode.TASK_ALREADY_COMPLETED,
                        "Task already completed: " + taskId + " (status: " + currentStatus + ")")
                .details(JsonObject.of("task_id", taskId, "current_status", currentStatus)));
    }
}
