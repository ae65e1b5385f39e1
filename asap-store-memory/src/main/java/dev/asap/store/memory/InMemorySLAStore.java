// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.sla.SLAAggregation;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStats;
import dev.asap.sla.SLAStore;
import dev.asap.storage.Retention;
import dev.asap.storage.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps figures of service and breaches in the memory of this process; they are gone when it ends.
 *
 * <p>Thread-safe. Reads see one state of the store from beginning to end and go on side by side; a write waits for the reads that have
 * begun, and they for it. A call that returns is seen by every later call. Of more than {@link Builder#maxMetrics} figures, or {@link
 * Builder#maxBreaches} breaches, the oldest are evicted; {@link #evicted} tells how many were. Queries look at each record up to the end
 * of their filter.
 */
public final class InMemorySLAStore implements SLAStore {
    /** How many figures, and how many breaches, a store holds when nobody says otherwise. */
    public static final int DEFAULT_MAX_RECORDS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(InMemorySLAStore.class);

    private final int maxMetrics;
    private final int maxBreaches;
    private final @Nullable Retention retention;
    private final InstantSource clock;

    /** Guards all that follows; held around nothing but it. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private final NavigableMap<MetricsKey, SLAMetrics> metrics = new TreeMap<>(MetricsKey.ORDER);
    private final NavigableMap<BreachKey, SLABreach> breaches = new TreeMap<>(BreachKey.ORDER);
    private final Map<String, SLABreach> breachesById = new HashMap<>();
    private long lastNumber;
    private long evicted;
    private boolean closed;

    /** Creates a store with the options' defaults. */
    public InMemorySLAStore() {
        this(builder());
    }

    private InMemorySLAStore(Builder builder) {
        this.maxMetrics = builder.maxMetrics;
        this.maxBreaches = builder.maxBreaches;
        this.retention = builder.retention;
        this.clock = builder.clock;
    }

    /** Starts a store with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** How many records were evicted since the store was created, because it held as many as it may; purged ones do not count. */
    public long evicted() {
        return reading(() -> evicted);
    }

    /** {@inheritDoc} Where the store is full, the figures with the earliest starts are evicted, be they among these. */
    @Override
    public void recordAllMetrics(List<SLAMetrics> metrics) {
        if (metrics.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " records are kept at once, got "
                    + metrics.size() + ": record them in parts");
        }
        List<SLAMetrics> records = List.copyOf(metrics);
        writing(() -> {
            records.forEach(each -> this.metrics.put(new MetricsKey(each.periodStart(), ++lastNumber), each));
            int surplus = Math.max(0, this.metrics.size() - maxMetrics);
            for (int i = 0; i < surplus; i++) {
                this.metrics.pollFirstEntry();
            }
            return surplus;
        });
    }

    /** {@inheritDoc} Where the store is full, the breach that was detected first is evicted, be it this one. */
    @Override
    public void recordBreach(SLABreach breach) {
        requireNonNull(breach, "breach");
        writing(() -> keep(breach));
    }

    /** {@inheritDoc} Looks at each breach where none is open. */
    @Override
    public SLABreach openBreach(SLABreach breach) {
        breach.requireOpen();
        SLABreach[] open = {breach};
        writing(() -> {
            Optional<SLABreach> known = breaches.descendingMap().values().stream()
                    .filter(each -> each.isOpen()
                            && each.agentId().equals(breach.agentId())
                            && each.breachType().equals(breach.breachType()))
                    .findFirst();
            known.ifPresent(each -> open[0] = each);
            return known.isPresent() ? 0 : keep(breach);
        });
        return open[0];
    }

    @Override
    public boolean replaceBreach(SLABreach known, SLABreach changed) {
        known.requireSameId(changed);
        boolean[] replaced = new boolean[1];
        writing(() -> {
            replaced[0] = known.equals(breachesById.get(known.id()));
            return replaced[0] ? keep(changed) : 0;
        });
        return replaced[0];
    }

    /** Belongs to a write; returns how many were evicted. */
    private int keep(SLABreach breach) {
        forget(breach.id());
        breachesById.put(breach.id(), breach);
        breaches.put(BreachKey.of(breach), breach);
        if (breaches.size() <= maxBreaches) {
            return 0;
        }
        forget(breaches.firstKey().id());
        return 1;
    }

    /** Belongs to a write. */
    private void forget(String breachId) {
        SLABreach known = breachesById.remove(breachId);
        if (known != null) {
            breaches.remove(BreachKey.of(known));
        }
    }

    @Override
    public Page<SLAMetrics> queryMetrics(SLAMetricsFilter filter, PageRequest request) {
        MetricsKey after = request.cursor() == null ? null : parse(request.cursor(), MetricsKey::parse);
        return reading(() -> page(upTo(filter), filter::matches, request, after, MetricsKey::cursor));
    }

    @Override
    public long countMetrics(SLAMetricsFilter filter) {
        return reading(
                () -> upTo(filter).values().stream().filter(filter::matches).count());
    }

    /**
     * {@inheritDoc}
     *
     * @throws ArithmeticException if an agent's number of tasks exceeds a {@code long}
     */
    @Override
    public List<SLAMetrics> aggregateMetrics(SLAMetricsFilter filter) {
        return reading(() -> {
            Map<String, SLAAggregation> agents = new LinkedHashMap<>();
            upTo(filter).values().stream()
                    .filter(filter::matches)
                    .forEach(each -> agents.computeIfAbsent(each.agentId(), agent -> new SLAAggregation())
                            .add(each));
            return agents.values().stream()
                    .flatMap(agent -> agent.result().stream())
                    .toList();
        });
    }

    private NavigableMap<MetricsKey, SLAMetrics> upTo(SLAMetricsFilter filter) {
        Instant end = filter.end();
        return end == null ? metrics : metrics.headMap(new MetricsKey(end, Long.MAX_VALUE), true);
    }

    @Override
    public Optional<SLABreach> findBreach(String id) {
        requireNonNull(id, "id");
        return reading(() -> Optional.ofNullable(breachesById.get(id)));
    }

    @Override
    public Page<SLABreach> queryBreaches(SLABreachFilter filter, PageRequest request) {
        requireNonNull(filter, "filter");
        BreachKey after = request.cursor() == null ? null : parse(request.cursor(), BreachKey::new);
        return reading(() -> page(breaches, filter::matches, request, after, BreachKey::cursor));
    }

    private static <K, V> Page<V> page(
            NavigableMap<K, V> rows,
            Predicate<V> filter,
            PageRequest request,
            @Nullable K after,
            Function<K, Cursor> cursor) {
        List<V> items = new ArrayList<>();
        long total = 0;
        Cursor last = null;
        boolean more = false;
        for (Map.Entry<K, V> row : rows.entrySet()) {
            if (!filter.test(row.getValue())) {
                continue;
            }
            total++;
            boolean isBehind = after == null
                    ? total > request.offset()
                    : requireNonNull(rows.comparator()).compare(row.getKey(), after) > 0;
            if (isBehind && items.size() < request.limit()) {
                items.add(row.getValue());
                last = items.size() == request.limit() ? cursor.apply(row.getKey()) : null;
            } else if (isBehind) {
                more = true;
            }
        }
        return new Page<>(items, total, more ? last : null);
    }

    private static <K> K parse(Cursor cursor, BiFunction<Instant, String, K> key) {
        String text = cursor.key();
        int split = text.indexOf('\n');
        try {
            return key.apply(WireTime.parse(text.substring(0, Math.max(0, split))), text.substring(split + 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was", e);
        }
    }

    @Override
    public SLAStats stats() {
        return reading(() -> {
            Instant period = metrics.isEmpty() ? null : metrics.firstKey().start();
            Instant breach = breaches.isEmpty() ? null : breaches.firstKey().detectedAt();
            boolean periodIsOlder = breach == null || (period != null && period.isBefore(breach));
            return new SLAStats(
                    metrics.size(),
                    breaches.size(),
                    periodIsOlder ? period : breach,
                    retention == null ? null : retention.length());
        });
    }

    @Override
    public long purgeExpired() {
        if (retention == null) {
            return 0;
        }
        Instant cutOff = retention.cutOff(clock);
        long[] removed = new long[1];
        writing(() -> {
            long before = (long) metrics.size() + breaches.size();
            metrics.values().removeIf(each -> each.periodEnd().isBefore(cutOff));
            breaches.values().removeIf(each -> each.detectedAt().isBefore(cutOff));
            breachesById.values().removeIf(each -> each.detectedAt().isBefore(cutOff));
            removed[0] = before - metrics.size() - breaches.size();
            return 0;
        });
        return removed[0];
    }

    /** Ends the store and lets go of what it holds; what is called afterwards fails. */
    void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            metrics.clear();
            breaches.clear();
            breachesById.clear();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private <T> T reading(Supplier<T> work) {
        lock.readLock().lock();
        try {
            requireOpen();
            return work.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Runs a write, which says how many records it evicted. */
    private void writing(Supplier<Integer> work) {
        boolean isFirstEviction;
        lock.writeLock().lock();
        try {
            requireOpen();
            int surplus = work.get();
            isFirstEviction = evicted == 0 && surplus > 0;
            evicted += surplus;
        } finally {
            lock.writeLock().unlock();
        }
        if (isFirstEviction) {
            LOG.warn(
                    "The in-memory store of service levels is at its bound of {} figures (maxMetrics) and {} breaches"
                            + " (maxBreaches): the oldest are evicted from now on",
                    maxMetrics,
                    maxBreaches);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new StorageException("The in-memory storage is closed: open another one", false, null);
        }
    }

    /**
     * Where figures stand.
     *
     * @param number counts what was recorded
     */
    private record MetricsKey(Instant start, long number) {
        static final Comparator<MetricsKey> ORDER =
                Comparator.comparing(MetricsKey::start).thenComparingLong(MetricsKey::number);

        static MetricsKey parse(Instant start, String number) {
            return new MetricsKey(start, Long.parseLong(number));
        }

        Cursor cursor() {
            return Cursor.afterKey(WireTime.formatWithOffset(start) + '\n' + number);
        }
    }

    /** Where a breach stands. */
    private record BreachKey(Instant detectedAt, String id) {
        static final Comparator<BreachKey> ORDER =
                Comparator.comparing(BreachKey::detectedAt).thenComparing(BreachKey::id, TextOrder.CODE_POINTS);

        static BreachKey of(SLABreach breach) {
            return new BreachKey(breach.detectedAt(), breach.id());
        }

        Cursor cursor() {
            return Cursor.afterKey(WireTime.formatWithOffset(detectedAt) + '\n' + id);
        }
    }

    /** Options of an in-memory store. Not thread-safe. */
    public static final class Builder {
        private int maxMetrics = DEFAULT_MAX_RECORDS;
        private int maxBreaches = DEFAULT_MAX_RECORDS;
        private @Nullable Retention retention;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /**
         * The most figures that the store holds, {@value #DEFAULT_MAX_RECORDS} by default. Lower it to bound the memory.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxMetrics(int maxMetrics) {
            this.maxMetrics = atLeastOne("maxMetrics", maxMetrics);
            return this;
        }

        /**
         * The most breaches that the store holds, {@value #DEFAULT_MAX_RECORDS} by default. Lower it to bound the memory.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxBreaches(int maxBreaches) {
            this.maxBreaches = atLeastOne("maxBreaches", maxBreaches);
            return this;
        }

        /**
         * For how long figures and breaches are kept, as {@link SLAStore#purgeExpired} has it; for ever by default.
         *
         * @throws IllegalArgumentException if the time is negative
         */
        public Builder retention(Duration retention) {
            this.retention = new Retention(retention);
            return this;
        }

        /** Tells what has expired; the system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Creates the store. */
        public InMemorySLAStore build() {
            return new InMemorySLAStore(this);
        }

        private static int atLeastOne(String option, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(option + " must be 1 or more, got " + value);
            }
            return value;
        }
    }
}
