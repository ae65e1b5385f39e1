// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Manifest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ManifestCache} knows of each URL: its manifest, that fetching it failed, or that a flight is under way to fetch it.
 * Thread-safe; finding takes no lock.
 *
 * <p>What a flight brings is kept only while it is known here: it is not any more once something else was said about its URL.
 */
final class ManifestTable {
    /** Fits a number of nanoseconds with room to compare. */
    private static final Duration LONGEST_TTL = Duration.ofDays(365);

    private record Failure(RuntimeException exception, long until) {}

    private final int maxSize;
    private final long failureNanos;
    private final LongSupplier ticker;
    private final Runnable onEviction;

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Failure> failures = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, ManifestFlight> flights = new ConcurrentHashMap<>();

    /** Held while something is put in; never over a fetch. What is taken out alone needs no lock. */
    private final ReentrantLock changes = new ReentrantLock();

    /** How many manifests were put in; guarded by {@link #changes}. */
    private long lastNumber;

    /**
     * An empty table.
     *
     * @param maxSize how many manifests, and how many failures
     * @param failureTtl how long a failure is remembered; zero for not at all
     * @param ticker the time in nanoseconds
     * @param onEviction is told of each manifest that goes to make room; must not block
     */
    ManifestTable(int maxSize, Duration failureTtl, LongSupplier ticker, Runnable onEviction) {
        this.maxSize = maxSize;
        this.failureNanos = failureTtl.toNanos();
        this.ticker = ticker;
        this.onEviction = onEviction;
    }

    // ---- Finding

    /** The entry whose time is not over; notes that it was asked for. */
    @Nullable
    Entry find(String url) {
        Entry entry = entries.get(url);
        if (entry == null) {
            return null;
        }
        long now = ticker.getAsLong();
        if (entry.isLive(now)) {
            entry.touch(now);
            return entry;
        }
        if (entry.etag == null) {
            entries.remove(url, entry);
        }
        return null;
    }

    /** The entry, also one whose time is over. */
    @Nullable
    Entry findEvenStale(String url) {
        return entries.get(url);
    }

    /** What fetching failed with a short time ago. */
    @Nullable
    RuntimeException failure(String url) {
        Failure failure = failures.get(url);
        if (failure == null) {
            return null;
        }
        if (ticker.getAsLong() - failure.until() < 0) {
            return failure.exception();
        }
        failures.remove(url, failure);
        return null;
    }

    int size() {
        return entries.size();
    }

    // ---- Saying

    /** Keeps a manifest, whatever a flight brings. */
    void set(String url, Manifest manifest, Duration ttl) {
        long now = ticker.getAsLong();
        changes.lock();
        try {
            failures.remove(url);
            put(url, new Entry(manifest, null, now, now + nanos(ttl), ++lastNumber), now);
            // Only now: a flight takes off without the lock, and one that found nothing yet must be forgotten too.
            flights.remove(url);
        } finally {
            changes.unlock();
        }
    }

    /** Forgets all of a URL. */
    void remove(String url) {
        changes.lock();
        try {
            flights.remove(url);
            failures.remove(url);
            entries.remove(url);
        } finally {
            changes.unlock();
        }
    }

    /** Forgets everything. */
    void clear() {
        changes.lock();
        try {
            flights.clear();
            failures.clear();
            entries.clear();
        } finally {
            changes.unlock();
        }
    }

    // ---- Flights

    /** Notes that a flight begins, unless there is one; then that is returned. */
    @Nullable
    ManifestFlight takeOff(String url, ManifestFlight flight) {
        return flights.putIfAbsent(url, flight);
    }

    /** Forgets a flight, if it is known. */
    void forget(String url, ManifestFlight flight) {
        flights.remove(url, flight);
    }

