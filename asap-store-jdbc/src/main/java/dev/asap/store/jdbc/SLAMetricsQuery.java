// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.storage.StorageException;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The figures that a filter means: periods that end at its start or later, and start at its end or earlier.
 *
 * <p>In the order of the starts, the periods that cross the filter's start come first, then those that start within the span. How many
 * there are of both follows from the number of starts and of ends up to a time. The few periods that end before they start have an
 * index of their own, and are taken off. All comparisons are those of the column's texts. Immutable.
 */
final class SLAMetricsQuery {
    private static final String COLUMNS = "t.rowid, t.agent_id, t.period_start, t.period_end, t.uptime_percent,"
            + " t.latency_p95_ms, t.error_rate_percent, t.tasks_completed, t.tasks_failed";

    private static final String ORDER = " ORDER BY t.period_start, t.rowid";

    private static final int NO_LIMIT = -1;

    /** Offsets up to this are walked to: as cheap as to locate them. */
    private static final long NEAR_OFFSET = 200;

    private final @Nullable String agent;
    private final @Nullable String start;
    private final @Nullable String end;

    SLAMetricsQuery(SLAMetricsFilter filter) {
        this.agent = filter.agentId();
        this.start = text(filter.start());
        this.end = text(filter.end());
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : WireTime.formatWithOffset(time);
    }

    // ---- Numbers

    long count(SqlSession session) throws SQLException {
        if (start == null) {
            return view(JdbcSLAStore.STARTS, session).count(new TimeRange(null, end));
        }
        RollUpView ends = view(JdbcSLAStore.ENDS, session);
        long endLater = ends.count(new TimeRange(start, null));
        if (end == null) {
            return endLater;
        }
        if (isReversed()) {
            return number(select("SELECT COUNT(*)").overlapping(), session);
        }
        long endEarlier = ends.count(TimeRange.ALL) - endLater;
        long startInTime = view(JdbcSLAStore.STARTS, session).count(new TimeRange(null, end));
        // What ends earlier has started in time, unless it is backward.
        return startInTime - endEarlier + number(backward().and("t.period_start > ?", end), session);
    }

    /** Whether the span ends before it starts: periods are meant that hold all of what lies between. */
    private boolean isReversed() {
        return start != null && end != null && start.compareTo(end) > 0;
    }

    private RollUpView view(RollUp rollUp, SqlSession session) {
        return agent == null ? RollUpView.ofAll(rollUp, session) : RollUpView.of(rollUp, session, "agent_id", agent);
    }

    /** How many periods start within the span and end before it; they do not belong. */
    private long backwardWithin(SqlSession session) throws SQLException {
        return number(backward().and("t.period_start >= ?", start).and("t.period_start <= ?", end), session);
    }

    /** Counts periods that end before they start, and before the span. */
    private Select backward() {
        return new Select("SELECT COUNT(*) FROM sla_metrics t INDEXED BY asap_sla_metrics_backward"
                        + " WHERE t.period_end < t.period_start")
                .and("t.agent_id = ?", agent)
                .and("t.period_end < ?", start);
    }

