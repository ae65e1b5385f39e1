// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageStats;
import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.Retention;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.UsageIndex.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps usage events in the memory of this process; they are gone when it ends.
 *
 * <p>Thread-safe. Reads never wait and see one state of the store from beginning to end; writes wait for each other, for some
 * microseconds an event. A call that returns is seen by every later call. Of more than {@link Builder#maxEvents} events the oldest by
 * time are evicted; {@link #evicted} tells how many were.
 *
 * <p>A page costs O(log n + page) at any depth, and so do totals of all, of an agent or of a consumer, in any span of time; groups
 * cost O(log n) each. What a task filter, or one of agent and consumer together, means is looked at event by event; so are the
 * different agents and consumers where a filter names one of the two, and durations.
 *
 * <pre>{@code
 * MeteringStore store = InMemoryMeteringStore.builder()
 *         .maxEvents(1_000_000)
 *         .retention(Duration.ofDays(90))
 *         .build();
 * }</pre>
 */
public final class InMemoryMeteringStore implements MeteringStore {
    /** How many events a store holds when nobody says otherwise. */
    public static final int DEFAULT_MAX_EVENTS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryMeteringStore.class);

    /** So many events are purged at once, so that others can write in between. */
    private static final int PURGE_CHUNK = 2000;

    private final int maxEvents;
    private final @Nullable Retention retention;
    private final InstantSource clock;

    /** Held by whoever replaces {@link #state}, around nothing but that. */
    private final Object writing = new Object();

    // Immutable: readers take it once. Null when the store is closed.
    private volatile @Nullable UsageState state = UsageState.EMPTY;
    private volatile long evicted;
    private long lastNumber;

    /** Creates a store with the options' defaults. */
    public InMemoryMeteringStore() {
        this(builder());
    }

    private InMemoryMeteringStore(Builder builder) {
        this.maxEvents = builder.maxEvents;
        this.retention = builder.retention;
        this.clock = builder.clock;
    }

    /** Starts a store with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many events were evicted since the store was created, because it held as many as it may; purged ones do not count. */
    public long evicted() {
        return evicted;
    }

    /** {@inheritDoc} Where the store is full, the oldest events are evicted, be they among these. */
    @Override
    public void recordAll(List<UsageEvent> events) {
        List<UsageEvent> batch = List.copyOf(events);
        if (batch.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " events are recorded at once, got "
                    + batch.size() + ": record them in parts");
        }
        boolean isFirstEviction;
        synchronized (writing) {
            List<Entry> entries = new ArrayList<>(batch.size());
            for (UsageEvent event : batch) {
                entries.add(new Entry(event, ++lastNumber));
            }
            UsageState next = current().with(entries);
            int surplus = Math.max(0, next.size() - maxEvents);
            isFirstEviction = surplus > 0 && evicted == 0;
            state = next.withoutOldest(surplus);
            evicted += surplus;
        }
        if (isFirstEviction) {
            LOG.warn(
                    "The in-memory metering store holds {} events, its bound (maxEvents): from now on the oldest are evicted",
                    maxEvents);
        }
    }

    @Override
    public Page<UsageEvent> query(UsageFilter filter, PageRequest request) {
        requireNonNull(request, "request");
        return select(filter).page(request);
    }

    /** {@inheritDoc} Hands over what there was when it was called; what is evicted meanwhile stays in memory until it ends. */
    @Override
    public void export(UsageFilter filter, Consumer<UsageEvent> receiver) {
        requireNonNull(receiver, "receiver");
        select(filter).forEach(receiver);
    }

    @Override
    public UsageSummary summary(UsageFilter filter) {
        return select(filter).summary();
    }

    @Override
    public List<UsageAggregate.ByAgent> byAgent(UsageFilter filter) {
        List<UsageAggregate.ByAgent> groups = new ArrayList<>();
        select(filter).byAgent((agent, totals) -> groups.add(new UsageAggregate.ByAgent(agent, totals)));
        return groups;
    }

    @Override
    public List<UsageAggregate.ByConsumer> byConsumer(UsageFilter filter) {
        List<UsageAggregate.ByConsumer> groups = new ArrayList<>();
        select(filter).byConsumer((consumer, totals) -> groups.add(new UsageAggregate.ByConsumer(consumer, totals)));
        return groups;
    }

    @Override
    public List<UsageAggregate.ByPeriod> byPeriod(UsagePeriod period, UsageFilter filter) {
        return select(filter).byPeriod(requireNonNull(period, "period"));
    }

    /** {@inheritDoc} Exact; sorts the durations of the events. */
    @Override
    public DurationPercentiles durations(UsageFilter filter) {
        return select(filter).durations();
    }

    @Override
    public UsageStats stats() {
        UsageState now = current();
        return new UsageStats(now.size(), now.oldest(), retention == null ? null : retention.length());
    }

    /** {@inheritDoc} Some thousand events at once, so that others can write in between. */
    @Override
    public long purgeExpired() {
        requireOpen();
        if (retention == null) {
            return 0;
        }
        Instant cutOff = retention.cutOff(clock);
        long removed = 0;
        int chunk;
        do {
            synchronized (writing) {
                UsageState now = current();
                chunk = Math.min(PURGE_CHUNK, now.countBefore(cutOff));
                state = now.withoutOldest(chunk);
            }
            removed += chunk;
        } while (chunk == PURGE_CHUNK);
        return removed;
    }

    /** Ends the store and lets go of what it holds; what is called afterwards fails. */
    void close() {
        synchronized (writing) {
            state = null;
        }
    }

    /** Throws what is said to callers of a closed store. */
    void requireOpen() {
        current();
    }

    private UsageState current() {
        UsageState now = state;
        if (now == null) {
            throw new StorageException("The in-memory storage is closed: open another one", false, null);
        }
        return now;
    }

    private UsageSelection select(UsageFilter filter) {
        return new UsageSelection(current(), requireNonNull(filter, "filter"));
    }

    /** The totals of one group. */
    @FunctionalInterface
    interface GroupReceiver {
        void accept(String key, UsageTotals totals);
    }

    /** Options of an in-memory store. Not thread-safe. */
    public static final class Builder {
        private int maxEvents = DEFAULT_MAX_EVENTS;
        private @Nullable Retention retention;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /**
         * The most events that the store holds, {@value #DEFAULT_MAX_EVENTS} by default; of more, the oldest by time are evicted. Lower it
         * where memory is short, raise it where totals have to reach back further.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxEvents(int maxEvents) {
            if (maxEvents < 1) {
                throw new IllegalArgumentException("maxEvents must be 1 or more, got " + maxEvents);
            }
            this.maxEvents = maxEvents;
            return this;
        }

        /**
         * For how long events are kept, as {@link MeteringStore#purgeExpired} has it; for ever by default.
         *
         * @throws IllegalArgumentException if the time is negative
         */
        public Builder retention(Duration retention) {
            this.retention = new Retention(retention);
            return this;
        }

        /** What tells which events have expired; the system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Creates the store. */
        public InMemoryMeteringStore build() {
            return new InMemoryMeteringStore(this);
        }
    }
}
