// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.id.Ulid;
import dev.asap.state.StateSnapshot;

/** Copies of snapshots: with an id of their own, and version, data, mark as checkpoint and time of the original. Thread-safe. */
public final class SnapshotCopies {
    private SnapshotCopies() {}

    /** A copy for the same task. */
    public static StateSnapshot copyOf(StateSnapshot original) {
        return copyOf(original, original.taskId());
    }

    /**
     * A copy for another task.
     *
     * @throws dev.asap.validation.ValidationException if the task id breaks the rules of {@link StateSnapshot}
     */
    public static StateSnapshot copyOf(StateSnapshot original, String taskId) {
        return new StateSnapshot(
                Ulid.next(), taskId, original.version(), original.data(), original.checkpoint(), original.createdAt());
    }
}
