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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a roll-up says about a range, split up by periods, or what there is beside its buckets, split up by the values of a column. One
 * statement, made of what the range is made of: buckets, the rows between them and its bounds, and the changes that are not folded yet.
 * Not thread-safe.
 */
final class RollUpGroups {
    /** Takes the sums of one group: the number of its rows, and the measures. */
    @FunctionalInterface
    interface Receiver {
        void accept(String group, long[] sums);
    }

    /** Takes what is to be added to the kept sums of a key in one group: less than nothing where rows have gone. */
    @FunctionalInterface
    interface NetReceiver {
        void accept(String group, String key, int number, long[] sums);
    }

    /** The value of a column that rows have to have. */
    record Only(String column, String value) {}

    private final RollUp rollUp;
    private final SqlSession session;
    private final int dimension;
    private final @Nullable Only only;
    private final List<Measure> measures;
    private final List<String> selects = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    private RollUpGroups(
            RollUp rollUp, SqlSession session, int dimension, @Nullable Only only, List<Measure> measures) {
        this.rollUp = rollUp;
        this.session = session;
        this.dimension = dimension;
        this.only = only;
        this.measures = measures;
    }

    /**
     * What lies in a range beside the buckets in it: some of the rows between them and its bounds, and the changes that are not folded
     * yet. By the values of a counted column.
     *
     * @param only what the rows have to have in another column, or null
     * @param range where changes are looked for, or null where they are in none of the rows
     */
    static RollUpGroups besides(
            RollUp rollUp,
            SqlSession session,
            String column,
            @Nullable Only only,
            @Nullable TimeRange range,
            List<Rows> rows,
            List<Measure> measures) {
        RollUpGroups groups = new RollUpGroups(rollUp, session, rollUp.dimension(column), only, List.copyOf(measures));
        if (range != null) {
            groups.addChanges(range);
        }
        rows.forEach(groups::addRows);
        return groups;
    }

    /**
     * The rows of one value, or all rows.
     *
     * @param parts what the range is made of
     * @param length the length of the shortest prefix of the time that a group has
     */
    static RollUpGroups ofKey(
            RollUp rollUp,
            SqlSession session,
            int dimension,
            String key,
            TimeRange range,
            List<Part> parts,
            int length) {
        Only only = dimension == 0 ? null : new Only(rollUp.column(dimension), key);
        RollUpGroups groups = new RollUpGroups(rollUp, session, dimension, only, rollUp.measures());
        groups.addChanges(range);
        for (Part part : parts) {
            if (part instanceof Buckets buckets && buckets.level() >= length) {
                groups.addBuckets(buckets, key);
            } else if (part instanceof Buckets days) {
                groups.addBuckets(new Buckets(length, days.low(), days.high()), key);
                groups.addRowsOfUndivided(days);
            } else {
                groups.addRows(part);
            }
        }
        return groups;
    }

    private void addBuckets(Buckets buckets, String key) {
        add("SELECT r.key, r.bucket AS at, " + rollUp.sums(each -> "r." + each) + " FROM " + rollUp.rollUpTable()
                + " r WHERE r.dim = " + dimension + " AND r.level = " + buckets.level()
                + " AND r.key = ? AND r.bucket >= ? AND r.bucket < ?");
        values.add(key);
        values.add(buckets.low());
        values.add(buckets.high());
    }

    /** The rows, without the changes of theirs: they have them already. */
    private void addRows(Part rows) {
        add("SELECT " + rowColumns() + " FROM " + rollUp.table() + " t WHERE " + ofKey("t") + "t." + rollUp.time()
                + " BETWEEN ? AND ?");
        addKey();
        values.add(rows.low());
        values.add(rows.high());
        addChanges("-", rows.low(), rows.high());
    }

