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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long tasks took, as a histogram for each month, day and hour of all events, and for each day of each agent's. Histograms can be
 * added up, so that the percentiles of a year come from a dozen rows, those of any window from some dozens, and those of an agent, whose
 * histograms are small, from as many as there are days.
 *
 * <p>The tables are brought up to date where the changes of {@code usage_events} are folded, in the same transaction; changes that are
 * not folded yet are added when they are read. Stateless.
 */
final class DurationHistograms {
    /** How far a figure may lie above what was recorded: that is what two significant digits mean. */
    static final double RELATIVE_ERROR = 0.01;

    private static final int DIGITS = 2;

    private static final String DAYS = "asap_usage_events_durations";
    static final String SPANS = "asap_usage_events_spans";
    private static final String CHANGES = "asap_usage_events_changes";

    /** The lengths of a month, a day and an hour in the text of a time. */
    private static final int MONTH = 7;

    private static final int DAY = 10;
    private static final int HOUR = 13;

    /** The agents' place among the dimensions; 0 has all events. */
    private static final int AGENTS = 1;

    /** The spans of all events. */
    private static final List<Integer> LEVELS = List.of(MONTH, DAY, HOUR);

    /** The spans of an agent's events: small histograms, which are added up faster than more of them are kept. */
    private static final List<Integer> LEVELS_OF_AGENTS = List.of(DAY);

    private DurationHistograms() {}

    private static List<Integer> levels(int dimension) {
        return dimension == AGENTS ? LEVELS_OF_AGENTS : LEVELS;
    }

    private static String key(int dimension) {
        return dimension == AGENTS ? "agent_id" : "''";
    }

    // ---- Writing

    static final String SCHEMA = "CREATE TABLE " + DAYS
            + " (dim INTEGER NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, histogram BLOB NOT NULL,"
            + " PRIMARY KEY (dim, key, day)) WITHOUT ROWID";

    /** The months and hours, which came later than the days. */
    static final String SPANS_SCHEMA = "CREATE TABLE " + SPANS
            + " (dim INTEGER NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL, span TEXT NOT NULL,"
            + " histogram BLOB NOT NULL, PRIMARY KEY (dim, level, key, span)) WITHOUT ROWID";

    /** Counts what is in {@code usage_events} already, by day. Goes through it in the order of its indexes, a day at a time. */
    static void build(SqlSession session) throws SQLException {
        for (int dimension = 0; dimension <= AGENTS; dimension++) {
            String order = dimension == AGENTS ? "agent_id, timestamp" : "timestamp";
            PreparedStatement rows = session.prepare("SELECT " + key(dimension) + ", substr(timestamp, 1, " + DAY
                    + "), " + JdbcMeteringStore.DURATION.of("t") + ", 1 FROM usage_events t ORDER BY " + order);
            update(session, dimension, List.of(DAY), rows);
        }
    }

    /** Makes the hours of what is in {@code usage_events}, and the months of what the days have; all changes are folded. */
    static void buildSpans(SqlSession session) throws SQLException {
        update(
                session,
                0,
                List.of(HOUR),
                session.prepare("SELECT '', substr(timestamp, 1, " + HOUR + "), " + JdbcMeteringStore.DURATION.of("t")
                        + ", 1 FROM usage_events t ORDER BY timestamp"));
        PreparedStatement days = session.prepare(
                "SELECT substr(day, 1, " + MONTH + "), histogram FROM " + DAYS + " WHERE dim = 0 ORDER BY day");
        try (ResultSet rows = days.executeQuery()) {
            Span month = null;
            while (rows.next()) {
                String name = rows.getString(1);
                if (month == null || !month.name.equals(name)) {
                    save(session, month);
                    month = new Span(0, "", MONTH, name, new Histogram(DIGITS));
                }
                month.histogram.add(decoded(rows.getBytes(2)));
            }
            save(session, month);
        }
    }

    /** Adds the noted changes whose {@code seq} is up to {@code last}. */
    static void fold(SqlSession session, long last) throws SQLException {
        for (int dimension = 0; dimension <= AGENTS; dimension++) {
            List<Integer> levels = levels(dimension);
            PreparedStatement changes = session.prepare("SELECT " + key(dimension) + ", substr(at, 1, "
                    + levels.get(levels.size() - 1) + "), duration_ms * n, SUM(n) FROM " + CHANGES
                    + " WHERE seq <= ? GROUP BY 1, 2, 3 HAVING SUM(n) <> 0 ORDER BY 1, 2");
            changes.setLong(1, last);
            update(session, dimension, levels, changes);
        }
    }

    /**
     * Adds durations to the histograms of some levels: of each the key, the finest span, how long, and how often; in the order of key and
     * span.
     */
    private static void update(SqlSession session, int dimension, List<Integer> levels, PreparedStatement durations)
            throws SQLException {
        List<@Nullable Span> spans = new ArrayList<>(Collections.nCopies(levels.size(), null));
        try (ResultSet rows = durations.executeQuery()) {
            String key = null;
            String finest = null;
            while (rows.next()) {
                String nextKey = rows.getString(1);
                String next = rows.getString(2);
                if (!nextKey.equals(key) || !next.equals(finest)) {
                    key = nextKey;
                    finest = next;
                    for (int i = 0; i < levels.size(); i++) {
                        spans.set(i, enter(session, spans.get(i), dimension, key, levels.get(i), finest));
                    }
                }
                for (Span span : spans) {
                    if (span != null) {
                        count(span.histogram, rows.getLong(3), rows.getLong(4));
                    }
                }
            }
        }
        for (Span span : spans) {
            save(session, span);
        }
    }

