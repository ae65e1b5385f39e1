// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;

/**
 * What a task has made.
 *
 * @param id the artifact
 * @param taskId the task
 * @param name its name for people
 * @param parts the ids of its parts; may be empty
 * @param createdAt when it was made, in whole microseconds
 */
public record Artifact(String id, String taskId, String name, List<String> parts, Instant createdAt) {
    /**
     * Checks that what is required is there, copies the list and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Artifact {
        Checks.of("Artifact")
                .required("id", id)
                .required("task_id", taskId)
                .required("name", name)
                .required("parts", parts)
                .required("created_at", createdAt)
                .done();
        parts = List.copyOf(parts);
        createdAt = WireTime.toPrecision(createdAt);
    }
}
