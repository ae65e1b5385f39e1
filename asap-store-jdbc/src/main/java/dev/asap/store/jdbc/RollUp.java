// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.stream.Collectors.joining;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Keeps the counts and sums of a table by time, for all of its rows and for the rows of each value of some columns, so that a total
 * costs the same at a thousand and at ten million rows, and a page at any offset is found by its position.
 *
 * <p>Two tables stand beside the one that is counted. Triggers note every change of a row, whoever makes it, in {@code
 * asap_…_changes}, in the transaction of the change. {@link #fold} adds the noted changes, some thousand at a time, to {@code
 * asap_…_rollup}. What is true is the sum of both, at any moment; {@link RollUpView} reads it.
 *
 * <p>A bucket is a prefix of the time's text, which is what the table is ordered by: {@code 2026-03} is a month, {@code 2026-03-14T09}
 * an hour. Months and days are always there; a bucket with many
 * rows has finer ones within, so that what lies between a bucket and the bounds of a query is few rows. Immutable and thread-safe.
 */
public final class RollUp {
    /** The lengths of the prefixes that are always there; 0 is everything. */
    static final List<Integer> COARSE = List.of(0, 7, 10);

    /** The lengths that exist within buckets of many rows: hours, minutes, seconds. */
    static final List<Integer> FINE = List.of(13, 16, 19);

    private static final List<Integer> LEVELS =
            Stream.concat(COARSE.stream(), FINE.stream()).toList();

    /** The longest prefix. */
    static final int FINEST = LEVELS.get(LEVELS.size() - 1);

    /** A bucket with so many rows gets finer ones: this many are still read one by one in well under a millisecond. */
    static final int DENSE = 256;

    /** So many changes are folded in one transaction: the more, the fewer rows of the roll-up change, and the longer writers wait. */
    public static final int FOLD = 4096;

    /** Behind every text that begins with a prefix. */
    static final String BEHIND = new String(Character.toChars(Character.MAX_CODE_POINT));

    /**
     * What is summed up.
     *
     * @param name the name of the sum's column
     * @param expression SQL for the value of a row, which is called {@code {row}} in it
     */
    public record Measure(String name, String expression) {
        String of(String row) {
            return expression.replace("{row}", row);
        }
    }

    /** What else is kept up to date with the changes. */
    @FunctionalInterface
    interface FoldStep {
        /** Takes the changes whose {@code seq} is up to {@code last}, in the transaction in which they are folded and deleted. */
        void fold(SqlSession session, long last) throws SQLException;
    }

    private final String table;
    private final String name;
    private final String time;
    private final List<String> keys;
    private final List<Measure> measures;
    private final FoldStep besides;
    private final String changesUpTo;
    private final String addToBucket;
    private final String markBucket;
    private final List<String> rowsOfBucket;
    private final List<String> emptied;

    /**
     * Describes the roll-up of a table.
     *
     * @param table the table that is counted
     * @param time its column with the time, text that sorts as time does
     * @param keys the columns for each of whose values is counted too; no null in them
     * @param measures what is summed up beside the number of rows
     */
    public RollUp(String table, String time, List<String> keys, List<Measure> measures) {
        this(table, time, keys, measures, (session, last) -> {});
    }

    /** Describes the roll-up of a table, with something else that is kept up to date with it. */
    RollUp(String table, String time, List<String> keys, List<Measure> measures, FoldStep besides) {
        this("asap_" + table, table, time, keys, measures, besides);
    }

    /**
     * Describes the roll-up of a table under a name of its own: for a table that has several, or that is no table of the protocol.
     *
     * @param name what the names of the roll-up's tables and triggers begin with
     * @param table the table that is counted
     * @param time its column with the time, text that sorts as time does
     * @param keys the columns for each of whose values is counted too; no null in them
     * @param measures what is summed up beside the number of rows
     */
    public RollUp(String name, String table, String time, List<String> keys, List<Measure> measures) {
        this(name, table, time, keys, measures, (session, last) -> {});
    }

