// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.util.List;
import java.util.Optional;

/** Another store, unchanged; for tests to change one thing. */
class View implements SnapshotStore {
    final SnapshotStore store;

    View(SnapshotStore store) {
        this.store = store;
    }

    @Override
    public void save(StateSnapshot snapshot) {
        store.save(snapshot);
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
    public boolean delete(String taskId) {
        return store.delete(taskId);
    }

    @Override
    public boolean delete(String taskId, long version) {
        return store.delete(taskId, version);
    }
}
