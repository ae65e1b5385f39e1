// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.jdbc.RollUp;
import dev.asap.store.jdbc.SqlExecutor;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Usage events in a file that others use too: what they write counts, and what we write they can read. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class SQLiteUsageFileTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");
    private static final String METRICS =
            "{\"tokens_in\": 120, \"tokens_out\": 45, \"duration_ms\": 830, \"api_calls\": 2}";

    @TempDir
    Path folder;

    private Path file;
    private ForeignConnection other;
    private SQLiteStorage storage;
    private MeteringStore store;

    @BeforeEach
    void open() throws SQLException {
        file = folder.resolve("asap_state.db");
        openStorage();
        other = ForeignConnection.likeTheReference(file);
    }

    private void openStorage() {
        storage = SQLiteStorage.builder(file).durability(Durability.NORMAL).open();
        store = storage.metering();
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
        storage.close();
    }

    private static UsageEvent event(String task, Instant time) {
        return UsageEvent.of(
                task, "urn:asap:agent:worker", "urn:asap:agent:caller", new UsageMetrics(120, 45, 830, 2), time);
    }

    private List<UsageEvent> events() {
        return store.query(UsageFilter.all(), PageRequest.first(100)).items();
    }

    private void foldAll() {
        storage.executor().write(JdbcMeteringStore::moveJournal);
        while (storage.executor().write(JdbcMeteringStore.ROLL_UP::fold) > 0) {}
    }

    private long pending() throws SQLException {
        return other.number("SELECT COUNT(*) FROM asap_usage_events_changes");
    }

    // What we write.

    @Test
    void ourRows_haveTheProtocolsEncodings() throws SQLException {
        store.recordAll(List.of(
                event("täsk", TIME).withStatus(TaskStatus.COMPLETED),
                event("t2", Instant.parse("2026-03-01T09:00:00.25Z"))));
        // So few wait in the journal until somebody reads.
        assertThat(events()).hasSize(2);
        assertThat(other.rows("SELECT task_id, agent_id, consumer_id, metrics, timestamp, asap_status FROM usage_events"
                        + " ORDER BY timestamp"))
                .containsExactly(
                        "täsk|urn:asap:agent:worker|urn:asap:agent:caller|" + METRICS
                                + "|2026-03-01T09:00:00+00:00|completed",
                        "t2|urn:asap:agent:worker|urn:asap:agent:caller|" + METRICS
                                + "|2026-03-01T09:00:00.250000+00:00|null");
        assertThat(other.rows("SELECT id FROM usage_events")).allMatch(id -> id.matches("evt_[0-9A-HJKMNP-TV-Z]{26}"));
        assertThat(other.rows("SELECT DISTINCT typeof(id), typeof(task_id), typeof(metrics), typeof(timestamp)"
                        + " FROM usage_events"))
                .containsExactly("text|text|text|text");
    }

    @Test
    void ourTable_hasTheProtocolsColumnsAndIndexes() throws SQLException {
        assertThat(other.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('usage_events')"))
                .containsExactly(
                        "id|TEXT|1|1",
                        "task_id|TEXT|1|0",
                        "agent_id|TEXT|1|0",
                        "consumer_id|TEXT|1|0",
                        "metrics|TEXT|1|0",
                        "timestamp|TEXT|1|0",
                        "asap_status|TEXT|0|0");
        assertThat(other.rows("SELECT name FROM pragma_index_list('usage_events')"))
                .contains("idx_usage_agent_timestamp", "idx_usage_consumer_timestamp");
        for (String statement : ForeignConnection.USAGE_EVENTS) {
            other.run(statement);
        }
    }

    // What others write.

    @Test
    void changesOfAnother_count() throws SQLException {
        store.recordAll(List.of(event("ours", TIME), event("ours too", TIME.plusSeconds(60))));
        other.insertUsage("evt_1", "t1", "a1", "c1", METRICS, "2026-03-02T10:00:00+00:00");
        other.insertUsage("evt_2", "t2", "a2", "c1", METRICS, "2026-03-02T10:00:00.500000+00:00");
        UsageTruth.requireAgreement(store, other);
        assertThat(events()).hasSize(4).last().satisfies(last -> {
            assertThat(last.taskId()).isEqualTo("t2");
            assertThat(last.status()).isNull();
        });

        other.run("UPDATE usage_events SET metrics = ? WHERE id = 'evt_1'", METRICS.replace("120", "7"));
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        other.run("UPDATE usage_events SET agent_id = 'a9', consumer_id = 'c9' WHERE task_id = 'ours'");
        other.run("UPDATE usage_events SET timestamp = '2025-12-31T23:59:59+00:00' WHERE id = 'evt_2'");
        UsageTruth.requireAgreement(store, other);
        assertThat(events().get(0).taskId()).isEqualTo("t2");
        assertThat(store.stats().oldest()).isEqualTo(Instant.parse("2025-12-31T23:59:59Z"));

        other.run("DELETE FROM usage_events WHERE id = 'evt_1'");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        other.run("DELETE FROM usage_events");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        assertThat(store.byAgent(UsageFilter.all())).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_durations")).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_groups")).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_keys")).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_pairs")).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_hours")).isEmpty();
        assertThat(other.rows("SELECT * FROM asap_usage_events_spans")).isEmpty();
    }

    @Test
    void changesThatAnotherRollsBack_doNotCount() throws SQLException {
        other.run("BEGIN");
        other.insertManyUsages("evt_", 100, "2026-03-01", 60);
        assertThat(store.stats().events()).isZero();
        other.run("ROLLBACK");
        assertThat(store.stats().events()).isZero();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void manyChangesOfAnother_areCaughtUpInBoundedSteps() throws SQLException {
        other.insertManyUsages("evt_", 20_000, "2026-03-01", 60);
        assertThat(pending()).isEqualTo(20_000);
        long before = storage.executor().writer().transactions();
        assertThat(store.stats().events()).isEqualTo(20_000);
        assertThat(pending()).isEqualTo(20_000 - RollUp.FOLD);
        assertThat(storage.executor().writer().transactions()).isEqualTo(before + 1);
        UsageTruth.requireAgreement(store, other);
        foldAll();
        assertThat(pending()).isZero();
        UsageTruth.requireAgreement(store, other);

        other.run("DELETE FROM usage_events WHERE rowid % 5 > 0");
        other.run("UPDATE usage_events SET timestamp = replace(timestamp, '-01T', '-02T'), agent_id = 'agent_new'"
                + " WHERE rowid % 10 = 0");
        foldAll();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void denseSeconds_areCountedInFineBuckets() throws SQLException {
        other.insertManyUsages("evt_", 3000, "2026-03-01", 0);
        other.insertManyUsages("more_", 2000, "2026-03-01", 1);
        foldAll();
        assertThat(other.number("SELECT MAX(level) FROM asap_usage_events_rollup"))
                .isEqualTo(19);
        UsageTruth.requireAgreement(store, other);
        other.insertManyUsages("again_", 500, "2026-03-01", 1);
        other.run("DELETE FROM usage_events WHERE rowid % 5 = 0");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        Instant first = Instant.parse("2026-03-01T00:00:00Z");
        UsageFilter second = UsageFilter.all().from(first).until(first);
        assertThat(store.query(second, PageRequest.of(10, 1000)).total())
                .isEqualTo(store.summary(second).totals().tasks())
                .isEqualTo(other.number(
                        "SELECT COUNT(*) FROM usage_events WHERE timestamp = '2026-03-01T00:00:00+00:00'"));
    }

    @Test
    void figuresThatAreNone_countAsNothing() throws SQLException {
        String[] metrics = {
            "",
            "no JSON",
            "[1]",
            "7",
            "null",
            "{}",
            "{\"tokens_in\": 5}",
            "{\"tokens_in\": \"5\", \"tokens_out\": null, \"duration_ms\": true, \"api_calls\": [1]}",
            "{\"tokens_in\": -5, \"tokens_out\": -0.5, \"duration_ms\": -1e300, \"api_calls\": 2}",
            "{\"tokens_in\": 5.9, \"tokens_out\": 1e2, \"duration_ms\": 70, \"api_calls\": 2, \"more\": {\"a\": 1}}",
            "{ \"api_calls\" : 1 , \"tokens_in\":1}"
        };
        UsageTotals expected = UsageTotals.NONE;
        for (int i = 0; i < metrics.length; i++) {
            other.insertUsage("evt_" + i, "t", "a", "c", metrics[i], "2026-03-01T09:00:" + (10 + i) + "+00:00");
        }
        for (UsageEvent event : events()) {
            expected = expected.plus(event.metrics());
        }
        assertThat(expected).isEqualTo(new UsageTotals(metrics.length, 11, 100, 70, 5));
        assertThat(store.summary(UsageFilter.all()).totals()).isEqualTo(expected);
        assertThat(store.summary(UsageFilter.all().task("t")).totals()).isEqualTo(expected);
        assertThat(store.byAgent(UsageFilter.all().task("t")))
                .containsExactly(new UsageAggregate.ByAgent("a", expected));
        foldAll();
        assertThat(store.byAgent(UsageFilter.all())).containsExactly(new UsageAggregate.ByAgent("a", expected));
        assertThat(store.durations(UsageFilter.all()))
                .isEqualTo(new DurationPercentiles(metrics.length, 0, 0, 70, 70, 70, 0));
        other.run("DELETE FROM usage_events");
        foldAll();
        assertThat(store.summary(UsageFilter.all()).totals()).isEqualTo(UsageTotals.NONE);
    }

    @Test
    void figuresBeyondAllMeasure_stillHaveASum() throws SQLException {
        String huge =
                "{\"tokens_in\": 9223372036854775807, \"tokens_out\": 1e300, \"duration_ms\": 9223372036854775807}";
        for (int i = 0; i < 1500; i++) {
            other.insertUsage("evt_" + i, "t", "a", "c", huge, "2026-03-01T09:00:00+00:00");
        }
        long each = 1_000_000_000_000L;
        UsageTotals expected = new UsageTotals(1500, 1500 * each, 1500 * each, 1500 * each, 0);
        assertThat(store.summary(UsageFilter.all()).totals()).isEqualTo(expected);
        foldAll();
        assertThat(store.summary(UsageFilter.all()).totals()).isEqualTo(expected);
        assertThat(store.summary(UsageFilter.all().task("t")).totals()).isEqualTo(expected);
        assertThat(store.durations(UsageFilter.all()).max()).isBetween(each, each + each / 100);
        assertThat(events().get(0).metrics().tokensIn()).isEqualTo(Long.MAX_VALUE);
        store.record(UsageEvent.of("own", "a", "c", new UsageMetrics(each * 100, each + 1, each, 7), TIME));
        UsageFilter own = UsageFilter.all().task("own");
        assertThat(store.byAgent(own))
                .containsExactly(new UsageAggregate.ByAgent("a", new UsageTotals(1, each, each, each, 7)));
        assertThat(store.summary(own).totals()).isEqualTo(new UsageTotals(1, each, each, each, 7));
    }

    @Test
    void timesInOtherForms_areReadAndCounted() throws SQLException {
        other.insertUsage("evt_1", "t1", "a", "c", METRICS, "2026-03-01T08:15:30Z");
        other.insertUsage("evt_2", "t2", "a", "c", METRICS, "2026-03-01T10:15:30.5+02:00");
        other.insertUsage("evt_3", "t3", "a", "c", METRICS, "2026-03-01T08:15:30");
        other.insertUsage("evt_4", "t4", "a", "c", METRICS, "2026-03-01 08:15:30.000001");
        UsageTruth.requireRollUp(other);
        foldAll();
        UsageTruth.requireRollUp(other);
        // In the order of the texts: a row of another offset stands where its text does.
        assertThat(events()).extracting(UsageEvent::taskId).containsExactly("t4", "t3", "t1", "t2");
        assertThat(events())
                .extracting(UsageEvent::timestamp)
                .containsExactly(
                        Instant.parse("2026-03-01T08:15:30.000001Z"),
                        Instant.parse("2026-03-01T08:15:30Z"),
                        Instant.parse("2026-03-01T08:15:30Z"),
                        Instant.parse("2026-03-01T08:15:30.5Z"));
        assertThat(store.summary(UsageFilter.all()).totals().tasks()).isEqualTo(4);
    }

    @Test
    void rowWhoseTimeIsNone_isNamedAndCounts() throws SQLException {
        store.record(event("t", TIME));
        other.insertUsage("evt_odd", "t", "a", "c", METRICS, "yesterday");
        other.insertUsage("evt_empty", "t", "a", "c", METRICS, "");
        for (int folded = 0; folded < 2; folded++) {
            assertThat(store.summary(UsageFilter.all()).totals().tasks()).isEqualTo(3);
            for (ThrowingCallable reading : List.<ThrowingCallable>of(this::events, store::stats)) {
                assertThatThrownBy(reading)
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.retryable()).isFalse())
                        .hasMessageContaining("'evt_empty'")
                        .hasMessageContaining("timestamp");
            }
            for (UsagePeriod period : UsagePeriod.values()) {
                assertThat(store.byPeriod(period, UsageFilter.all()))
                        .extracting(UsageAggregate.ByPeriod::period)
                        .containsExactly(
                                "", period.nameOf(TIME), "yesterday".substring(0, period == UsagePeriod.MONTH ? 7 : 9));
                assertThat(store.byPeriod(period, UsageFilter.all()))
                        .isEqualTo(store.byPeriod(period, UsageFilter.all().task("t")));
            }
            UsageFilter day = UsageFilter.all().from(TIME).until(TIME.plusSeconds(1));
            assertThat(store.query(day, PageRequest.first()).total()).isEqualTo(1);
            assertThat(store.query(day, PageRequest.first()).items()).hasSize(1);
            foldAll();
        }
        other.run("DELETE FROM usage_events WHERE id <> (SELECT id FROM usage_events WHERE agent_id LIKE 'urn%')");
        assertThat(events()).containsExactly(event("t", TIME));
        UsageTruth.requireAgreement(store, other);
    }

    // Agents and consumers.

    @Test
    void manyKeys_areToldApart() throws SQLException {
        String insert = """
                WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < 4999)
                INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp)
                SELECT ? || i, 't', 'agent_' || (i * 7 % 2500), 'consumer_' || (i % 1100), ?,
                    strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-02-27', '+' || (i * 97) || ' seconds')
                FROM numbers
                """;
        other.run(insert, "evt_", METRICS);
        UsageTruth.requireAgreement(store, other);
        foldAll();
        assertThat(other.number("SELECT COUNT(*) FROM asap_usage_events_groups WHERE dim = 1 AND level = 0"))
                .isEqualTo(3);
        UsageTruth.requireAgreement(store, other);
        other.run("DELETE FROM usage_events WHERE substr(agent_id, 7) % 3 > 0 OR timestamp LIKE '%T1%'");
        other.run(insert.replace("i < 4999", "i < 1999").replace("2026-02-27", "2026-03-02"), "more_", METRICS);
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        other.run("DELETE FROM usage_events WHERE substr(agent_id, 7) > 1000");
        foldAll();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void keysWhoseEventsHaveGone_areForgotten() throws SQLException {
        for (int i = 0; i < 5; i++) {
            other.insertUsage("evt_" + i, "t", "a" + i, "c", METRICS, "2026-03-0" + (i + 1) + "T10:00:00+00:00");
        }
        foldAll();
        assertThat(other.rows("SELECT number, key FROM asap_usage_events_keys WHERE dim = 1 ORDER BY number"))
                .containsExactly("0|a0", "1|a1", "2|a2", "3|a3", "4|a4");
        // One that has gone before it had a number, one that goes, one that goes and comes again.
        other.insertUsage("evt_5", "t", "brief", "brief", METRICS, "2026-03-01T10:00:00+00:00");
        other.run("DELETE FROM usage_events WHERE id IN ('evt_5', 'evt_1', 'evt_4')");
        other.insertUsage("evt_6", "t", "a4", "c", METRICS, "2026-02-01T10:00:00+00:00");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        assertThat(other.rows("SELECT number, key FROM asap_usage_events_keys ORDER BY dim, number"))
                .containsExactly("0|a0", "2|a2", "3|a3", "4|a4", "0|c");
        UsageTruth.requireAgreement(store, other);
        other.insertUsage("evt_7", "t", "a5", "c", METRICS, "2026-02-01T10:00:00+00:00");
        other.run("DELETE FROM usage_events WHERE agent_id = 'a4'");
        foldAll();
        assertThat(other.rows("SELECT number, key FROM asap_usage_events_keys WHERE dim = 1 ORDER BY number"))
                .containsExactly("0|a0", "2|a2", "3|a3", "5|a5");
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void monthsWithManyEventsOfAKey_haveDays() throws SQLException {
        String days = "SELECT COUNT(*) FROM asap_usage_events_pairs p JOIN asap_usage_events_keys k"
                + " ON k.dim = p.dim AND k.number = p.number WHERE k.key = 'agent_1' AND p.day LIKE '2026-03%'";
        // 2 of 7 events are agent_1's.
        other.insertManyUsages("evt_", 440, "2026-03-01", 3600);
        foldAll();
        assertThat(other.number(days)).isZero();
        UsageTruth.requireAgreement(store, other);
        other.insertManyUsages("more_", 20, "2026-03-25", 3600);
        UsageTruth.requireAgreement(store, other);
        foldAll();
        assertThat(other.number(days)).isPositive();
        UsageTruth.requireAgreement(store, other);
        // More and fewer on days that are there, and other figures alone.
        other.run("DELETE FROM usage_events WHERE id IN ('more_1', 'evt_1')");
        other.insertManyUsages("again_", 20, "2026-03-24", 1800);
        other.run("UPDATE usage_events SET metrics = replace(metrics, '\"api_calls\":', '\"api_calls\":1')"
                + " WHERE id IN ('evt_6', 'evt_8', 'evt_13')");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        // Too few, and enough again, where the changes of other months are not folded.
        other.run("DELETE FROM usage_events WHERE id LIKE 'evt_1%'");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        assertThat(other.number(days)).isZero();
        UsageTruth.requireAgreement(store, other);
        other.insertManyUsages("enough_", RollUp.FOLD + 500, "2026-03-02", 900);
        assertThat(storage.executor().write(JdbcMeteringStore.ROLL_UP::fold)).isPositive();
        assertThat(other.number(days)).isPositive();
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void changesOfOldHours_count() throws SQLException {
        other.insertManyUsages("evt_", 4000, "2026-03-01", 600);
        foldAll();
        assertThat(other.number("SELECT COUNT(*) FROM asap_usage_events_hours")).isEqualTo(28);
        // In one hour, in two far apart, and in one that has none yet; then at the bounds of the window that is asked
        // for.
        for (String time : List.of("2026-03-09T10:59:59", "2026-03-20T00:00:00", "2025-12-31T23:30:00")) {
            other.insertUsage("late_" + time, "t", "a new one", "consumer_1", METRICS, time + "+00:00");
            UsageTruth.requireAgreement(store, other);
        }
        other.run("DELETE FROM usage_events WHERE timestamp LIKE '2026-03-10T08%'");
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void damagedDays_areReported() throws SQLException {
        other.insertManyUsages("evt_", 2000, "2026-03-01", 900);
        foldAll();
        for (String damage : List.of(
                "pairs SET figures = x'80'",
                "pairs SET figures = CAST(figures || x'00' AS BLOB)",
                "pairs SET numbers = x'00'",
                "pairs SET numbers = x'ffffffffffffffffffff01'",
                "hours SET hours = x'05'",
                "hours SET hours = CAST(hours || x'03545858' AS BLOB)")) {
            String table = "asap_usage_events_" + damage.substring(0, damage.indexOf(' '));
            other.run("CREATE TEMP TABLE saved AS SELECT * FROM " + table);
            other.run("UPDATE asap_usage_events_" + damage);
            assertThatThrownBy(() -> {
                        store.byPeriod(UsagePeriod.HOUR, UsageFilter.all());
                        store.byConsumer(UsageFilter.all().agent("agent_1"));
                    })
                    .as(damage)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining(table)
                    .hasMessageContaining("restore a backup");
            other.run("DELETE FROM " + table);
            other.run("INSERT INTO " + table + " SELECT * FROM saved");
            other.run("DROP TABLE saved");
            UsageTruth.requireAgreement(store, other);
        }
    }

    @Test
    void damagedGroups_areReported() throws SQLException {
        store.record(event("t", TIME));
        foldAll();
        List<String> tables = List.of("asap_usage_events_groups", "asap_usage_events_keys");
        for (String table : tables) {
            other.run("CREATE TABLE saved_" + table + " AS SELECT * FROM " + table);
        }
        for (String damage : List.of(
                "UPDATE asap_usage_events_groups SET figures = x'80'",
                "UPDATE asap_usage_events_groups SET figures = CAST(figures || x'00' AS BLOB)",
                "UPDATE asap_usage_events_groups SET figures = x'01ffffffffffffffffffffff01'",
                "UPDATE asap_usage_events_groups SET numbers = x'03'",
                "UPDATE asap_usage_events_groups SET numbers = zeroblob(129)",
                "UPDATE asap_usage_events_groups SET chunk = -1",
                "DELETE FROM asap_usage_events_keys")) {
            other.run(damage);
            assertThatThrownBy(() -> store.byAgent(UsageFilter.all()))
                    .as(damage)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("asap_usage_events_groups")
                    .hasMessageContaining("restore a backup");
            for (String table : tables) {
                other.run("DELETE FROM " + table);
                other.run("INSERT INTO " + table + " SELECT * FROM saved_" + table);
            }
            UsageTruth.requireAgreement(store, other);
        }
    }

    // Files that others began.

    @Test
    void fileOfTheProtocolsTables_isMigratedAndCounted() throws SQLException {
        Path another = folder.resolve("reference.db");
        close();
        file = another;
        other = ForeignConnection.likeTheReference(file);
        for (String statement : ForeignConnection.USAGE_EVENTS) {
            other.run(statement);
        }
        other.insertManyUsages("evt_", 5000, "2025-11-01", 2500);
        other.insertManyUsages("dense_", 3000, "2026-03-01", 1);
        openStorage();
        assertThat(pending()).isZero();
        UsageTruth.requireAgreement(store, other);
        assertThat(store.query(UsageFilter.all(), PageRequest.of(10, 7990)).items())
                .hasSize(10)
                .allMatch(event -> event.status() == null);

        other.insertManyUsages("later_", 300, "2026-03-01", 600);
        store.record(event("ours", TIME));
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);

        storage.close();
        openStorage();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void fileOfTheStepBefore_getsWhatIsNew() throws SQLException {
        other.insertManyUsages("evt_", 5000, "2025-11-01", 2500);
        foldAll();
        other.insertManyUsages("later_", 5000, "2026-03-01", 60);
        other.run("DELETE FROM usage_events WHERE id LIKE 'evt_1%'");
        assertThat(pending()).isGreaterThan(RollUp.FOLD);
        storage.close();
        other.removeJournal();
        for (String table : List.of("pairs", "hours", "spans")) {
            other.run("DROP TABLE asap_usage_events_" + table);
        }
        other.run("DELETE FROM asap_schema WHERE version = 6");
        openStorage();
        UsageTruth.requireAgreement(store, other);
        assertThat(other.number("SELECT COUNT(*) FROM asap_usage_events_pairs")).isPositive();
        other.insertManyUsages("last_", 1000, "2026-03-02", 60);
        foldAll();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void twoStoragesOfOneFile_countEachOthersEvents() throws SQLException {
        try (SQLiteStorage second = SQLiteStorage.open(file)) {
            for (int i = 0; i < 20; i++) {
                (i % 2 == 0 ? store : second.metering()).record(event("t" + i, TIME.plusSeconds(i)));
                assertThat((i % 2 == 0 ? second.metering() : store).stats().events())
                        .isEqualTo(i + 1);
            }
            second.executor().write(JdbcMeteringStore.ROLL_UP::fold);
            UsageTruth.requireAgreement(store, other);
        }
    }

    // Folding.

    @Test
    void foldThatIsRolledBack_changesNothing() throws SQLException {
        other.insertManyUsages("evt_", 1500, "2026-03-01", 30);
        SqlExecutor executor = storage.executor();
        List<String> rollUp = other.rows("SELECT * FROM asap_usage_events_rollup");
        assertThatThrownBy(() -> executor.write(session -> {
                    JdbcMeteringStore.ROLL_UP.fold(session);
                    throw new IllegalStateException("after folding");
                }))
                .hasMessage("after folding");
        assertThat(other.rows("SELECT * FROM asap_usage_events_rollup")).isEqualTo(rollUp);
        assertThat(pending()).isEqualTo(1500);
        UsageTruth.requireAgreement(store, other);
        assertThat(executor.<Long>write(JdbcMeteringStore.ROLL_UP::fold)).isZero();
        assertThat(executor.<Long>write(JdbcMeteringStore.ROLL_UP::fold)).isZero();
        assertThat(pending()).isZero();
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void ourOwnChanges_areFoldedMeanwhile() throws SQLException {
        List<UsageEvent> batch = new ArrayList<>();
        for (int i = 0; i < RollUp.FOLD; i++) {
            batch.add(event("t" + i, TIME.plusMillis(i)));
        }
        store.recordAll(batch);
        // Behind the fold, which waits in the same queue.
        storage.executor().write(session -> true);
        assertThat(pending()).isZero();
        UsageTruth.requireAgreement(store, other);
    }

    // Purging.

    @Test
    void purge_removesWhatIsOlder_inSmallTransactions() throws SQLException {
        Instant now = Instant.parse("2026-03-31T12:00:00.9Z");
        MeteringStore purged = new JdbcMeteringStore(storage.executor(), Duration.ofDays(1), SettableClock.at(now));
        other.insertManyUsages("old_", 4500, "2026-03-01", 1);
        List<UsageEvent> kept = List.of(
                event("at the cut-off", Instant.parse("2026-03-30T12:00:00Z")),
                event("behind it", Instant.parse("2026-03-30T12:00:00.5Z")),
                event("new", now));
        store.recordAll(kept);
        store.record(event("just before", Instant.parse("2026-03-30T11:59:59.999999Z")));
        foldAll();
        long before = storage.executor().writer().transactions();
        assertThat(purged.purgeExpired()).isEqualTo(4501);
        assertThat(storage.executor().writer().transactions() - before).isBetween(3L, 4L);
        assertThat(events()).isEqualTo(kept);
        assertThat(purged.stats().oldest()).isEqualTo(kept.get(0).timestamp());
        UsageTruth.requireAgreement(store, other);
        foldAll();
        UsageTruth.requireAgreement(store, other);
        assertThat(purged.purgeExpired()).isZero();
        assertThat(store.purgeExpired()).isZero();
    }

    // Statements.

    @Test
    void pagesAndCounts_scanNoEvents() throws SQLException {
        other.insertManyUsages("evt_", 6000, "2026-01-01", 700);
        foldAll();
        other.insertManyUsages("later_", 100, "2026-02-01", 700);
        RecordingExecutor recording = new RecordingExecutor(storage.executor());
        MeteringStore recorded = new JdbcMeteringStore(recording, null, SettableClock.at(TIME));
        Instant begin = Instant.parse("2026-01-10T10:11:12Z");
        Instant end = Instant.parse("2026-02-10T10:11:12Z");
        List<UsageFilter> conditions = List.of(
                UsageFilter.all(),
                UsageFilter.all().agent("agent_1"),
                UsageFilter.all().consumer("consumer_1"),
                UsageFilter.all().agent("agent_1").consumer("consumer_1"),
                UsageFilter.all().task("task_1"));
        for (UsageFilter condition : conditions) {
            for (UsageFilter filter : List.of(
                    condition,
                    condition.from(begin),
                    condition.until(end),
                    condition.from(begin).until(end))) {
                Page<UsageEvent> first = recorded.query(filter, PageRequest.of(3, 0));
                requireIndexed(recording, "first page of " + filter);
                recorded.query(filter, PageRequest.of(3, first.total() * 2 / 3));
                requireIndexed(recording, "deep page of " + filter);
                if (first.nextCursor() != null) {
                    recorded.query(filter, PageRequest.after(first.nextCursor(), 3));
                    requireIndexed(recording, "page behind a cursor of " + filter);
                }
                recorded.summary(filter);
                recorded.byAgent(filter);
                recorded.byConsumer(filter);
                for (UsagePeriod period : UsagePeriod.values()) {
                    if (filter.start() != null || filter.taskId() == null) {
                        recorded.byPeriod(period, filter);
                    }
                }
                if (filter.start() != null || filter.agentId() != null) {
                    recorded.durations(filter);
                }
                requireIndexed(recording, "figures of " + filter);
            }
        }
        recorded.stats();
        recorded.record(event("t", TIME));
        recording.write(JdbcMeteringStore::moveJournal);
        recording.write(JdbcMeteringStore.ROLL_UP::fold);
        new JdbcMeteringStore(recording, Duration.ofDays(1), SettableClock.at(TIME)).purgeExpired();
        requireIndexed(recording, "upkeep");
    }

    private void requireIndexed(RecordingExecutor recording, String what) throws SQLException {
        for (String sql : recording.take()) {
            assertThat(other.rows("EXPLAIN QUERY PLAN " + sql))
                    .as("%s: %s", what, sql)
                    .noneMatch(step -> step.contains("SCAN t") || step.contains("SCAN usage_events"));
        }
    }
}
