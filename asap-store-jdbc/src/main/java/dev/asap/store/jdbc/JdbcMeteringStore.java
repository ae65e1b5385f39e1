// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.id.Ulid;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageStats;
import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.RollUp.Measure;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps usage events in the table {@code usage_events} of a database. What "kept" means when the power fails is the database's to
 * say.
 *
 * <p>Thread-safe. Totals and sums come from the {@link RollUp} of the table, by agent and by consumer; a filter by task, or by agent
 * and consumer together, looks at the events that it means. A row that another program wrote counts like one of ours; where its time
 * is no time, reading it fails with a {@link StorageException} that names the row, and figures that are missing or no numbers count as
 * 0. In sums and percentiles a figure counts as 10<sup>12</sup> at most.
 */
public final class JdbcMeteringStore implements MeteringStore {
    static final Measure DURATION = counter("duration_ms");

    /** The roll-up of {@code usage_events}. The store folds it by itself; {@link RollUp#fold} does it at once. */
    public static final RollUp ROLL_UP = new RollUp(
            "usage_events",
            "timestamp",
            List.of("agent_id", "consumer_id"),
            List.of(counter("tokens_in"), counter("tokens_out"), DURATION, counter("api_calls")),
            DurationHistograms::fold);

    private static final String COLUMNS = "id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status";

    /** Offsets up to this are walked to: as cheap as to locate them. */
    private static final long NEAR_OFFSET = 200;

    /** So many durations or fewer are read one by one. */
    private static final int EXACT_DURATIONS = 1000;

    /** So many rows are read at once for an export. */
    private static final int EXPORT_PAGE = PageRequest.MAX_LIMIT;

    /** So many rows are deleted in one transaction. */
    private static final int PURGE_CHUNK = 2000;

    private final SqlExecutor sql;
    private final RollUpKeeper rollUp;
    private final InstantSource clock;
    private final @Nullable Duration retention;

