// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.id.Ulid;
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
import dev.asap.storage.Retention;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.RollUp.Measure;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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
            (session, last) -> {
                DurationHistograms.fold(session, last);
                UsageGroups.fold(session, last);
            });

    /** So many durations or fewer are read one by one. */
    private static final int EXACT_DURATIONS = 1000;

    /** So many rows are read at once for an export. */
    private static final int EXPORT_PAGE = PageRequest.MAX_LIMIT;

    /** Up to so many events at once go through the journal; of more, many share a page of an index without it. */
    private static final int JOURNALED = 64;

    /** So many rows are deleted in one transaction. */
    private static final int PURGE_CHUNK = 2000;

    private final SqlExecutor sql;
    private final UsageJournal journal;
    private final boolean journaling;
    private final RollUpKeeper rollUp;
    private final InstantSource clock;
    private final @Nullable Retention retention;

    /**
     * Creates a store with a journal over a database whose migrations have run.
     *
     * @param retention for how long events are kept, as {@link #purgeExpired} has it, or null for ever
     * @param clock tells what has expired
     * @throws IllegalArgumentException if {@code retention} is negative
     */
    public JdbcMeteringStore(SqlExecutor sql, @Nullable Duration retention, InstantSource clock) {
        this(sql, retention, clock, true);
    }

    /**
     * Creates a store over a database whose migrations have run.
     *
     * @param retention for how long events are kept, as {@link #purgeExpired} has it, or null for ever
     * @param clock tells what has expired
     * @param journaling whether events that come one by one may wait in the journal; what waits there already is moved before it is
     *     read either way
     * @throws IllegalArgumentException if {@code retention} is negative
     */
    public JdbcMeteringStore(SqlExecutor sql, @Nullable Duration retention, InstantSource clock, boolean journaling) {
        this.sql = requireNonNull(sql, "sql");
        this.journal = new UsageJournal(sql);
        this.journaling = journaling;
        this.rollUp = new RollUpKeeper(ROLL_UP, sql, journal);
        this.retention = retention == null ? null : new Retention(retention);
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
        statements.addAll(UsageGroups.schema());
        return new Migration(
                version, "usage events, with their totals by agent, consumer and time", statements, session -> {
                    DurationHistograms.build(session);
                    UsageGroups.build(session);
                    return true;
                });
    }

    /**
     * The step that adds what files with the first one lack: sums of each agent by consumer and of each consumer by agent, the hours of a
     * day together, and durations by month and hour. It folds the changes that are noted, some thousand at a time, and goes through the
     * events a few times.
     *
     * @param version the number of the step
     */
    public static Migration migrationOfPairs(int version) {
        return new Migration(
                version,
                "usage by agent and consumer together and by hour, and durations by month and hour",
                List.of(UsagePairs.SCHEMA, UsageHours.SCHEMA, DurationHistograms.SPANS_SCHEMA),
                session -> {
                    while (ROLL_UP.fold(session) > 0) {}
                    // What has been folded just now was added to nothing.
                    for (String table : List.of(UsagePairs.PAIRS, UsageHours.HOURS, DurationHistograms.SPANS)) {
                        session.prepare("DELETE FROM " + table).execute();
                    }
                    DurationHistograms.buildSpans(session);
                    UsagePairs.build(session);
                    UsageHours.build(session);
                    return true;
                });
    }

    /**
     * The step that makes the journal, in which events that come one by one wait for each other.
     *
     * @param version the number of the step
     */
    public static Migration journalMigration(int version) {
        return new Migration(version, "a journal of usage events that come one by one", UsageJournal.schema());
    }

    /** Whether events wait in the journal, which a program that does not know the journal cannot see. One small read. */
    public static boolean isJournalWaiting(SqlSession session) throws SQLException {
        return UsageJournal.isWaiting(session);
    }

    /**
     * Moves events from the journal into {@code usage_events}, some thousand of them, in the transaction of the caller. The store does
     * that by itself before it reads, and when many wait; whoever runs the database calls it now and then, for other programs.
     *
     * @return how many are left
     */
    public static long moveJournal(SqlSession session) throws SQLException {
        return UsageJournal.move(session);
    }

    private static Measure counter(String member) {
        // The figure as JSON text: CAST reads the number that it begins with, and 0 from true, from texts and from
        // lists.
        return new Measure(
                member,
                "CASE WHEN json_valid({row}.metrics) THEN CAST(MIN(MAX(COALESCE(CAST({row}.metrics -> '$." + member
                        + "' AS REAL), 0), 0), " + UsageTotals.MAX_FIGURE + ") AS INTEGER) ELSE 0 END");
    }

    // ---- Recording

    private static final String INSERT = """
            INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """;

    /** {@inheritDoc} One insert for each event, in one transaction; of {@value #JOURNALED} or fewer, into the journal. */
    @Override
    public void recordAll(List<UsageEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        if (isJournaled(events)) {
            journal.makeRoom();
        }
        sql.write(recording(events));
        recorded(events);
    }

    /** {@inheritDoc} Like {@link #recordAll}. */
    @Override
    public CompletableFuture<Void> recordAllAsync(List<UsageEvent> events) {
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            if (isJournaled(events)) {
                journal.makeRoom();
            }
            return sql.writeAsync(recording(events)).thenRun(() -> recorded(events));
        } catch (StorageException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean isJournaled(List<UsageEvent> events) {
        return journaling && events.size() <= JOURNALED;
    }

    private void recorded(List<UsageEvent> events) {
        if (isJournaled(events)) {
            journal.appended(events.size());
        } else {
            rollUp.changed(events.size());
        }
    }

    private SqlWork<@Nullable Void> recording(List<UsageEvent> events) {
        if (events.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " events are recorded at once, got "
                    + events.size() + ": record them in parts");
        }
        // In the caller's thread, not in the one that writes for everybody.
        List<Row> rows = events.stream().map(Row::of).toList();
        if (isJournaled(events)) {
            return session -> {
                for (Row row : rows) {
                    UsageJournal.append(session, row.id(), row.event(), row.timestamp());
                }
                return null;
            };
        }
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
        UsageQuery query = new UsageQuery(filter);
        return rollUp.read(session -> {
            long total = query.count(session);
            List<UsageRow> found = total == 0 ? List.of() : query.page(session, request, total);
            return PageOfRows.of(found, request.limit(), total, UsageRow::event, UsageRow::cursor);
        });
    }

    /** {@inheritDoc} Reads a thousand events at a time. */
    @Override
    public void export(UsageFilter filter, Consumer<UsageEvent> receiver) {
        UsageQuery query = new UsageQuery(filter);
        requireNonNull(receiver, "receiver");
        Cursor behind = null;
        do {
            Cursor after = behind;
            SqlWork<List<UsageRow>> page = session -> query.behind(session, after, EXPORT_PAGE);
            // What was recorded before the call is there from the first page on.
            List<UsageRow> found = after == null ? rollUp.read(page) : sql.read(page);
            found.forEach(each -> receiver.accept(each.event()));
            behind = found.size() < EXPORT_PAGE
                    ? null
                    : found.get(EXPORT_PAGE - 1).cursor();
        } while (behind != null);
    }

    // ---- Totals

    /**
     * {@inheritDoc} A dozen small reads, and a row for each chunk of agents and consumers; of one agent or consumer, a row for each day, or
     * each event of months with few.
     */
    @Override
    public UsageSummary summary(UsageFilter filter) {
        UsageQuery query = new UsageQuery(filter);
        return rollUp.read(session -> new UsageSummary(
                UsagePeriods.totals(query.sums(session)),
                distinct(session, query, "agent_id", filter.agentId()),
                distinct(session, query, "consumer_id", filter.consumerId())));
    }

    private static long distinct(SqlSession session, UsageQuery query, String column, @Nullable String only)
            throws SQLException {
        if (only != null) {
            return query.count(session) > 0 ? 1 : 0;
        }
        if (query.isRolledUp()) {
            UsageGroupsView view = new UsageGroupsView(session, column, query.only(), query.range());
            if (view.hasBuckets()) {
                return view.count();
            }
        }
        try (ResultSet row = query.statementOfKeys(session, "SELECT COUNT(DISTINCT " + column + ")", "")
                .executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /**
     * {@inheritDoc} A dozen reads, which cost as much as there are agents, and the events of two hours; of one consumer, a row for each day,
     * or each event of months with few; with other filters, each event.
     */
    @Override
    public List<UsageAggregate.ByAgent> byAgent(UsageFilter filter) {
        List<UsageAggregate.ByAgent> groups = new ArrayList<>();
        forGroups(
                filter,
                "agent_id",
                (key, sums) -> groups.add(new UsageAggregate.ByAgent(key, UsagePeriods.totals(sums))));
        return groups;
    }

    /**
     * {@inheritDoc} A dozen reads, which cost as much as there are consumers, and the events of two hours; of one agent, a row for each day,
     * or each event of months with few; with other filters, each event.
     */
    @Override
    public List<UsageAggregate.ByConsumer> byConsumer(UsageFilter filter) {
        List<UsageAggregate.ByConsumer> groups = new ArrayList<>();
        forGroups(
                filter,
                "consumer_id",
                (key, sums) -> groups.add(new UsageAggregate.ByConsumer(key, UsagePeriods.totals(sums))));
        return groups;
    }

    private void forGroups(UsageFilter filter, String column, RollUpGroups.Receiver group) {
        UsageQuery query = new UsageQuery(filter);
        boolean unused = rollUp.read(session -> {
            groups(session, query, column, group);
            return true;
        });
    }

    private static void groups(SqlSession session, UsageQuery query, String column, RollUpGroups.Receiver group)
            throws SQLException {
        String only = column.equals("agent_id")
                ? query.filter().agentId()
                : query.filter().consumerId();
        if (only != null) {
            long[] sums = query.sums(session);
            if (sums[0] > 0) {
                group.accept(only, sums);
            }
            return;
        }
        UsageGroupsView view = new UsageGroupsView(session, column, query.only(), query.range());
        if (query.isRolledUp() && view.hasBuckets()) {
            view.forEach(group);
        } else {
            query.groupRows(session, column, group);
        }
    }

    /**
     * {@inheritDoc} A dozen reads, which cost as much as there are days, and the events of two hours; of one agent or consumer, a row for
     * each day, or each event of months with few; with other filters, and by hours of an agent or a consumer, each event.
     */
    @Override
    public List<UsageAggregate.ByPeriod> byPeriod(UsagePeriod period, UsageFilter filter) {
        UsageQuery query = new UsageQuery(filter);
        requireNonNull(period, "period");
        return rollUp.read(session -> UsagePeriods.of(session, query, period));
    }

    /**
     * {@inheritDoc} Of all events, histograms of months, days and hours, and the events of two hours; of an agent's, the histogram of each
     * day, and the events of two days; otherwise, and where they are
     * {@value #EXACT_DURATIONS} or fewer, each event: then the figures are exact.
     */
    @Override
    public DurationPercentiles durations(UsageFilter filter) {
        UsageQuery query = new UsageQuery(filter);
        return rollUp.read(session -> {
            long total = query.count(session);
            if (total > EXACT_DURATIONS && filter.consumerId() == null && filter.taskId() == null) {
                return DurationHistograms.read(session, filter.agentId(), query.range());
            }
            String select = "SELECT " + DURATION.of("t") + ", COUNT(*)";
            return DurationHistograms.exact(query.statement(session, select, " GROUP BY 1 ORDER BY 1"), total);
        });
    }

    // ---- The store itself

    private static final String OLDEST =
            "SELECT " + UsageRow.COLUMNS + " FROM usage_events WHERE timestamp >= '' ORDER BY timestamp LIMIT 1";

    /** {@inheritDoc} A few small reads. */
    @Override
    public UsageStats stats() {
        return rollUp.read(session -> {
            long events = RollUpView.ofAll(ROLL_UP, session).count(TimeRange.ALL);
            try (ResultSet row = session.prepare(OLDEST).executeQuery()) {
                return new UsageStats(
                        events,
                        row.next() ? UsageRow.read(row).event().timestamp() : null,
                        retention == null ? null : retention.length());
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
        journal.moveAll();
        String cutOff = WireTime.formatWithOffset(retention.cutOff(clock));
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