    private RollUp(
            String name, String table, String time, List<String> keys, List<Measure> measures, FoldStep besides) {
        this.table = table;
        this.name = name;
        this.time = time;
        this.keys = List.copyOf(keys);
        this.measures = List.copyOf(measures);
        this.besides = besides;
        this.changesUpTo = "SELECT " + keyColumns("%s, ") + "at, " + sums(column -> column) + " FROM " + changesTable()
                + " WHERE seq <= ?";
        this.addToBucket = "INSERT INTO " + rollUpTable() + " (dim, level, key, bucket, " + sums(column -> column)
                + ") VALUES (?, ?, ?, ?, " + sums(column -> "?")
                + ") ON CONFLICT (dim, level, key, bucket) DO UPDATE SET "
                + sums(column -> column + " = " + column + " + excluded." + column) + " RETURNING n, fine";
        this.markBucket =
                "UPDATE " + rollUpTable() + " SET fine = 1 WHERE dim = ? AND level = ? AND key = ? AND bucket = ?";
        this.rowsOfBucket = rowsOfBuckets();
        this.emptied = emptiedStatements();
    }

    String table() {
        return table;
    }

    String time() {
        return time;
    }

    List<Measure> measures() {
        return measures;
    }

    String rollUpTable() {
        return name + "_rollup";
    }

    String changesTable() {
        return name + "_changes";
    }

    /** Which dimension counts the values of a column: its place among the keys, from 1; 0 counts all rows. */
    int dimension(String column) {
        int place = keys.indexOf(column);
        if (place < 0) {
            throw new IllegalArgumentException(column + " is not counted, only " + keys);
        }
        return place + 1;
    }

    /** The column of a dimension; empty for that of all rows. */
    String column(int dimension) {
        return dimension == 0 ? "" : keys.get(dimension - 1);
    }

    /** The columns by dimension. */
    List<String> dimensions() {
        List<String> columns = new ArrayList<>();
        columns.add("");
        columns.addAll(keys);
        return columns;
    }

    /** The columns with the sums, the number of rows first. */
    String sums(Function<String, String> each) {
        StringBuilder list = new StringBuilder(each.apply("n"));
        measures.forEach(measure -> list.append(", ").append(each.apply(measure.name())));
        return list.toString();
    }

