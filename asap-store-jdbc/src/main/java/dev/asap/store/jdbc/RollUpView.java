// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.store.jdbc.RollUp.Measure;
import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import dev.asap.store.jdbc.TimeRange.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a roll-up says about all rows of its table, or about those with one value in a column. Belongs to one session, whose
 * statements have to see one state; not thread-safe.
 */
final class RollUpView {
    private static final List<Integer> LEVELS = levels();

    /** Without the levels that are there for dense buckets only. */
    private static final int ALWAYS = RollUp.COARSE.size() - 1;

    private final RollUp rollUp;
    private final SqlSession session;
    private final int dimension;
    private final String key;

    private RollUpView(RollUp rollUp, SqlSession session, int dimension, String key) {
        this.rollUp = rollUp;
        this.session = session;
        this.dimension = dimension;
        this.key = key;
    }

    private static List<Integer> levels() {
        List<Integer> levels = new ArrayList<>(RollUp.COARSE.subList(1, RollUp.COARSE.size()));
        levels.addAll(RollUp.FINE);
        return List.copyOf(levels);
    }

    /** Of all rows. */
    static RollUpView ofAll(RollUp rollUp, SqlSession session) {
        return new RollUpView(rollUp, session, 0, "");
    }

    /** Of the rows with this value in a counted column. */
    static RollUpView of(RollUp rollUp, SqlSession session, String column, String value) {
        return new RollUpView(rollUp, session, rollUp.dimension(column), value);
    }

    /**
     * A place in the order of the rows.
     *
     * @param from the time from which on to look
     * @param skip how many rows there to pass over
     */
    record Place(String from, long skip) {}

    // ---- Sums

    /** How many rows lie in a range. */
    long count(TimeRange range) throws SQLException {
        return sums(range, List.of())[0];
    }

    /** The number of rows in a range, and what is summed up of them in the order of the roll-up's measures. */
    long[] sums(TimeRange range) throws SQLException {
        return sums(range, rollUp.measures());
    }

    private long[] sums(TimeRange range, List<Measure> measures) throws SQLException {
        long[] sums = new long[1 + measures.size()];
        if (range.isEmpty()) {
            return sums;
        }
        addChanges(sums, 1, measures, range);
        for (Part part : parts(range)) {
            if (part instanceof Buckets buckets) {
                addBuckets(sums, measures, buckets);
            } else {
                addRows(sums, measures, part);
                // They have the changes already.
                addChanges(sums, -1, measures, new TimeRange(part.low(), part.high()));
            }
        }
        return sums;
    }

    private List<Part> parts(TimeRange range) throws SQLException {
        return range.equals(TimeRange.ALL)
                ? List.of(new Buckets(0, "", RollUp.BEHIND))
                : range.parts(LEVELS, ALWAYS, this::isFine);
    }

