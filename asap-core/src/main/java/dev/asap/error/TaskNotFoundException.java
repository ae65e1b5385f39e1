// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** There is no such task. */
public final class TaskNotFoundException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public TaskNotFoundException(String taskId) {
        super(builder(ErrorCode.TASK_NOT_FOUND, "Task not found: " + taskId).details(JsonObject.of("task_id", taskId)));
    }
}
