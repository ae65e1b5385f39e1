// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditChain;
import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditFilter;
import dev.asap.audit.AuditHead;
import dev.asap.audit.AuditStore;
import dev.asap.audit.AuditVerification;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an audit log in the memory of this process; it is gone when that ends.
 *
 * <p>Thread-safe: one caller at a time. Nothing is evicted: without a bound the log grows as long as it is written to, with {@link
 * Builder#maxEntries} it refuses the entry that would be one too many. A page costs O(page), with a range of time the way through the
 * entries.
 */
public final class InMemoryAuditStore implements AuditStore {
    private final int maxEntries;

    private final Object lock = new Object();

    // All guarded by the lock. Entries are only added.
    private final List<AuditEntry> entries = new ArrayList<>();
    private final Map<String, List<Integer>> placesByAgent = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private boolean closed;

    /** Creates a store without a bound. */
    public InMemoryAuditStore() {
        this(builder());
    }

    private InMemoryAuditStore(Builder builder) {
        this.maxEntries = builder.maxEntries;
    }

    /** Starts a store with options. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException also if the store is full
     */
    @Override
    public List<AuditEntry> appendAll(List<AuditEntry> added) {
        if (added.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " entries are appended at once, got "
                    + added.size() + ": append them in parts");
        }
        List<String> texts = added.stream().map(AuditEntry::hashedText).toList();
        return locked(() -> {
            requirePlace(added);
            List<AuditEntry> appended = new ArrayList<>();
            String last = lastHash();
            for (int i = 0; i < texts.size(); i++) {
                AuditEntry entry = added.get(i).sealed(last, AuditEntry.hash(last, texts.get(i)));
                last = entry.hash();
                appended.add(entry);
                placesByAgent
                        .computeIfAbsent(entry.agentUrn(), key -> new ArrayList<>())
                        .add(entries.size());
                entries.add(entry);
                ids.add(entry.id());
            }
            return List.copyOf(appended);
        });
    }

    private void requirePlace(List<AuditEntry> added) {
        Set<String> fresh = new HashSet<>();
        for (AuditEntry entry : added) {
            if (ids.contains(entry.id()) || !fresh.add(entry.id())) {
                throw new StorageException(
                        "Cannot append entry '" + Checks.quoted(entry.id())
                                + "': an entry with this id is in the log already. Nothing was appended",
                        false,
                        null);
            }
        }
        if (added.size() > maxEntries - entries.size()) {
            throw new StorageException(
                    "Cannot append " + added.size() + " entries: the in-memory store has " + entries.size()
                            + " and its bound is " + maxEntries
                            + " (maxEntries). Raise the bound, or keep the log in a file",
                    false,
                    null);
        }
    }

    private String lastHash() {
        return entries.isEmpty() ? "" : entries.get(entries.size() - 1).hash();
    }

    @Override
    public Page<AuditEntry> query(AuditFilter filter, PageRequest request) {
        requireNonNull(filter, "filter");
        Cursor cursor = requireNonNull(request, "request").cursor();
        long behind = cursor == null ? 0 : place(cursor);
        return locked(() -> {
            Places places = places(filter);
            int first = cursor == null ? (int) Math.min(request.offset(), places.size()) : places.firstFrom(behind);
            int end = Math.min(places.size(), first + request.limit());
            List<AuditEntry> items = new ArrayList<>();
            for (int i = first; i < end; i++) {
                items.add(entries.get(places.at(i)));
            }
            Cursor next = end < places.size() ? Cursor.afterKey(Long.toString(places.at(end - 1) + 1L)) : null;
            return new Page<>(items, places.size(), next);
        });
    }

    private static long place(Cursor cursor) {
        try {
            return Long.parseLong(cursor.key());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was", e);
        }
    }

    /** Where the entries stand that a filter means, rising; null for everywhere. */
    private record Places(@Nullable List<Integer> some, int count) {
        int size() {
            return some == null ? count : some.size();
        }

        int at(int i) {
            return some == null ? i : some.get(i);
        }

        /** The first of these places that is not before another. */
        int firstFrom(long place) {
            int low = 0;
            int high = size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (at(middle) < place) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    private Places places(AuditFilter filter) {
        List<Integer> places =
                filter.agentUrn() == null ? null : placesByAgent.getOrDefault(filter.agentUrn(), List.of());
        Places all = new Places(places, entries.size());
        if (filter.start() == null && filter.end() == null) {
            return all;
        }
        List<Integer> matching = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (filter.matches(entries.get(all.at(i)))) {
                matching.add(all.at(i));
            }
        }
        return new Places(matching, 0);
    }

    @Override
    public void export(AuditFilter filter, Consumer<AuditEntry> receiver) {
        requireNonNull(receiver, "receiver");
        Optional<PageRequest> request = Optional.of(PageRequest.first(PageRequest.MAX_LIMIT));
        while (request.isPresent()) {
            Page<AuditEntry> page = query(filter, request.get());
            page.items().forEach(receiver);
            request = page.next(PageRequest.MAX_LIMIT);
        }
    }

    @Override
    public AuditVerification verify(@Nullable Instant start, @Nullable Instant end) {
        AuditFilter range = new AuditFilter(null, start, end);
        return locked(() -> {
            Places places = places(range);
            int first = places.size() == 0 ? 0 : places.at(0);
            int behind = places.size() == 0 ? 0 : places.at(places.size() - 1) + 1;
            AuditChain chain =
                    new AuditChain(first == 0 ? "" : entries.get(first - 1).hash());
            for (AuditEntry entry : entries.subList(first, behind)) {
                chain.accept(entry.id(), entry.hashedText(), entry.prevHash(), entry.hash());
            }
            return chain.result();
        });
    }

    @Override
    public long count() {
        return locked(entries::size);
    }

    @Override
    public AuditHead head() {
        return locked(() -> new AuditHead(entries.size(), lastHash()));
    }

    /** Ends the store and lets go of what it holds; what is called afterwards fails. */
    void close() {
        synchronized (lock) {
            closed = true;
            entries.clear();
            placesByAgent.clear();
            ids.clear();
        }
    }

    private <T> T locked(Supplier<T> work) {
        synchronized (lock) {
            if (closed) {
                throw new StorageException("The in-memory storage is closed: open another one", false, null);
            }
            return work.get();
        }
    }

    /** Options of an in-memory store. Not thread-safe. */
    public static final class Builder {
        private int maxEntries = Integer.MAX_VALUE;

        private Builder() {}

        /**
         * The most entries that the log holds; no bound by default. Set it where messages come from outside: each that is handled makes
         * an entry.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxEntries(int maxEntries) {
            if (maxEntries < 1) {
                throw new IllegalArgumentException("maxEntries must be 1 or more, got " + maxEntries);
            }
            this.maxEntries = maxEntries;
            return this;
        }

        /** Creates the store. */
        public InMemoryAuditStore build() {
            return new InMemoryAuditStore(this);
        }
    }
}
