// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.json.WireTime;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLAAggregation;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStats;
import dev.asap.sla.SLAStore;
import dev.asap.storage.Retention;
import dev.asap.storage.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps figures of service and breaches in the tables {@code sla_metrics} and {@code sla_breaches} of a database. What "kept" means
 * when the power fails is the database's to say.
 *
 * <p>Thread-safe. Totals come from {@link RollUp}s by agent, and for breaches by severity and by both together; open ones are counted
 * one by one. A row that another program wrote counts like one of ours; where it cannot be read,
 * reading it fails with a {@link StorageException} that names the row.
 */
public final class JdbcSLAStore implements SLAStore {
    /** Counts periods by their starts. */
    static final RollUp STARTS = new RollUp("sla_metrics", "period_start", List.of("agent_id"), List.of());

    /** Counts periods by their ends: both together tell how many overlap a span, however long they are. */
    static final RollUp ENDS =
            new RollUp("asap_sla_metrics_ends", "sla_metrics", "period_end", List.of("agent_id"), List.of());

    /** Counts breaches. */
    static final RollUp BREACHES = new RollUp(
            "asap_sla_breaches",
            "asap_sla_breach_keys",
            "detected_at",
            List.of("agent_id", "severity", "agent_severity"),
            List.of());

    /** SQL for the column {@code agent_severity} of a row, which is called {@code {row}} in it: both, in one text that can be indexed. */
    public static final String AGENT_AND_SEVERITY = "length({row}.severity) || ':' || {row}.severity || {row}.agent_id";

    /** The text of {@link #AGENT_AND_SEVERITY}. */
    static String agentAndSeverity(String agent, String severity) {
        return severity.length() + ":" + severity + agent;
    }

    /** The roll-ups of both tables; the database creates their tables and triggers. */
    public static final List<RollUp> ROLL_UPS = List.of(STARTS, ENDS, BREACHES);

    /** So many rows are deleted in one transaction. */
    private static final int PURGE_CHUNK = 2000;

    private final SqlExecutor sql;
    private final RollUpKeeper starts;
    private final RollUpKeeper ends;
    private final RollUpKeeper breaches;
    private final InstantSource clock;
    private final @Nullable Retention retention;

    /**
     * Creates a store over a database whose migrations have run.
     *
     * @param retention for how long figures and breaches are kept, as {@link #purgeExpired} has it, or null for ever
     * @param clock tells what has expired
     * @throws IllegalArgumentException if {@code retention} is negative
     */
    public JdbcSLAStore(SqlExecutor sql, @Nullable Duration retention, InstantSource clock) {
        this.sql = requireNonNull(sql, "sql");
        this.starts = new RollUpKeeper(STARTS, sql);
        this.ends = new RollUpKeeper(ENDS, sql);
        this.breaches = new RollUpKeeper(BREACHES, sql);
        this.retention = retention == null ? null : new Retention(retention);
        this.clock = requireNonNull(clock, "clock");
    }

    // ---- Figures

