// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.state;

import dev.asap.id.Ulid;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a task had reached at one moment: enough to go on from there after a restart, or in another agent.
 *
 * <pre>{@code
 * store.save(StateSnapshot.of("task_1", 3, JsonObject.of("step", 3)).asCheckpoint());
 * }</pre>
 *
 * @param id the snapshot's own id, a ULID by custom
 * @param taskId the task it belongs to
 * @param version 1 or more, chosen by the caller; customarily the number of the step
 * @param data what cannot be computed again
 * @param checkpoint whether the state is worth keeping and going back to
 * @param createdAt when the state was reached, in whole microseconds
 */
public record StateSnapshot(
        String id, String taskId, long version, JsonObject data, boolean checkpoint, Instant createdAt) {
    /** The longest task id, in characters: so that the place behind any task fits into a {@link dev.asap.page.Cursor}. */
    public static final int MAX_TASK_ID_LENGTH = 1000;

    /**
     * Checks the rules and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, {@code version} is below 1, {@code taskId}
     *     is longer than {@value #MAX_TASK_ID_LENGTH} characters, or something has no form on the wire: an id that is no
     *     Unicode text, data that could not be read back (see {@link JsonObject#requireReadable()}), a year beyond 1 to 9999
     */
    public StateSnapshot {
        String unreadable = data == null ? null : whyUnreadable(data);
        Checks.of("StateSnapshot")
                .required("id", id)
                .wellFormed("id", id)
                .required("task_id", taskId)
                .wellFormed("task_id", taskId)
                .maxLength("task_id", taskId, MAX_TASK_ID_LENGTH)
                .atLeast("version", version, 1)
                .required("data", data)
                .rule("data", unreadable == null, "must be JSON that can be read back: " + unreadable)
                .required("created_at", createdAt)
                .rule(
                        "created_at",
                        createdAt == null || WireTime.isWritable(createdAt),
                        "must be in the years 1 to 9999")
                .done();
        createdAt = WireTime.toPrecision(createdAt);
    }

    /** A snapshot with a new id, made now, that is no checkpoint. */
    public static StateSnapshot of(String taskId, long version, JsonObject data) {
        return new StateSnapshot(Ulid.next(), taskId, version, data, false, Instant.now());
    }

    /** The same snapshot, marked as worth keeping. */
    public StateSnapshot asCheckpoint() {
        return new StateSnapshot(id, taskId, version, data, true, createdAt);
    }

    private static @Nullable String whyUnreadable(JsonObject data) {
        try {
            data.requireReadable();
            return null;
        } catch (JsonException e) {
            return e.getMessage();
        }
    }
}
