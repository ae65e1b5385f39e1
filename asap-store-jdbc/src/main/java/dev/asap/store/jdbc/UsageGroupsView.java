// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.page.TextOrder;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@link UsageGroups} say about the events of a range, of all agents or of all consumers: the whole buckets in it, the events
 * between those and the range's bounds, and the changes that are not folded yet. Belongs to one session, whose statements have to see
 * one state; not thread-safe.
 */
final class UsageGroupsView {
    private final SqlSession session;
    private final String column;
    private final int dimension;
    private final TimeRange range;

    /** Of the events of a range, by the values of a counted column. */
    UsageGroupsView(SqlSession session, String column, TimeRange range) {
        this.session = session;
        this.column = column;
        this.dimension = JdbcMeteringStore.ROLL_UP.dimension(column);
        this.range = range;
    }

    // ---- By key

    /** How many keys have events. */
    long count() throws SQLException {
        Sums sums = read();
        long[] count = new long[1];
        sums.numbered.forEach((number, figures) -> count[0] += figures[0] > 0 ? 1 : 0);
        return count[0]
                + sums.others.values().stream()
                        .filter(figures -> figures[0] > 0)
                        .count();
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
        List<Part> parts = range.equals(TimeRange.ALL) ? List.of(new Buckets(0, "", RollUp.BEHIND)) : parts(7);
        for (Part part : parts) {
            if (part instanceof Buckets buckets) {
                PreparedStatement select = session.prepare("SELECT chunk, numbers, figures" + fromBuckets());
                bind(select, buckets);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        sums.numbered.addAll(rows.getInt(1), rows.getBytes(2), rows.getBytes(3));
                    }
                }
            }
        }
        RollUpGroups.besides(
                        JdbcMeteringStore.ROLL_UP, session, column, range, parts, JdbcMeteringStore.ROLL_UP.measures())
                .netBy("''", UsageGroups.KEYS, (group, key, number, figures) -> sums.add(number, key, figures));
        return sums;
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

    /** The range in buckets of a length and shorter ones; they are always there. */
    private List<Part> parts(int coarsest) {
        List<Integer> levels =
                UsageGroups.LEVELS.subList(UsageGroups.LEVELS.indexOf(coarsest), UsageGroups.LEVELS.size());
        return range.parts(levels, levels.size(), (level, bucket) -> false);
    }

    private static String fromBuckets() {
        return " FROM " + UsageGroups.GROUPS + " WHERE dim = ? AND level = ? AND bucket >= ? AND bucket < ?";
    }

    private void bind(PreparedStatement statement, Buckets buckets) throws SQLException {
        statement.setInt(1, dimension);
        statement.setInt(2, buckets.level());
        statement.setString(3, buckets.low());
        statement.setString(4, buckets.high());
    }

    // ---- By period

    /** How many keys have events in each period, by the period's name; nothing for periods without events. */
    Map<String, Long> countBy(PeriodNames names) throws SQLException {
        if (range.isEmpty()) {
            return Map.of();
        }
        List<Part> parts = parts(names.length());
        Map<String, Keys> periods = new HashMap<>();
        for (Part part : parts) {
            if (part instanceof Buckets buckets) {
                PreparedStatement select = session.prepare("SELECT bucket, chunk, numbers" + fromBuckets());
                bind(select, buckets);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        int chunk = rows.getInt(2);
                        period(periods, names.of(rows.getString(1)))
                                .add(chunk, KeySums.numbersOf(chunk, rows.getBytes(3)));
                    }
                }
            }
        }
        RollUpGroups.besides(JdbcMeteringStore.ROLL_UP, session, column, range, parts, List.of())
                .netBy(
                        names.bucket("at"),
                        UsageGroups.KEYS,
                        (bucket, key, number, figures) ->
                                period(periods, names.of(bucket)).add(number, key, figures[0]));
        boolean anyDoubt = false;
        for (Keys period : periods.values()) {
            anyDoubt |= period.settle();
        }
        if (anyDoubt) {
            addCounts(periods, names, parts);
        }
        Map<String, Long> counts = new HashMap<>();
        periods.forEach((name, period) -> counts.put(name, period.count()));
        return counts;
    }

    private static Keys period(Map<String, Keys> periods, String name) {
        return periods.computeIfAbsent(name, unused -> new Keys());
    }

    /** Adds how many events the buckets have of keys whose events have gone in part. */
    private void addCounts(Map<String, Keys> periods, PeriodNames names, List<Part> parts) throws SQLException {
        for (Part part : parts) {
            if (part instanceof Buckets buckets) {
                PreparedStatement select = session.prepare("SELECT bucket, chunk, numbers, figures" + fromBuckets());
                bind(select, buckets);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        Keys period = period(periods, names.of(rows.getString(1)));
                        if (!period.doubtful.isEmpty()) {
                            KeySums.read(
                                    UsageGroups.width(),
                                    rows.getInt(2),
                                    rows.getBytes(3),
                                    rows.getBytes(4),
                                    (number, figures) ->
                                            period.doubtful.computeIfPresent(number, (same, n) -> n + figures[0]));
                        }
                    }
                }
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
            present.computeIfAbsent(chunk, unused -> new BitSet(KeySums.CHUNK)).or(numbers);
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
