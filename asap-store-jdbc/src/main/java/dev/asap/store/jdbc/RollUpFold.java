// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds noted changes to a {@link RollUp}: puts them together in memory, so that each bucket which they touch is written once, however many
 * there are. For one fold, in the transaction of the caller.
 */
final class RollUpFold {
    /** A bucket of some level, for one value of the dimension's column. */
    private record Place(String key, String bucket) {
        Place within(int level) {
            return new Place(key, UsageGroups.prefix(bucket, level));
        }
    }

    /** How many rows a bucket has, and whether it has finer ones within. */
    private record State(long rows, boolean refined) {
        boolean isOpen() {
            return refined || rows >= RollUp.DENSE;
        }
    }

    private final RollUp rollUp;
    private final SqlSession session;
    private final long last;

    /** Of the changes whose {@code seq} is up to {@code last}. */
    RollUpFold(RollUp rollUp, SqlSession session, long last) {
        this.rollUp = rollUp;
        this.session = session;
        this.last = last;
    }

    void run() throws SQLException {
        List<Map<Place, long[]>> dimensions = read();
        for (int dimension = 0; dimension < dimensions.size(); dimension++) {
            fold(dimension, dimensions.get(dimension));
        }
    }

    /** What the changes come to in each bucket of the finest level, for each dimension. */
    private List<Map<Place, long[]>> read() throws SQLException {
        int keys = rollUp.dimensions().size() - 1;
        List<Map<Place, long[]>> dimensions = new ArrayList<>();
        for (int dimension = 0; dimension <= keys; dimension++) {
            dimensions.add(new HashMap<>());
        }
        PreparedStatement changes = session.prepare(rollUp.changesUpTo());
        changes.setLong(1, last);
        try (ResultSet row = changes.executeQuery()) {
            while (row.next()) {
                String bucket = UsageGroups.prefix(row.getString(keys + 1), RollUp.FINEST);
                long[] sums = sums(row, keys + 2);
                for (int dimension = 0; dimension <= keys; dimension++) {
                    add(
                            dimensions.get(dimension),
                            new Place(dimension == 0 ? "" : row.getString(dimension), bucket),
                            sums);
                }
            }
        }
        return dimensions;
    }

    private static void add(Map<Place, long[]> all, Place place, long[] sums) {
        long[] known = all.get(place);
        if (known == null) {
            // A copy: the same sums are added in several dimensions and levels.
            all.put(place, sums.clone());
        } else {
            RollUp.plus(known, sums);
        }
    }

    private static Map<Place, long[]> atLevel(Map<Place, long[]> finest, int level) {
        Map<Place, long[]> sums = new HashMap<>();
        finest.forEach((place, values) -> add(sums, place.within(level), values));
        return sums;
    }

    private void fold(int dimension, Map<Place, long[]> finest) throws SQLException {
        Map<Place, State> above = Map.of();
        int aboveLevel = 0;
        for (int level : RollUp.COARSE) {
            above = write(dimension, level, atLevel(finest, level));
            aboveLevel = level;
        }
        for (int level : RollUp.FINE) {
            if (above.values().stream().noneMatch(State::isOpen)) {
                // Nor are there any further down.
                return;
            }
            above = foldFine(dimension, aboveLevel, above, level, finest);
            aboveLevel = level;
        }
    }

    /**
     * Adds to a level that is there within dense buckets only. Buckets that have become dense get it, and what is below, from the rows, and have
     * the changes by that; those that have it already are returned.
     */
    private Map<Place, State> foldFine(
            int dimension, int aboveLevel, Map<Place, State> above, int level, Map<Place, long[]> finest)
            throws SQLException {
        for (Map.Entry<Place, State> each : above.entrySet()) {
            if (each.getValue().isOpen() && !each.getValue().refined()) {
                refine(dimension, aboveLevel, each.getKey(), rowsOf(dimension, aboveLevel, each.getKey()));
            }
        }
        Map<Place, long[]> known = new HashMap<>();
        atLevel(finest, level).forEach((place, values) -> {
            State state = above.get(place.within(aboveLevel));
            if (state != null && state.refined()) {
                known.put(place, values);
            }
        });
        return write(dimension, level, known);
    }

