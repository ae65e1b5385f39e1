// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.state;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the snapshots of tasks, by task and version.
 *
 * <p>Implementations are thread-safe: any number of threads may use one store. A call that returns has happened, and is
 * seen by every later call ("read your writes"); {@link #save} and {@link #delete} are atomic. What "has happened" means
 * when the process or the power fails is documented by each implementation. Failures of the medium are
 * {@link dev.asap.storage.StorageException}s.
 *
 * <p>Eight methods have to be written for a store of one's own, the others follow from them. Prove it by extending the
 * contract suite {@code SnapshotStoreContract} of the module {@code asap-testkit}.
 */
public interface SnapshotStore {
    /**
     * Stores a snapshot under its task and version, in place of one that is already there. Versions may arrive in any order
     * and with gaps.
     */
    void save(StateSnapshot snapshot);

    /**
     * Stores a snapshot like {@link #save} without waiting; the future completes when {@code save} would return, and fails
     * with what {@code save} would throw. By default it saves in the calling thread; stores that write in the background
     * override it.
     */
    default CompletableFuture<Void> saveAsync(StateSnapshot snapshot) {
        try {
            save(snapshot);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Stores a snapshot like {@link #save} if the task's highest version is the one that the caller has seen: of two writers
     * that build on the same snapshot, the second is told.
     *
     * <p>By default it reads, compares and saves. That is not atomic: what another writer saves between the comparison and the
     * save is not noticed. Stores whose medium can do both in one step override it, and say so.
     *
     * @param snapshot what to store; of any version, be it the one that is there
     * @param latestId the id of the snapshot with the task's highest version, or null where the task must have no snapshot
     * @return whether the snapshot was stored
     */
    default boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
        Optional<String> found = get(snapshot.taskId()).map(StateSnapshot::id);
        if (!found.equals(Optional.ofNullable(latestId))) {
            return false;
        }
        save(snapshot);
        return true;
    }

    /** The snapshot with the task's highest version, whatever order they were saved in; empty for an unknown task. */
    Optional<StateSnapshot> get(String taskId);

    /** The snapshot of exactly this version; empty when there is none. */
    Optional<StateSnapshot> get(String taskId, long version);

    /**
     * The snapshot with this id, of whatever task and version; empty when there is none. Where several carry the same id,
     * the one with the highest version of the first task in order.
     */
    Optional<StateSnapshot> findById(String snapshotId);

    /** All versions of the task in ascending order; empty for an unknown task. */
    List<Long> listVersions(String taskId);

    /** The ids of all tasks that have a snapshot, in the order of their characters' code points. */
    Page<String> listTasks(PageRequest request);

    /** Removes every version of the task; tells whether there was one. */
    boolean delete(String taskId);

    /** Removes one version; tells whether it was there. */
    boolean delete(String taskId, long version);

    /**
     * The highest version that is marked as a checkpoint: what a task rolls back to. By default it reads version after
     * version, from the highest down.
     */
    default Optional<StateSnapshot> latestCheckpoint(String taskId) {
        List<Long> versions = listVersions(taskId);
        for (int i = versions.size() - 1; i >= 0; i--) {
            Optional<StateSnapshot> snapshot = get(taskId, versions.get(i));
            if (snapshot.isPresent() && snapshot.get().checkpoint()) {
                return snapshot;
            }
        }
        return Optional.empty();
    }

    /**
     * Removes all versions of a task but the highest {@code keep} and every checkpoint. By default it reads version after
     * version; not atomic then.
     *
     * @return how many versions were removed
     * @throws IllegalArgumentException if {@code keep} is negative
     */
    default int prune(String taskId, int keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep must be 0 or more, got " + keep);
        }
        List<Long> versions = listVersions(taskId);
        int removed = 0;
        for (long version : versions.subList(0, Math.max(0, versions.size() - keep))) {
            boolean dispensable = get(taskId, version).map(s -> !s.checkpoint()).orElse(false);
            if (dispensable && delete(taskId, version)) {
                removed++;
            }
        }
        return removed;
    }
}
