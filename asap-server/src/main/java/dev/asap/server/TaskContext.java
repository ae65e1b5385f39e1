// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.state.StateSnapshot;

/** A task that a skill does: its input, its id, and where its state is kept. Thread-safe. */
public final class TaskContext extends RequestContext {
    private final TaskRequest request;
    private final String taskId;

    TaskContext(RequestContext context, TaskRequest request) {
        super(context.envelope(), context.storage());
        this.request = request;
        this.taskId = context.taskIdOfRequest();
    }

    /** The task's id, new for each request. */
    public String taskId() {
        return taskId;
    }

    /** What was asked for. */
    public TaskRequest request() {
        return request;
    }

    /** What the skill works on. */
    public JsonObject input() {
        return request.input();
    }

    /**
     * Saves a checkpoint of the task: a resumed task goes on from the latest one. One durable write.
     *
     * @param version 1 for the first, rising; customarily the number of the step
     * @param data what cannot be computed again
     * @throws dev.asap.storage.StorageException if it could not be saved
     */
    public StateSnapshot checkpoint(long version, JsonObject data) {
        StateSnapshot snapshot = StateSnapshot.of(taskId, version, data).asCheckpoint();
        storage().snapshots().save(snapshot);
        return snapshot;
    }

    /** The answer that the task ended with this result. */
    public TaskResponse completed(JsonObject result) {
        return TaskResponse.completed(taskId, result);
    }

    /** The answer that the task ended without reaching its goal; {@code result} says why. */
    public TaskResponse failed(JsonObject result) {
        return TaskResponse.failed(taskId, result);
    }
}