    /** Adds sums to others, into the first array. */
    static long[] plus(long[] sums, long[] more) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
        return sums;
    }

    // ---- The schema

    /** The statements that create the tables and triggers, and count what is in the table already. */
    public List<String> schema() {
        List<String> statements = new ArrayList<>();
        statements.add(
                "CREATE TABLE " + changesTable() + " (seq INTEGER PRIMARY KEY, " + keyColumns("%s TEXT NOT NULL, ")
                        + "at TEXT NOT NULL, " + sums(column -> column + " INTEGER NOT NULL") + ")");
        statements.add("CREATE TABLE " + rollUpTable()
                + " (dim INTEGER NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL, bucket TEXT NOT NULL,"
                + " fine INTEGER NOT NULL DEFAULT 0, " + sums(column -> column + " INTEGER NOT NULL")
                + ", PRIMARY KEY (dim, level, key, bucket)) WITHOUT ROWID");
        List<String> columns = dimensions();
        for (int dimension = 0; dimension < columns.size(); dimension++) {
            for (int level : COARSE) {
                statements.add(countRows(dimension, level));
            }
            int above = COARSE.get(COARSE.size() - 1);
            for (int level : FINE) {
                statements.add(refine(dimension, above, level));
                statements.add(markRefined(dimension, above));
                above = level;
            }
        }
        statements.addAll(triggers());
        return statements;
    }

    /** The statement that creates the trigger of inserts, with a condition, {@code WHEN …}, on when it notes a row. */
    String insertTrigger(String condition) {
        return "CREATE TRIGGER " + name + "_inserted AFTER INSERT ON " + table + condition + " BEGIN " + note("NEW", "")
                + "; END";
    }

    String dropInsertTrigger() {
        return "DROP TRIGGER " + name + "_inserted";
    }

    private List<String> triggers() {
        return List.of(
                insertTrigger(""),
                "CREATE TRIGGER " + name + "_deleted AFTER DELETE ON " + table + " BEGIN " + note("OLD", "-") + "; END",
                "CREATE TRIGGER " + name + "_updated AFTER UPDATE ON " + table + " BEGIN " + note("OLD", "-") + "; "
                        + note("NEW", "") + "; END");
    }

    private String note(String row, String sign) {
        return "INSERT INTO " + changesTable() + " (" + keyColumns("%s, ") + "at, " + sums(column -> column)
                + ") VALUES ("
                + keyColumns(row + ".%s, ") + row + "." + time + ", " + sign + "1"
                + measures.stream()
                        .map(measure -> ", " + sign + measure.of(row))
                        .collect(joining()) + ")";
    }

    private String keyColumns(String form) {
        return keys.stream().map(form::formatted).collect(joining());
    }

    private String countRows(int dimension, int level) {
        return "INSERT INTO " + rollUpTable() + " (dim, key, level, bucket, " + sums(column -> column) + ") SELECT "
                + dimension + ", " + key(dimension, "t") + ", " + level + ", " + bucket("t." + time, level)
                + ", COUNT(*)"
                + measures.stream()
                        .map(measure -> ", SUM(" + measure.of("t") + ")")
                        .collect(joining())
                + " FROM " + table + " t GROUP BY 2, 4";
    }

    private String key(int dimension, String row) {
        return dimension == 0 ? "''" : row + "." + column(dimension);
    }

    private static String bucket(String time, int level) {
        return level == 0 ? "''" : "substr(" + time + ", 1, " + level + ")";
    }

    // ---- Folding

    /**
     * Adds the oldest noted changes to the roll-up, up to {@link #FOLD}. Some statements, in the transaction of the caller.
     *
     * @return how many are left
     */
    public long fold(SqlSession session) throws SQLException {
        return fold(session, FOLD);
    }

    /** {@link #fold(SqlSession)} with another bound than {@link #FOLD}. */
    long fold(SqlSession session, int most) throws SQLException {
        long last = 0;
        long left = 0;
        try (ResultSet row = session.prepare(
                        // Each a look at one end of the table; both in one SELECT would go through all of it.
                        "SELECT COALESCE((SELECT MIN(seq) FROM " + changesTable()
                                + "), 0), COALESCE((SELECT MAX(seq) FROM " + changesTable() + "), 0)")
                .executeQuery()) {
            row.next();
            last = Math.min(row.getLong(2), row.getLong(1) + most - 1);
            left = row.getLong(2) - last;
        }
        if (last == 0) {
            return 0;
        }
        besides.fold(session, last);
        new RollUpFold(this, session, last).run();
        removeEmptied(session, last);
        run(session, "DELETE FROM " + changesTable() + " WHERE seq <= ?", last);
        return left;
    }

    /** Removes the buckets whose last row has gone: otherwise whatever was purged would be read for ever. */
    private void removeEmptied(SqlSession session, long last) throws SQLException {
        String removals = "SELECT 1 FROM " + changesTable() + " WHERE seq <= ? AND n < 0 LIMIT 1";
        try (ResultSet removed = bound(session, removals, last).executeQuery()) {
            if (!removed.next()) {
                return;
            }
        }
        for (String statement : emptied) {
            run(session, statement, last);
        }
    }

    private List<String> emptiedStatements() {
        List<String> statements = new ArrayList<>();
        for (int dimension = 0; dimension <= keys.size(); dimension++) {
            for (int level : LEVELS) {
                statements.add("DELETE FROM " + rollUpTable() + " WHERE dim = " + dimension + " AND level = " + level
                        + " AND n = 0" + touched(dimension, level));
            }
        }
        return statements;
    }

    private static void run(SqlSession session, String statement, long last) throws SQLException {
        bound(session, statement, last).executeUpdate();
    }

    private static PreparedStatement bound(SqlSession session, String statement, long last) throws SQLException {
        PreparedStatement step = session.prepare(statement);
        for (int i = 1, parameters = parameters(statement); i <= parameters; i++) {
            step.setLong(i, last);
        }
        return step;
    }

    private static int parameters(String statement) {
        return (int) statement.chars().filter(c -> c == '?').count();
    }

    /** The keys, the time and the sums of the changes up to one. */
    String changesUpTo() {
        return changesUpTo;
    }

    /** Adds sums to a bucket, which is made where it is not there; gives its number of rows, and whether it has finer ones within. */
    String addToBucket() {
        return addToBucket;
    }

    /** Marks a bucket that has finer ones within now. */
    String markBucket() {
        return markBucket;
    }

    /**
     * The sums of a bucket's rows by the finest level, as they are with the folded changes: from the table, which has all changes, without
     * those that are not folded yet. Twice the first and the last time of the bucket and, but for dimension 0, its key; before the
     * second time the last folded change.
     */
    String rowsOfBucket(int dimension) {
        return rowsOfBucket.get(dimension);
    }

    private List<String> rowsOfBuckets() {
        List<String> statements = new ArrayList<>();
        for (int dimension = 0; dimension <= keys.size(); dimension++) {
            String rows = "SELECT " + bucket("t." + time, FINEST) + " AS bucket, 1 AS n"
                    + measures.stream()
                            .map(measure -> ", " + measure.of("t") + " AS " + measure.name())
                            .collect(joining())
                    + " FROM " + table + " t WHERE t." + time + " BETWEEN ? AND ?" + ofKey(dimension, "t");
            String unfolded = "SELECT " + bucket("c.at", FINEST) + ", " + sums(column -> "-c." + column) + " FROM "
                    + changesTable() + " c WHERE c.seq > ? AND c.at BETWEEN ? AND ?" + ofKey(dimension, "c");
            statements.add("SELECT bucket, " + sums(column -> "SUM(" + column + ")") + " FROM (" + rows + " UNION ALL "
                    + unfolded + ") GROUP BY bucket HAVING SUM(n) <> 0");
        }
        return statements;
    }

    private String ofKey(int dimension, String row) {
        return dimension == 0 ? "" : " AND " + key(dimension, row) + " = ?";
    }

    /** Only buckets that the changes fall into. */
    private String touched(int dimension, int level) {
        return " AND (key, bucket) IN (SELECT " + key(dimension, "c") + ", " + bucket("c.at", level) + " FROM "
                + changesTable() + " c WHERE c.seq <= ?)";
    }

    /** Counts the rows of dense buckets into finer ones, from the table. */
    private String refine(int dimension, int above, int level) {
        return "INSERT INTO " + rollUpTable() + " (dim, key, level, bucket, " + sums(column -> column) + ") SELECT "
                + dimension + ", p.key, " + level + ", " + bucket("t." + time, level) + ", COUNT(*)"
                + measures.stream()
                        .map(measure -> ", SUM(" + measure.of("t") + ")")
                        .collect(joining())
                + " FROM (SELECT key, bucket FROM " + rollUpTable() + " WHERE dim = " + dimension + " AND level = "
                + above + " AND fine = 0 AND n >= " + DENSE + ") p CROSS JOIN " + table + " t WHERE "
                + within(dimension, above, "t", "t." + time) + " GROUP BY 2, 4";
    }

    /** SQL for the greatest text in a bucket: only itself, where a row has a time that is shorter than the bucket. */
    static String end(String bucket, int level) {
        return bucket + " || CASE WHEN length(" + bucket + ") < " + level + " THEN '' ELSE '" + BEHIND + "' END";
    }

    /** That a row lies in the bucket {@code p}. */
    private String within(int dimension, int level, String row, String time) {
        return time + " BETWEEN p.bucket AND " + end("p.bucket", level)
                + (dimension == 0 ? "" : " AND " + key(dimension, row) + " = p.key");
    }

    private String markRefined(int dimension, int above) {
        return "UPDATE " + rollUpTable() + " SET fine = 1 WHERE dim = " + dimension + " AND level = " + above
                + " AND fine = 0 AND n >= " + DENSE;
    }
}