    private boolean isFine(int level, String bucket) throws SQLException {
        PreparedStatement statement = session.prepare(
                "SELECT fine FROM " + rollUp.rollUpTable() + " WHERE dim = ? AND level = ? AND key = ? AND bucket = ?");
        statement.setInt(1, dimension);
        statement.setInt(2, level);
        statement.setString(3, key);
        statement.setString(4, bucket);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getInt(1) == 1;
        }
    }

    private void addBuckets(long[] sums, List<Measure> measures, Buckets buckets) throws SQLException {
        PreparedStatement statement = session.prepare("SELECT " + sumsOf(measures) + " FROM " + rollUp.rollUpTable()
                + " WHERE dim = ? AND level = ? AND key = ? AND bucket >= ? AND bucket < ?");
        bindBuckets(statement, buckets);
        add(sums, 1, statement);
    }

    private void bindBuckets(PreparedStatement statement, Buckets buckets) throws SQLException {
        statement.setInt(1, dimension);
        statement.setInt(2, buckets.level());
        statement.setString(3, key);
        statement.setString(4, buckets.low());
        statement.setString(5, buckets.high());
    }

    private void addRows(long[] sums, List<Measure> measures, Part rows) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT COUNT(*)");
        measures.forEach(measure -> sql.append(", SUM(").append(measure.of("t")).append(")"));
        sql.append(" FROM ")
                .append(rollUp.table())
                .append(" t WHERE ")
                .append(ofKey("t"))
                .append("t.")
                .append(rollUp.time());
        PreparedStatement statement =
                session.prepare(sql.append(" BETWEEN ? AND ?").toString());
        int next = bindKey(statement);
        statement.setString(next, rows.low());
        statement.setString(next + 1, rows.high());
        add(sums, 1, statement);
    }

    /** Adds the changes of a range that are not folded yet; few, and so without an index. */
    private void addChanges(long[] sums, int sign, List<Measure> measures, TimeRange range) throws SQLException {
        PreparedStatement statement = session.prepare("SELECT " + sumsOf(measures) + " FROM " + rollUp.changesTable()
                + " c WHERE " + ofKey("c") + "c.at BETWEEN ? AND ?");
        int next = bindKey(statement);
        statement.setString(next, range.from() == null ? "" : range.from());
        statement.setString(next + 1, range.until() == null ? RollUp.BEHIND : range.until());
        add(sums, sign, statement);
    }

    private static String sumsOf(List<Measure> measures) {
        StringBuilder columns = new StringBuilder("SUM(n)");
        measures.forEach(
                measure -> columns.append(", SUM(").append(measure.name()).append(")"));
        return columns.toString();
    }

    private String ofKey(String row) {
        return dimension == 0 ? "" : row + "." + rollUp.column(dimension) + " = ? AND ";
    }

    private int bindKey(PreparedStatement statement) throws SQLException {
        if (dimension == 0) {
            return 1;
        }
        statement.setString(1, key);
        return 2;
    }

    private static void add(long[] sums, int sign, PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += sign * row.getLong(i + 1);
            }
        }
    }

    // ---- Places

    /**
     * Where the row stands that comes behind so many others, in the order of time.
     *
     * @param range the rows that are counted; its end is not looked at
     * @param offset how many come before it; fewer than there are
     */
    Place locate(TimeRange range, long offset) throws SQLException {
        String from = range.from();
        long before = from == null ? 0 : count(new TimeRange(null, from)) - countAt(from);
        long left = before + offset;
        String low = "";
        for (int i = 0; i < LEVELS.size(); i++) {
            if (i >= ALWAYS && !isFine(LEVELS.get(i - 1), low)) {
                break;
            }
            for (Map.Entry<String, Long> bucket : buckets(LEVELS.get(i), low).entrySet()) {
                low = bucket.getKey();
                if (left < bucket.getValue()) {
                    break;
                }
                left -= bucket.getValue();
            }
        }
        return new Place(low, left);
    }

    private long countAt(String time) throws SQLException {
        long[] sums = new long[1];
        addRows(sums, List.of(), new Rows(time, time));
        return sums[0];
    }

    /** The rows of each bucket of a level within one of the level above. */
    private Map<String, Long> buckets(int level, String within) throws SQLException {
        PreparedStatement statement = session.prepare("SELECT bucket, SUM(n) FROM (SELECT bucket, n FROM "
                + rollUp.rollUpTable() + " WHERE dim = ? AND level = ? AND key = ? AND bucket >= ? AND bucket < ?"
                + " UNION ALL SELECT substr(c.at, 1, " + level + "), c.n FROM " + rollUp.changesTable() + " c WHERE "
                + ofKey("c") + "c.at >= ? AND c.at < ?) GROUP BY bucket ORDER BY bucket");
        bindBuckets(statement, new Buckets(level, within, within + RollUp.BEHIND));
        int next = 6;
        if (dimension > 0) {
            statement.setString(next++, key);
        }
        statement.setString(next, within);
        statement.setString(next + 1, within + RollUp.BEHIND);
        Map<String, Long> found = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getLong(2));
            }
        }
        return found;
    }

    /**
     * The same rows split up.
     *
     * @param length the length of the prefix of the time that all rows of a group have: that of a month, a day or an hour
     */
    RollUpGroups groups(TimeRange range, int length) throws SQLException {
        int coarsest = LEVELS.indexOf(Math.min(length, LEVELS.get(ALWAYS - 1)));
        List<Part> parts = range.isEmpty()
                ? List.of()
                : range.parts(LEVELS.subList(coarsest, LEVELS.size()), ALWAYS - coarsest, this::isFine);
        return RollUpGroups.ofKey(rollUp, session, dimension, key, range, parts, length);
    }
}
