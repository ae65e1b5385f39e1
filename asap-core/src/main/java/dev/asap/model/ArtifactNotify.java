// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Tells that a task has made something.
 *
 * @param artifactId what was made
 * @param taskId the task
 * @param name its name for people, or null
 */
public record ArtifactNotify(
        String artifactId, String taskId, @Nullable String name) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public ArtifactNotify {
        Checks.of("ArtifactNotify")
                .required("artifact_id", artifactId)
                .required("task_id", taskId)
                .done();
    }

    @Override
    public PayloadType type() {
        return PayloadType.ARTIFACT_NOTIFY;
    }
}
