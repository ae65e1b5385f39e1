// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.ManifestFlight.Abandoned;
import dev.asap.client.ManifestFlight.Failed;
import dev.asap.client.ManifestFlight.Loaded;
import dev.asap.client.ManifestFlight.Outcome;
import dev.asap.client.ManifestTable.Entry;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.model.Manifest;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
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
 * the former case a daemon thread keeps the time; it ends a second after the last question, or when a client is closed, and there
 * is nothing to close.
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

    private static final int MAX_ETAG_LENGTH = 1024;

    private final LongSupplier ticker;
    private final ManifestTable table;
    private final AtomicReference<@Nullable ManifestTrust> trust = new AtomicReference<>();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder revalidations = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder negativeHits = new LongAdder();

    private ManifestCache(Builder builder) {
        this.ticker = builder.ticker;
        this.table = new ManifestTable(builder.maxSize, builder.failureTtl, ticker, evictions::increment);
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
        Entry entry = table.find(url);
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
        table.set(url, manifest, ttl);
    }

    /** Forgets the manifest of this URL, and that fetching it failed. */
    public void invalidate(String url) {
        table.remove(url);
    }

    /** Forgets everything but the numbers of {@link #stats}. */
    public void clearAll() {
        table.clear();
    }

    /** How many manifests are kept, counting those whose time is over and that were not taken out yet. */
    public int size() {
        return table.size();
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
        Entry entry = table.find(url);
        if (entry != null) {
            hits.increment();
            return entry.manifest;
        }
        RuntimeException failure = table.failure(url);
        if (failure != null) {
            negativeHits.increment();
            throw failure;
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

    private Manifest fetched(String url, Loader loader) {
        long deadline = ticker.getAsLong() + ManifestTable.nanos(loader.timeout());
        ManifestFlight own = new ManifestFlight();
        while (true) {
            ManifestFlight running = table.takeOff(url, own);
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
    private Outcome lead(String url, ManifestFlight flight, Loader loader) {
        Outcome outcome = Abandoned.INSTANCE;
        try {
            // Another flight may have landed after this thread had looked and before it took off.
            Outcome known = known(url);
            outcome = known != null ? known : load(url, flight, loader);
            return outcome;
        } finally {
            table.forget(url, flight);
            flight.land(outcome);
        }
    }

    private @Nullable Outcome known(String url) {
        Entry entry = table.find(url);
        if (entry != null) {
            return new Loaded(entry.manifest);
        }
        RuntimeException failure = table.failure(url);
        return failure == null ? null : new Failed(failure);
    }

    private Outcome load(String url, ManifestFlight flight, Loader loader) {
        Entry stale = table.findEvenStale(url);
        loads.increment();
        try {
            Fetched fetched = loader.load(stale == null ? null : stale.etag);
            return new Loaded(keep(url, flight, fetched, stale));
        } catch (CallInterruptedException | ClientClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            loadFailures.increment();
            // A server that sends what is not valid may go back to what it sent before.
            table.fail(url, flight, e, e instanceof ValidationException || e instanceof SignatureVerificationException);
            return new Failed(e);
        }
    }

    private Manifest keep(String url, ManifestFlight flight, Fetched fetched, @Nullable Entry stale) {
        if (fetched instanceof Fetched.Fresh fresh) {
            table.keep(url, flight, fresh.manifest(), usable(fresh.etag()), fresh.ttl());
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
        table.keep(url, flight, stale.manifest, stale.etag, ttl);
        return stale.manifest;
    }

    private static Outcome await(ManifestFlight flight, long nanos, Loader loader) {
        try {
            return flight.await(nanos);
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
        }
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
        String operation();
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
}
