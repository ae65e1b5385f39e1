// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.util.List;

/** What became of one task in a hand-over. */
public sealed interface HandoverOutcome {
    /** The task. */
    String taskId();

    /** Whether another run may bring the task further. */
    default boolean unfinished() {
        return false;
    }

    /** A part of the hand-over of a task. */
    enum Stage {
        /** Getting the state from the holder or a store. */
        OBTAIN,
        /** Putting it where the target finds it, which takes the task from the holder. */
        PROVIDE,
        /** Asking the target to go on. */
        RESTORE,
        /** Switching the routing. */
        ROUTE
    }

    /**
     * The target goes on with the task, and the routing leads there.
     *
     * @param taskId the task
     * @param snapshotId the snapshot from which the target goes on
     * @param version its version
     * @param epoch the epoch of the target's ownership
     */
    record Moved(String taskId, String snapshotId, long version, long epoch) implements HandoverOutcome {}

    /**
     * The target has saved the task since an earlier hand-over and was not asked again; the routing leads there.
     *
     * @param taskId the task
     * @param version its latest version
     */
    record AlreadyThere(String taskId, long version) implements HandoverOutcome {}

    /**
     * The task has no snapshot and was left where it is.
     *
     * @param taskId the task
     */
    record NoSnapshot(String taskId) implements HandoverOutcome {}

    /**
     * The state has references that lead nowhere from another host; nothing was changed.
     *
     * @param taskId the task
     * @param references the references
     */
    record NotPortable(String taskId, List<ArtifactReference> references) implements HandoverOutcome {
        /** Copies the list. */
        public NotPortable {
            references = List.copyOf(references);
        }
    }

    /**
     * The target says that it will not go on with the task. The routing is as it was; the old holder is fenced off.
     *
     * @param taskId the task
     * @param reason what the target says
     */
    record Refused(String taskId, String reason) implements HandoverOutcome {
        @Override
        public boolean unfinished() {
            return true;
        }
    }

    /**
     * Something failed. Up to {@link Stage#OBTAIN} nothing was changed; the routing is as it was but perhaps at {@link Stage#ROUTE}.
     *
     * @param taskId the task
     * @param stage what was being done
     * @param cause how it failed
     */
    record Failed(String taskId, Stage stage, RuntimeException cause) implements HandoverOutcome {
        @Override
        public boolean unfinished() {
            return true;
        }
    }

    /**
     * The run had ended before: the target was not reached too often in a row, or the thread was interrupted.
     *
     * @param taskId the task
     */
    record NotTried(String taskId) implements HandoverOutcome {
        @Override
        public boolean unfinished() {
            return true;
        }
    }
}
