// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.page.TextOrder;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.RollUp.Measure;
import dev.asap.store.jdbc.RollUpGroups.Only;
import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import dev.asap.store.jdbc.TimeRange.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link UsageGroups} say about the events of a range, of all agents or of all consumers: the whole buckets in it, the events
 * between those and the range's bounds, and the changes that are not folded yet. Of one agent's events by consumer, or one consumer's by
 * agent, {@link UsagePairs} have the buckets. Belongs to one session, whose statements have to see one state; not thread-safe.
 */
final class UsageGroupsView {
    /** So many parts of a range are read with one statement. */
    private static final int PARTS = 100;

    private final SqlSession session;
    private final String column;
    private final int dimension;
    // Null for all rows.
    private final @Nullable Only only;
    private final UsageBuckets buckets;
    private final TimeRange range;

    /**
     * Of the events of a range, by the values of a counted column.
     *
     * @param only the value that they have to have in the other counted column, or null
     */
    UsageGroupsView(SqlSession session, String column, @Nullable Only only, TimeRange range) {
        this.session = session;
        this.column = column;
        this.dimension = JdbcMeteringStore.ROLL_UP.dimension(column);
        this.only = only;
        this.buckets =
                only == null ? new UsageBuckets.OfAll(session, dimension) : new UsageBuckets.OfKey(session, only);
        this.range = range;
    }

    /** Whether any buckets save reading events: of keys with few events there are none. */
    boolean hasBuckets() throws SQLException {
        return only == null || coarseParts().stream().anyMatch(Buckets.class::isInstance);
    }

    // ---- By key

    /** How many keys have events. */
    long count() throws SQLException {
        return countBy(coarseParts(), "''", bucket -> "").getOrDefault("", 0L);
    }

    /** The sums of each key that has events, in the order of the keys. */
    void forEach(RollUpGroups.Receiver receiver) throws SQLException {
        Sums sums = read();
        TreeMap<String, long[]> named = sums.others;
        Map<Integer, String> keys = keys();
        sums.numbered.forEach((number, figures) -> {
            String key = keys.get(number);
            if (key == null) {
                throw new StorageException(
                        "Table " + UsageGroups.GROUPS + " counts key " + number + ", which table " + UsageGroups.KEYS
                                + " does not name. The file is damaged: restore a backup",
                        false,
                        null);
            }
            named.merge(key, figures.clone(), RollUp::plus);
        });
        named.forEach((key, figures) -> {
            if (figures[0] > 0) {
                receiver.accept(key, figures);
            }
        });
    }

    /**
     * The sums of each key.
     *
     * @param numbered those that have a number
     * @param others those that have none yet: nothing of them is folded
     */
    private record Sums(KeySums numbered, TreeMap<String, long[]> others) {
        void add(int number, String key, long[] figures) {
            if (number >= 0) {
                numbered.add(number, figures);
            } else {
                others.merge(key, figures, RollUp::plus);
            }
        }
    }

    private Sums read() throws SQLException {
        Sums sums = new Sums(new KeySums(UsageGroups.width()), new TreeMap<>(TextOrder.CODE_POINTS));
        if (range.isEmpty()) {
            return sums;
        }
        List<Part> parts = coarseParts();
        for (Part part : parts) {
            if (part instanceof Buckets whole) {
                buckets.figures(whole, (bucket, number, figures) -> sums.numbered.add(number, figures));
            }
        }
        readBesides(
                parts,
                JdbcMeteringStore.ROLL_UP.measures(),
                "''",
                (group, key, number, figures) -> sums.add(number, key, figures));
        return sums;
    }

    /** The range in as few buckets as it can be. */
    private List<Part> coarseParts() throws SQLException {
        return only == null && range.equals(TimeRange.ALL)
                ? List.of(new Buckets(0, "", RollUp.BEHIND))
                : buckets.parts(range, UsagePairs.MONTH);
    }

    /** The rows between the buckets and the bounds, and the changes that are not folded yet. */
    private void readBesides(List<Part> parts, List<Measure> measures, String group, RollUpGroups.NetReceiver receiver)
            throws SQLException {
        List<Rows> rows = parts.stream()
                .filter(Rows.class::isInstance)
                .map(Rows.class::cast)
                .toList();
        for (int i = 0; i == 0 || i < rows.size(); i += PARTS) {
            RollUpGroups.besides(
                            JdbcMeteringStore.ROLL_UP,
                            session,
                            column,
                            only,
                            i == 0 ? range : null,
                            rows.subList(i, Math.min(rows.size(), i + PARTS)),
                            measures)
                    .netBy(group, UsageGroups.KEYS, receiver);
        }
    }

