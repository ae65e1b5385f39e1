// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.json.WireTime;
import dev.asap.metering.UsageFilter;
import dev.asap.page.Cursor;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.store.jdbc.RollUpGroups.Only;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The usage events that a filter means: what to ask for them, and how to count them. Immutable. */
final class UsageQuery {
    /** Offsets up to this are walked to: as cheap as to locate them. */
    private static final long NEAR_OFFSET = 200;

    private final UsageFilter filter;
    private final TimeRange range;
    private final String conditions;

    UsageQuery(UsageFilter filter) {
        this.filter = requireNonNull(filter, "filter");
        this.range = new TimeRange(text(filter.start()), text(filter.end()));
        this.conditions = conditions("timestamp");
    }

    /** All conditions but the lower bound of the time. */
    private String conditions(String time) {
        StringBuilder sql = new StringBuilder();
        condition(sql, "agent_id = ?", filter.agentId());
        condition(sql, "consumer_id = ?", filter.consumerId());
        condition(sql, "task_id = ?", filter.taskId());
        condition(sql, time + " <= ?", range.until());
        return sql.toString();
    }

    private static void condition(StringBuilder sql, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(" AND ").append(condition);
        }
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : WireTime.formatWithOffset(time);
    }

    UsageFilter filter() {
        return filter;
    }

    TimeRange range() {
        return range;
    }

    /** Whether these are all rows of some time. */
    boolean isOfAll() {
        return filter.agentId() == null && filter.consumerId() == null && filter.taskId() == null;
    }

    /** Whether the roll-up counts these rows; otherwise they are few, and read. */
    boolean isRolledUp() {
        return filter.taskId() == null && (filter.agentId() == null || filter.consumerId() == null);
    }

    /** The one agent or consumer that these rows are of, where the roll-up counts them; null where they are of all. */
    @Nullable
    Only only() {
        if (filter.agentId() != null) {
            return new Only("agent_id", filter.agentId());
        }
        return filter.consumerId() == null ? null : new Only("consumer_id", filter.consumerId());
    }

    RollUpView view(SqlSession session) {
        Only only = only();
        return only == null
                ? RollUpView.ofAll(JdbcMeteringStore.ROLL_UP, session)
                : RollUpView.of(JdbcMeteringStore.ROLL_UP, session, only.column(), only.value());
    }

    long[] sums(SqlSession session) throws SQLException {
        if (isRolledUp()) {
            return view(session).sums(range);
        }
        try (ResultSet row = statement(session, "SELECT " + sumColumns(), "").executeQuery()) {
            row.next();
            return sums(row, 1);
        }
    }

    /** The sums of each group, in the order of the groups: of rows that are read one by one. */
    void groupRows(SqlSession session, String group, RollUpGroups.Receiver receiver) throws SQLException {
        TreeMap<String, long[]> own = new TreeMap<>(TextOrder.CODE_POINTS);
        if (groupOwnRows(session, group, own)) {
            own.forEach(receiver::accept);
            return;
        }
        String select = "SELECT " + group + ", " + sumColumns();
        try (ResultSet rows =
                statement(session, select, " GROUP BY 1 ORDER BY 1").executeQuery()) {
            while (rows.next()) {
                receiver.accept(rows.getString(1), sums(rows, 2));
            }
        }
    }

    /**
     * The same without SQL's JSON, which takes longer.
     *
     * @return false if there is a row whose figures are not written as usual: then SQL has to say what they count for
     */
    private boolean groupOwnRows(SqlSession session, String group, Map<String, long[]> sums) throws SQLException {
        String select = "SELECT " + group + ", CASE typeof(metrics) WHEN 'text' THEN metrics END";
        try (ResultSet rows = statement(session, select, "").executeQuery()) {
            while (rows.next()) {
                long[] ofGroup = sums.computeIfAbsent(
                        rows.getString(1),
                        unused -> new long
                                [1 + JdbcMeteringStore.ROLL_UP.measures().size()]);
                if (!UsageRow.addOwn(ofGroup, rows.getString(2))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String sumColumns() {
        StringBuilder columns = new StringBuilder("COUNT(*)");
        JdbcMeteringStore.ROLL_UP
                .measures()
                .forEach(measure ->
                        columns.append(", SUM(").append(measure.of("t")).append(")"));
        return columns.toString();
    }

    private static long[] sums(ResultSet row, int firstColumn) throws SQLException {
        long[] sums = new long[1 + JdbcMeteringStore.ROLL_UP.measures().size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = row.getLong(firstColumn + i);
        }
        return sums;
    }

    long count(SqlSession session) throws SQLException {
        if (isRolledUp()) {
            return view(session).count(range);
        }
        try (ResultSet row = statement(session, "SELECT COUNT(*)", "").executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** A statement over these rows, with its parameters bound. */
    PreparedStatement statement(SqlSession session, String select, String end) throws SQLException {
        PreparedStatement statement =
                session.prepare(select + " FROM usage_events t WHERE timestamp >= ?" + conditions + end);
        bind(statement, range.first());
        return statement;
    }

    /**
     * A statement over these rows that tells agents or consumers apart, with its parameters bound. Most of an agent's rows are read
     * from the index that has the consumers too, few from that by time.
     */
    PreparedStatement statementOfKeys(SqlSession session, String select, String end) throws SQLException {
        if (!isRolledUp()
                || filter.agentId() == null
                || count(session) * 4 < view(session).count(TimeRange.ALL)) {
            return statement(session, select, end);
        }
        // The sign keeps the index by time from being chosen.
        PreparedStatement statement =
                session.prepare(select + " FROM usage_events t WHERE +timestamp >= ?" + conditions("+timestamp") + end);
        bind(statement, range.first());
        return statement;
    }

    /** Binds the conditions; returns the number of the next parameter. */
    private int bind(PreparedStatement statement, String from) throws SQLException {
        statement.setString(1, from);
        int next = 2;
        for (String value :
                new @Nullable String[] {filter.agentId(), filter.consumerId(), filter.taskId(), range.until()}) {
            if (value != null) {
                statement.setString(next++, value);
            }
        }
        return next;
    }

    /** The rows of a page, and one more where there is one. */
    List<UsageRow> page(SqlSession session, PageRequest request, long total) throws SQLException {
        if (request.cursor() != null) {
            return behind(session, request.cursor(), request.limit() + 1);
        }
        if (request.offset() >= total) {
            return List.of();
        }
        if (request.offset() <= NEAR_OFFSET || !isRolledUp()) {
            return from(session, range.first(), request.limit() + 1, request.offset());
        }
        RollUpView.Place place = view(session).locate(range, request.offset());
        return from(session, place.from(), request.limit() + 1, place.skip());
    }

    private List<UsageRow> from(SqlSession session, String from, int limit, long skip) throws SQLException {
        PreparedStatement statement = session.prepare("SELECT " + UsageRow.COLUMNS
                + " FROM usage_events t WHERE timestamp >= ?" + conditions
                + " ORDER BY timestamp, id LIMIT ? OFFSET ?");
        int next = bind(statement, from);
        statement.setInt(next, limit);
        statement.setLong(next + 1, skip);
        return read(statement);
    }

    List<UsageRow> behind(SqlSession session, @Nullable Cursor cursor, int limit) throws SQLException {
        if (cursor == null) {
            return from(session, range.first(), limit, 0);
        }
        TimedPlace place = TimedPlace.of(cursor);
        // The first condition is what the index is entered with; the second passes over rows of the same time.
        PreparedStatement statement = session.prepare("SELECT " + UsageRow.COLUMNS
                + " FROM usage_events t WHERE timestamp >= ?" + conditions
                + " AND (timestamp > ? OR id > ?) ORDER BY timestamp, id LIMIT ?");
        int next = bind(statement, range.notBefore(place.time()));
        statement.setString(next, place.time());
        statement.setString(next + 1, place.id());
        statement.setInt(next + 2, limit);
        return read(statement);
    }

    private static List<UsageRow> read(PreparedStatement statement) throws SQLException {
        List<UsageRow> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(UsageRow.read(rows));
            }
        }
        return found;
    }
}
