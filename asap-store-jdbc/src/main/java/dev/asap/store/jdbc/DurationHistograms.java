// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.metering.DurationPercentiles;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long tasks took, as a histogram for each day: of all events, and of each agent's. Histograms can be added up, so that the
 * percentiles of a year come from some hundred rows.
 *
 * <p>The table is brought up to date where the changes of {@code usage_events} are folded, in the same transaction; changes that are
 * not folded yet are added when it is read. Stateless.
 */
final class DurationHistograms {
    /** How far a figure may lie above what was recorded: that is what two significant digits mean. */
    static final double RELATIVE_ERROR = 0.01;

    private static final int DIGITS = 2;

    private static final String TABLE = "asap_usage_events_durations";
    private static final String CHANGES = "asap_usage_events_changes";

    /** The length of a day in the text of a time. */
    private static final int DAY = 10;

    private DurationHistograms() {}

    /** The agents' place among the dimensions; 0 has all events. */
    private static final int AGENTS = 1;

    private static String key(int dimension) {
        return dimension == AGENTS ? "agent_id" : "''";
    }

    // ---- Writing

    static final String SCHEMA = "CREATE TABLE " + TABLE
            + " (dim INTEGER NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, histogram BLOB NOT NULL,"
            + " PRIMARY KEY (dim, key, day)) WITHOUT ROWID";

    /** Counts what is in {@code usage_events} already. Goes through it in the order of its indexes, a day at a time. */
    static void build(SqlSession session) throws SQLException {
        for (int dimension = 0; dimension <= AGENTS; dimension++) {
            String order = dimension == AGENTS ? "agent_id, timestamp" : "timestamp";
            PreparedStatement rows = session.prepare("SELECT " + key(dimension) + ", substr(timestamp, 1, " + DAY
                    + "), " + JdbcMeteringStore.DURATION.of("t") + ", 1 FROM usage_events t ORDER BY " + order);
            update(session, dimension, rows);
        }
    }

    /** Adds the noted changes whose {@code seq} is up to {@code last}. */
    static void fold(SqlSession session, long last) throws SQLException {
        for (int dimension = 0; dimension <= AGENTS; dimension++) {
            PreparedStatement changes = session.prepare("SELECT " + key(dimension) + ", substr(at, 1, " + DAY
                    + "), duration_ms * n, SUM(n) FROM " + CHANGES
                    + " WHERE seq <= ? GROUP BY 1, 2, 3 HAVING SUM(n) <> 0 ORDER BY 1, 2");
            changes.setLong(1, last);
            update(session, dimension, changes);
        }
    }

    /** Adds durations to the histograms: of each the key, the day, how long, and how often; in the order of key and day. */
    private static void update(SqlSession session, int dimension, PreparedStatement durations) throws SQLException {
        try (ResultSet rows = durations.executeQuery()) {
            Day day = null;
            while (rows.next()) {
                String key = rows.getString(1);
                String name = rows.getString(2);
                if (day == null || !day.key.equals(key) || !day.name.equals(name)) {
                    if (day != null) {
                        day.save(session);
                    }
                    day = Day.load(session, dimension, key, name);
                }
                count(day.histogram, rows.getLong(3), rows.getLong(4));
            }
            if (day != null) {
                day.save(session);
            }
        }
    }

    /** Adds so many durations of a length, or takes them off: no more than there are, since less than none cannot be kept. */
    private static void count(Histogram histogram, long duration, long times) {
        long there = duration > histogram.getMaxValue() ? 0 : histogram.getCountAtValue(duration);
        histogram.recordValueWithCount(duration, Math.max(times, -there));
    }

    private record Day(int dimension, String key, String name, Histogram histogram) {
        static Day load(SqlSession session, int dimension, String key, String name) throws SQLException {
            PreparedStatement select =
                    session.prepare("SELECT histogram FROM " + TABLE + " WHERE dim = ? AND key = ? AND day = ?");
            select.setInt(1, dimension);
            select.setString(2, key);
            select.setString(3, name);
            try (ResultSet row = select.executeQuery()) {
                return new Day(dimension, key, name, row.next() ? decoded(row.getBytes(1)) : new Histogram(DIGITS));
            }
        }

