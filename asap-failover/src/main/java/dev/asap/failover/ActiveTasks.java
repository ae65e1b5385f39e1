// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a store that are to be moved, chosen by their latest snapshot.
 *
 * <pre>{@code
 * ActiveTasks tasks = ActiveTasks.in(store, Ownership.concerns("worker-1", "worker-2"))
 *         .where(snapshot -> !snapshot.data().getBoolean("completed", false));
 * }</pre>
 *
 * <p>Read while they are iterated, in the order of their ids: a page of 100 ids at a time by cursor, and one read for each task. Tasks that are
 * added or removed meanwhile may be seen or not; no other is missed or seen twice. Immutable; an iterator belongs to one thread, and throws
 * what the store and the condition throw.
 */
public final class ActiveTasks implements Iterable<String> {
    private static final int PAGE = 100;

    private final SnapshotStore store;
    private final Predicate<StateSnapshot> condition;

    private ActiveTasks(SnapshotStore store, Predicate<StateSnapshot> condition) {
        this.store = requireNonNull(store, "store");
        this.condition = requireNonNull(condition, "condition");
    }

    /** The tasks of a store whose latest snapshot meets a condition. */
    public static ActiveTasks in(SnapshotStore store, Predicate<StateSnapshot> condition) {
        return new ActiveTasks(store, condition);
    }

    /** Those of these tasks whose latest snapshot meets another condition as well. */
    public ActiveTasks where(Predicate<StateSnapshot> further) {
        return new ActiveTasks(store, condition.and(further));
    }

    @Override
    public Iterator<String> iterator() {
        return new Tasks();
    }

    private final class Tasks implements Iterator<String> {
        private final Deque<String> page = new ArrayDeque<>();
        private @Nullable PageRequest next = PageRequest.first(PAGE);
        private @Nullable String found;

        @Override
        public boolean hasNext() {
            while (found == null && (!page.isEmpty() || readPage())) {
                String candidate = page.remove();
                if (store.get(candidate).filter(condition).isPresent()) {
                    found = candidate;
                }
            }
            return found != null;
        }

        @Override
        public String next() {
            if (!hasNext() || found == null) {
                throw new NoSuchElementException("no more tasks");
            }
            String result = found;
            found = null;
            return result;
        }

        /** Reads the next page that has a task; false at the end. */
        private boolean readPage() {
            while (page.isEmpty() && next != null) {
                Page<String> read = store.listTasks(next);
                page.addAll(read.items());
                next = read.next(PAGE).orElse(null);
            }
            return !page.isEmpty();
        }
    }
}
