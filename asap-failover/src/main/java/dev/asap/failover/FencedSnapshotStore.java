// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A view of a store for one holder of tasks, which keeps a holder that comes back from going on with tasks that were handed over: its
 * saves and deletions fail with a {@link StaleHolderException}. Reads are those of the store.
 *
 * <pre>{@code
 * SnapshotStore snapshots = FencedSnapshotStore.of(storage.snapshots(), "worker-1/" + Ulid.next());
 * }</pre>
 *
 * <p>The {@link Ownership} lies in the data of the task's latest snapshot. The first save of a task that has none makes this holder its
 * owner; the name must be that of one life of one process, so that a restarted process is another holder. Every save is stamped with the
 * owner's epoch. {@link TaskHandover} hands a task over by putting a copy of the latest snapshot, with a new id and the next epoch, in
 * its place.
 *
 * <p><b>What is guaranteed.</b> A save that begins after the hand-over was stored is refused, always. What of one that runs at the very
 * moment of the hand-over depends on {@link SnapshotStore#saveIfLatest} of the store underneath:
 *
 * <ul>
 *   <li>where that is atomic, exactly one of the two happens, and the other notices: nothing of the old holder is stored after the hand-over;
 *   <li>where it is not (the default of the interface), one last snapshot of the old holder may be stored after the hand-over. It
 *       carries the older epoch, so that the new holder's next save replaces it or goes past it. The old holder looks again after each
 *       save and is told, unless it wrote in place of the very version that was handed over; then it is told at its next save, once
 *       the new holder has saved.
 * </ul>
 *
 * <p>Deletions and {@link #prune} are checked before, and not in one step. Deleting the last snapshot of a task ends its fence. What
 * agents do besides saving, as calling others, no store can hold back: save before such a step, and do it if the save succeeded.
 *
 * <p>A save costs one read and one conditional save, and another read where it adds a version. Thread-safe; {@link #saveAsync} saves in
 * the calling thread.
 */
public final class FencedSnapshotStore implements SnapshotStore {
    private static final int ATTEMPTS = 16;

    private final SnapshotStore store;
    private final String holder;
    private final @Nullable Hold hold;

    /** A task that this view was made for, with the ownership under which it saves. */
    private record Hold(String taskId, Ownership ownership) {}

    private FencedSnapshotStore(SnapshotStore store, String holder, @Nullable Hold hold) {
        this.store = store;
        this.holder = holder;
        this.hold = hold;
    }

    /**
     * The view of a holder.
     *
     * @param store what is shared with other holders
     * @param holder the name of this life of this process
     * @throws IllegalArgumentException if the name is empty or longer than {@link Ownership#MAX_NAME_LENGTH} characters
     */
    public static FencedSnapshotStore of(SnapshotStore store, String holder) {
        return new FencedSnapshotStore(requireNonNull(store, "store"), Ownership.requireName("holder", holder), null);
    }

    /**
     * The view for going on from a snapshot that was restored: it saves under that snapshot's epoch, and so ends when the task is handed
     * over again, be it to the same holder. Use it in the handler that resumes tasks; then a task that is resumed twice has one of
     * the two stopped. For a snapshot without ownership it is this view.
     *
     * @throws StaleHolderException if the snapshot is meant for another holder
     */
    public FencedSnapshotStore resuming(StateSnapshot snapshot) {
        Optional<Ownership> owner = Ownership.of(snapshot);
        if (owner.isEmpty()) {
            return this;
        }
        if (!owner.get().holder().equals(holder)) {
            throw new StaleHolderException(snapshot.taskId(), holder, owner.get());
        }
        return new FencedSnapshotStore(
                store, holder, new Hold(snapshot.taskId(), owner.get().active()));
    }

    /** The name of the holder. */
    public String holder() {
        return holder;
    }

    /**
     * {@inheritDoc}
     *
     * @throws StaleHolderException if the task was handed over to another holder
     */
    @Override
    public void save(StateSnapshot snapshot) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<StateSnapshot> latest = store.get(snapshot.taskId());
            if (saveOver(latest, snapshot)) {
                return;
            }
        }
        throw new StorageException(
                "Cannot save version " + snapshot.version() + " of task '" + snapshot.taskId()
                        + "': others saved the same task each of " + ATTEMPTS + " times. Try again",
                true,
                null);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StaleHolderException if the task was handed over to another holder
     */
    @Override
    public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
        Optional<StateSnapshot> latest = store.get(snapshot.taskId());
        Ownership unused = permitted(snapshot.taskId(), latest);
        return latest.map(StateSnapshot::id).equals(Optional.ofNullable(latestId)) && saveOver(latest, snapshot);
    }

    @Override
    public Optional<StateSnapshot> get(String taskId) {
        return store.get(taskId);
    }

    @Override
    public Optional<StateSnapshot> get(String taskId, long version) {
        return store.get(taskId, version);
    }

    @Override
    public Optional<StateSnapshot> findById(String snapshotId) {
        return store.findById(snapshotId);
    }

    @Override
    public List<Long> listVersions(String taskId) {
        return store.listVersions(taskId);
    }

    @Override
    public Page<String> listTasks(PageRequest request) {
        return store.listTasks(request);
    }

    @Override
    public Optional<StateSnapshot> latestCheckpoint(String taskId) {
        return store.latestCheckpoint(taskId);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StaleHolderException if the task was handed over to another holder
     */
    @Override
    public boolean delete(String taskId) {
        Ownership unused = permitted(taskId, store.get(taskId));
        return store.delete(taskId);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StaleHolderException if the task was handed over to another holder
     */
    @Override
    public boolean delete(String taskId, long version) {
        Ownership unused = permitted(taskId, store.get(taskId));
        return store.delete(taskId, version);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StaleHolderException if the task was handed over to another holder
     */
    @Override
    public int prune(String taskId, int keep) {
        Ownership unused = permitted(taskId, store.get(taskId));
        return store.prune(taskId, keep);
    }

    private boolean saveOver(Optional<StateSnapshot> latest, StateSnapshot snapshot) {
        Ownership mine = permitted(snapshot.taskId(), latest);
        String latestId = latest.isPresent() ? latest.get().id() : null;
        if (!store.saveIfLatest(mine.applyTo(snapshot), latestId)) {
            return false;
        }
        if (latest.isPresent() && latest.get().version() != snapshot.version()) {
            requireNotOvertaken(latest.get(), mine);
        }
        return true;
    }

    /** The ownership under which this holder may save next. */
    private Ownership permitted(String taskId, Optional<StateSnapshot> latest) {
        Optional<Ownership> owner = latest.flatMap(Ownership::of);
        Ownership bound = hold != null && hold.taskId().equals(taskId) ? hold.ownership() : null;
        if (owner.isEmpty()) {
            return bound != null ? bound : Ownership.first(holder);
        }
        boolean isMine = owner.get().holder().equals(holder);
        boolean permits = bound == null
                ? isMine
                : owner.get().epoch() < bound.epoch() || (owner.get().epoch() == bound.epoch() && isMine);
        if (!permits) {
            throw new StaleHolderException(taskId, holder, owner.get());
        }
        return bound != null ? bound : owner.get().active();
    }

    /** What this save was built on is still as it was: over a store that cannot save conditionally, a hand-over may have come between. */
    private void requireNotOvertaken(StateSnapshot before, Ownership mine) {
        Optional<Ownership> owner = store.get(before.taskId(), before.version()).flatMap(Ownership::of);
        if (owner.isPresent() && owner.get().epoch() > mine.epoch()) {
            throw new StaleHolderException(before.taskId(), holder, owner.get());
        }
    }
}
