// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.stream.Collectors.joining;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The sums of {@code usage_events} for each agent by consumer, and for each consumer by agent, a row for each day: how many consumers an
 * agent has on each day of a year, and what each of them used, come from as many rows as there are days. {@link UsageGroupsView} reads
 * them.
 *
 * <p>There are such days only in the months in which an agent or consumer has {@value #DENSE} events or more, not counting changes that
 * are not folded yet; the events of other months are as few as the rows would be. The table is brought up to date where the changes of
 * {@code usage_events} are folded, in the same transaction. Keys have the numbers of {@link UsageGroups}. Stateless.
 */
final class UsagePairs {
    static final String PAIRS = "asap_usage_events_pairs";

    /** A month of a key that has so many events has days here. */
    static final int DENSE = 128;

    /** The days of so many months are made with one statement. */
    private static final int MONTHS = 64;

    static final int MONTH = 7;
    static final int DAY = 10;

    private UsagePairs() {}

    static final String SCHEMA = "CREATE TABLE " + PAIRS
            + " (dim INTEGER NOT NULL, number INTEGER NOT NULL, day TEXT NOT NULL, numbers BLOB NOT NULL,"
            + " figures BLOB NOT NULL, PRIMARY KEY (dim, number, day)) WITHOUT ROWID";

    /** The other of the two dimensions: consumers of agents, agents of consumers. */
    static int other(int dimension) {
        return 3 - dimension;
    }

    /** The greatest text in a month: only itself, where a row has a time that is shorter than a month. */
    static String end(String month) {
        return month.codePointCount(0, month.length()) < MONTH ? month : month + RollUp.BEHIND;
    }

    // ---- Writing

    /** Makes the days of all months that need them; there are none yet, and all changes are folded. */
    static void build(SqlSession session) throws SQLException {
        PreparedStatement months =
                session.prepare("SELECT r.dim, k.number, r.bucket FROM " + JdbcMeteringStore.ROLL_UP.rollUpTable()
                        + " r CROSS JOIN " + UsageGroups.KEYS + " k ON k.dim = r.dim AND k.key = r.key"
                        + " WHERE r.dim IN (1, 2) AND r.level = " + MONTH + " AND r.n >= " + DENSE);
        try (ResultSet rows = months.executeQuery()) {
            while (rows.next()) {
                divide(session, rows.getInt(1), new MonthOfKey(rows.getInt(2), rows.getString(3)), Map.of());
            }
        }
    }

    /** Makes the days of some months, as they are without the changes behind {@code last}. */
    private static void divide(SqlSession session, int dimension, List<MonthOfKey> months, long last)
            throws SQLException {
        for (int i = 0; i < months.size(); i += MONTHS) {
            List<MonthOfKey> some = months.subList(i, Math.min(months.size(), i + MONTHS));
            Map<DayOfKey, SparseSums> unfolded = unfolded(session, dimension, some, last);
            for (MonthOfKey month : some) {
                divide(session, dimension, month, unfolded);
            }
        }
    }

    /** What is to be taken off the days of some months, because its changes are not folded yet. */
    private static Map<DayOfKey, SparseSums> unfolded(
            SqlSession session, int dimension, List<MonthOfKey> months, long last) throws SQLException {
        String column = JdbcMeteringStore.ROLL_UP.column(dimension);
        String month = "((SELECT key FROM " + UsageGroups.KEYS + " WHERE dim = " + dimension + " AND number = ?), ?)";
        // All months in one statement, since it goes through all changes that are left. Always as many, so that it is
        // the same one.
        PreparedStatement select = session.prepare("SELECT k.number, u.day, o.number, u.n"
                + measures(each -> "u." + each.name()) + " FROM (SELECT c." + column + " AS key, substr(c.at, 1, " + DAY
                + ") AS day, c." + JdbcMeteringStore.ROLL_UP.column(other(dimension)) + " AS other, -SUM(c.n) AS n"
                + measures(each -> "-SUM(c." + each.name() + ") AS " + each.name()) + " FROM "
                + JdbcMeteringStore.ROLL_UP.changesTable() + " c WHERE c.seq > ? AND (c." + column
                + ", substr(c.at, 1, " + MONTH + ")) IN (VALUES "
                + String.join(", ", Collections.nCopies(MONTHS, month)) + ") GROUP BY 1, 2, 3) u"
                + numberOf("k", dimension, "u.key") + numberOf("o", other(dimension), "u.other"));
        select.setLong(1, last);
        for (int i = 0; i < MONTHS; i++) {
            MonthOfKey each = months.get(Math.min(i, months.size() - 1));
            select.setInt(2 + 2 * i, each.number());
            select.setString(3 + 2 * i, each.month());
        }
        Map<DayOfKey, SparseSums> unfolded = new HashMap<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                unfolded.computeIfAbsent(
                                new DayOfKey(rows.getInt(1), rows.getString(2)),
                                unused -> new SparseSums(UsageGroups.width()))
                        .add(rows.getInt(3), figures(rows, 4));
            }
        }
        return unfolded;
    }

    /** Counts the events of a month by day and by the other key, together with what is to be taken off. */
    private static void divide(SqlSession session, int dimension, MonthOfKey month, Map<DayOfKey, SparseSums> unfolded)
            throws SQLException {
        // Other keys without a number are left out here and there: none of their events is folded.
        PreparedStatement select = session.prepare("SELECT substr(t.timestamp, 1, " + DAY + "), o.number, COUNT(*)"
                + measures(each -> "SUM(" + each.of("t") + ")") + " FROM usage_events t"
                + numberOf("o", other(dimension), "t." + JdbcMeteringStore.ROLL_UP.column(other(dimension)))
                + " WHERE t." + JdbcMeteringStore.ROLL_UP.column(dimension) + " = (SELECT key FROM "
                + UsageGroups.KEYS + " WHERE dim = " + dimension + " AND number = ?)"
                + " AND t.timestamp BETWEEN ? AND ? GROUP BY 1, 2 ORDER BY 1");
        select.setInt(1, month.number());
        select.setString(2, month.month());
        select.setString(3, end(month.month()));
        Map<DayOfKey, SparseSums> rest = new HashMap<>();
        unfolded.forEach((day, sums) -> {
            if (day.number() == month.number()
                    && UsageGroups.prefix(day.day(), MONTH).equals(month.month())) {
                rest.put(day, sums);
            }
        });
        try (ResultSet rows = select.executeQuery()) {
            DayOfKey day = null;
            SparseSums sums = new SparseSums(UsageGroups.width());
            while (rows.next()) {
                DayOfKey next = new DayOfKey(month.number(), rows.getString(1));
                if (!next.equals(day)) {
                    if (day != null) {
                        save(session, dimension, day, sums);
                    }
                    day = next;
                    SparseSums there = rest.remove(day);
                    sums = there == null ? new SparseSums(UsageGroups.width()) : there;
                }
                sums.add(rows.getInt(2), figures(rows, 3));
            }
            if (day != null) {
                save(session, dimension, day, sums);
            }
        }
        // Days whose events have all gone, by changes that are not folded yet.
        for (Map.Entry<DayOfKey, SparseSums> day : rest.entrySet()) {
            save(session, dimension, day.getKey(), day.getValue());
        }
    }

    private static String numberOf(String name, int dimension, String key) {
        return " CROSS JOIN " + UsageGroups.KEYS + " " + name + " ON " + name + ".dim = " + dimension + " AND " + name
                + ".key = " + key;
    }

    private static long[] figures(ResultSet row, int firstColumn) throws SQLException {
        long[] figures = new long[UsageGroups.width()];
        for (int i = 0; i < figures.length; i++) {
            figures[i] = row.getLong(firstColumn + i);
        }
        return figures;
    }

    private static String measures(Function<RollUp.Measure, String> each) {
        return JdbcMeteringStore.ROLL_UP.measures().stream()
                .map(measure -> ", " + each.apply(measure))
                .collect(joining());
    }

    private static void save(SqlSession session, int dimension, DayOfKey day, SparseSums sums) throws SQLException {
        PreparedStatement save = session.prepare(
                sums.isEmpty()
                        ? "DELETE FROM " + PAIRS + " WHERE dim = ? AND number = ? AND day = ?"
                        : "INSERT INTO " + PAIRS + " (dim, number, day, numbers, figures) VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT (dim, number, day) DO UPDATE SET"
                                + " numbers = excluded.numbers, figures = excluded.figures");
        bind(save, dimension, day);
        if (!sums.isEmpty()) {
            save.setBytes(4, sums.numbers());
            save.setBytes(5, sums.figures());
        }
        save.executeUpdate();
    }

    private static void bind(PreparedStatement statement, int dimension, DayOfKey day) throws SQLException {
        statement.setInt(1, dimension);
        statement.setInt(2, day.number());
        statement.setString(3, day.day());
    }

    private record MonthOfKey(int number, String month) {}

    private record DayOfKey(int number, String day) {}

    /** How many events a month of a key had before the changes, and has with them. */
    private record Counts(long before, long after) {}

    /** One change. */
    private static final class Change {
        final String day;
        final String month;
        // By dimension, from 1.
        final int[] numbers;
        final long[] figures;

        Change(String day, String month, int[] numbers, long[] figures) {
            this.day = day;
            this.month = month;
            this.numbers = numbers.clone();
            this.figures = figures.clone();
        }
    }

    /** The changes of one fold. Told of each change, and of each month that has become another; then it is saved. */
    static final class Changes {
        private final List<Change> changes = new ArrayList<>();
        private final List<Map<MonthOfKey, Counts>> months = List.of(new HashMap<>(), new HashMap<>());
        private String hour = "";
        private String day = "";
        private String month = "";

        /** Takes a change with its hour, the number of each dimension, and the figures. */
        void add(String hour, int[] numbers, long[] figures) {
            if (!hour.equals(this.hour)) {
                this.hour = hour;
                day = UsageGroups.prefix(hour, DAY);
                month = UsageGroups.prefix(hour, MONTH);
            }
            changes.add(new Change(day, month, numbers, figures));
        }

        /** Takes how many events a month of a key had, and has now; several times where it becomes so step by step. */
        void month(int dimension, int number, String month, long before, long after) {
            months.get(dimension - 1)
                    .merge(
                            new MonthOfKey(number, month),
                            new Counts(before, after),
                            (first, then) -> new Counts(first.before(), then.after()));
        }

        /** Brings the table up to date with the changes, the last of which is {@code last}. */
        void save(SqlSession session, long last) throws SQLException {
            for (int dimension = 1; dimension <= months.size(); dimension++) {
                List<MonthOfKey> divided = new ArrayList<>();
                for (Map.Entry<MonthOfKey, Counts> month :
                        months.get(dimension - 1).entrySet()) {
                    Counts counts = month.getValue();
                    if (counts.before() < DENSE && counts.after() >= DENSE) {
                        divided.add(month.getKey());
                    } else if (counts.before() >= DENSE && counts.after() < DENSE) {
                        removeDays(session, dimension, month.getKey());
                    }
                }
                divide(session, dimension, divided, last);
                for (Map.Entry<DayOfKey, SparseSums> day :
                        daysOfDense(dimension).entrySet()) {
                    addSaved(session, dimension, day.getKey(), day.getValue());
                    UsagePairs.save(session, dimension, day.getKey(), day.getValue());
                }
            }
        }

        /** What the changes come to on the days of months that had days and keep them. */
        private Map<DayOfKey, SparseSums> daysOfDense(int dimension) {
            Map<MonthOfKey, Counts> counts = months.get(dimension - 1);
            Map<DayOfKey, SparseSums> days = new HashMap<>();
            for (Change change : changes) {
                int number = change.numbers[dimension - 1];
                Counts month = counts.get(new MonthOfKey(number, change.month));
                if (month != null && month.before() >= DENSE && month.after() >= DENSE) {
                    days.computeIfAbsent(
                                    new DayOfKey(number, change.day), unused -> new SparseSums(UsageGroups.width()))
                            .add(change.numbers[other(dimension) - 1], change.figures);
                }
            }
            return days;
        }

        private static void addSaved(SqlSession session, int dimension, DayOfKey day, SparseSums sums)
                throws SQLException {
            PreparedStatement select = session.prepare(
                    "SELECT numbers, figures FROM " + PAIRS + " WHERE dim = ? AND number = ? AND day = ?");
            bind(select, dimension, day);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    sums.addAll(row.getBytes(1), row.getBytes(2));
                }
            }
        }

        private static void removeDays(SqlSession session, int dimension, MonthOfKey month) throws SQLException {
            PreparedStatement delete =
                    session.prepare("DELETE FROM " + PAIRS + " WHERE dim = ? AND number = ? AND day BETWEEN ? AND ?");
            bind(delete, dimension, new DayOfKey(month.number(), month.month()));
            delete.setString(4, end(month.month()));
            delete.executeUpdate();
        }
    }
}