    /** Makes the finer buckets of a dense one, and those of the ones that are dense themselves. */
    private void refine(int dimension, int level, Place place, Map<Place, long[]> finest) throws SQLException {
        // The first one below a coarse level, which has no place there.
        int below = RollUp.FINE.get(RollUp.FINE.indexOf(level) + 1);
        Map<Place, long[]> sums = atLevel(finest, below);
        write(dimension, below, sums);
        PreparedStatement mark = session.prepare(rollUp.markBucket());
        bind(mark, dimension, level, place);
        mark.executeUpdate();
        if (below == RollUp.FINEST) {
            return;
        }
        Map<Place, Map<Place, long[]>> dense = new HashMap<>();
        finest.forEach((each, values) -> {
            Place child = each.within(below);
            if (sums.getOrDefault(child, values)[0] >= RollUp.DENSE) {
                dense.computeIfAbsent(child, unused -> new HashMap<>()).put(each, values);
            }
        });
        for (Map.Entry<Place, Map<Place, long[]>> each : dense.entrySet()) {
            refine(dimension, below, each.getKey(), each.getValue());
        }
    }

    private Map<Place, long[]> rowsOf(int dimension, int level, Place place) throws SQLException {
        String first = place.bucket();
        // Only itself, where a row has a time that is shorter than the bucket.
        boolean isShort = first.codePointCount(0, first.length()) < level;
        String end = isShort ? first : first + RollUp.BEHIND;
        PreparedStatement rows = session.prepare(rollUp.rowsOfBucket(dimension));
        int next = bindBucket(rows, 1, first, end, dimension, place);
        rows.setLong(next, last);
        bindBucket(rows, next + 1, first, end, dimension, place);
        Map<Place, long[]> found = new HashMap<>();
        try (ResultSet row = rows.executeQuery()) {
            while (row.next()) {
                found.put(new Place(place.key(), row.getString(1)), sums(row, 2));
            }
        }
        return found;
    }

    private static int bindBucket(
            PreparedStatement statement, int parameter, String first, String end, int dimension, Place place)
            throws SQLException {
        statement.setString(parameter, first);
        statement.setString(parameter + 1, end);
        if (dimension == 0) {
            return parameter + 2;
        }
        statement.setString(parameter + 2, place.key());
        return parameter + 3;
    }

    private long[] sums(ResultSet row, int firstColumn) throws SQLException {
        long[] sums = new long[1 + rollUp.measures().size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = row.getLong(firstColumn + i);
        }
        return sums;
    }

    /** Adds to the buckets of a level; returns what they have now. */
    private Map<Place, State> write(int dimension, int level, Map<Place, long[]> sums) throws SQLException {
        PreparedStatement add = session.prepare(rollUp.addToBucket());
        Map<Place, State> states = new HashMap<>();
        // In the order of the table, so that a page of it is looked for once.
        List<Map.Entry<Place, long[]>> ordered = new ArrayList<>(sums.entrySet());
        ordered.sort(Map.Entry.comparingByKey(Comparator.comparing(Place::key).thenComparing(Place::bucket)));
        for (Map.Entry<Place, long[]> each : ordered) {
            bind(add, dimension, level, each.getKey());
            long[] values = each.getValue();
            for (int i = 0; i < values.length; i++) {
                add.setLong(5 + i, values[i]);
            }
            try (ResultSet row = add.executeQuery()) {
                row.next();
                states.put(each.getKey(), new State(row.getLong(1), row.getBoolean(2)));
            }
        }
        return states;
    }

    private static void bind(PreparedStatement statement, int dimension, int level, Place place) throws SQLException {
        statement.setInt(1, dimension);
        statement.setInt(2, level);
        statement.setString(3, place.key());
        statement.setString(4, place.bucket());
    }
}
