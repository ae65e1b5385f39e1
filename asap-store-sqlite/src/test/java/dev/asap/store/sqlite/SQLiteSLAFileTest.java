// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.WireTime;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStats;
import dev.asap.sla.SLAStore;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.JdbcSLAStore;
import dev.asap.store.jdbc.RollUp;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One file, two programs: figures and breaches that the reference wrote are read and counted here, and ours it can read. */
@ExtendWith(LeakChecks.class)
class SQLiteSLAFileTest {
    private static final SLAMetricsFilter ALL = SLAMetricsFilter.all();
    private static final SLABreachFilter ALL_BREACHES = SLABreachFilter.all();
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30Z");

    /** The tables as the protocol describes them. */
    private static final List<String> TABLES = List.of(
            """
            CREATE TABLE IF NOT EXISTS sla_metrics (
                agent_id TEXT NOT NULL,
                period_start TEXT NOT NULL,
                period_end TEXT NOT NULL,
                uptime_percent REAL NOT NULL,
                latency_p95_ms INTEGER NOT NULL,
                error_rate_percent REAL NOT NULL,
                tasks_completed INTEGER NOT NULL,
                tasks_failed INTEGER NOT NULL
            )
            """,
            "CREATE INDEX IF NOT EXISTS idx_sla_metrics_agent_period ON sla_metrics (agent_id, period_start)",
            """
            CREATE TABLE IF NOT EXISTS sla_breaches (
                id TEXT PRIMARY KEY,
                agent_id TEXT NOT NULL,
                breach_type TEXT NOT NULL,
                threshold TEXT NOT NULL,
                actual TEXT NOT NULL,
                severity TEXT NOT NULL,
                detected_at TEXT NOT NULL,
                resolved_at TEXT
            )
            """,
            "CREATE INDEX IF NOT EXISTS idx_sla_breaches_agent_detected ON sla_breaches (agent_id, detected_at)");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("asap_state.db");
    }

    private ForeignConnection reference() throws SQLException {
        ForeignConnection reference = ForeignConnection.likeTheReference(file);
        for (String table : TABLES) {
            reference.run(table);
        }
        return reference;
    }

    private SQLiteStorage open() {
        return SQLiteStorage.builder(file).durability(Durability.NORMAL).open();
    }

    private static void insertMetrics(ForeignConnection reference, String agent, String start, String end)
            throws SQLException {
        reference.run(
                "INSERT INTO sla_metrics (agent_id, period_start, period_end, uptime_percent, latency_p95_ms,"
                        + " error_rate_percent, tasks_completed, tasks_failed) VALUES (?, ?, ?, 99.5, 550, 1.08, 60, 2)",
                agent,
                start,
                end);
    }

    private static void replaceBreach(
            ForeignConnection reference, String id, String agent, String severity, String detectedAt, String resolvedAt)
            throws SQLException {
        reference.run(
                "INSERT OR REPLACE INTO sla_breaches (id, agent_id, breach_type, threshold, actual, severity,"
                        + " detected_at, resolved_at) VALUES (?, ?, 'latency', '500ms', '900ms', ?, ?, ?)",
                id,
                agent,
                severity,
                detectedAt,
                resolvedAt);
    }

    private static List<String> ids(SLAStore store, SLABreachFilter filter) {
        Page<SLABreach> page = store.queryBreaches(filter, PageRequest.first(1000));
        assertThat(page.total()).isEqualTo(page.items().size());
        return page.items().stream().map(SLABreach::id).toList();
    }

    @Test
    void referenceFile_isReadWhole() throws SQLException {
        try (ForeignConnection reference = reference()) {
            insertMetrics(reference, "a", "2026-03-01T05:00:00.250000+00:00", "2026-03-01T06:00:00+00:00");
            insertMetrics(reference, "b", "2026-03-01T04:00:00+00:00", "2026-03-01T05:00:00+00:00");
            replaceBreach(reference, "breach_2", "a", "warning", "2026-03-01T09:30:00+00:00", null);
            replaceBreach(
                    reference, "breach_1", "a", "critical", "2026-03-01T09:30:00+00:00", "2026-03-01T10:00:00.5+00:00");
        }
        try (SQLiteStorage storage = open()) {
            SLAStore store = storage.sla();

            assertThat(store.queryMetrics(ALL, PageRequest.first()).items())
                    .containsExactly(
                            new SLAMetrics(
                                    "b",
                                    Instant.parse("2026-03-01T04:00:00Z"),
                                    Instant.parse("2026-03-01T05:00:00Z"),
                                    99.5,
                                    550,
                                    1.08,
                                    60,
                                    2),
                            new SLAMetrics(
                                    "a",
                                    Instant.parse("2026-03-01T05:00:00.250Z"),
                                    Instant.parse("2026-03-01T06:00:00Z"),
                                    99.5,
                                    550,
                                    1.08,
                                    60,
                                    2));
            assertThat(store.queryBreaches(ALL_BREACHES, PageRequest.first()).items())
                    .containsExactly(
                            new SLABreach(
                                    "breach_1",
                                    "a",
                                    BreachType.LATENCY,
                                    "500ms",
                                    "900ms",
                                    BreachSeverity.CRITICAL,
                                    Instant.parse("2026-03-01T09:30:00Z"),
                                    Instant.parse("2026-03-01T10:00:00.5Z")),
                            new SLABreach(
                                    "breach_2",
                                    "a",
                                    BreachType.LATENCY,
                                    "500ms",
                                    "900ms",
                                    BreachSeverity.WARNING,
                                    Instant.parse("2026-03-01T09:30:00Z"),
                                    null));
            assertThat(store.stats()).isEqualTo(new SLAStats(2, 2, Instant.parse("2026-03-01T04:00:00Z"), null));
            assertThat(store.countMetrics(ALL.agent("a"))).isEqualTo(1);
        }
    }

    @Test
    void ourFile_hasTheProtocolsTables() throws SQLException {
        try (SQLiteStorage storage = open()) {
            storage.sla()
                    .recordMetrics(new SLAMetrics(
                            "ägent", TIME, TIME.plusSeconds(3600).plusNanos(250_000_000), 100, 550, 1e-5, 60, 2));
            SLABreach breach = new SLABreach(
                    "breach_1",
                    "ägent",
                    BreachType.ERROR_RATE,
                    "1.0%",
                    "1e-05%",
                    BreachSeverity.WARNING,
                    TIME.plusNanos(1000),
                    null);
            storage.sla().recordBreach(breach);
            storage.sla().recordBreach(breach.resolved(TIME.plusSeconds(1)));
        }
        try (ForeignConnection reference = reference()) {
            assertThat(reference.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('sla_metrics')"))
                    .containsExactly(
                            "agent_id|TEXT|1|0",
                            "period_start|TEXT|1|0",
                            "period_end|TEXT|1|0",
                            "uptime_percent|REAL|1|0",
                            "latency_p95_ms|INTEGER|1|0",
                            "error_rate_percent|REAL|1|0",
                            "tasks_completed|INTEGER|1|0",
                            "tasks_failed|INTEGER|1|0");
            assertThat(reference.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('sla_breaches')"))
                    .containsExactly(
                            "id|TEXT|0|1",
                            "agent_id|TEXT|1|0",
                            "breach_type|TEXT|1|0",
                            "threshold|TEXT|1|0",
                            "actual|TEXT|1|0",
                            "severity|TEXT|1|0",
                            "detected_at|TEXT|1|0",
                            "resolved_at|TEXT|0|0");
            assertThat(reference.rows("SELECT * FROM sla_metrics"))
                    .containsExactly("ägent|2026-03-01T08:15:30+00:00|2026-03-01T09:15:30.250000+00:00|100.0|550|"
                            + "1.0e-05|60|2");
            assertThat(reference.rows("SELECT DISTINCT typeof(uptime_percent), typeof(latency_p95_ms),"
                            + " typeof(error_rate_percent), typeof(tasks_completed), rowid FROM sla_metrics"))
                    .containsExactly("real|integer|real|integer|1");
            assertThat(reference.rows("SELECT * FROM sla_breaches"))
                    .containsExactly("breach_1|ägent|error_rate|1.0%|1e-05%|warning|2026-03-01T08:15:30.000001+00:00|"
                            + "2026-03-01T08:15:31+00:00");
            assertThat(reference.rows("SELECT name FROM sqlite_master WHERE name LIKE 'idx_sla%' ORDER BY name"))
                    .containsExactly("idx_sla_breaches_agent_detected", "idx_sla_metrics_agent_period");
        }
    }

    @Test
    void breachesReplacedByTheReferenceMeanwhile_count() throws SQLException {
        try (ForeignConnection reference = reference();
                SQLiteStorage storage = open()) {
            SLAStore store = storage.sla();
            replaceBreach(reference, "1", "a", "warning", "2026-03-01T08:00:00+00:00", null);
            replaceBreach(reference, "2", "a", "warning", "2026-03-01T09:00:00+00:00", null);
            replaceBreach(reference, "1", "b", "critical", "2026-03-01T10:00:00+00:00", "2026-03-01T11:00:00+00:00");

            assertThat(ids(store, ALL_BREACHES)).containsExactly("2", "1");
            assertThat(ids(store, ALL_BREACHES.agent("a"))).containsExactly("2");
            assertThat(ids(store, ALL_BREACHES.agent("b"))).containsExactly("1");
            assertThat(ids(store, ALL_BREACHES.severity(BreachSeverity.WARNING)))
                    .containsExactly("2");
            assertThat(ids(store, ALL_BREACHES.onlyOpen())).containsExactly("2");

            reference.run("UPDATE OR REPLACE sla_breaches SET id = '2', agent_id = 'c' WHERE id = '1'");
            assertThat(ids(store, ALL_BREACHES)).containsExactly("2");
            assertThat(ids(store, ALL_BREACHES.agent("c"))).containsExactly("2");
            assertThat(ids(store, ALL_BREACHES.agent("a"))).isEmpty();

            reference.run("UPDATE sla_breaches SET resolved_at = NULL");
            assertThat(ids(store, ALL_BREACHES.onlyOpen())).containsExactly("2");
            reference.run("INSERT OR IGNORE INTO sla_breaches VALUES ('2', 'x', 'x', 'x', 'x', 'x', 'x', 'x')");
            reference.run("DELETE FROM sla_breaches");
            assertThat(ids(store, ALL_BREACHES)).isEmpty();
            assertThat(store.stats()).isEqualTo(new SLAStats(0, 0, null, null));
        }
    }

    @Test
    void breachWithoutAnId_isNotOurs() throws SQLException {
        try (ForeignConnection reference = reference()) {
            replaceBreach(reference, null, "a", "warning", "2026-03-01T08:00:00+00:00", null);
            try (SQLiteStorage storage = open()) {
                replaceBreach(reference, null, "a", "warning", "2026-03-01T08:00:00+00:00", null);
                reference.run("UPDATE sla_breaches SET agent_id = 'b'");
                assertThat(ids(storage.sla(), ALL_BREACHES)).isEmpty();
                assertThatThrownBy(() -> reference.run("UPDATE sla_breaches SET id = 'now'"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("UNIQUE");
            }
            reference.run("DELETE FROM sla_breaches");
            assertThat(reference.rows("SELECT COUNT(*) FROM asap_sla_breach_keys"))
                    .containsExactly("0");
        }
    }

    @Test
    void rowsThatAreNone_areNamedWhenRead() throws SQLException {
        try (ForeignConnection reference = reference();
                SQLiteStorage storage = open()) {
            SLAStore store = storage.sla();
            insertMetrics(reference, "a", "yesterday", "2026-03-01T09:00:00+00:00");
            replaceBreach(reference, "odd", "a", "warning", "2026-03-01T09:00:00+00:00", "later");

            assertThatThrownBy(() -> store.queryMetrics(ALL, PageRequest.first()))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContainingAll("Row 1 of table sla_metrics", "column period_start", "yesterday");
            assertThatThrownBy(() -> store.aggregateMetrics(ALL)).isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> store.queryBreaches(ALL_BREACHES, PageRequest.first()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContainingAll("Row 'odd' of table sla_breaches", "column resolved_at", "later");
            assertThatThrownBy(() -> store.findBreach("odd")).isInstanceOf(StorageException.class);
            assertThatThrownBy(store::stats)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("oldest row of table sla_metrics");
            assertThat(store.countMetrics(ALL)).isEqualTo(1);

            reference.run("UPDATE sla_metrics SET period_start = '2026-03-01T08:00:00+00:00', uptime_percent = 101");
            assertThatThrownBy(() -> store.queryMetrics(ALL, PageRequest.first()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("uptime_percent");
            reference.run("DELETE FROM sla_metrics");
            reference.run("DELETE FROM sla_breaches");
            assertThat(store.stats().events()).isZero();
        }
    }

    @Test
    void everyQuery_findsRowsByAnIndex() throws SQLException {
        try (ForeignConnection reference = reference();
                SQLiteStorage storage = open()) {
            storage.sla().recordMetrics(new SLAMetrics("a", TIME, TIME, 1, 1, 1, 1, 1));
            for (String from : List.of(
                    "asap_sla_metrics_start WHERE t.period_start >= ? AND t.period_end >= ?",
                    "idx_sla_metrics_agent_period WHERE t.agent_id = ? AND t.period_start >= ? AND t.period_end >= ?",
                    "asap_sla_metrics_backward WHERE t.period_end < t.period_start AND t.period_start > ?")) {
                assertThat(reference.rows("EXPLAIN QUERY PLAN SELECT * FROM sla_metrics t INDEXED BY " + from
                                + " ORDER BY t.period_start, t.rowid LIMIT 5"))
                        .singleElement()
                        .asString()
                        .contains("SEARCH t USING INDEX " + from.substring(0, from.indexOf(' ')))
                        .contains("period_start>");
            }
            for (String query : List.of(
                    "time WHERE k.detected_at >= ?",
                    "agent WHERE k.detected_at >= ? AND k.agent_id = ?",
                    "severity WHERE k.detected_at >= ? AND k.severity = ?",
                    "agent_severity WHERE k.detected_at >= ? AND k.agent_severity = ?",
                    "open WHERE k.detected_at >= ? AND k.open = 1",
                    "open WHERE k.detected_at >= ? AND k.open = 1 AND +k.severity = ?",
                    "agent_open WHERE k.detected_at >= ? AND k.open = 1 AND k.agent_id = ?",
                    "agent_open WHERE k.detected_at >= ? AND k.open = 1 AND k.agent_id = ? AND +k.severity = ?")) {
                String index = query.substring(0, query.indexOf(' '));
                assertThat(reference.rows("EXPLAIN QUERY PLAN SELECT * FROM asap_sla_breach_keys k CROSS JOIN"
                                + " sla_breaches b" + query.substring(index.length()) + " AND b.id = k.id"
                                + " ORDER BY k.detected_at, k.id LIMIT 5"))
                        .hasSize(2)
                        .first()
                        .asString()
                        .contains("SEARCH k USING INDEX asap_sla_breach_" + index + " (")
                        .contains("detected_at>");
            }
            assertThat(reference.rows(
                            "EXPLAIN QUERY PLAN SELECT * FROM asap_sla_breach_keys k CROSS JOIN sla_breaches b"
                                    + " WHERE b.id = k.id AND k.open = 1 AND k.agent_id = ? AND b.breach_type = ?"
                                    + " ORDER BY k.detected_at DESC, k.id DESC LIMIT 1"))
                    .as("the open breach of an agent and type")
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("SEARCH k USING INDEX asap_sla_breach_agent_open (");
        }
    }

    // Against plain SQL over what two programs wrote.

    @Test
    void rowsOfTwoPrograms_areAnsweredLikePlainSql() throws SQLException {
        for (int seed = 0; seed < 8; seed++) {
            file = folder.resolve("compare_" + seed + ".db");
            try (ForeignConnection reference = reference();
                    SQLiteStorage storage = open()) {
                new Comparison(new Random(seed), "seed " + seed, reference, storage).run();
            }
        }
    }

    private static final class Comparison {
        private final Random random;
        private final String name;
        private final ForeignConnection reference;
        private final SQLiteStorage storage;
        private final SLAStore store;

        Comparison(Random random, String name, ForeignConnection reference, SQLiteStorage storage) {
            this.random = random;
            this.name = name;
            this.reference = reference;
            this.storage = storage;
            this.store = storage.sla();
        }

        void run() throws SQLException {
            for (int step = 0; step < 15; step++) {
                writeOurs();
                writeTheirs();
                if (random.nextInt(3) == 0) {
                    fold();
                }
                for (int i = 0; i < 12; i++) {
                    compareMetrics();
                    compareBreaches();
                }
            }
        }

        /** So that changes noted, folded, and folded into finer buckets are all among what is read. */
        private void fold() {
            for (RollUp rollUp : JdbcSLAStore.ROLL_UPS) {
                while (storage.executor().write(rollUp::fold) > 0) {
                    assertThat(name).isNotEmpty();
                }
            }
        }

        private void writeOurs() {
            List<SLAMetrics> batch = new ArrayList<>();
            for (int i = random.nextInt(300); i > 0; i--) {
                batch.add(new SLAMetrics(anyAgent(), anyTime(), anyTime(), 99, i, 1, i, 0));
            }
            store.recordAllMetrics(batch);
            for (int i = random.nextInt(5); i > 0; i--) {
                store.recordBreach(new SLABreach(
                        anyId(),
                        anyAgent(),
                        BreachType.LATENCY,
                        "",
                        "",
                        new BreachSeverity(anySeverity()),
                        anyTime(),
                        random.nextBoolean() ? null : TIME));
            }
        }

        private void writeTheirs() throws SQLException {
            reference.run("BEGIN IMMEDIATE");
            for (int i = random.nextInt(100); i > 0; i--) {
                insertMetrics(reference, anyAgent(), text(anyTime()), text(anyTime()));
            }
            for (int i = random.nextInt(60); i > 0; i--) {
                replaceBreach(
                        reference,
                        anyId(),
                        anyAgent(),
                        anySeverity(),
                        text(anyTime()),
                        random.nextBoolean() ? null : text(TIME));
            }
            switch (random.nextInt(6)) {
                case 0 -> reference.run("DELETE FROM sla_metrics WHERE rowid % 7 = ?", random.nextInt(7));
                case 1 ->
                    reference.run(
                            "UPDATE sla_metrics SET period_end = ? WHERE rowid % 7 = ?",
                            text(anyTime()), random.nextInt(7));
                case 2 ->
                    reference.run(
                            "UPDATE sla_metrics SET agent_id = ?, period_start = ? WHERE rowid % 9 = ?",
                            anyAgent(), text(anyTime()), random.nextInt(9));
                case 3 -> reference.run("DELETE FROM sla_breaches WHERE id = ?", anyId());
                default -> reference.run("UPDATE sla_breaches SET resolved_at = NULL WHERE id = ?", anyId());
            }
            reference.run("COMMIT");
        }

        /** Most within a day, so that its bucket gets finer ones; some far away. */
        private Instant anyTime() {
            return switch (random.nextInt(10)) {
                case 0 -> TIME.plusSeconds(86_400L * (random.nextInt(400) - 200));
                case 1, 2, 3 -> TIME.plusSeconds(random.nextInt(60)).plusNanos(1000L * random.nextInt(3));
                default -> TIME.plusSeconds(600L * random.nextInt(90));
            };
        }

        private String anyAgent() {
            return "agent " + random.nextInt(3);
        }

        private String anyId() {
            return "breach " + random.nextInt(300);
        }

        private String anySeverity() {
            return random.nextBoolean() ? "warning" : "critical";
        }

        private static String text(Instant time) {
            return WireTime.formatWithOffset(time);
        }

        private static String condition(String condition, Object value) {
            return value == null ? "" : " AND " + condition + " '" + value + "'";
        }

        private void compareMetrics() throws SQLException {
            SLAMetricsFilter filter = new SLAMetricsFilter(
                    random.nextBoolean() ? anyAgent() : null,
                    random.nextInt(3) > 0 ? anyTime() : null,
                    random.nextInt(3) > 0 ? anyTime() : null);
            List<String> meant =
                    reference.rows("SELECT agent_id, period_start, period_end, latency_p95_ms FROM sla_metrics"
                            + " WHERE 1" + condition("agent_id =", filter.agentId())
                            + condition("period_end >=", filter.start() == null ? null : text(filter.start()))
                            + condition("period_start <=", filter.end() == null ? null : text(filter.end()))
                            + " ORDER BY +period_start, rowid");
            assertThat(store.countMetrics(filter)).as("%s %s", name, filter).isEqualTo(meant.size());
            compare(
                    filter,
                    meant,
                    request -> store.queryMetrics(filter, request),
                    each -> each.agentId() + "|" + text(each.periodStart()) + "|" + text(each.periodEnd()) + "|"
                            + each.latencyP95Ms());
        }

        private void compareBreaches() throws SQLException {
            SLABreachFilter filter = new SLABreachFilter(
                    random.nextInt(3) == 0 ? anyAgent() : null,
                    random.nextInt(3) == 0 ? new BreachSeverity(anySeverity()) : null,
                    random.nextInt(3) == 0 ? anyTime() : null,
                    random.nextInt(3) == 0 ? anyTime() : null,
                    random.nextInt(4) == 0);
            List<String> meant = reference.rows("SELECT id, agent_id, severity, detected_at FROM sla_breaches WHERE 1"
                    + condition("agent_id =", filter.agentId())
                    + condition("severity =", filter.severity())
                    + condition("detected_at >=", filter.start() == null ? null : text(filter.start()))
                    + condition("detected_at <=", filter.end() == null ? null : text(filter.end()))
                    + (filter.open() ? " AND resolved_at IS NULL" : "")
                    + " ORDER BY +detected_at, id");
            compare(
                    filter,
                    meant,
                    request -> store.queryBreaches(filter, request),
                    each -> each.id() + "|" + each.agentId() + "|" + each.severity() + "|" + text(each.detectedAt()));
        }

        private <T> void compare(
                Object filter, List<String> meant, Function<PageRequest, Page<T>> query, Function<T, String> row) {
            int offset = random.nextInt(meant.size() + 2);
            int limit = 1 + random.nextInt(200);
            Page<T> page = query.apply(PageRequest.of(limit, offset));
            int from = Math.min(offset, meant.size());
            int to = Math.min(from + limit, meant.size());
            assertThat(page.total()).as("%s %s", name, filter).isEqualTo(meant.size());
            assertThat(page.items().stream().map(row).toList())
                    .as("%s %s at %d", name, filter, offset)
                    .isEqualTo(meant.subList(from, to));
            Optional<PageRequest> next = page.next(limit);
            assertThat(next.isPresent()).isEqualTo(to < meant.size());
            if (next.isPresent()) {
                assertThat(query.apply(next.get()).items().stream().map(row).toList())
                        .as("%s %s behind %d", name, filter, to)
                        .isEqualTo(meant.subList(to, Math.min(to + limit, meant.size())));
            }
        }
    }
}
