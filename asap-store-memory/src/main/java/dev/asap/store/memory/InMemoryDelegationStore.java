// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationFilter.Role;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps delegations in the memory of this process; they are gone when it ends, and with them the revocations.
 *
 * <p>Thread-safe: one caller at a time. Nothing is evicted: without a bound the store grows as long as it is written to, with {@link
 * Builder#maxDelegations} it refuses the delegation that would be one too many. A list costs the way through the delegations of its
 * agent.
 */
public final class InMemoryDelegationStore implements DelegationStore {
    private final int maxDelegations;
    private final InstantSource clock;

    private final Object lock = new Object();

    // All guarded by the lock. The other three follow from the first.
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, NavigableSet<Place>> byDelegator = new HashMap<>();
    private final Map<String, NavigableSet<Place>> byDelegate = new HashMap<>();
    private final Map<String, Set<String>> byParent = new HashMap<>();
    private boolean closed;

    /** Creates a store without a bound. */
    public InMemoryDelegationStore() {
        this(builder());
    }

    private InMemoryDelegationStore(Builder builder) {
        this.maxDelegations = builder.maxDelegations;
        this.clock = builder.clock;
    }

    /** Starts a store with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** What is known of an id. */
    private static final class Known {
        private @Nullable IssuedDelegation issued;
        private @Nullable Instant revokedAt;
        private @Nullable String reason;
        private long uses;

        boolean isEmpty() {
            return issued == null && revokedAt == null && uses == 0;
        }
    }

    /** Where a delegation stands in a list: the newest first. */
    private record Place(Instant createdAt, String id) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::createdAt).thenComparing(Place::id, TextOrder.CODE_POINTS);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(other, this);
        }

        static Place of(IssuedDelegation delegation) {
            return new Place(delegation.createdAt(), delegation.id());
        }

        static Place of(Cursor cursor) {
            String key = cursor.key();
            int split = key.indexOf('\n');
            if (split < 0) {
                throw new IllegalArgumentException(
                        "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was");
            }
            return new Place(WireTime.parse(key.substring(0, split)), key.substring(split + 1));
        }

        Cursor cursor() {
            return Cursor.afterKey(WireTime.formatWithOffset(createdAt) + '\n' + id);
        }
    }

    /** How many ids the store knows something of: registered, revoked or used. */
    public int size() {
        return locked(known::size);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if the store is full; registering what is known already is always possible
     */
    @Override
    public void register(IssuedDelegation delegation) {
        if (delegation.isRevoked()) {
            throw new IllegalArgumentException(
                    "delegation '" + delegation.id() + "' is revoked: register it unrevoked, then revoke it");
        }
        locked(() -> {
            Known one = knownOrNew(delegation.id());
            unlist(one.issued);
            one.issued = delegation;
            Place place = Place.of(delegation);
            byDelegator
                    .computeIfAbsent(delegation.delegator(), key -> new TreeSet<>())
                    .add(place);
            if (delegation.delegate() != null) {
                byDelegate
                        .computeIfAbsent(delegation.delegate(), key -> new TreeSet<>())
                        .add(place);
            }
            if (delegation.parentId() != null) {
                byParent.computeIfAbsent(delegation.parentId(), key -> new HashSet<>())
                        .add(delegation.id());
            }
            return null;
        });
    }

    private void unlist(@Nullable IssuedDelegation delegation) {
        if (delegation != null) {
            Place place = Place.of(delegation);
            remove(byDelegator, delegation.delegator(), place);
            remove(byDelegate, delegation.delegate(), place);
            remove(byParent, delegation.parentId(), delegation.id());
        }
    }

    private static <T, S extends Set<T>> void remove(Map<String, S> sets, @Nullable String key, T element) {
        if (key != null) {
            sets.computeIfPresent(key, (same, set) -> {
                set.remove(element);
                return set.isEmpty() ? null : set;
            });
        }
    }

    @Override
    public Optional<IssuedDelegation> get(String id) {
        requireNonNull(id, "id");
        return locked(() -> {
            Known one = known.get(id);
            return one == null || one.issued == null ? Optional.empty() : Optional.of(asIs(one, one.issued));
        });
    }

    private static IssuedDelegation asIs(Known one, IssuedDelegation issued) {
        return one.revokedAt == null ? issued : issued.revokedAt(one.revokedAt, one.reason);
    }

    @Override
    public Page<IssuedDelegation> list(DelegationFilter filter, PageRequest request) {
        requireNonNull(filter, "filter");
        Cursor cursor = requireNonNull(request, "request").cursor();
        Place behind = cursor == null ? null : Place.of(cursor);
        return locked(() -> {
            Map<String, NavigableSet<Place>> lists = filter.role() == Role.DELEGATOR ? byDelegator : byDelegate;
            NavigableSet<Place> places = lists.getOrDefault(filter.agent(), Collections.emptyNavigableSet());
            long total = 0;
            boolean hasNext = false;
            List<IssuedDelegation> items = new ArrayList<>();
            for (Place place : places) {
                IssuedDelegation delegation = at(place);
                if (filter.matches(delegation)) {
                    boolean isBefore = behind == null ? total < request.offset() : place.compareTo(behind) <= 0;
                    total++;
                    if (!isBefore && items.size() < request.limit()) {
                        items.add(delegation);
                    } else if (!isBefore) {
                        hasNext = true;
                    }
                }
            }
            return new Page<>(
                    items,
                    total,
                    hasNext ? Place.of(items.get(items.size() - 1)).cursor() : null);
        });
    }

    private IssuedDelegation at(Place place) {
        Known one = requireNonNull(known.get(place.id()));
        return asIs(one, requireNonNull(one.issued));
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if the store is full and does not know the id
     */
    @Override
    public boolean tryUse(String id, long maxTasks) {
        IssuedDelegation.requireId(id);
        if (maxTasks < 0) {
            throw new IllegalArgumentException("maxTasks must be 0 or more, got " + maxTasks);
        }
        return locked(() -> {
            if (maxTasks == 0) {
                return false;
            }
            Known one = knownOrNew(id);
            if (one.uses >= maxTasks) {
                return false;
            }
            one.uses++;
            return true;
        });
    }

    @Override
    public long uses(String id) {
        requireNonNull(id, "id");
        return locked(() -> {
            Known one = known.get(id);
            return one == null ? 0 : one.uses;
        });
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if the store is full and does not know the id; then it is not revoked
     */
    @Override
    public boolean revoke(String id, @Nullable String reason) {
        IssuedDelegation.requireId(id);
        requireText(reason);
        Instant now = WireTime.toPrecision(clock.instant());
        return locked(() -> revoke(knownOrNew(id), now, reason));
    }

    private static boolean revoke(Known one, Instant now, @Nullable String reason) {
        if (one.revokedAt != null) {
            return false;
        }
        one.revokedAt = now;
        one.reason = reason;
        return true;
    }

    private static void requireText(@Nullable String reason) {
        if (reason != null && !Checks.isWellFormed(reason)) {
            throw new IllegalArgumentException("reason must be Unicode text, got half of a surrogate pair in it");
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if the store is full and does not know the id; then nothing is revoked
     */
    @Override
    public List<String> revokeCascade(String id, @Nullable String reason) {
        IssuedDelegation.requireId(id);
        requireText(reason);
        Instant now = WireTime.toPrecision(clock.instant());
        return locked(() -> {
            Known first = knownOrNew(id);
            List<String> revoked = new ArrayList<>();
            for (String reached : reachedFrom(id)) {
                if (!reached.equals(id) && revoke(knownOrNew(reached), now, reason)) {
                    revoked.add(reached);
                }
            }
            revoked.sort(TextOrder.CODE_POINTS);
            if (revoke(first, now, reason)) {
                revoked.add(0, id);
            }
            return Collections.unmodifiableList(revoked);
        });
    }

    private Set<String> reachedFrom(String id) {
        Set<String> reached = new HashSet<>();
        Set<String> agents = new HashSet<>();
        Deque<String> left = new ArrayDeque<>(List.of(id));
        while (!left.isEmpty()) {
            String next = left.remove();
            if (reached.add(next)) {
                left.addAll(byParent.getOrDefault(next, Set.of()));
                Known one = known.get(next);
                String delegate = one == null || one.issued == null ? null : one.issued.delegate();
                if (delegate != null && agents.add(delegate)) {
                    left.addAll(issuedWithoutParent(delegate));
                }
            }
        }
        return reached;
    }

    private List<String> issuedWithoutParent(String delegator) {
        return byDelegator.getOrDefault(delegator, Collections.emptyNavigableSet()).stream()
                .filter(place -> at(place).parentId() == null)
                .map(Place::id)
                .toList();
    }

    @Override
    public boolean isRevoked(String id) {
        return areRevoked(List.of(id)).getOrDefault(id, false);
    }

    @Override
    public Map<String, Boolean> areRevoked(Collection<String> ids) {
        return locked(() -> {
            Map<String, Boolean> answers = new LinkedHashMap<>();
            for (String id : ids) {
                Known one = known.get(requireNonNull(id, "id"));
                answers.put(id, one != null && one.revokedAt != null);
            }
            return Collections.unmodifiableMap(answers);
        });
    }

    @Override
    public long purgeExpired(Instant time) {
        Instant end = WireTime.toPrecision(time);
        return locked(() -> {
            long[] removed = new long[1];
            known.values().removeIf(one -> {
                IssuedDelegation issued = one.issued;
                if (issued == null
                        || issued.expiresAt() == null
                        || issued.expiresAt().isAfter(end)) {
                    return false;
                }
                removed[0]++;
                unlist(issued);
                one.issued = null;
                one.uses = 0;
                return one.isEmpty();
            });
            return removed[0];
        });
    }

    /** Ends the store and lets go of what it holds; what is called afterwards fails. */
    void close() {
        synchronized (lock) {
            closed = true;
            known.clear();
            byDelegator.clear();
            byDelegate.clear();
            byParent.clear();
        }
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        synchronized (lock) {
            if (closed) {
                throw new StorageException("The in-memory storage is closed: open another one", false, null);
            }
            return work.get();
        }
    }

    private Known knownOrNew(String id) {
        Known one = known.get(id);
        if (one != null) {
            return one;
        }
        if (known.size() >= maxDelegations) {
            throw new StorageException(
                    "Cannot keep anything of delegation '" + Checks.quoted(id)
                            + "': the in-memory store is at its bound of " + maxDelegations
                            + " delegations (maxDelegations). Purge those that expired, or raise the bound",
                    false,
                    null);
        }
        Known fresh = new Known();
        known.put(id, fresh);
        return fresh;
    }

    /** Options of an in-memory store. Not thread-safe. */
    public static final class Builder {
        private int maxDelegations = Integer.MAX_VALUE;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /**
         * The most delegations of which the store knows something, be it that they were registered, revoked or used; no bound by
         * default. Set it where ids come from outside.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxDelegations(int maxDelegations) {
            if (maxDelegations < 1) {
                throw new IllegalArgumentException("maxDelegations must be 1 or more, got " + maxDelegations);
            }
            this.maxDelegations = maxDelegations;
            return this;
        }

        /** What tells when something is revoked; the system's clock by default. Tests set their own. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Creates the store. */
        public InMemoryDelegationStore build() {
            return new InMemoryDelegationStore(this);
        }
    }
}