    /** The rows of days that have no hours within. */
    private void addRowsOfUndivided(Part days) {
        String undivided = rollUp.rollUpTable() + " d CROSS JOIN ";
        String of =
                " WHERE d.dim = " + dimension + " AND d.level = 10 AND d.fine = 0 AND d.bucket >= ? AND d.bucket < ?"
                        + (only == null ? "" : " AND d.key = ?");
        String within = " BETWEEN d.bucket AND " + RollUp.end("d.bucket", 10)
                + (dimension == 0 ? "" : " AND %s." + rollUp.column(dimension) + " = d.key");
        add("SELECT " + rowColumns() + " FROM " + undivided + rollUp.table() + " t" + of + " AND t." + rollUp.time()
                + within.formatted("t"));
        addUndividedValues(days);
        add("SELECT " + changeColumns("-") + " FROM " + undivided + rollUp.changesTable() + " c" + of + " AND c.at"
                + within.formatted("c"));
        addUndividedValues(days);
    }

    private void addUndividedValues(Part days) {
        values.add(days.low());
        values.add(days.high());
        addKey();
    }

    private void addChanges(TimeRange range) {
        if (!range.isEmpty()) {
            addChanges("", range.first(), range.until() == null ? RollUp.BEHIND : range.until());
        }
    }

    private void addChanges(String sign, String low, String high) {
        add("SELECT " + changeColumns(sign) + " FROM " + rollUp.changesTable() + " c WHERE " + ofKey("c")
                + "c.at BETWEEN ? AND ?");
        addKey();
        values.add(low);
        values.add(high);
    }

    private String rowColumns() {
        StringBuilder columns = new StringBuilder(keyOf("t") + " AS key, t." + rollUp.time() + " AS at, 1 AS n");
        measures.forEach(
                each -> columns.append(", ").append(each.of("t")).append(" AS ").append(each.name()));
        return columns.toString();
    }

    private String changeColumns(String sign) {
        StringBuilder columns = new StringBuilder(keyOf("c") + " AS key, c.at AS at, " + sign + "c.n AS n");
        measures.forEach(each -> columns.append(", ")
                .append(sign)
                .append("c.")
                .append(each.name())
                .append(" AS ")
                .append(each.name()));
        return columns.toString();
    }

    private String keyOf(String row) {
        return dimension == 0 ? "''" : row + "." + rollUp.column(dimension);
    }

    private String ofKey(String row) {
        return only == null ? "" : row + "." + only.column() + " = ? AND ";
    }

    private void addKey() {
        if (only != null) {
            values.add(only.value());
        }
    }

    private void add(String select) {
        selects.add(select);
    }

    private PreparedStatement bound(String sql) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
        return statement;
    }

    /**
     * The sums of each group, in the order of the groups; groups without a row are left out.
     *
     * @param group SQL for the group out of {@code key} and {@code at}, the text of a time or the beginning of one
     */
    void sumBy(String group, Receiver receiver) throws SQLException {
        if (selects.isEmpty()) {
            return;
        }
        PreparedStatement statement = bound("SELECT " + group + " AS g, " + rollUp.sums(each -> "SUM(" + each + ")")
                + " FROM (" + String.join(" UNION ALL ", selects) + ") GROUP BY g HAVING SUM(n) > 0 ORDER BY g");
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                receiver.accept(rows.getString(1), sums(rows, 2));
            }
        }
    }

    private long[] sums(ResultSet row, int firstColumn) throws SQLException {
        long[] sums = new long[1 + measures.size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = row.getLong(firstColumn + i);
        }
        return sums;
    }

    /**
     * The sums of each group and key, in no order, with the number that a table has for the key, or -1.
     *
     * @param group as for {@link #sumBy}
     * @param keyTable a table that has a {@code number} for each {@code dim} and {@code key}
     */
    void netBy(String group, String keyTable, NetReceiver receiver) throws SQLException {
        StringBuilder sums = new StringBuilder("SUM(n) AS n");
        measures.forEach(each ->
                sums.append(", SUM(").append(each.name()).append(") AS ").append(each.name()));
        StringBuilder columns = new StringBuilder("s.n");
        measures.forEach(each -> columns.append(", s.").append(each.name()));
        PreparedStatement statement = bound("SELECT s.g, s.key, COALESCE(k.number, -1), " + columns + " FROM (SELECT "
                + group + " AS g, key, " + sums + " FROM (" + String.join(" UNION ALL ", selects)
                + ") GROUP BY g, key) s LEFT JOIN " + keyTable + " k ON k.dim = " + dimension + " AND k.key = s.key");
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                receiver.accept(rows.getString(1), rows.getString(2), rows.getInt(3), sums(rows, 4));
            }
        }
    }
}
