// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.store.jdbc.RollUpGroups.Only;
import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import dev.asap.store.jdbc.TimeRange.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/** Buckets of time with the sums of many keys in one row. Belongs to one session; not thread-safe. */
interface UsageBuckets {
    /** Takes what a bucket has of a key; the array is used again for the next. */
    @FunctionalInterface
    interface Figures {
        void accept(String bucket, int number, long[] figures);
    }

    /** Takes the keys of a chunk that a bucket has; the set is the receiver's. */
    @FunctionalInterface
    interface Numbers {
        void accept(String bucket, int chunk, BitSet numbers);
    }

    /**
     * What a range is made of.
     *
     * @param coarsest the length of the longest buckets that may be used: that of a month or a shorter time
     */
    List<Part> parts(TimeRange range, int coarsest) throws SQLException;

    void figures(Buckets buckets, Figures receiver) throws SQLException;

    void numbers(Buckets buckets, Numbers receiver) throws SQLException;

    /** All events, by the keys of a dimension: the rows of {@link UsageGroups}. */
    record OfAll(SqlSession session, int dimension) implements UsageBuckets {
        /** Those buckets are always there. */
        @Override
        public List<Part> parts(TimeRange range, int coarsest) {
            List<Integer> levels =
                    UsageGroups.LEVELS.subList(UsageGroups.LEVELS.indexOf(coarsest), UsageGroups.LEVELS.size());
            return range.parts(levels, levels.size(), (level, bucket) -> false);
        }

        @Override
        public void figures(Buckets buckets, Figures receiver) throws SQLException {
            try (ResultSet rows = select("bucket, chunk, numbers, figures", buckets)) {
                while (rows.next()) {
                    String bucket = rows.getString(1);
                    KeySums.read(
                            UsageGroups.width(),
                            rows.getInt(2),
                            rows.getBytes(3),
                            rows.getBytes(4),
                            (number, figures) -> receiver.accept(bucket, number, figures));
                }
            }
        }

        @Override
        public void numbers(Buckets buckets, Numbers receiver) throws SQLException {
            try (ResultSet rows = select("bucket, chunk, numbers", buckets)) {
                while (rows.next()) {
                    int chunk = rows.getInt(2);
                    receiver.accept(rows.getString(1), chunk, KeySums.numbersOf(chunk, rows.getBytes(3)));
                }
            }
        }

        private ResultSet select(String columns, Buckets buckets) throws SQLException {
            PreparedStatement select = session.prepare("SELECT " + columns + " FROM " + UsageGroups.GROUPS
                    + " WHERE dim = ? AND level = ? AND bucket >= ? AND bucket < ?");
            select.setInt(1, dimension);
            select.setInt(2, buckets.level());
            select.setString(3, buckets.low());
            select.setString(4, buckets.high());
            return select.executeQuery();
        }
    }

    /** The events of one key by the keys of the other dimension: the rows of {@link UsagePairs}. */
    record OfKey(SqlSession session, Only only) implements UsageBuckets {
        private static final List<Integer> LEVELS = List.of(UsagePairs.MONTH, UsagePairs.DAY);

        private int dimension() {
            return JdbcMeteringStore.ROLL_UP.dimension(only.column());
        }

        /** Days in dense months; months that are not dense are rows, together with those next to them. */
        @Override
        public List<Part> parts(TimeRange range, int coarsest) throws SQLException {
            List<Part> parts = new ArrayList<>();
            for (Part part : range.parts(LEVELS, 1, (level, month) -> isDense(month))) {
                if (part instanceof Buckets months && months.level() == UsagePairs.MONTH) {
                    addMonths(parts, months);
                } else {
                    parts.add(part);
                }
            }
            return parts;
        }

        private boolean isDense(String month) throws SQLException {
            try (ResultSet row = months(new Buckets(UsagePairs.MONTH, month, month + RollUp.BEHIND))) {
                return row.next() && row.getLong(2) >= UsagePairs.DENSE;
            }
        }

        private void addMonths(List<Part> parts, Buckets months) throws SQLException {
            try (ResultSet rows = months(months)) {
                Part last = null;
                while (rows.next()) {
                    String month = rows.getString(1);
                    String end = UsagePairs.end(month);
                    Part next;
                    // Names that are shorter than a month are none; their rows are looked at.
                    if (rows.getLong(2) >= UsagePairs.DENSE && end.length() > month.length()) {
                        String low = last instanceof Buckets before ? before.low() : month;
                        next = new Buckets(UsagePairs.DAY, low, end);
                    } else {
                        String low = last instanceof Rows before ? before.low() : month;
                        next = new Rows(low, end);
                    }
                    if (last != null && last.getClass() == next.getClass()) {
                        parts.set(parts.size() - 1, next);
                    } else {
                        parts.add(next);
                    }
                    last = next;
                }
            }
        }

        /** The months and how many events are folded of each. */
        private ResultSet months(Buckets months) throws SQLException {
            PreparedStatement select = session.prepare(
                    "SELECT bucket, n FROM " + JdbcMeteringStore.ROLL_UP.rollUpTable()
                            + " WHERE dim = ? AND level = ? AND key = ? AND bucket >= ? AND bucket < ? ORDER BY bucket");
            select.setInt(1, dimension());
            select.setInt(2, months.level());
            select.setString(3, only.value());
            select.setString(4, months.low());
            select.setString(5, months.high());
            return select.executeQuery();
        }

        @Override
        public void figures(Buckets buckets, Figures receiver) throws SQLException {
            try (ResultSet rows = select("p.day, p.numbers, p.figures", buckets)) {
                while (rows.next()) {
                    String day = rows.getString(1);
                    SparseSums.read(
                            UsageGroups.width(),
                            rows.getBytes(2),
                            rows.getBytes(3),
                            (number, figures) -> receiver.accept(day, number, figures));
                }
            }
        }

        @Override
        public void numbers(Buckets buckets, Numbers receiver) throws SQLException {
            try (ResultSet rows = select("p.day, p.numbers", buckets)) {
                while (rows.next()) {
                    String day = rows.getString(1);
                    TreeMap<Integer, BitSet> chunks = new TreeMap<>();
                    SparseSums.readNumbers(
                            rows.getBytes(2),
                            number -> chunks.computeIfAbsent(
                                            KeySums.chunkOf(number), unused -> new BitSet(KeySums.CHUNK))
                                    .set(number % KeySums.CHUNK));
                    chunks.forEach((chunk, numbers) -> receiver.accept(day, chunk, numbers));
                }
            }
        }

        private ResultSet select(String columns, Buckets days) throws SQLException {
            PreparedStatement select = session.prepare("SELECT " + columns + " FROM " + UsageGroups.KEYS
                    + " k CROSS JOIN " + UsagePairs.PAIRS + " p ON p.dim = k.dim AND p.number = k.number"
                    + " WHERE k.dim = ? AND k.key = ? AND p.day >= ? AND p.day < ?");
            select.setInt(1, dimension());
            select.setString(2, only.value());
            select.setString(3, days.low());
            select.setString(4, days.high());
            return select.executeQuery();
        }
    }
}
