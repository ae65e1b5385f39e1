// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Events that come one by one wait in a journal: nobody who reads here notices, others see them a little later. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class SQLiteUsageJournalTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");
    /** As {@code UsageJournal} has it. */
    private static final int MOVE = 16_384;

    private static final String INSERT_WAITING = "INSERT INTO asap_usage_journal (id, task_id, agent_id, consumer_id,"
            + " tokens_in, tokens_out, duration_ms, api_calls, timestamp) VALUES (?, ?, 'a', 'c', 1, 2, 3, 4,"
            + " '2026-03-01T09:00:00+00:00')";

    @TempDir
    Path folder;

    private Path file;
    private ForeignConnection other;
    private SQLiteStorage storage;
    private MeteringStore store;

    @BeforeEach
    void open() throws SQLException {
        file = folder.resolve("asap_state.db");
        openStorage(Duration.ofHours(1));
        other = ForeignConnection.likeTheReference(file);
    }

    private void openStorage(Duration journal) {
        storage = SQLiteStorage.builder(file)
                .durability(Durability.NORMAL)
                .usageJournal(journal)
                .open();
        store = storage.metering();
    }

    private void reopen(Duration journal) {
        storage.close();
        openStorage(journal);
    }

    @AfterEach
    void close() throws SQLException {
        other.close();
        storage.close();
    }

    private static UsageEvent event(String task) {
        return UsageEvent.of(task, "agent", "consumer", new UsageMetrics(120, 45, 830, 2), TIME);
    }

    private List<String> tasks(MeteringStore of) {
        return of.query(UsageFilter.all(), PageRequest.first(1000)).items().stream()
                .map(UsageEvent::taskId)
                .toList();
    }

    private long waiting() throws SQLException {
        return other.number("SELECT COUNT(*) FROM asap_usage_journal");
    }

    private long visible() throws SQLException {
        return other.number("SELECT COUNT(*) FROM usage_events");
    }

    /** Until the timeout of the test. */
    private void awaitVisible(long events) throws SQLException {
        while (visible() < events) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        assertThat(visible()).isEqualTo(events);
    }

    // What waits, and for what.

    @Test
    void event_waitsUntilSomebodyReads() throws SQLException {
        store.record(event("t1").withStatus(TaskStatus.FAILED));
        store.recordAllAsync(List.of(event("t2"), event("t3"))).join();
        assertThat(visible()).isZero();
        assertThat(waiting()).isEqualTo(3);

        assertThat(tasks(store)).containsExactly("t1", "t2", "t3");
        assertThat(waiting()).isZero();
        assertThat(other.number("SELECT COUNT(*) FROM asap_usage_moving")).isZero();
        assertThat(other.rows("SELECT task_id, agent_id, consumer_id, metrics, timestamp, asap_status FROM usage_events"
                        + " ORDER BY id LIMIT 1"))
                .containsExactly("t1|agent|consumer|{\"tokens_in\": 120, \"tokens_out\": 45, \"duration_ms\": 830,"
                        + " \"api_calls\": 2}|2026-03-01T09:00:00+00:00|failed");
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void everyQuestion_seesWhatWaits() {
        UsageFilter all = UsageFilter.all();
        List<UsageEvent> exported = new ArrayList<>();
        store.record(event("t1"));
        store.export(all, exported::add);
        assertThat(exported).containsExactly(event("t1"));
        store.record(event("t2"));
        assertThat(store.summary(all).totals().tasks()).isEqualTo(2);
        store.record(event("t3"));
        assertThat(store.byAgent(all).get(0).totals().tasks()).isEqualTo(3);
        store.record(event("t4"));
        assertThat(store.durations(all).count()).isEqualTo(4);
        store.record(event("t5"));
        assertThat(store.stats().events()).isEqualTo(5);
    }

    @Test
    void largeFigures_countAsTheyDoWithoutAJournal() throws SQLException {
        store.record(UsageEvent.of("t", "a", "c", new UsageMetrics(Long.MAX_VALUE, 1, 0, 0), TIME));
        UsageTotals moved = store.summary(UsageFilter.all()).totals();
        assertThat(store.query(UsageFilter.all(), PageRequest.first())
                        .items()
                        .get(0)
                        .metrics()
                        .tokensIn())
                .isEqualTo(Long.MAX_VALUE);
        other.run("DELETE FROM usage_events");
        reopen(Duration.ZERO);
        store.record(UsageEvent.of("t", "a", "c", new UsageMetrics(Long.MAX_VALUE, 1, 0, 0), TIME));
        assertThat(store.summary(UsageFilter.all()).totals()).isEqualTo(moved);
    }

    @Test
    void anotherProgram_seesEventsAfterTheDelay() throws SQLException {
        reopen(Duration.ofMillis(20));
        store.record(event("t1"));
        awaitVisible(1);
        store.record(event("t2"));
        awaitVisible(2);
    }

    @Test
    void withoutAJournal_anotherProgramSeesEventsAtOnce() throws SQLException {
        reopen(Duration.ZERO);
        store.record(event("t1"));
        assertThat(visible()).isEqualTo(1);
        assertThat(waiting()).isZero();
    }

    @Test
    void manyAtOnce_doNotWait_andStandInTheOrderOfTheirRecording() throws SQLException {
        List<UsageEvent> batch = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            batch.add(event("b" + i));
        }
        store.record(event("first"));
        store.recordAll(batch);
        store.record(event("last"));
        assertThat(visible()).isEqualTo(100);
        assertThat(tasks(store)).startsWith("first", "b0", "b1").endsWith("b99", "last");
    }

    @Test
    void thousandsOfEvents_areMovedWithoutAReader() throws SQLException {
        recordMany(MOVE + 10);
        // Behind the move, which waits in the same queue.
        storage.executor().write(session -> true);
        assertThat(waiting()).isLessThan(MOVE);
        UsageTruth.requireAgreement(store, other);
        assertThat(visible()).isEqualTo(MOVE + 10);
        // In the same transaction: whoever reads need not pass over them.
        assertThat(other.number("SELECT COUNT(*) FROM asap_usage_events_changes"))
                .isLessThan(1024);
    }

    /** In batches of 64, which go through the journal; of several agents and consumers, over some hours. */
    private void recordMany(int count) {
        List<CompletableFuture<Void>> batches = new ArrayList<>();
        for (int i = 0; i < count; i += 64) {
            List<UsageEvent> batch = new ArrayList<>();
            for (int k = i; k < Math.min(i + 64, count); k++) {
                batch.add(UsageEvent.of(
                        "t" + k,
                        "agent_" + k % 7,
                        "consumer_" + k % 40,
                        new UsageMetrics(k, 1, k % 500, 1),
                        TIME.plusSeconds(k)));
            }
            batches.add(store.recordAllAsync(batch));
        }
        batches.forEach(CompletableFuture::join);
    }

    // Opening, closing, other storages.

    @Test
    void close_leavesNothingWaiting() throws SQLException {
        store.record(event("t1"));
        storage.close();
        assertThat(waiting()).isZero();
        assertThat(visible()).isEqualTo(1);
    }

    @Test
    void whatAKilledProcessLeft_isMovedWhenTheFileIsOpened() throws SQLException {
        storage.close();
        other.run(INSERT_WAITING, "evt_1", "t1");
        other.run(INSERT_WAITING, "evt_2", "t2");
        openStorage(Duration.ofHours(1));
        awaitVisible(2);
        UsageTruth.requireAgreement(store, other);
    }

    @Test
    void copyOfAnEvent_isDropped() throws SQLException {
        other.insertUsage("evt_1", "t1", "a", "c", "{}", "2026-03-01T09:00:00+00:00");
        other.run(INSERT_WAITING, "evt_1", "t1");
        other.run(INSERT_WAITING, "evt_2", "t2");
        assertThat(tasks(store)).containsExactly("t1", "t2");
        assertThat(store.stats().events()).isEqualTo(2);
        UsageTruth.requireRollUp(other);
    }

    @Test
    void twoStorages_seeWhatWaitsFromEachOther() {
        try (SQLiteStorage second =
                SQLiteStorage.builder(file).usageJournal(Duration.ofHours(1)).open()) {
            store.record(event("t1"));
            second.metering().record(event("t2"));
            assertThat(tasks(second.metering())).hasSize(2);
            assertThat(tasks(store)).hasSize(2);
        }
    }

    @Test
    void storageWithoutAJournal_movesWhatAnotherLeft() throws SQLException {
        reopen(Duration.ZERO);
        other.run(INSERT_WAITING, "evt_1", "t1");
        assertThat(tasks(store)).containsExactly("t1");
    }

    @Test
    void changesOfAnother_stillCount() throws SQLException {
        store.record(event("t1"));
        other.insertUsage(
                "evt_x",
                "t2",
                "a",
                "c",
                "{\"tokens_in\": 7, \"tokens_out\": 0, \"duration_ms\": 1, \"api_calls\": 1}",
                "2026-03-01T09:00:00+00:00");
        store.record(event("t3"));
        assertThat(store.summary(UsageFilter.all()).totals().tokensIn()).isEqualTo(247);
        other.run("DELETE FROM usage_events WHERE task_id = 't1'");
        assertThat(store.summary(UsageFilter.all()).totals().tokensIn()).isEqualTo(127);
        UsageTruth.requireRollUp(other);
    }

    @Test
    void fileOfTheVersionBefore_getsAJournal() throws SQLException {
        storage.close();
        other.removeJournal();
        other.insertManyUsages("evt_", 300, "2026-03-01", 30);
        openStorage(Duration.ofHours(1));
        store.record(event("t1"));
        assertThat(store.stats().events()).isEqualTo(301);
        other.insertManyUsages("more_", 10, "2026-03-01", 30);
        UsageTruth.requireAgreement(store, other);
    }

    // Removing, failing.

    @Test
    void purge_removesWhatWaitsToo() throws SQLException {
        MeteringStore purged = new JdbcMeteringStore(
                storage.executor(), Duration.ofDays(1), SettableClock.at(TIME.plus(Duration.ofDays(2))));
        store.record(event("old"));
        assertThat(purged.purgeExpired()).isEqualTo(1);
        assertThat(waiting() + visible()).isZero();
        UsageTruth.requireRollUp(other);
    }

    @Test
    void moveThatIsRolledBack_changesNothing() throws SQLException {
        store.record(event("t1"));
        assertThatThrownBy(() -> storage.executor().write(session -> {
                    JdbcMeteringStore.moveJournal(session);
                    throw new IllegalStateException("after moving");
                }))
                .hasMessage("after moving");
        assertThat(waiting()).isEqualTo(1);
        assertThat(visible()).isZero();
        UsageTruth.requireAgreement(store, other);
        assertThat(visible()).isEqualTo(1);
    }

    @Test
    void fullJournalThatCannotBeMoved_refusesMore_andLosesNothing() throws SQLException {
        other.run("CREATE TRIGGER refusing BEFORE INSERT ON usage_events BEGIN SELECT RAISE(ABORT, 'not now'); END");
        recordMany(4 * MOVE);
        assertThatThrownBy(() -> store.record(event("t"))).isInstanceOf(StorageException.class);
        assertThat(store.recordAllAsync(List.of(event("t")))).isCompletedExceptionally();
        assertThatThrownBy(() -> store.stats()).isInstanceOf(StorageException.class);
        assertThat(waiting()).isEqualTo(4 * MOVE);

        other.run("DROP TRIGGER refusing");
        store.record(event("t"));
        assertThat(store.stats().events()).isEqualTo(4 * MOVE + 1);
        UsageTruth.requireAgreement(store, other);
    }
}
