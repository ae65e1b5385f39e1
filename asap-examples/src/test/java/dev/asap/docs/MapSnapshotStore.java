// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The smallest store that keeps the contract: a map behind a lock. */
final class MapSnapshotStore implements SnapshotStore {
    private final TreeMap<String, TreeMap<Long, StateSnapshot>> tasks = new TreeMap<>(TextOrder.CODE_POINTS);

    @Override
    public synchronized void save(StateSnapshot snapshot) {
        tasks.computeIfAbsent(snapshot.taskId(), id -> new TreeMap<>()).put(snapshot.version(), snapshot);
    }

    @Override
    public synchronized Optional<StateSnapshot> get(String taskId) {
        return Optional.ofNullable(versions(taskId).lastEntry()).map(Map.Entry::getValue);
    }

    @Override
    public synchronized Optional<StateSnapshot> get(String taskId, long version) {
        return Optional.ofNullable(versions(taskId).get(version));
    }

    @Override
    public synchronized Optional<StateSnapshot> findById(String snapshotId) {
        Objects.requireNonNull(snapshotId, "snapshotId");
        return tasks.values().stream()
                .flatMap(versions -> versions.descendingMap().values().stream())
                .filter(snapshot -> snapshot.id().equals(snapshotId))
                .findFirst();
    }

    @Override
    public synchronized List<Long> listVersions(String taskId) {
        return List.copyOf(versions(taskId).keySet());
    }

    @Override
    public synchronized Page<String> listTasks(PageRequest request) {
        Cursor cursor = request.cursor();
        List<String> rest = List.copyOf(
                cursor == null
                        ? tasks.keySet()
                        : tasks.tailMap(cursor.key(), false).keySet());
        int from = (int) Math.min(request.offset(), rest.size());
        int to = Math.min(from + request.limit(), rest.size());
        Cursor next = to < rest.size() ? Cursor.afterKey(rest.get(to - 1)) : null;
        return new Page<>(rest.subList(from, to), tasks.size(), next);
    }

    @Override
    public synchronized boolean delete(String taskId) {
        return tasks.remove(Objects.requireNonNull(taskId, "taskId")) != null;
    }

    @Override
    public synchronized boolean delete(String taskId, long version) {
        NavigableMap<Long, StateSnapshot> versions = versions(taskId);
        boolean removed = versions.remove(version) != null;
        if (removed && versions.isEmpty()) {
            tasks.remove(taskId);
        }
        return removed;
    }

    private NavigableMap<Long, StateSnapshot> versions(String taskId) {
        return tasks.getOrDefault(Objects.requireNonNull(taskId, "taskId"), new TreeMap<>());
    }
}
