// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;

/**
 * Asks an agent to go on with a task from a snapshot.
 *
 * @param taskId the task
 * @param snapshotId the snapshot
 */
public record StateRestore(String taskId, String snapshotId) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public StateRestore {
        Checks.of("StateRestore")
                .required("task_id", taskId)
                .required("snapshot_id", snapshotId)
                .done();
    }

    @Override
    public PayloadType type() {
        return PayloadType.STATE_RESTORE;
    }
}
