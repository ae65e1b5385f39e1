// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static java.util.Objects.requireNonNull;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps snapshots in a SQLite file, for an application that needs no other store: a {@link SQLiteStorage} of which only the
 * snapshots are seen.
 *
 * <p>Thread-safe. A call that has returned is durable as {@link Durability} says. Each call is one statement over an index,
 * but for {@link #listTasks} at an offset beyond 1000, which is two.
 *
 * <pre>{@code
 * try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(Path.of("asap_state.db"))) {
 *     store.save(StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)));
 *     Optional<StateSnapshot> latest = store.get("task_1");
 * }
 * }</pre>
 */
public final class SQLiteSnapshotStore implements SnapshotStore, AutoCloseable {
    private final SQLiteStorage storage;
    private final SnapshotStore snapshots;

    /** Creates the store of a storage; closing the one closes the other. */
    public SQLiteSnapshotStore(SQLiteStorage storage) {
        this.storage = requireNonNull(storage, "storage");
        this.snapshots = storage.snapshots();
    }

    /**
     * Opens a file with the defaults of {@link SQLiteStorage}, and creates it where there is none; its folder must exist.
     *
     * @throws dev.asap.storage.StorageConfigurationException if the file cannot be used
     * @throws dev.asap.storage.StorageException if the file cannot be opened now, as when another process locks it
     */
    public static SQLiteSnapshotStore open(Path path) {
        return new SQLiteSnapshotStore(SQLiteStorage.open(path));
    }

    @Override
    public void save(StateSnapshot snapshot) {
        snapshots.save(snapshot);
    }

    /** {@inheritDoc} Waits in the calling thread only where {@link SQLiteStorage.Builder#maxQueuedWrites} writes wait already. */
    @Override
    public CompletableFuture<Void> saveAsync(StateSnapshot snapshot) {
        return snapshots.saveAsync(snapshot);
    }

    @Override
    public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
        return snapshots.saveIfLatest(snapshot, latestId);
    }

    @Override
    public Optional<StateSnapshot> get(String taskId) {
        return snapshots.get(taskId);
    }

    @Override
    public Optional<StateSnapshot> get(String taskId, long version) {
        return snapshots.get(taskId, version);
    }

    @Override
    public Optional<StateSnapshot> findById(String snapshotId) {
        return snapshots.findById(snapshotId);
    }

    @Override
    public List<Long> listVersions(String taskId) {
        return snapshots.listVersions(taskId);
    }

    @Override
    public Page<String> listTasks(PageRequest request) {
        return snapshots.listTasks(request);
    }

    @Override
    public boolean delete(String taskId) {
        return snapshots.delete(taskId);
    }

    @Override
    public boolean delete(String taskId, long version) {
        return snapshots.delete(taskId, version);
    }

    @Override
    public Optional<StateSnapshot> latestCheckpoint(String taskId) {
        return snapshots.latestCheckpoint(taskId);
    }

    @Override
    public int prune(String taskId, int keep) {
        return snapshots.prune(taskId, keep);
    }

    /** Closes the storage, see {@link SQLiteStorage#close(Duration)}; waits 10 seconds at most. */
    @Override
    public void close() {
        storage.close();
    }

    /** Like {@link #close()}, with another bound on the wait. */
    public void close(Duration timeout) {
        storage.close(timeout);
    }
}
