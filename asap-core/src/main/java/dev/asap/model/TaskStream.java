// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a task's answer.
 *
 * @param chunk the piece; may be empty
 * @param progress how much of the answer there is now, 0 to 1, or null
 * @param isFinal whether it is the last piece; {@code final} on the wire
 * @param status the task's state, or null
 */
public record TaskStream(
        String chunk,
        @Nullable Double progress,
        boolean isFinal,
        @Nullable TaskStatus status) implements Payload {
    /**
     * Checks the bounds.
     *
     * @throws dev.asap.validation.ValidationException if {@code chunk} is missing or {@code progress} is out of bounds
     */
    public TaskStream {
        Checks.of("TaskStream")
                .required("chunk", chunk)
                .between("progress", progress, 0.0, 1.0)
                .done();
    }

    /** A piece in the middle of an answer. */
    public static TaskStream of(String chunk) {
        return new TaskStream(chunk, null, false, null);
    }

    /** The last piece of an answer, with the state in which the task ended. */
    public static TaskStream last(String chunk, TaskStatus status) {
        return new TaskStream(chunk, null, true, status);
    }

    @Override
    public PayloadType type() {
        return PayloadType.TASK_STREAM;
    }
}