    /** The span of a level that a time falls into: the one of before, or another, after that was saved. */
    private static Span enter(
            SqlSession session, @Nullable Span before, int dimension, String key, int level, String time)
            throws SQLException {
        String name = UsageGroups.prefix(time, level);
        if (before != null && before.key.equals(key) && before.name.equals(name)) {
            return before;
        }
        save(session, before);
        return Span.load(session, dimension, key, level, name);
    }

    private static void save(SqlSession session, @Nullable Span span) throws SQLException {
        if (span != null) {
            span.save(session);
        }
    }

    /** Adds so many durations of a length, or takes them off: no more than there are, since less than none cannot be kept. */
    private static void count(Histogram histogram, long duration, long times) {
        long there = duration > histogram.getMaxValue() ? 0 : histogram.getCountAtValue(duration);
        histogram.recordValueWithCount(duration, Math.max(times, -there));
    }

    /** One histogram. Days have a table of their own, which was there before the others. */
    private record Span(int dimension, String key, int level, String name, Histogram histogram) {
        static Span load(SqlSession session, int dimension, String key, int level, String name) throws SQLException {
            PreparedStatement select = session.prepare("SELECT histogram FROM " + place(level) + " = ?");
            select.setInt(1, dimension);
            select.setString(2, key);
            select.setString(3, name);
            try (ResultSet row = select.executeQuery()) {
                return new Span(
                        dimension, key, level, name, row.next() ? decoded(row.getBytes(1)) : new Histogram(DIGITS));
            }
        }

        void save(SqlSession session) throws SQLException {
            if (histogram.getTotalCount() == 0) {
                PreparedStatement delete = session.prepare("DELETE FROM " + place(level) + " = ?");
                bind(delete);
                delete.executeUpdate();
                return;
            }
            PreparedStatement save = session.prepare(
                    level == DAY
                            ? "INSERT INTO " + DAYS + " (dim, key, day, histogram) VALUES (?, ?, ?, ?)"
                                    + " ON CONFLICT (dim, key, day) DO UPDATE SET histogram = excluded.histogram"
                            : "INSERT INTO " + SPANS + " (dim, key, level, span, histogram) VALUES (?, ?, " + level
                                    + ", ?, ?) ON CONFLICT (dim, level, key, span) DO UPDATE SET"
                                    + " histogram = excluded.histogram");
            bind(save);
            save.setBytes(4, encoded(histogram));
            save.executeUpdate();
        }

        private void bind(PreparedStatement statement) throws SQLException {
            statement.setInt(1, dimension);
            statement.setString(2, key);
            statement.setString(3, name);
        }
    }

    /** Where the histograms of a level lie, up to the column with the time. */
    private static String place(int level) {
        return level == DAY
                ? DAYS + " WHERE dim = ? AND key = ? AND day"
                : SPANS + " WHERE dim = ? AND key = ? AND level = " + level + " AND span";
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
                    "A histogram in table " + DAYS + " or " + SPANS + " cannot be read: " + e.getMessage()
                            + ". The file is damaged: restore a backup",
                    false,
                    e);
        }
    }

    // ---- Reading

    /**
     * The figures of a range, from the histograms of its whole months, days and hours, the rows at its ends, and the changes that are not
     * folded yet.
     *
     * @param agent the agent, or null for all
     */
    static DurationPercentiles read(SqlSession session, @Nullable String agent, TimeRange range) throws SQLException {
        Histogram sum = new Histogram(DIGITS);
        List<Integer> levels = levels(agent == null ? 0 : AGENTS);
        List<Part> parts = range.parts(levels, levels.size(), (level, bucket) -> false);
        List<String> bounds =
                new ArrayList<>(List.of(range.first(), range.until() == null ? RollUp.BEHIND : range.until()));
        StringBuilder changes =
                new StringBuilder("SELECT duration_ms * n, SUM(n) FROM " + CHANGES + " WHERE at BETWEEN ? AND ?");
        for (Part part : parts) {
            if (part instanceof Buckets buckets) {
                addSpans(session, sum, agent, buckets);
            } else {
                addDurations(
                        session,
                        sum,
                        "SELECT " + JdbcMeteringStore.DURATION.of("t")
                                + ", COUNT(*) FROM usage_events t WHERE timestamp BETWEEN ? AND ?",
                        agent,
                        List.of(part.low(), part.high()));
                // The rows have them already.
                changes.append(" AND at NOT BETWEEN ? AND ?");
                bounds.addAll(List.of(part.low(), part.high()));
            }
        }
        // Behind everything else: they may take off what that has.
        addDurations(session, sum, changes.toString(), agent, bounds);
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

    private static void addSpans(SqlSession session, Histogram sum, @Nullable String agent, Buckets spans)
            throws SQLException {
        PreparedStatement select = session.prepare("SELECT histogram FROM " + place(spans.level()) + " >= ? AND "
                + (spans.level() == DAY ? "day" : "span") + " < ?");
        select.setInt(1, agent == null ? 0 : AGENTS);
        select.setString(2, agent == null ? "" : agent);
        select.setString(3, spans.low());
        select.setString(4, spans.high());
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                sum.add(decoded(rows.getBytes(1)));
            }
        }
    }

    private static void addDurations(
            SqlSession session, Histogram sum, String sql, @Nullable String agent, List<String> bounds)
            throws SQLException {
        PreparedStatement select = session.prepare(sql + (agent == null ? "" : " AND agent_id = ?") + " GROUP BY 1");
        for (int i = 0; i < bounds.size(); i++) {
            select.setString(i + 1, bounds.get(i));
        }
        if (agent != null) {
            select.setString(bounds.size() + 1, agent);
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