    /**
     * Keeps what a flight brought, and forgets the flight.
     *
     * @param etag what to ask with whether the manifest still holds, or null
     * @param ttl zero for a manifest that has to be asked for each time
     */
    void keep(String url, ManifestFlight flight, Manifest manifest, @Nullable String etag, Duration ttl) {
        long now = ticker.getAsLong();
        changes.lock();
        try {
            if (flights.get(url) != flight) {
                // Set, invalidated or cleared in the meantime.
                return;
            }
            failures.remove(url);
            if (etag == null && ttl.isZero()) {
                entries.remove(url);
            } else {
                put(url, new Entry(manifest, etag, now, now + nanos(ttl), ++lastNumber), now);
            }
            // Only now: who finds no flight must find what it brought.
            flights.remove(url, flight);
        } finally {
            changes.unlock();
        }
    }

    /**
     * Remembers that a flight failed, and forgets it.
     *
     * @param entryHolds whether the entry that there is can be used all the same
     */
    void fail(String url, ManifestFlight flight, RuntimeException reason, boolean entryHolds) {
        long now = ticker.getAsLong();
        changes.lock();
        try {
            if (flights.get(url) != flight) {
                return;
            }
            if (!entryHolds) {
                entries.remove(url);
            }
            if (failureNanos > 0) {
                makeRoomForFailure(now);
                failures.put(url, new Failure(reason, now + failureNanos));
            }
            flights.remove(url, flight);
        } finally {
            changes.unlock();
        }
    }

    // ---- Room; the lock is held

    private void put(String url, Entry entry, long now) {
        boolean isFull = !entries.containsKey(url) && entries.size() >= maxSize;
        while (isFull) {
            isFull = evictOne(now) && entries.size() >= maxSize;
        }
        entries.put(url, entry);
    }

    /** Takes out the entry that nobody can use any more, or else the one that was not asked for the longest. */
    private boolean evictOne(long now) {
        Map.Entry<String, Entry> victim = null;
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            if (victim == null || each.getValue().goesBefore(victim.getValue(), now)) {
                victim = each;
            }
        }
        if (victim == null) {
            return false;
        }
        if (entries.remove(victim.getKey(), victim.getValue())) {
            onEviction.run();
        }
        return true;
    }

    private void makeRoomForFailure(long now) {
        if (failures.size() < maxSize) {
            return;
        }
        failures.values().removeIf(failure -> now - failure.until() >= 0);
        while (failures.size() >= maxSize) {
            failures.entrySet().stream()
                    .min((a, b) -> Long.compare(
                            a.getValue().until() - now, b.getValue().until() - now))
                    .ifPresent(oldest -> failures.remove(oldest.getKey(), oldest.getValue()));
        }
    }

    /** A time to live as a number; what is very long is a year. */
    static long nanos(Duration ttl) {
        return (ttl.compareTo(LONGEST_TTL) > 0 ? LONGEST_TTL : ttl).toNanos();
    }

    /** A manifest that is kept. */
    static final class Entry {
        private static final VarHandle LAST_ASKED;

        static {
            try {
                LAST_ASKED = MethodHandles.lookup().findVarHandle(Entry.class, "lastAsked", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        final Manifest manifest;

        /** Ready, so that finding it allocates nothing. */
        final Optional<Manifest> found;

        final @Nullable String etag;
        private final long expires;
        private final long number;

        @SuppressWarnings("UnusedVariable") // Written and read by its handle.
        private long lastAsked;

        private Entry(Manifest manifest, @Nullable String etag, long now, long expires, long number) {
            this.manifest = manifest;
            this.found = Optional.of(manifest);
            this.etag = etag;
            this.expires = expires;
            this.number = number;
            this.lastAsked = now;
        }

        private boolean isLive(long now) {
            return now - expires < 0;
        }

        /** Opaque: threads may overtake each other by nanoseconds, which changes nothing of note, and no fence is paid. */
        private void touch(long now) {
            LAST_ASKED.setOpaque(this, now);
        }

        private boolean goesBefore(Entry other, long now) {
            long idle = idle(now);
            long otherIdle = other.idle(now);
            return idle != otherIdle ? idle > otherIdle : number < other.number;
        }

        private long idle(long now) {
            return etag == null && !isLive(now) ? Long.MAX_VALUE : now - (long) LAST_ASKED.getOpaque(this);
        }
    }
}
