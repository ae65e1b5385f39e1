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
                long[] sums = new long[1 + rollUp.measures().size()];
                for (int i = 0; i < sums.length; i++) {
                    sums[i] = row.getLong(keys + 2 + i);
                }
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
            above = foldFine(dimension, aboveLevel, above, level, atLevel(finest, level));
            aboveLevel = level;
        }
    }

    /** Adds to a level that is there within dense buckets only; buckets that have become dense get it from the rows. */
    private Map<Place, State> foldFine(
            int dimension, int aboveLevel, Map<Place, State> above, int level, Map<Place, long[]> sums)
            throws SQLException {
        Map<Place, long[]> known = new HashMap<>();
        List<Place> counted = new ArrayList<>();
        sums.forEach((place, values) -> {
            State state = above.get(place.within(aboveLevel));
            if (state != null && state.refined()) {
                known.put(place, values);
            } else if (state != null && state.isOpen()) {
                counted.add(place);
            }
        });
        Map<Place, State> states = write(dimension, level, known);
        for (Map.Entry<Place, State> each : above.entrySet()) {
            if (each.getValue().isOpen() && !each.getValue().refined()) {
                refine(dimension, aboveLevel, level, each.getKey());
            }
        }
        for (Place place : counted) {
            states.put(place, look(dimension, level, place));
        }
        return states;
    }

    /** Adds to the buckets of a level; returns what they have now. */
    private Map<Place, State> write(int dimension, int level, Map<Place, long[]> sums) throws SQLException {
        PreparedStatement add = session.prepare(rollUp.addToBucket());
        Map<Place, State> states = new HashMap<>();
        // In the order of the table, so that a page of it is looked for once.
        List<Place> places = new ArrayList<>(sums.keySet());
        places.sort(Comparator.comparing(Place::key).thenComparing(Place::bucket));
        for (Place place : places) {
            long[] values = sums.getOrDefault(place, new long[0]);
            bind(add, dimension, level, place);
            for (int i = 0; i < values.length; i++) {
                add.setLong(5 + i, values[i]);
            }
            try (ResultSet row = add.executeQuery()) {
                row.next();
                states.put(place, new State(row.getLong(1), row.getBoolean(2)));
            }
        }
        return states;
    }

    private void refine(int dimension, int above, int level, Place place) throws SQLException {
        PreparedStatement count = session.prepare(rollUp.refinement(dimension, level));
        for (int i = 1; i <= 4; i += 2) {
            count.setString(i, place.key());
            count.setString(i + 1, place.bucket());
        }
        count.setLong(5, last);
        count.executeUpdate();
        PreparedStatement mark = session.prepare(rollUp.markBucket());
        bind(mark, dimension, above, place);
        mark.executeUpdate();
    }

    private State look(int dimension, int level, Place place) throws SQLException {
        PreparedStatement bucket = session.prepare(rollUp.stateOfBucket());
        bind(bucket, dimension, level, place);
        try (ResultSet row = bucket.executeQuery()) {
            return row.next() ? new State(row.getLong(1), row.getBoolean(2)) : new State(0, false);
        }
    }

    private static void bind(PreparedStatement statement, int dimension, int level, Place place) throws SQLException {
        statement.setInt(1, dimension);
        statement.setInt(2, level);
        statement.setString(3, place.key());
        statement.setString(4, place.bucket());
    }
}