    private Map<Integer, String> keys() throws SQLException {
        Map<Integer, String> keys = new HashMap<>();
        PreparedStatement select = session.prepare("SELECT number, key FROM " + UsageGroups.KEYS + " WHERE dim = ?");
        select.setInt(1, dimension);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.put(rows.getInt(1), rows.getString(2));
            }
        }
        return keys;
    }

    // ---- By period

    /**
     * How many keys have events in each period, by the period's name; nothing for periods without events. Of the events of one key, by
     * days or longer periods.
     */
    Map<String, Long> countBy(PeriodNames names) throws SQLException {
        return countBy(buckets.parts(range, names.length()), names.bucket("at"), names::of);
    }

    private Map<String, Long> countBy(List<Part> parts, String group, Function<String, String> nameOf)
            throws SQLException {
        if (range.isEmpty()) {
            return Map.of();
        }
        Map<String, Keys> periods = new HashMap<>();
        for (Part part : parts) {
            if (part instanceof Buckets whole) {
                buckets.numbers(
                        whole,
                        (bucket, chunk, numbers) ->
                                period(periods, nameOf.apply(bucket)).add(chunk, numbers));
            }
        }
        readBesides(
                parts,
                List.of(),
                group,
                (bucket, key, number, figures) ->
                        period(periods, nameOf.apply(bucket)).add(number, key, figures[0]));
        boolean anyDoubt = false;
        for (Keys period : periods.values()) {
            anyDoubt |= period.settle();
        }
        if (anyDoubt) {
            addCounts(periods, nameOf, parts);
        }
        Map<String, Long> counts = new HashMap<>();
        periods.forEach((name, period) -> counts.put(name, period.count()));
        return counts;
    }

    private static Keys period(Map<String, Keys> periods, String name) {
        return periods.computeIfAbsent(name, unused -> new Keys());
    }

    /** Adds how many events the buckets have of keys whose events have gone in part. */
    private void addCounts(Map<String, Keys> periods, Function<String, String> nameOf, List<Part> parts)
            throws SQLException {
        for (Part part : parts) {
            if (part instanceof Buckets whole) {
                buckets.figures(
                        whole,
                        (bucket, number, figures) -> period(periods, nameOf.apply(bucket))
                                .doubtful
                                .computeIfPresent(number, (same, n) -> n + figures[0]));
            }
        }
    }

    /** The keys of one period. */
    private static final class Keys {
        // By chunk.
        private final Map<Integer, BitSet> present = new HashMap<>();
        // What events and changes beside the buckets come to: more or fewer of a key.
        private final Map<Integer, Long> more = new HashMap<>();
        private final Map<String, Long> others = new HashMap<>();
        // What has become fewer; whether any is left depends on the buckets' counts.
        private final Map<Integer, Long> doubtful = new HashMap<>();

        void add(int chunk, BitSet numbers) {
            present.merge(chunk, numbers, Keys::union);
        }

        private static BitSet union(BitSet set, BitSet more) {
            set.or(more);
            return set;
        }

        void add(int number, String key, long events) {
            if (number >= 0) {
                more.merge(number, events, Long::sum);
            } else {
                others.merge(key, events, Long::sum);
            }
        }

        /** Adds the keys that have come; returns whether the buckets' counts are needed because of some that may have gone. */
        boolean settle() {
            more.forEach((number, events) -> {
                if (events > 0) {
                    add(KeySums.chunkOf(number), single(number));
                } else if (events < 0) {
                    doubtful.put(number, events);
                }
            });
            return !doubtful.isEmpty();
        }

        private static BitSet single(int number) {
            BitSet set = new BitSet();
            set.set(number % KeySums.CHUNK);
            return set;
        }

        long count() {
            long count = others.values().stream().filter(events -> events > 0).count();
            for (BitSet chunk : present.values()) {
                count += chunk.cardinality();
            }
            return count
                    - doubtful.values().stream().filter(events -> events <= 0).count();
        }
    }
}