    private static final String INSERT_METRICS = """
            INSERT INTO sla_metrics (agent_id, period_start, period_end, uptime_percent, latency_p95_ms,
                error_rate_percent, tasks_completed, tasks_failed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** {@inheritDoc} One insert for each record, in one transaction. */
    @Override
    public void recordAllMetrics(List<SLAMetrics> metrics) {
        if (metrics.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " records are kept at once, got "
                    + metrics.size() + ": record them in parts");
        }
        List<SLAMetrics> records = List.copyOf(metrics);
        if (records.isEmpty()) {
            return;
        }
        sql.write(session -> {
            PreparedStatement insert = session.prepare(INSERT_METRICS);
            for (SLAMetrics each : records) {
                insert.setString(1, each.agentId());
                insert.setString(2, WireTime.formatWithOffset(each.periodStart()));
                insert.setString(3, WireTime.formatWithOffset(each.periodEnd()));
                insert.setDouble(4, each.uptimePercent());
                insert.setLong(5, each.latencyP95Ms());
                insert.setDouble(6, each.errorRatePercent());
                insert.setLong(7, each.tasksCompleted());
                insert.setLong(8, each.tasksFailed());
                insert.executeUpdate();
            }
            return null;
        });
        metricsChanged(records.size());
    }

    private void metricsChanged(int rows) {
        starts.changed(rows);
        ends.changed(rows);
    }

    /**
     * {@inheritDoc} Some dozens of small reads, however many records there are and however deep the page lies. Only records that end
     * before they start make a page cost the way to it, and one that began long before the span costs the way back to its start.
     */
    @Override
    public Page<SLAMetrics> queryMetrics(SLAMetricsFilter filter, PageRequest request) {
        SLAMetricsQuery query = new SLAMetricsQuery(filter);
        return RollUpKeeper.read(sql, session -> query.page(session, request), starts, ends);
    }

    /** {@inheritDoc} Some dozens of small reads, however many records there are. */
    @Override
    public long countMetrics(SLAMetricsFilter filter) {
        SLAMetricsQuery query = new SLAMetricsQuery(filter);
        return RollUpKeeper.read(sql, query::count, starts, ends);
    }

    /**
     * {@inheritDoc} Reads each record that the filter means, and keeps 8 bytes of it.
     *
     * @throws ArithmeticException if an agent's number of tasks exceeds a {@code long}
     */
    @Override
    public List<SLAMetrics> aggregateMetrics(SLAMetricsFilter filter) {
        SLAMetricsQuery query = new SLAMetricsQuery(filter);
        return RollUpKeeper.read(
                sql,
                session -> {
                    Map<String, SLAAggregation> agents = new LinkedHashMap<>();
                    query.forEach(
                            session,
                            each -> agents.computeIfAbsent(each.agentId(), agent -> new SLAAggregation())
                                    .add(each));
                    return agents.values().stream()
                            .flatMap(agent -> agent.result().stream())
                            .toList();
                },
                starts,
                ends);
    }

    // ---- Breaches

    private static final String UPSERT_BREACH = """
            INSERT INTO sla_breaches (id, agent_id, breach_type, threshold, actual, severity, detected_at, resolved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET agent_id = excluded.agent_id, breach_type = excluded.breach_type,
                threshold = excluded.threshold, actual = excluded.actual, severity = excluded.severity,
                detected_at = excluded.detected_at, resolved_at = excluded.resolved_at
            """;

    /** {@inheritDoc} One upsert. */
    @Override
    public void recordBreach(SLABreach breach) {
        requireNonNull(breach, "breach");
        sql.write(session -> {
            upsert(session, breach);
            return null;
        });
        breachChanged();
    }

    private static void upsert(SqlSession session, SLABreach breach) throws SQLException {
        PreparedStatement upsert = session.prepare(UPSERT_BREACH);
        Instant resolvedAt = breach.resolvedAt();
        upsert.setString(1, breach.id());
        upsert.setString(2, breach.agentId());
        upsert.setString(3, breach.breachType().value());
        upsert.setString(4, breach.threshold());
        upsert.setString(5, breach.actual());
        upsert.setString(6, breach.severity().value());
        upsert.setString(7, WireTime.formatWithOffset(breach.detectedAt()));
        upsert.setString(8, resolvedAt == null ? null : WireTime.formatWithOffset(resolvedAt));
        upsert.executeUpdate();
    }

    private void breachChanged() {
        // The old keys and the new ones.
        breaches.changed(2);
    }

    /** Served by the index asap_sla_breach_agent_open. */
    private static final String FIND_OPEN_BREACH = "SELECT " + SLABreachQuery.COLUMNS
            + " FROM asap_sla_breach_keys k CROSS JOIN sla_breaches b"
            + " WHERE b.id = k.id AND k.open = 1 AND k.agent_id = ? AND b.breach_type = ?"
            + " ORDER BY k.detected_at DESC, k.id DESC LIMIT 1";

    /** {@inheritDoc} One indexed read and at most one upsert, in one transaction that writes. */
    @Override
    public SLABreach openBreach(SLABreach breach) {
        breach.requireOpen();
        Optional<SLABreach> known = sql.write(session -> {
            PreparedStatement find = session.prepare(FIND_OPEN_BREACH);
            find.setString(1, breach.agentId());
            find.setString(2, breach.breachType().value());
            Optional<SLABreach> open = first(find);
            if (open.isEmpty()) {
                upsert(session, breach);
            }
            return open;
        });
        if (known.isEmpty()) {
            breachChanged();
        }
        return known.orElse(breach);
    }

    /** {@inheritDoc} One indexed read and at most one upsert, in one transaction that writes. */
    @Override
    public boolean replaceBreach(SLABreach known, SLABreach changed) {
        known.requireSameId(changed);
        boolean replaced = sql.write(session -> {
            boolean same = find(session, known.id()).filter(known::equals).isPresent();
            if (same) {
                upsert(session, changed);
            }
            return same;
        });
        if (replaced) {
            breachChanged();
        }
        return replaced;
    }

    private static final String FIND_BREACH =
            "SELECT " + SLABreachQuery.COLUMNS + " FROM sla_breaches b WHERE b.id = ?";

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<SLABreach> findBreach(String id) {
        requireNonNull(id, "id");
        return sql.read(session -> find(session, id));
    }

    private static Optional<SLABreach> find(SqlSession session, String id) throws SQLException {
        PreparedStatement find = session.prepare(FIND_BREACH);
        find.setString(1, id);
        return first(find);
    }

    private static Optional<SLABreach> first(PreparedStatement find) throws SQLException {
        return SLABreachQuery.read(find).stream().findFirst().map(SLABreachQuery.Found::breach);
    }

    /**
     * {@inheritDoc} A dozen small reads, however many breaches there are and however deep the page lies; of open ones only, they cost
     * as much as there are such breaches.
     */
    @Override
    public Page<SLABreach> queryBreaches(SLABreachFilter filter, PageRequest request) {
        SLABreachQuery query = new SLABreachQuery(filter);
        return breaches.read(session -> query.page(session, request));
    }

    // ---- The store itself

    private static final String OLDEST_PERIOD =
            "SELECT period_start, 'sla_metrics' FROM sla_metrics ORDER BY period_start LIMIT 1";

    private static final String OLDEST_BREACH =
            "SELECT detected_at, 'sla_breaches' FROM asap_sla_breach_keys ORDER BY detected_at LIMIT 1";

    /** {@inheritDoc} A few small reads. */
    @Override
    public SLAStats stats() {
        return RollUpKeeper.read(
                sql,
                session -> {
                    Instant period = oldest(session, OLDEST_PERIOD);
                    Instant breach = oldest(session, OLDEST_BREACH);
                    boolean periodIsOlder = breach == null || (period != null && period.isBefore(breach));
                    return new SLAStats(
                            RollUpView.ofAll(STARTS, session).count(TimeRange.ALL),
                            RollUpView.ofAll(BREACHES, session).count(TimeRange.ALL),
                            periodIsOlder ? period : breach,
                            retention == null ? null : retention.length());
                },
                starts,
                ends,
                breaches);
    }

    private static @Nullable Instant oldest(SqlSession session, String select) throws SQLException {
        try (ResultSet row = session.prepare(select).executeQuery()) {
            return row.next() ? time(row.getString(1), row.getString(2)) : null;
        }
    }

    private static Instant time(String text, String table) {
        try {
            return WireTime.parse(text);
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    "The oldest row of table " + table + " has no time: " + e.getMessage()
                            + ". Mend the row or delete it",
                    false,
                    e);
        }
    }

    private static final String PURGE_METRICS = """
            DELETE FROM sla_metrics WHERE rowid IN
                (SELECT rowid FROM sla_metrics WHERE period_end < ? ORDER BY period_end LIMIT ?)
            """;

    private static final String PURGE_BREACHES = """
            DELETE FROM sla_breaches WHERE id IN
                (SELECT id FROM asap_sla_breach_keys WHERE detected_at < ? ORDER BY detected_at LIMIT ?)
            """;

    /** {@inheritDoc} Some thousand rows in one transaction, so that others can write in between. */
    @Override
    public long purgeExpired() {
        if (retention == null) {
            return 0;
        }
        String before = WireTime.formatWithOffset(retention.cutOff(clock));
        long removed = 0;
        int chunk;
        do {
            chunk = purge(PURGE_METRICS, before);
            metricsChanged(chunk);
            removed += chunk;
        } while (chunk == PURGE_CHUNK);
        do {
            chunk = purge(PURGE_BREACHES, before);
            breaches.changed(chunk);
            removed += chunk;
        } while (chunk == PURGE_CHUNK);
        return removed;
    }

    private int purge(String statement, String before) {
        return sql.write(session -> {
            PreparedStatement delete = session.prepare(statement);
            delete.setString(1, before);
            delete.setInt(2, PURGE_CHUNK);
            return delete.executeUpdate();
        });
    }
}