        void save(SqlSession session) throws SQLException {
            boolean any = histogram.getTotalCount() > 0;
            PreparedStatement save = session.prepare(
                    any
                            ? "INSERT INTO " + TABLE + " (dim, key, day, histogram) VALUES (?, ?, ?, ?)"
                                    + " ON CONFLICT (dim, key, day) DO UPDATE SET histogram = excluded.histogram"
                            : "DELETE FROM " + TABLE + " WHERE dim = ? AND key = ? AND day = ?");
            save.setInt(1, dimension);
            save.setString(2, key);
            save.setString(3, name);
            if (any) {
                save.setBytes(4, encoded(histogram));
            }
            save.executeUpdate();
        }
    }

    /** In the library's own form, which does not spend bytes on lengths that do not occur. */
    private static byte[] encoded(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        byte[] bytes = new byte[histogram.encodeIntoByteBuffer(buffer)];
        buffer.flip().get(bytes);
        return bytes;
    }

    private static Histogram decoded(byte[] bytes) {
        try {
            Histogram histogram = Histogram.decodeFromByteBuffer(ByteBuffer.wrap(bytes), 0);
            histogram.setAutoResize(true);
            return histogram;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new StorageException(
                    "A histogram in table " + TABLE + " cannot be read: " + e.getMessage()
                            + ". The file is damaged: restore a backup",
                    false,
                    e);
        }
    }

    // ---- Reading

    /**
     * The figures of a range, from the histograms of its whole days and the rows at its ends.
     *
     * @param agent the agent, or null for all
     */
    static DurationPercentiles read(SqlSession session, @Nullable String agent, TimeRange range) throws SQLException {
        Histogram sum = new Histogram(DIGITS);
        for (Part part : range.parts(List.of(DAY), 1, (level, bucket) -> false)) {
            if (part instanceof Buckets) {
                addDays(session, sum, agent, part);
                addDurations(
                        session,
                        sum,
                        "SELECT duration_ms * n, SUM(n) FROM " + CHANGES + " WHERE at >= ? AND at < ?",
                        agent,
                        part);
            } else {
                addDurations(
                        session,
                        sum,
                        "SELECT " + JdbcMeteringStore.DURATION.of("t")
                                + ", COUNT(*) FROM usage_events t WHERE timestamp BETWEEN ? AND ?",
                        agent,
                        part);
            }
        }
        return sum.getTotalCount() == 0
                ? NONE
                : new DurationPercentiles(
                        sum.getTotalCount(),
                        sum.getValueAtPercentile(50),
                        sum.getValueAtPercentile(90),
                        sum.getValueAtPercentile(95),
                        sum.getValueAtPercentile(99),
                        // Not the greatest there ever was: durations may have been taken off.
                        sum.getValueAtPercentile(100),
                        RELATIVE_ERROR);
    }

    private static void addDays(SqlSession session, Histogram sum, @Nullable String agent, Part days)
            throws SQLException {
        PreparedStatement select = session.prepare(
                "SELECT histogram FROM " + TABLE + " WHERE dim = ? AND key = ? AND day >= ? AND day < ?");
        select.setInt(1, agent == null ? 0 : AGENTS);
        select.setString(2, agent == null ? "" : agent);
        select.setString(3, days.low());
        select.setString(4, days.high());
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sum.add(decoded(rows.getBytes(1)));
            }
        }
    }

    private static void addDurations(SqlSession session, Histogram sum, String sql, @Nullable String agent, Part part)
            throws SQLException {
        PreparedStatement select = session.prepare(sql + (agent == null ? "" : " AND agent_id = ?") + " GROUP BY 1");
        select.setString(1, part.low());
        select.setString(2, part.high());
        if (agent != null) {
            select.setString(3, agent);
        }
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                count(sum, rows.getLong(1), rows.getLong(2));
            }
        }
    }

    // ---- Exact figures

    private static final DurationPercentiles NONE = new DurationPercentiles(0, 0, 0, 0, 0, 0, 0);

    private static final int[] PERCENTAGES = {50, 90, 95, 99, 100};

    /**
     * The figures of durations that are read one by one.
     *
     * @param durations each length and how often it occurs, the shortest first
     * @param total how many they are together
     */
    static DurationPercentiles exact(PreparedStatement durations, long total) throws SQLException {
        if (total == 0) {
            return NONE;
        }
        long[] figures = new long[PERCENTAGES.length];
        try (ResultSet rows = durations.executeQuery()) {
            int next = 0;
            long seen = 0;
            while (next < figures.length && rows.next()) {
                seen += rows.getLong(2);
                while (next < figures.length && seen * 100 >= total * PERCENTAGES[next]) {
                    figures[next++] = rows.getLong(1);
                }
            }
        }
        return new DurationPercentiles(total, figures[0], figures[1], figures[2], figures[3], figures[4], 0);
    }
}
