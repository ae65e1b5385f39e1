// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps snapshots in the memory of this process; they are gone when it ends.
 *
 * <p>Thread-safe. Reads never wait; writes to one task wait for each other, and now and then for those to another task. A call
 * that returns is seen by every later call. Nothing is evicted: without a bound the store grows as long as it is written to, with
 * {@link Builder#maxSnapshots} it refuses the snapshot that would be one too many. {@link #size} and {@link #bytes} tell
 * how much there is. Snapshots are immutable, so what was saved cannot be changed from outside.
 *
 * <p>A read or write of one snapshot costs O(log n). A page of {@link #listTasks} behind a cursor costs O(log n + page); at
 * an offset it costs the way from the nearer end of the list.
 *
 * <pre>{@code
 * SnapshotStore store = InMemorySnapshotStore.builder().maxSnapshots(100_000).build();
 * }</pre>
 */
public final class InMemorySnapshotStore implements SnapshotStore {
    private final long maxSnapshots;

    // Every change of a task happens inside compute() for its key, which lets one writer at a time through. The other
    // three
    // follow from this map and are brought up to date there. A task without a version is not in the map.
    private final ConcurrentHashMap<String, ConcurrentSkipListMap<Long, StateSnapshot>> tasks =
            new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<String> taskOrder = new ConcurrentSkipListSet<>(TextOrder.CODE_POINTS);
    private final ConcurrentSkipListMap<IdKey, StateSnapshot> byId = new ConcurrentSkipListMap<>(IdKey.ORDER);

    private final AtomicLong taskCount = new AtomicLong();
    private final AtomicLong snapshotCount = new AtomicLong();
    private final LongAdder dataBytes = new LongAdder();
    private volatile boolean closed;

    /** Creates a store without a bound. */
    public InMemorySnapshotStore() {
        this(builder());
    }

    private InMemorySnapshotStore(Builder builder) {
        this.maxSnapshots = builder.maxSnapshots;
    }

    /** Starts a store with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many snapshots there are. Exact when nobody is writing. */
    public long size() {
        return snapshotCount.get();
    }

    /** How many bytes the data of all snapshots takes as JSON text in UTF-8, without the objects around it. */
    public long bytes() {
        return dataBytes.sum();
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if the store is full; replacing a snapshot that is there is always possible
     */
    @Override
    public void save(StateSnapshot snapshot) {
        requireNonNull(snapshot, "snapshot");
        requireOpen();
        tasks.compute(snapshot.taskId(), (taskId, known) -> withSnapshot(known, snapshot));
    }

    /**
     * {@inheritDoc} Atomic.
     *
     * @throws StorageException if the store is full; replacing a snapshot that is there is always possible
     */
    @Override
    public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
        requireNonNull(snapshot, "snapshot");
        requireOpen();
        boolean[] saved = new boolean[1];
        tasks.compute(snapshot.taskId(), (taskId, known) -> {
            String found = known == null ? null : known.lastEntry().getValue().id();
            if (!Objects.equals(found, latestId)) {
                return known;
            }
            saved[0] = true;
            return withSnapshot(known, snapshot);
        });
        return saved[0];
    }

    /** What the task's versions become with a snapshot; to be called where nobody else changes the task. */
    private ConcurrentSkipListMap<Long, StateSnapshot> withSnapshot(
            @Nullable ConcurrentSkipListMap<Long, StateSnapshot> known, StateSnapshot snapshot) {
        boolean isReplacement = known != null && known.containsKey(snapshot.version());
        if (!isReplacement) {
            reserve(snapshot);
        }
        byId.put(IdKey.of(snapshot), snapshot);
        ConcurrentSkipListMap<Long, StateSnapshot> versions = known != null ? known : new ConcurrentSkipListMap<>();
        StateSnapshot previous = versions.put(snapshot.version(), snapshot);
        dataBytes.add(snapshot.data().byteLength());
        if (previous != null) {
            dataBytes.add(-previous.data().byteLength());
            if (!previous.id().equals(snapshot.id())) {
                byId.remove(IdKey.of(previous));
            }
        }
        if (known == null && taskOrder.add(snapshot.taskId())) {
            taskCount.incrementAndGet();
        }
        return versions;
    }

    @Override
    public Optional<StateSnapshot> get(String taskId) {
        Map.Entry<Long, StateSnapshot> last = versionsOf(taskId).lastEntry();
        return last == null ? Optional.empty() : Optional.of(last.getValue());
    }

    @Override
    public Optional<StateSnapshot> get(String taskId, long version) {
        return Optional.ofNullable(versionsOf(taskId).get(version));
    }

    @Override
    public Optional<StateSnapshot> findById(String snapshotId) {
        requireNonNull(snapshotId, "snapshotId");
        requireOpen();
        for (StateSnapshot candidate :
                byId.tailMap(IdKey.firstOf(snapshotId), true).values()) {
            if (!candidate.id().equals(snapshotId)) {
                break;
            }
            // The index is written a moment before and cleared a moment after: what counts is what is under the key.
            StateSnapshot current = versionsOf(candidate.taskId()).get(candidate.version());
            if (current != null && current.id().equals(snapshotId)) {
                return Optional.of(current);
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Long> listVersions(String taskId) {
        return List.copyOf(versionsOf(taskId).keySet());
    }

    @Override
    public Page<String> listTasks(PageRequest request) {
        requireNonNull(request, "request");
        requireOpen();
        long total = taskCount.get();
        Cursor cursor = request.cursor();
        NavigableSet<String> behind = cursor == null ? taskOrder : taskOrder.tailSet(cursor.key(), false);
        List<String> items = request.offset() <= total / 2
                ? upTo(request.limit() + 1, skip(behind.iterator(), request.offset()))
                : fromEnd(total, request);
        boolean isLast = items.size() <= request.limit();
        List<String> page = isLast ? items : items.subList(0, request.limit());
        return new Page<>(page, total, isLast ? null : Cursor.afterKey(page.get(page.size() - 1)));
    }

    @Override
    public boolean delete(String taskId) {
        requireNonNull(taskId, "taskId");
        requireOpen();
        boolean[] removed = new boolean[1];
        tasks.computeIfPresent(taskId, (key, versions) -> {
            versions.values().forEach(this::forget);
            removed[0] = true;
            return withoutTask(taskId);
        });
        return removed[0];
    }

    @Override
    public boolean delete(String taskId, long version) {
        requireNonNull(taskId, "taskId");
        requireOpen();
        boolean[] removed = new boolean[1];
        tasks.computeIfPresent(taskId, (key, versions) -> {
            StateSnapshot snapshot = versions.remove(version);
            if (snapshot == null) {
                return versions;
            }
            forget(snapshot);
            removed[0] = true;
            return versions.isEmpty() ? withoutTask(taskId) : versions;
        });
        return removed[0];
    }

    /** {@inheritDoc} Walks from the highest version down and copies nothing. */
    @Override
    public Optional<StateSnapshot> latestCheckpoint(String taskId) {
        for (StateSnapshot snapshot : versionsOf(taskId).descendingMap().values()) {
            if (snapshot.checkpoint()) {
                return Optional.of(snapshot);
            }
        }
        return Optional.empty();
    }

    /** {@inheritDoc} Atomic: others see all of the versions or only those that stay. */
    @Override
    public int prune(String taskId, int keep) {
        requireNonNull(taskId, "taskId");
        if (keep < 0) {
            throw new IllegalArgumentException("keep must be 0 or more, got " + keep);
        }
        requireOpen();
        int[] removed = new int[1];
        tasks.computeIfPresent(taskId, (key, versions) -> {
            List<StateSnapshot> dispensable = versions.descendingMap().values().stream()
                    .skip(keep)
                    .filter(snapshot -> !snapshot.checkpoint())
                    .toList();
            if (dispensable.isEmpty()) {
                return versions;
            }
            ConcurrentSkipListMap<Long, StateSnapshot> rest = versions.clone();
            for (StateSnapshot snapshot : dispensable) {
                rest.remove(snapshot.version());
                forget(snapshot);
            }
            removed[0] = dispensable.size();
            return rest.isEmpty() ? withoutTask(taskId) : rest;
        });
        return removed[0];
    }

    /** Ends the store and lets go of what it holds; what is called afterwards fails. */
    void close() {
        closed = true;
        tasks.clear();
        taskOrder.clear();
        byId.clear();
    }

    /** Throws what is said to callers of a closed store. */
    void requireOpen() {
        if (closed) {
            throw new StorageException("The in-memory storage is closed: open another one", false, null);
        }
    }

    private ConcurrentSkipListMap<Long, StateSnapshot> versionsOf(String taskId) {
        requireNonNull(taskId, "taskId");
        requireOpen();
        ConcurrentSkipListMap<Long, StateSnapshot> versions = tasks.get(taskId);
        return versions != null ? versions : new ConcurrentSkipListMap<>();
    }

    private void reserve(StateSnapshot snapshot) {
        long count;
        do {
            count = snapshotCount.get();
            if (count >= maxSnapshots) {
                throw new StorageException(
                        "Cannot save version " + snapshot.version() + " of task '" + snapshot.taskId()
                                + "': the in-memory store is at its bound of " + maxSnapshots
                                + " snapshots (maxSnapshots). Prune or delete some, or raise the bound",
                        false,
                        null);
            }
        } while (!snapshotCount.compareAndSet(count, count + 1));
    }

    /** Takes a snapshot that leaves its task out of the counts and the index. */
    private void forget(StateSnapshot snapshot) {
        byId.remove(IdKey.of(snapshot));
        dataBytes.add(-snapshot.data().byteLength());
        snapshotCount.decrementAndGet();
    }

    /** Takes a task out of the list; returns what its key maps to from now on: nothing. */
    private @Nullable ConcurrentSkipListMap<Long, StateSnapshot> withoutTask(String taskId) {
        if (taskOrder.remove(taskId)) {
            taskCount.decrementAndGet();
        }
        return null;
    }

    /** The items of the page and one more, found by walking from the last item up. */
    private List<String> fromEnd(long total, PageRequest request) {
        long pageEnd = Math.min(total, request.offset() + request.limit() + 1);
        if (pageEnd <= request.offset()) {
            return List.of();
        }
        Iterator<String> descending = skip(taskOrder.descendingIterator(), total - pageEnd);
        List<String> items = upTo((int) (pageEnd - request.offset()), descending);
        Collections.reverse(items);
        return items;
    }

    private static Iterator<String> skip(Iterator<String> items, long count) {
        for (long i = 0; i < count && items.hasNext(); i++) {
            items.next();
        }
        return items;
    }

    private static List<String> upTo(int count, Iterator<String> items) {
        List<String> taken = new ArrayList<>();
        while (taken.size() < count && items.hasNext()) {
            taken.add(items.next());
        }
        return taken;
    }

    /** Where a snapshot stands in the index by id: among those with one id, the one to be found comes first. */
    private record IdKey(String id, String taskId, long version) {
        static final Comparator<IdKey> ORDER = Comparator.comparing(IdKey::id)
                .thenComparing(IdKey::taskId, TextOrder.CODE_POINTS)
                .thenComparing(Comparator.comparingLong(IdKey::version).reversed());

        static IdKey of(StateSnapshot snapshot) {
            return new IdKey(snapshot.id(), snapshot.taskId(), snapshot.version());
        }

        static IdKey firstOf(String id) {
            return new IdKey(id, "", Long.MAX_VALUE);
        }
    }

    /** Options of an in-memory store. Not thread-safe. */
    public static final class Builder {
        private long maxSnapshots = Long.MAX_VALUE;

        private Builder() {}

        /**
         * The most snapshots that the store holds; no bound by default. Set it where tasks come from outside: a store that
         * refuses a snapshot can be pruned, a process without memory cannot.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxSnapshots(long maxSnapshots) {
            if (maxSnapshots < 1) {
                throw new IllegalArgumentException("maxSnapshots must be 1 or more, got " + maxSnapshots);
            }
            this.maxSnapshots = maxSnapshots;
            return this;
        }

        /** Creates the store. */
        public InMemorySnapshotStore build() {
            return new InMemorySnapshotStore(this);
        }
    }
}
