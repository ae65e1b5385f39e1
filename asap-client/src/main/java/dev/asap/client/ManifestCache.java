// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.RequestTimeoutException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.model.Manifest;
import dev.asap.validation.ValidationException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Manifests that were fetched, by their exact URL, each for its time to live. Thread-safe; finding a manifest takes no lock.
 *
 * <pre>{@code
 * ManifestCache cache = ManifestCache.withMaxSize(200);
 * cache.set("https://agent.example/.well-known/asap/manifest.json", manifest, Duration.ofMinutes(10));
 * Optional<Manifest> known = cache.get("https://agent.example/.well-known/asap/manifest.json");
 * }</pre>
 *
 * <p>Bounded: when a manifest comes in and there is no room, the one goes that was not asked for the longest; looking for it
 * takes a time proportional to the size. Of several threads that miss the same manifest one fetches it, and the others wait for
 * that. A manifest whose time is over stays, within the bound, if its server can be asked whether it still holds.
 *
 * <p>A fetch that fails is not repeated for a short time, see {@link Builder#failureTtl}: until then, whoever asks gets the same
 * exception object. A manifest that is set, invalidated or cleared while a fetch for it is under way stays so: what the fetch
 * brings goes to those who wait for it, and is not kept.
 *
 * <p>Times count to about 10 ms while manifests are asked for very often, more than 50,000 times a second, and exactly else. In
 * the former case a daemon thread keeps the time; it ends a second after the last question, there is nothing to close.
 *
 * <p>One cache can serve several clients, if all trust the same keys: what is found is not verified again.
 */
public final class ManifestCache {
    /** How many manifests are kept unless set. */
    public static final int DEFAULT_MAX_SIZE = 1000;

    /** How long a manifest is kept when neither its server nor itself says. */
    public static final Duration DEFAULT_TTL = Duration.ofSeconds(Manifest.DEFAULT_TTL_SECONDS);

    /** How long a failed fetch is not repeated unless set. */
    public static final Duration DEFAULT_FAILURE_TTL = Duration.ofSeconds(1);

    /** Fits a number of nanoseconds with room to compare. */
    private static final Duration LONGEST_TTL = Duration.ofDays(365);

    private static final int MAX_ETAG_LENGTH = 1024;

    private final int maxSize;
    private final long failureNanos;
    private final LongSupplier ticker;

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Failure> failures = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, CompletableFuture<Outcome>> flights = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable ManifestTrust> trust = new AtomicReference<>();

    /** Held while something is put in; never over a fetch. What is taken out alone needs no lock. */
    private final ReentrantLock changes = new ReentrantLock();

    /** How many manifests were put in; guarded by {@link #changes}. */
    private long lastNumber;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder revalidations = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder negativeHits = new LongAdder();

    private ManifestCache(Builder builder) {
        this.maxSize = builder.maxSize;
        this.failureNanos = builder.failureTtl.toNanos();
        this.ticker = builder.ticker;
    }

    /**
     * An empty cache for so many manifests.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    public static ManifestCache withMaxSize(int manifests) {
        return builder().maxSize(manifests).build();
    }

    /** Starts a cache. */
    public static Builder builder() {
        return new Builder();
    }

    /** The manifest that is kept for this URL, exactly as it was set; empty if there is none or its time is over. */
    public Optional<Manifest> get(String url) {
        Entry entry = live(url);
        if (entry != null) {
            hits.increment();
            return entry.found;
        }
        misses.increment();
        return Optional.empty();
    }

    /**
     * Keeps a manifest, instead of what is kept for this URL. It is not verified.
     *
     * @param ttl for how long; more than 365 days are 365 days
     * @throws IllegalArgumentException if {@code ttl} is not positive
     */
    public void set(String url, Manifest manifest, Duration ttl) {
        if (ttl.isZero() || ttl.isNegative()) {
            throw new IllegalArgumentException(
                    "ttl must be positive, got " + ttl + "; to drop a manifest, invalidate it");
        }
        long now = ticker.getAsLong();
        changes.lock();
        try {
            flights.remove(url);
            failures.remove(url);
            put(url, new Entry(manifest, null, now, now + nanos(ttl), ++lastNumber), now);
        } finally {
            changes.unlock();
        }
    }

    /** Forgets the manifest of this URL, and that fetching it failed. */
    public void invalidate(String url) {
        changes.lock();
        try {
            flights.remove(url);
            failures.remove(url);
            entries.remove(url);
        } finally {
            changes.unlock();
        }
    }

    /** Forgets everything but the numbers of {@link #stats}. */
    public void clearAll() {
        changes.lock();
        try {
            flights.clear();
            failures.clear();
            entries.clear();
        } finally {
            changes.unlock();
        }
    }

    /** How many manifests are kept, counting those whose time is over and that were not taken out yet. */
    public int size() {
        return entries.size();
    }

    /** What happened since the cache was made. While other threads use it, the numbers are not of one moment. */
    public Stats stats() {
        return new Stats(
                hits.sum(),
                misses.sum(),
                loads.sum(),
                loadFailures.sum(),
                revalidations.sum(),
                evictions.sum(),
                negativeHits.sum());
    }

    /**
     * The manifest that is kept, or else the one that is fetched, by this thread or another that was first.
     *
     * @throws RuntimeException what the fetch threw, or throws no longer ago than failures are remembered
     * @throws RequestTimeoutException if another thread's fetch takes longer than this one's may
     * @throws CallInterruptedException if this thread is interrupted while it waits
     */
    Manifest get(String url, Loader loader) {
        Entry entry = live(url);
        if (entry != null) {
            hits.increment();
            return entry.manifest;
        }
        Failure failure = failure(url);
        if (failure != null) {
            negativeHits.increment();
            throw failure.exception();
        }
        misses.increment();
        return fetched(url, loader);
    }

    /**
     * Notes whom a client trusts that is going to use this cache.
     *
     * @throws IllegalArgumentException if a client before it trusts otherwise
     */
    void bindTo(ManifestTrust value) {
        ManifestTrust first = trust.compareAndExchange(null, value);
        if (first != null && !first.equals(value)) {
            throw new IllegalArgumentException("manifestCache serves a client with " + first + ", got one with " + value
                    + "; what is found in it is not verified again: share it between clients that trust the same keys");
        }
    }

    // ---- Finding

    /** The entry whose time is not over; notes that it was asked for. */
    private @Nullable Entry live(String url) {
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

    private @Nullable Failure failure(String url) {
        Failure failure = failures.get(url);
        if (failure == null || ticker.getAsLong() - failure.until() < 0) {
            return failure;
        }
        failures.remove(url, failure);
        return null;
    }

    // ---- Fetching

    private Manifest fetched(String url, Loader loader) {
        long deadline = ticker.getAsLong() + nanos(loader.timeout());
        CompletableFuture<Outcome> own = new CompletableFuture<>();
        while (true) {
            CompletableFuture<Outcome> running = flights.putIfAbsent(url, own);
            if (running == null) {
                return lead(url, own, loader).get();
            }
            Outcome outcome = await(running, deadline - ticker.getAsLong(), loader);
            // Whoever was to fetch was interrupted or closed, which says nothing of the peer: the next one tries.
            if (!(outcome instanceof Abandoned)) {
                return outcome.get();
            }
        }
    }

    /** Fetches for all who wait for this flight; tells them the outcome, whatever happens. */
    private Outcome lead(String url, CompletableFuture<Outcome> flight, Loader loader) {
        Outcome outcome = Abandoned.INSTANCE;
        try {
            // Another flight may have landed after this thread had looked and before it took off.
            Outcome known = known(url);
            outcome = known != null ? known : load(url, flight, loader);
            return outcome;
        } finally {
            flights.remove(url, flight);
            flight.complete(outcome);
        }
    }

    private @Nullable Outcome known(String url) {
        Entry entry = live(url);
        if (entry != null) {
            return new Loaded(entry.manifest);
        }
        Failure failure = failure(url);
        return failure == null ? null : new Failed(failure.exception());
    }

    private Outcome load(String url, CompletableFuture<Outcome> flight, Loader loader) {
        Entry stale = entries.get(url);
        loads.increment();
        try {
            Fetched fetched = loader.load(stale == null ? null : stale.etag);
            return new Loaded(keep(url, flight, fetched, stale));
        } catch (CallInterruptedException | ClientClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            loadFailures.increment();
            fail(url, flight, e);
            return new Failed(e);
        }
    }

    private Manifest keep(String url, CompletableFuture<Outcome> flight, Fetched fetched, @Nullable Entry stale) {
        long now = ticker.getAsLong();
        if (fetched instanceof Fetched.Fresh fresh) {
            keep(url, flight, fresh.manifest(), usable(fresh.etag()), fresh.ttl(), now);
            return fresh.manifest();
        }
        if (stale == null || stale.etag == null) {
            throw new IllegalStateException("a loader that got no ETag answered that nothing was modified");
        }
        revalidations.increment();
        Duration ttl = ((Fetched.NotModified) fetched).ttl();
        if (ttl == null) {
            ttl = ManifestTtl.of(null, stale.manifest.ttlSeconds(), DEFAULT_TTL);
        }
        keep(url, flight, stale.manifest, stale.etag, ttl, now);
        return stale.manifest;
    }

    private void keep(
            String url,
            CompletableFuture<Outcome> flight,
            Manifest manifest,
            @Nullable String etag,
            Duration ttl,
            long now) {
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

    private void fail(String url, CompletableFuture<Outcome> flight, RuntimeException e) {
        long now = ticker.getAsLong();
        changes.lock();
        try {
            if (flights.get(url) != flight) {
                return;
            }
            // A server that sends what is not valid may go back to what it sent before.
            if (!(e instanceof ValidationException) && !(e instanceof SignatureVerificationException)) {
                entries.remove(url);
            }
            if (failureNanos > 0) {
                makeRoomForFailure(now);
                failures.put(url, new Failure(e, now + failureNanos));
            }
            flights.remove(url, flight);
        } finally {
            changes.unlock();
        }
    }

    private static Outcome await(CompletableFuture<Outcome> flight, long nanos, Loader loader) {
        try {
            return flight.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    loader.operation()
                            + " was cut off: the thread was interrupted while it waited for another call to end",
                    e);
        } catch (TimeoutException e) {
            throw new RequestTimeoutException(
                    loader.operation() + " timed out: another call for the same did not end within "
                            + loader.timeout().toMillis() + " ms",
                    loader.timeout(),
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flight is completed with an outcome only", e);
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
            evictions.increment();
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

    private static long nanos(Duration ttl) {
        return (ttl.compareTo(LONGEST_TTL) > 0 ? LONGEST_TTL : ttl).toNanos();
    }

    /** The tag, or null where it could not be sent back in a header. */
    private static @Nullable String usable(@Nullable String etag) {
        return etag != null
                        && !etag.isEmpty()
                        && etag.length() <= MAX_ETAG_LENGTH
                        && etag.chars().allMatch(c -> c > ' ' && c < 0x7f)
                ? etag
                : null;
    }

    /**
     * What happened in a cache.
     *
     * @param hits how often a manifest was found
     * @param misses how often none was found
     * @param loads how often a manifest was fetched or revalidated, whatever came of it
     * @param loadFailures how many of these failed
     * @param revalidations of how many the server said that the manifest still holds
     * @param evictions how many manifests went to make room
     * @param negativeHits how often a remembered failure spared a fetch; not among the misses
     */
    public record Stats(
            long hits,
            long misses,
            long loads,
            long loadFailures,
            long revalidations,
            long evictions,
            long negativeHits) {}

    /** Collects the options of a cache. Not thread-safe. */
    public static final class Builder {
        private int maxSize = DEFAULT_MAX_SIZE;
        private Duration failureTtl = DEFAULT_FAILURE_TTL;
        private LongSupplier ticker = CoarseClock.SHARED;

        private Builder() {}

        /**
         * How many manifests are kept, and how many failures are remembered; {@value ManifestCache#DEFAULT_MAX_SIZE} unless set. Raise
         * it for a client that talks to more agents: it should hold all that are in use.
         *
         * @throws IllegalArgumentException if the value is below 1
         */
        public Builder maxSize(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxSize must be 1 or more, got " + value);
            }
            maxSize = value;
            return this;
        }

        /**
         * How long a fetch that failed is not repeated; 1 s unless set, zero repeats it each time. It spares a peer that is down from
         * being asked by every caller, and keeps callers from waiting for it one after another.
         *
         * @throws IllegalArgumentException if the value is negative or above one hour
         */
        public Builder failureTtl(Duration value) {
            if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("failureTtl must be 0 to 1 hour, got " + value);
            }
            failureTtl = value;
            return this;
        }

        /** Gives the time in nanoseconds since some moment, going on; {@link CoarseClock} unless set. */
        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /** The cache, empty. */
        public ManifestCache build() {
            return new ManifestCache(this);
        }
    }

    /** Fetches one manifest. */
    interface Loader {
        /**
         * Fetches.
         *
         * @param etag what a manifest that is at hand was tagged with, to ask whether it still holds; null when there is none
         * @throws CallInterruptedException if the thread was interrupted: others who wait then fetch for themselves
         * @throws ClientClosedException if the client was closed: others who wait then fetch for themselves
         * @throws dev.asap.ASAPException if it fails; all who wait get this
         */
        Fetched load(@Nullable String etag);

        /** How long {@link #load} takes at most; nobody waits longer for another's. */
        Duration timeout();

        /** What messages show. */
        Operation operation();
    }

    /** What a fetch brought. */
    sealed interface Fetched {
        /**
         * A manifest.
         *
         * @param ttl for how long it holds; zero if it has to be asked for each time
         * @param etag what to ask with; null if it cannot be
         */
        record Fresh(
                Manifest manifest, Duration ttl, @Nullable String etag) implements Fetched {}

        /**
         * What was at hand still holds.
         *
         * @param ttl for how long; null for as long as the manifest itself says
         */
        record NotModified(@Nullable Duration ttl) implements Fetched {}
    }

    /** How a flight ended, for those who wait for it. */
    private sealed interface Outcome {
        Manifest get();
    }

    private record Loaded(Manifest manifest) implements Outcome {
        @Override
        public Manifest get() {
            return manifest;
        }
    }

    private record Failed(RuntimeException exception) implements Outcome {
        @Override
        public Manifest get() {
            throw exception;
        }
    }

    private enum Abandoned implements Outcome {
        INSTANCE;

        @Override
        public Manifest get() {
            throw new IllegalStateException("an abandoned flight brings nothing");
        }
    }

    private record Failure(RuntimeException exception, long until) {}

    private static final class Entry {
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

        Entry(Manifest manifest, @Nullable String etag, long now, long expires, long number) {
            this.manifest = manifest;
            this.found = Optional.of(manifest);
            this.etag = etag;
            this.expires = expires;
            this.number = number;
            this.lastAsked = now;
        }

        boolean isLive(long now) {
            return now - expires < 0;
        }

        /** Opaque: threads may overtake each other by nanoseconds, which changes nothing of note, and no fence is paid. */
        void touch(long now) {
            LAST_ASKED.setOpaque(this, now);
        }

        boolean goesBefore(Entry other, long now) {
            long idle = idle(now);
            long otherIdle = other.idle(now);
            return idle != otherIdle ? idle > otherIdle : number < other.number;
        }

        private long idle(long now) {
            return etag == null && !isLive(now) ? Long.MAX_VALUE : now - (long) LAST_ASKED.getOpaque(this);
        }
    }
}
