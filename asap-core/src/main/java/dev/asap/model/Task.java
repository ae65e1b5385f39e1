// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task and its state.
 *
 * @param id the task
 * @param conversationId the conversation that it belongs to
 * @param parentTaskId the task that this one is a part of, or null
 * @param status its state
 * @param depth how many tasks it is nested in, 0 to 10
 * @param progress how far it has got, or null
 * @param createdAt when it was submitted, in whole microseconds
 * @param updatedAt when it last changed, in whole microseconds
 */
public record Task(
        String id,
        String conversationId,
        @Nullable String parentTaskId,
        TaskStatus status,
        int depth,
        @Nullable TaskProgress progress,
        Instant createdAt,
        Instant updatedAt) {
    /** How deep tasks may be nested. */
    public static final int MAX_DEPTH = 10;

    /**
     * Checks the bounds and cuts the times to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or {@code depth} is out of bounds
     */
    public Task {
        Checks.of("Task")
                .required("id", id)
                .required("conversation_id", conversationId)
                .required("status", status)
                .between("depth", (long) depth, 0, MAX_DEPTH)
                .required("created_at", createdAt)
                .required("updated_at", updatedAt)
                .done();
        createdAt = WireTime.toPrecision(createdAt);
        updatedAt = WireTime.toPrecision(updatedAt);
    }

    /** Whether the task has ended. */
    public boolean isTerminal() {
        return status.isTerminal();
    }

    /**
     * Whether the task is submitted or being worked on. The protocol's answer is narrower than its state machine, by which a
     * task that waits for input can be cancelled too.
     */
    public boolean canBeCancelled() {
        return status.equals(TaskStatus.SUBMITTED) || status.equals(TaskStatus.WORKING);
    }
}