    /**
     * Creates a store over a database whose migrations have run.
     *
     * @param retention for how long events are kept, as {@link #purgeExpired} has it, or null for ever
     * @param clock tells what has expired
     */
    public JdbcMeteringStore(SqlExecutor sql, @Nullable Duration retention, InstantSource clock) {
        this.sql = requireNonNull(sql, "sql");
        this.rollUp = new RollUpKeeper(ROLL_UP, sql);
        this.retention = retention;
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * The step that makes the tables of this store, and counts what the table of the events has already.
     *
     * @param version the number of the step
     * @param events the statements that make the table {@code usage_events} and its indexes
     */
    public static Migration migration(int version, List<String> events) {
        List<String> statements = new ArrayList<>(events);
        statements.addAll(ROLL_UP.schema());
        statements.add(DurationHistograms.SCHEMA);
        return new Migration(
                version, "usage events, with their totals by agent, consumer and time", statements, session -> {
                    DurationHistograms.build(session);
                    return true;
                });
    }

    private static Measure counter(String member) {
        String path = "({row}.metrics, '$." + member + "')";
        return new Measure(
                member,
                "CASE WHEN json_valid({row}.metrics) AND json_type" + path + " IN ('integer', 'real')"
                        + " THEN MIN(MAX(CAST(json_extract" + path + " AS INTEGER), 0), " + UsageTotals.MAX_FIGURE
                        + ") ELSE 0 END");
    }

    // ---- Recording

    private static final String INSERT = """
            INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    /** {@inheritDoc} One insert for each event, in one transaction. */
    @Override
    public void recordAll(List<UsageEvent> events) {
        if (!events.isEmpty()) {
            sql.write(recording(events));
            rollUp.changed(events.size());
        }
    }

    /** {@inheritDoc} One insert for each event, in one transaction. */
    @Override
    public CompletableFuture<Void> recordAllAsync(List<UsageEvent> events) {
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            return sql.writeAsync(recording(events)).thenRun(() -> rollUp.changed(events.size()));
        } catch (StorageException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static SqlWork<@Nullable Void> recording(List<UsageEvent> events) {
        if (events.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " events are recorded at once, got "
                    + events.size() + ": record them in parts");
        }
        // In the caller's thread, not in the one that writes for everybody.
        List<Row> rows = events.stream().map(Row::of).toList();
        return session -> {
            PreparedStatement insert = session.prepare(INSERT);
            for (Row row : rows) {
                row.bind(insert);
                insert.executeUpdate();
            }
            return null;
        };
    }

    private record Row(String id, UsageEvent event, String metrics, String timestamp) {
        static Row of(UsageEvent event) {
            UsageMetrics used = event.metrics();
            String metrics = "{\"tokens_in\": " + used.tokensIn() + ", \"tokens_out\": " + used.tokensOut()
                    + ", \"duration_ms\": " + used.durationMs() + ", \"api_calls\": " + used.apiCalls() + "}";
            return new Row(Ulid.next("evt_"), event, metrics, WireTime.formatWithOffset(event.timestamp()));
        }

        void bind(PreparedStatement insert) throws SQLException {
            insert.setString(1, id);
            insert.setString(2, event.taskId());
            insert.setString(3, event.agentId());
            insert.setString(4, event.consumerId());
            insert.setString(5, metrics);
            insert.setString(6, timestamp);
            TaskStatus status = event.status();
            insert.setString(7, status == null ? null : status.value());
        }
    }

    // ---- Pages

    /** {@inheritDoc} A dozen small reads, however many events there are and however deep the page lies. */
    @Override
    public Page<UsageEvent> query(UsageFilter filter, PageRequest request) {
        Query query = new Query(filter);
        rollUp.catchUp();
        return sql.readTogether(session -> {
            long total = query.count(session);
            List<Found> found = total == 0 ? List.of() : query.page(session, request, total);
            List<UsageEvent> events = new ArrayList<>();
            for (Found each : found.subList(0, Math.min(found.size(), request.limit()))) {
                events.add(each.event());
            }
            Cursor next = found.size() > request.limit()
                    ? found.get(request.limit() - 1).cursor()
                    : null;
            return new Page<>(events, total, next);
        });
    }

    /** {@inheritDoc} Reads a thousand events at a time. */
    @Override
    public void export(UsageFilter filter, Consumer<UsageEvent> receiver) {
        Query query = new Query(filter);
        requireNonNull(receiver, "receiver");
        Cursor behind = null;
        do {
            Cursor after = behind;
            List<Found> found = sql.read(session -> query.behind(session, after, EXPORT_PAGE));
            found.forEach(each -> receiver.accept(each.event()));
            behind = found.size() < EXPORT_PAGE
                    ? null
                    : found.get(EXPORT_PAGE - 1).cursor();
        } while (behind != null);
    }

    /** A row, and where it stands. */
    private record Found(String id, String timestamp, UsageEvent event) {
        static Found read(ResultSet row) throws SQLException {
            String id = row.getString(1);
            String timestamp = row.getString(6);
            String column = "metrics";
            try {
                UsageMetrics metrics = metrics(row.getString(5));
                column = "timestamp";
                Instant time = WireTime.parse(timestamp);
                column = "task_id, agent_id, consumer_id or asap_status";
                String status = row.getString(7);
                return new Found(
                        id,
                        timestamp,
                        new UsageEvent(
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                metrics,
                                time,
                                status == null ? null : new TaskStatus(status)));
            } catch (IllegalArgumentException | ValidationException e) {
                throw new StorageException(
                        "Row '" + id + "' of table usage_events is no usage event, see column " + column + ": "
                                + e.getMessage() + ". Mend the row or delete it",
                        false,
                        e);
            }
        }

        private static UsageMetrics metrics(String text) {
            try {
                JsonObject metrics = JsonObject.parse(text);
                return new UsageMetrics(
                        counter(metrics, "tokens_in"),
                        counter(metrics, "tokens_out"),
                        counter(metrics, "duration_ms"),
                        counter(metrics, "api_calls"));
            } catch (JsonException e) {
                return UsageMetrics.NONE;
            }
        }

        private static long counter(JsonObject metrics, String member) {
            if (!(metrics.find(member).orElse(null) instanceof JsonNumber number)) {
                return 0;
            }
            double rough = number.asDouble();
            boolean isExact = number.isWhole() && Math.abs(rough) < 0x1p63;
            return Math.max(0, isExact ? number.asLong() : (long) rough);
        }

        Cursor cursor() {
            return Cursor.afterKey(timestamp + '\n' + id);
        }
    }

    /** The rows that a filter means: what to ask, and how to count them. */
    private static final class Query {
        private final UsageFilter filter;
        private final TimeRange range;
        private final String conditions;

        Query(UsageFilter filter) {
            this.filter = requireNonNull(filter, "filter");
            this.range = new TimeRange(text(filter.start()), text(filter.end()));
            StringBuilder sql = new StringBuilder();
            condition(sql, "agent_id = ?", filter.agentId());
            condition(sql, "consumer_id = ?", filter.consumerId());
            condition(sql, "task_id = ?", filter.taskId());
            condition(sql, "timestamp <= ?", range.until());
            this.conditions = sql.toString();
        }

        private static void condition(StringBuilder sql, String condition, @Nullable Object value) {
            if (value != null) {
                sql.append(" AND ").append(condition);
            }
        }

        private static @Nullable String text(@Nullable Instant time) {
            return time == null ? null : WireTime.formatWithOffset(time);
        }

        /** Whether these are all rows of some time. */
        boolean isOfAll() {
            return filter.agentId() == null && filter.consumerId() == null && filter.taskId() == null;
        }

        /** Whether the roll-up counts these rows; otherwise they are few, and read. */
        boolean isRolledUp() {
            return filter.taskId() == null && (filter.agentId() == null || filter.consumerId() == null);
        }

        RollUpView view(SqlSession session) {
            if (filter.agentId() != null) {
                return RollUpView.of(ROLL_UP, session, "agent_id", filter.agentId());
            }
            return filter.consumerId() != null
                    ? RollUpView.of(ROLL_UP, session, "consumer_id", filter.consumerId())
                    : RollUpView.ofAll(ROLL_UP, session);
        }

        long[] sums(SqlSession session) throws SQLException {
            if (isRolledUp()) {
                return view(session).sums(range);
            }
            StringBuilder select = new StringBuilder("SELECT COUNT(*)");
            ROLL_UP.measures()
                    .forEach(measure ->
                            select.append(", SUM(").append(measure.of("t")).append(")"));
            try (ResultSet row = statement(session, select.toString(), "").executeQuery()) {
                row.next();
                long[] sums = new long[1 + ROLL_UP.measures().size()];
                for (int i = 0; i < sums.length; i++) {
                    sums[i] = row.getLong(i + 1);
                }
                return sums;
            }
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
            bind(statement, range.from() == null ? "" : range.from());
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
        List<Found> page(SqlSession session, PageRequest request, long total) throws SQLException {
            if (request.cursor() != null) {
                return behind(session, request.cursor(), request.limit() + 1);
            }
            if (request.offset() >= total) {
                return List.of();
            }
            if (request.offset() <= NEAR_OFFSET || !isRolledUp()) {
                return from(session, range.from() == null ? "" : range.from(), request.limit() + 1, request.offset());
            }
            RollUpView.Place place = view(session).locate(range, request.offset());
            return from(session, place.from(), request.limit() + 1, place.skip());
        }

        private List<Found> from(SqlSession session, String from, int limit, long skip) throws SQLException {
            PreparedStatement statement = session.prepare("SELECT " + COLUMNS
                    + " FROM usage_events t WHERE timestamp >= ?" + conditions
                    + " ORDER BY timestamp, id LIMIT ? OFFSET ?");
            int next = bind(statement, from);
            statement.setInt(next, limit);
            statement.setLong(next + 1, skip);
            return read(statement);
        }

        List<Found> behind(SqlSession session, @Nullable Cursor cursor, int limit) throws SQLException {
            if (cursor == null) {
                return from(session, range.from() == null ? "" : range.from(), limit, 0);
            }
            String key = cursor.key();
            int split = key.indexOf('\n');
            if (split < 0) {
                throw new IllegalArgumentException(
                        "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was");
            }
            String time = key.substring(0, split);
            // The first condition is what the index is entered with; the second passes over rows of the same time.
            PreparedStatement statement = session.prepare("SELECT " + COLUMNS
                    + " FROM usage_events t WHERE timestamp >= ?" + conditions
                    + " AND (timestamp > ? OR id > ?) ORDER BY timestamp, id LIMIT ?");
            int next = bind(statement, time);
            statement.setString(next, time);
            statement.setString(next + 1, key.substring(split + 1));
            statement.setInt(next + 2, limit);
            return read(statement);
        }

        private static List<Found> read(PreparedStatement statement) throws SQLException {
            List<Found> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(Found.read(rows));
                }
            }
            return found;
        }
    }

    // ---- Totals

    /** {@inheritDoc} A dozen small reads; where agents or consumers have to be told apart, one that finds each of them. */
    @Override
    public UsageSummary summary(UsageFilter filter) {
        Query query = new Query(filter);
        rollUp.catchUp();
        return sql.readTogether(session -> new UsageSummary(
                totals(query.sums(session)),
                distinct(session, query, "agent_id", filter.agentId()),
                distinct(session, query, "consumer_id", filter.consumerId())));
    }

    private static long distinct(SqlSession session, Query query, String column, @Nullable String only)
            throws SQLException {
        if (only != null) {
            return query.count(session) > 0 ? 1 : 0;
        }
        if (query.isOfAll()) {
            long[] count = new long[1];
            groups(session, query, column, (key, sums) -> count[0]++);
            return count[0];
        }
        try (ResultSet row = query.statement(session, "SELECT COUNT(DISTINCT " + column + ")", "")
                .executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** {@inheritDoc} One read, which costs as much as there are agents, and the events of two days. */
    @Override
    public List<UsageAggregate.ByAgent> byAgent(UsageFilter filter) {
        List<UsageAggregate.ByAgent> groups = new ArrayList<>();
        forGroups(filter, "agent_id", (key, sums) -> groups.add(new UsageAggregate.ByAgent(key, totals(sums))));
        return groups;
    }

    /** {@inheritDoc} One read, which costs as much as there are consumers, and the events of two days. */
    @Override
    public List<UsageAggregate.ByConsumer> byConsumer(UsageFilter filter) {
        List<UsageAggregate.ByConsumer> groups = new ArrayList<>();
        forGroups(filter, "consumer_id", (key, sums) -> groups.add(new UsageAggregate.ByConsumer(key, totals(sums))));
        return groups;
    }

    private void forGroups(UsageFilter filter, String column, RollUpGroups.Receiver group) {
        Query query = new Query(filter);
        rollUp.catchUp();
        sql.readTogether(session -> {
            groups(session, query, column, group);
            return null;
        });
    }

    private static void groups(SqlSession session, Query query, String column, RollUpGroups.Receiver group)
            throws SQLException {
        if (query.isOfAll()) {
            RollUpGroups.ofKeys(ROLL_UP, session, column, query.range, RollUp.COARSE)
                    .sumBy("key", group);
            return;
        }
        groupRows(session, query, column, group);
    }

    private static void groupRows(SqlSession session, Query query, String key, RollUpGroups.Receiver group)
            throws SQLException {
        StringBuilder select = new StringBuilder("SELECT " + key + ", COUNT(*)");
        ROLL_UP.measures()
                .forEach(measure ->
                        select.append(", SUM(").append(measure.of("t")).append(")"));
        try (ResultSet rows = query.statement(session, select.toString(), " GROUP BY 1 ORDER BY 1")
                .executeQuery()) {
            while (rows.next()) {
                long[] sums = new long[1 + ROLL_UP.measures().size()];
                for (int i = 0; i < sums.length; i++) {
                    sums[i] = rows.getLong(i + 2);
                }
                group.accept(rows.getString(1), sums);
            }
        }
    }

    private static UsageTotals totals(long[] sums) {
        return new UsageTotals(sums[0], sums[1], sums[2], sums[3], sums[4]);
    }

    /** {@inheritDoc} Two or three reads, which cost as much as there are days, and agents and consumers in each of them. */
    @Override
    public List<UsageAggregate.ByPeriod> byPeriod(UsagePeriod period, UsageFilter filter) {
        Query query = new Query(filter);
        rollUp.catchUp();
        return sql.readTogether(session -> {
            Map<String, long[]> sums = new TreeMap<>();
            String name = periodOf(period, "at");
            if (query.isRolledUp()) {
                query.view(session).groups(query.range, levelsOf(period)).sumBy(name, sums::put);
            } else {
                groupRows(session, query, periodOf(period, "timestamp"), sums::put);
            }
            Map<String, Long> agents = distinctByPeriod(session, query, period, "agent_id", filter.agentId());
            Map<String, Long> consumers = distinctByPeriod(session, query, period, "consumer_id", filter.consumerId());
            List<UsageAggregate.ByPeriod> groups = new ArrayList<>();
            sums.forEach((key, values) -> groups.add(new UsageAggregate.ByPeriod(
                    key, totals(values), agents.getOrDefault(key, 1L), consumers.getOrDefault(key, 1L))));
            return groups;
        });
    }

    /** The SQL for the name of a period out of the text of a time. */
    private static String periodOf(UsagePeriod period, String time) {
        return switch (period) {
            case HOUR -> "substr(" + time + ", 1, 13)";
            case DAY -> "substr(" + time + ", 1, 10)";
            case MONTH -> "substr(" + time + ", 1, 7)";
            case WEEK -> {
                // The Thursday of a week tells its year, and its day in the year the number.
                String thursday = "date(substr(" + time + ", 1, 10), '-3 days', 'weekday 4')";
                yield "strftime('%Y', " + thursday + ") || printf('-W%02d', (strftime('%j', " + thursday
                        + ") - 1) / 7 + 1)";
            }
        };
    }

    /** The buckets that no such period divides. */
    private static List<Integer> levelsOf(UsagePeriod period) {
        return switch (period) {
            case HOUR -> List.of(13);
            case DAY, WEEK -> List.of(10);
            case MONTH -> List.of(7, 9, 10);
        };
    }

    /** How many values of a column each period has; nothing where the filter names the one. */
    private static Map<String, Long> distinctByPeriod(
            SqlSession session, Query query, UsagePeriod period, String column, @Nullable String only)
            throws SQLException {
        Map<String, Long> counts = new HashMap<>();
        if (only != null) {
            return counts;
        }
        if (query.isOfAll()) {
            RollUpGroups.ofKeys(ROLL_UP, session, column, query.range, levelsOf(period))
                    .countKeysBy(periodOf(period, "at"), counts::put);
            return counts;
        }
        String select = "SELECT " + periodOf(period, "timestamp") + ", COUNT(DISTINCT " + column + ")";
        try (ResultSet rows = query.statement(session, select, " GROUP BY 1").executeQuery()) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    /**
     * {@inheritDoc} Of all events or an agent's, the histogram of each day and the events of two days; otherwise, and where they are
     * {@value #EXACT_DURATIONS} or fewer, each event: then the figures are exact.
     */
    @Override
    public DurationPercentiles durations(UsageFilter filter) {
        Query query = new Query(filter);
        rollUp.catchUp();
        return sql.readTogether(session -> {
            long total = query.count(session);
            if (total > EXACT_DURATIONS && filter.consumerId() == null && filter.taskId() == null) {
                return DurationHistograms.read(session, filter.agentId(), query.range);
            }
            String select = "SELECT " + DURATION.of("t") + ", COUNT(*)";
            return DurationHistograms.exact(query.statement(session, select, " GROUP BY 1 ORDER BY 1"), total);
        });
    }

    // ---- The store itself

    private static final String OLDEST =
            "SELECT " + COLUMNS + " FROM usage_events WHERE timestamp >= '' ORDER BY timestamp LIMIT 1";

    /** {@inheritDoc} A few small reads. */
    @Override
    public UsageStats stats() {
        rollUp.catchUp();
        return sql.readTogether(session -> {
            long events = RollUpView.ofAll(ROLL_UP, session).count(TimeRange.ALL);
            try (ResultSet row = session.prepare(OLDEST).executeQuery()) {
                return new UsageStats(
                        events, row.next() ? Found.read(row).event().timestamp() : null, retention);
            }
        });
    }

    private static final String PURGE = """
            DELETE FROM usage_events WHERE rowid IN
                (SELECT rowid FROM usage_events WHERE timestamp < ? ORDER BY timestamp LIMIT ?)
            """;

    /** {@inheritDoc} Some thousand events in one transaction, so that others can write in between. */
    @Override
    public long purgeExpired() {
        if (retention == null) {
            return 0;
        }
        String cutOff =
                WireTime.formatWithOffset(clock.instant().minus(retention).truncatedTo(ChronoUnit.SECONDS));
        long removed = 0;
        int chunk;
        do {
            chunk = sql.write(session -> {
                PreparedStatement delete = session.prepare(PURGE);
                delete.setString(1, cutOff);
                delete.setInt(2, PURGE_CHUNK);
                return delete.executeUpdate();
            });
            removed += chunk;
            rollUp.changed(chunk);
        } while (chunk == PURGE_CHUNK);
        return removed;
    }
}
