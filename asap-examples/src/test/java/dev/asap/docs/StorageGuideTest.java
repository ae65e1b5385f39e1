// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.audit.AuditFilter;
import dev.asap.json.JsonObject;
import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageSummary;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.store.memory.InMemoryMeteringStore;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.store.memory.InMemoryStorage;
import dev.asap.store.sqlite.Durability;
import dev.asap.store.sqlite.SQLiteStorage;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The code of the guide to storage. */
@ExtendWith(LeakChecks.class)
class StorageGuideTest {
    @Test
    void snapshots_areSavedResumedAndPruned() {
        try (Storage storage = Storage.fromEnvironment()) {
            SnapshotStore snapshots = storage.snapshots();

            snapshots.save(
                    StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)).asCheckpoint());

            // After a restart: go on from the highest version, or begin.
            int step = snapshots.get("task_1").map(s -> s.data().getInt("step")).orElse(0);
            // Roll back: the highest version that is marked as a checkpoint.
            Optional<StateSnapshot> safe = snapshots.latestCheckpoint("task_1");
            // Keep the last five versions and every checkpoint.
            snapshots.prune("task_1", 5);

            assertThat(step).isEqualTo(1);
            assertThat(safe).isEqualTo(snapshots.get("task_1"));
        }
    }

    @Test
    void file_isOpenedWithOptions(@TempDir Path folder) {
        Path path = folder.resolve("asap_state.db");
        SQLiteStorage storage = SQLiteStorage.builder(path)
                .durability(Durability.FULL)
                .busyTimeout(Duration.ofSeconds(15))
                .open();
        try (storage) {
            assertThat(storage.name()).isEqualTo("sqlite");
        }
        assertThat(path).exists();
    }

    @Test
    void file_isOpenedWithoutAJournal(@TempDir Path folder) {
        Path path = folder.resolve("asap_state.db");
        SQLiteStorage storage =
                SQLiteStorage.builder(path).usageJournal(Duration.ZERO).open();
        try (storage) {
            assertThat(storage.name()).isEqualTo("sqlite");
        }
        assertThat(path).exists();
    }

    @Test
    void whatIsInMemory_isMovedToAFile(@TempDir Path folder) {
        Path path = folder.resolve("asap_state.db");
        Instant now = Instant.parse("2026-03-01T09:00:00Z");
        UsageEvent event = UsageEvent.of("task_1", "worker", "caller", new UsageMetrics(1, 2, 3, 4), now);
        try (Storage memory = InMemoryStorage.builder().build()) {
            memory.snapshots().save(StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)));
            memory.snapshots().save(StateSnapshot.of("task_1", 2, JsonObject.of("step", 2)));
            memory.metering().record(event);

            try (Storage file = SQLiteStorage.open(path)) {
                for (Optional<PageRequest> next = Optional.of(PageRequest.first()); next.isPresent(); ) {
                    Page<String> tasks = memory.snapshots().listTasks(next.get());
                    for (String task : tasks.items()) {
                        for (long version : memory.snapshots().listVersions(task)) {
                            memory.snapshots().get(task, version).ifPresent(file.snapshots()::save);
                        }
                    }
                    next = tasks.next(100);
                }
                memory.metering().export(UsageFilter.all(), file.metering()::record);
                memory.audit().export(AuditFilter.all(), file.audit()::append);
            }
        }
        try (Storage file = SQLiteStorage.open(path)) {
            assertThat(file.snapshots().listVersions("task_1")).containsExactly(1L, 2L);
            assertThat(file.metering()
                            .query(UsageFilter.all(), PageRequest.first())
                            .items())
                    .containsExactly(event);
        }
    }

    @Test
    void usage_isRecordedAndAddedUp() {
        String worker = "urn:asap:agent:worker";
        String caller = "urn:asap:agent:caller";
        Instant now = Instant.parse("2026-03-01T09:00:00Z");
        Instant monthBegin = Instant.parse("2026-03-01T00:00:00Z");
        try (Storage storage = Storage.fromEnvironment()) {
            MeteringStore metering = storage.metering();

            metering.record(UsageEvent.of("task_1", worker, caller, new UsageMetrics(120, 45, 830, 2), now));

            // What a month came to, in all and by consumer.
            UsageFilter thisMonth = UsageFilter.all().from(monthBegin);
            UsageSummary summary = metering.summary(thisMonth);
            List<UsageAggregate.ByConsumer> bill = metering.byConsumer(thisMonth);
            // By day, for one agent.
            List<UsageAggregate.ByPeriod> days = metering.byPeriod(UsagePeriod.DAY, thisMonth.agent(worker));
            // How long its tasks took.
            DurationPercentiles durations = metering.durations(UsageFilter.all().agent(worker));

            assertThat(summary.totals().tokens()).isEqualTo(165);
            assertThat(bill).extracting(UsageAggregate.ByConsumer::consumerId).containsExactly(caller);
            assertThat(days).extracting(UsageAggregate.ByPeriod::period).containsExactly("2026-03-01");
            assertThat(durations.p95()).isEqualTo(830);
        }
    }

    @Test
    void usageInMemory_hasABound() {
        InMemoryMeteringStore metering = InMemoryMeteringStore.builder()
                .maxEvents(1_000_000)
                .retention(Duration.ofDays(90))
                .build();
        Storage storage = InMemoryStorage.builder().metering(metering).build();
        long lost = metering.evicted();
        try (storage) {
            assertThat(storage.metering()).isSameAs(metering);
            assertThat(lost).isZero();
        }
    }

    @Test
    void storesOfOnesOwn_areBehindOneHandle() {
        SnapshotStore mySnapshots = new InMemorySnapshotStore();
        MeteringStore myMetering = new InMemoryMeteringStore();
        Storage storage =
                Storage.builder().snapshots(mySnapshots).metering(myMetering).build();
        try (storage) {
            assertThat(storage.snapshots()).isSameAs(mySnapshots);
            assertThat(storage.metering()).isSameAs(myMetering);
        }
    }
}