    private static long number(Select select, SqlSession session) throws SQLException {
        try (ResultSet row = select.bound(session).executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    // ---- Rows

    Page<SLAMetrics> page(SqlSession session, PageRequest request) throws SQLException {
        long total = count(session);
        Cursor cursor = request.cursor();
        Select rows = cursor != null
                ? behind(cursor)
                : request.offset() < total ? at(session, request.offset(), total) : null;
        List<Found> found = new ArrayList<>();
        if (rows != null) {
            read(rows.limit(request.limit() + 1), session, found::add);
        }
        return PageOfRows.of(found, request.limit(), total, Found::metrics, Found::cursor);
    }

    void forEach(SqlSession session, Consumer<SLAMetrics> receiver) throws SQLException {
        long total = count(session);
        if (total > 0) {
            read(at(session, 0, total), session, found -> receiver.accept(found.metrics()));
        }
    }

    private Select behind(Cursor cursor) {
        String key = cursor.key();
        int split = key.indexOf('\n');
        try {
            Place place = new Place(key.substring(0, split), Long.parseLong(key.substring(split + 1)) + 1);
            return from(place);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was", e);
        }
    }

    /** The rows from a place on. The first condition is what the index is entered with, the second passes over rows of the same time. */
    private Select from(Place place) {
        return select("SELECT " + COLUMNS)
                .and("t.period_start >= ?", place.start)
                .and("(t.period_start > ?", place.start)
                .or("t.rowid >= ?)", place.row)
                .overlapping();
    }

    /** The rows from an offset on, which is below the total. */
    private Select at(SqlSession session, long offset, long total) throws SQLException {
        if (start == null) {
            return located(session, offset);
        }
        if (isReversed()) {
            return select("SELECT " + COLUMNS).overlapping().skip(offset);
        }
        long backward = backwardWithin(session);
        long crossing = total - view(JdbcSLAStore.STARTS, session).count(new TimeRange(start, end)) + backward;
        if (offset < crossing) {
            return from(crossing(session, crossing - offset - 1));
        }
        long within = offset - crossing;
        return backward == 0
                ? located(session, within)
                : select("SELECT " + COLUMNS)
                        .and("t.period_start >= ?", start)
                        .overlapping()
                        .skip(within);
    }

    /** The rows that start within the span, none of which is backward, from an offset on. */
    private Select located(SqlSession session, long offset) throws SQLException {
        if (offset <= NEAR_OFFSET) {
            return select("SELECT " + COLUMNS)
                    .and("t.period_start >= ?", start == null ? "" : start)
                    .and("t.period_start <= ?", end)
                    .skip(offset);
        }
        RollUpView.Place place = view(JdbcSLAStore.STARTS, session).locate(new TimeRange(start, end), offset);
        return select("SELECT " + COLUMNS)
                .and("t.period_start >= ?", place.from())
                .and("t.period_start <= ?", end)
                .skip(place.skip());
    }

    /** Where the period stands that crosses the start of the span, seen backward from there; its number is known, so the walk ends. */
    private Place crossing(SqlSession session, long before) throws SQLException {
        Select select = select("SELECT t.period_start, t.rowid")
                .and("t.period_start < ?", start)
                .and("t.period_end >= ?", start);
        select.sql.append(" ORDER BY t.period_start DESC, t.rowid DESC LIMIT 1 OFFSET ?");
        select.values.add(before);
        try (ResultSet row = select.bound(session).executeQuery()) {
            row.next();
            return new Place(row.getString(1), row.getLong(2));
        }
    }

    private Select select(String columns) {
        // Named, because without statistics SQLite would rather read all rows and sort them.
        String index = agent == null ? "asap_sla_metrics_start" : "idx_sla_metrics_agent_period";
        return new Select(columns + " FROM sla_metrics t INDEXED BY " + index + " WHERE 1")
                .and("t.agent_id = ?", agent);
    }

    private static void read(Select select, SqlSession session, Consumer<Found> receiver) throws SQLException {
        try (ResultSet rows = select.ordered().bound(session).executeQuery()) {
            while (rows.next()) {
                receiver.accept(Found.read(rows));
            }
        }
    }

    /** A row in the order of the list. */
    private record Place(String start, long row) {}

    /** A statement that grows, with its parameters. */
    private final class Select {
        private final StringBuilder sql;
        private final List<Object> values = new ArrayList<>();
        private int limit = NO_LIMIT;
        private long skip;

        Select(String sql) {
            this.sql = new StringBuilder(sql);
        }

        /** Without a value there is no condition. */
        Select and(String condition, @Nullable Object value) {
            return add(" AND ", condition, value);
        }

        Select or(String condition, Object value) {
            return add(" OR ", condition, value);
        }

        private Select add(String word, String condition, @Nullable Object value) {
            if (value != null) {
                sql.append(word).append(condition);
                values.add(value);
            }
            return this;
        }

        Select overlapping() {
            return and("t.period_end >= ?", start).and("t.period_start <= ?", end);
        }

        Select skip(long rows) {
            skip = rows;
            return this;
        }

        Select limit(int rows) {
            limit = rows;
            return this;
        }

        Select ordered() {
            sql.append(ORDER).append(" LIMIT ? OFFSET ?");
            values.add(limit);
            values.add(skip);
            return this;
        }

        PreparedStatement bound(SqlSession session) throws SQLException {
            PreparedStatement statement = session.prepare(sql.toString());
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return statement;
        }
    }

    /** A row, and where it stands. */
    private record Found(long row, String start, SLAMetrics metrics) {
        static Found read(ResultSet row) throws SQLException {
            String start = row.getString(3);
            String column = "period_start";
            try {
                Instant periodStart = WireTime.parse(start);
                column = "period_end";
                Instant periodEnd = WireTime.parse(row.getString(4));
                column = "agent_id or one with a number";
                return new Found(
                        row.getLong(1),
                        start,
                        new SLAMetrics(
                                row.getString(2),
                                periodStart,
                                periodEnd,
                                row.getDouble(5),
                                row.getLong(6),
                                row.getDouble(7),
                                row.getLong(8),
                                row.getLong(9)));
            } catch (IllegalArgumentException | ValidationException e) {
                throw new StorageException(
                        "Row " + row.getLong(1) + " of table sla_metrics has no figures of service, see column "
                                + column + ": " + e.getMessage() + ". Mend the row or delete it",
                        false,
                        e);
            }
        }

        Cursor cursor() {
            return Cursor.afterKey(start + '\n' + row);
        }
    }
}
