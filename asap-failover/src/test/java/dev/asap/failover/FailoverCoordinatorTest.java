// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.client.ASAPClient;
import dev.asap.failover.HandoverOutcome.Moved;
import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** FO-15 and FO-16: a coordinator watches, chooses and moves; workers go on from their checkpoints. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class FailoverCoordinatorTest {
    private static final int STEPS = 4;

    private final SnapshotStore store = new InMemorySnapshotStore();
    private final Map<String, String> routes = new ConcurrentHashMap<>();
    private ProbeResult health = ProbeResult.healthy();

    private static StateSnapshot step(String task, long version) {
        return StateSnapshot.of(task, version, JsonObject.of("step", version, "completed", version == STEPS))
                .asCheckpoint();
    }

    /** A worker: from where the snapshot is to the end. */
    private TestWorker worker(String name) {
        return TestWorker.start(name, store, (snapshot, context) -> {
            SnapshotStore fenced = FencedSnapshotStore.of(store, name).resuming(snapshot);
            for (long version = snapshot.version() + 1; version <= STEPS; version++) {
                fenced.save(step(snapshot.taskId(), version));
            }
        });
    }

    private FailureDetector.Builder detector() {
        return FailureDetector.builder(() -> health).failures(2).successes(1);
    }

    private FailoverCoordinator.Builder coordinator(FailureDetector detector, TestWorker primary, TestWorker backup) {
        TaskHandover handover = TaskHandover.builder(TestWorker.COORDINATOR, primary.host(), backup.host())
                .routes(routes::put)
                .build();
        ActiveTasks tasks = ActiveTasks.in(store, Ownership.concerns("primary", "backup"))
                .where(snapshot -> !snapshot.data().getBoolean("completed", false));
        return FailoverCoordinator.builder(detector, handover, tasks);
    }

    @Test
    @DisplayName("FO-15 FO-16 the host fails: its unfinished tasks, and no others, are finished by the target")
    void hostFails_itsTasksAreFinishedElsewhere() {
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().build();
                FailoverCoordinator coordinator =
                        coordinator(detector, primary, backup).build()) {
            FencedSnapshotStore its = FencedSnapshotStore.of(store, "primary");
            its.save(step("finished", STEPS));
            its.save(step("running_1", 1));
            its.save(step("running_2", 2));
            FencedSnapshotStore.of(store, "third").save(step("foreign", 1));
            assertThat(coordinator.step()).isEmpty();

            health = ProbeResult.failed("gone");
            assertThat(coordinator.step()).isEmpty();
            HandoverReport report = coordinator.step().orElseThrow();

            assertThat(report.outcomes())
                    .hasOnlyElementsOfType(Moved.class)
                    .extracting(HandoverOutcome::taskId)
                    .containsExactly("running_1", "running_2");
            assertThat(routes).containsOnly(Map.entry("running_1", "backup"), Map.entry("running_2", "backup"));
            await().untilAsserted(
                            () -> assertThat(store.listVersions("running_1")).hasSize(STEPS));
            await().untilAsserted(() ->
                    assertThat(store.get("running_2").orElseThrow().version()).isEqualTo(STEPS));
            assertThat(Ownership.of(store.get("running_2").orElseThrow()))
                    .contains(new Ownership(2, "backup", "primary", false));
            assertThat(coordinator.step()).as("all is done").isEmpty();
        }
    }

    @Test
    @DisplayName(
            "FO-15 FO-18 a host that comes back before its tasks have arrived does not get them back: they are brought on")
    void hostComesBack_begunTasksAreBroughtOn() {
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().failures(1).build()) {
            FencedSnapshotStore its = FencedSnapshotStore.of(store, "primary");
            its.save(step("begun", 1));
            its.save(step("own", 1));
            TaskHost gone = new TaskHost("backup", TestWorker.URN, closedClient(), store);
            assertThat(TaskHandover.builder(TestWorker.COORDINATOR, primary.host(), gone)
                            .build()
                            .move("begun", HolderState.DEAD)
                            .unfinished())
                    .isTrue();

            // A new coordinator, which finds the host up.
            try (FailoverCoordinator coordinator =
                    coordinator(detector, primary, backup).build()) {
                HandoverReport report = coordinator.step().orElseThrow();
                assertThat(report.outcomes())
                        .singleElement()
                        .isInstanceOfSatisfying(
                                Moved.class, moved -> assertThat(moved.taskId()).isEqualTo("begun"));
                assertThat(coordinator.step()).isEmpty();
            }
            await().untilAsserted(() ->
                    assertThat(store.get("begun").orElseThrow().version()).isEqualTo(STEPS));
            assertThat(routes).containsOnly(Map.entry("begun", "backup"));
            its.save(step("own", 2));
        }
    }

    private static ASAPClient closedClient() {
        ASAPClient client = TestWorker.client("http://127.0.0.1:9");
        client.close();
        return client;
    }

    @Test
    @DisplayName("FO-15 more tasks than one run takes are moved in as many steps")
    void manyTasks_areMovedInSteps() {
        try (TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store);
                FailureDetector detector = detector().failures(1).build()) {
            for (int i = 0; i < 10; i++) {
                FencedSnapshotStore.of(store, "primary").save(step("task_" + i, 1));
            }
            TaskHandover handover = TaskHandover.builder(TestWorker.COORDINATOR, primary.host(), backup.host())
                    .routes(routes::put)
                    .maxTasks(4)
                    .build();
            try (FailoverCoordinator coordinator = FailoverCoordinator.builder(
                            detector, handover, ActiveTasks.in(store, Ownership.concerns("primary", "backup")))
                    .onReport(report -> {
                        throw new IllegalStateException("listener");
                    })
                    .build()) {
                health = ProbeResult.failed("gone");
                assertThat(coordinator.step().orElseThrow().outcomes()).hasSize(4);
                assertThat(coordinator.step().orElseThrow().outcomes()).hasSize(4);
                assertThat(coordinator.step().orElseThrow().outcomes()).hasSize(2);
                assertThat(coordinator.step()).isEmpty();
                assertThat(routes).hasSize(10);
            }
        }
    }

    @Test
    @DisplayName("FO-15 what failed is tried in the next step, what was moved is left alone")
    void unfinishedRun_isRepeated() {
        AtomicInteger failures = new AtomicInteger(1);
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().failures(1).build()) {
            FencedSnapshotStore.of(store, "primary").save(step("a", 1));
            FencedSnapshotStore.of(store, "primary").save(step("b", 1));
            TaskHandover handover = TaskHandover.builder(TestWorker.COORDINATOR, primary.host(), backup.host())
                    .routes((task, host) -> {
                        if (task.equals("b") && failures.getAndDecrement() > 0) {
                            throw new IllegalStateException("gateway busy");
                        }
                        routes.put(task, host);
                    })
                    .build();
            try (FailoverCoordinator coordinator = FailoverCoordinator.builder(
                            detector, handover, ActiveTasks.in(store, Ownership.concerns("primary", "backup")))
                    .build()) {
                health = ProbeResult.failed("gone");
                assertThat(coordinator.step().orElseThrow().unfinished()).hasSize(1);
                assertThat(coordinator.step().orElseThrow().done()).isTrue();
                assertThat(coordinator.step()).isEmpty();
                assertThat(routes).containsOnlyKeys("a", "b");
                assertThat(backup.restoreRequests).hasSize(2);
            }
        }
    }

    @Test
    void listingFails_theNextStepTriesAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().failures(1).build()) {
            FencedSnapshotStore.of(store, "primary").save(step("a", 1));
            TaskHandover handover = TaskHandover.builder(TestWorker.COORDINATOR, primary.host(), backup.host())
                    .build();
            Iterable<String> tasks = new Iterable<>() {
                @Override
                public Iterator<String> iterator() {
                    if (failures.getAndDecrement() > 0) {
                        throw new StorageException("locked", true, null);
                    }
                    return ActiveTasks.in(store, snapshot -> true).iterator();
                }
            };
            try (FailoverCoordinator coordinator =
                    FailoverCoordinator.builder(detector, handover, tasks).build()) {
                health = ProbeResult.failed("gone");
                assertThatThrownBy(coordinator::step).isInstanceOf(StorageException.class);
                assertThat(coordinator.step().orElseThrow().done()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("FO-10 FO-15 started, it finds out by itself")
    void started_movesTheTasksOfAHostThatDies() {
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = FailureDetector.builder(HealthProbe.of(primary.client))
                        .failures(2)
                        .interval(Duration.ofMillis(10))
                        .build();
                FailoverCoordinator coordinator = coordinator(detector, primary, backup)
                        .interval(Duration.ofMillis(10))
                        .build()) {
            FencedSnapshotStore.of(store, "primary").save(step("a", 1));
            coordinator.start();
            await().until(() -> detector.condition() == AgentCondition.UP);
            primary.die();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(store.get("a").orElseThrow().version()).isEqualTo(STEPS));
            await().untilAsserted(() -> assertThat(routes).containsEntry("a", "backup"));
        }
    }

    @Test
    @DisplayName("FO-15 a planned hand-over asks the holder")
    void handOver_livingHolder_isMoved() {
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().build();
                FailoverCoordinator coordinator = coordinator(detector, primary, backup)
                        .onReport(report -> {})
                        .build()) {
            FencedSnapshotStore.of(store, "primary").save(step("a", 1));

            assertThat(coordinator.handOver().arrived()).isEqualTo(1);
            await().untilAsserted(() ->
                    assertThat(store.get("a").orElseThrow().version()).isEqualTo(STEPS));
        }
    }

    @Test
    void recoveredHost_thatFailsAgain_isFailedOverAgain() {
        try (TestWorker primary = worker("primary");
                TestWorker backup = worker("backup");
                FailureDetector detector = detector().failures(1).build();
                FailoverCoordinator coordinator =
                        coordinator(detector, primary, backup).build()) {
            health = ProbeResult.failed("gone");
            assertThat(coordinator.step().map(HandoverReport::outcomes)).isEqualTo(Optional.of(List.of()));
            health = ProbeResult.healthy();
            assertThat(coordinator.step()).isEmpty();
            FencedSnapshotStore.of(store, "primary").save(step("a", 1));
            health = ProbeResult.failed("gone again");
            assertThat(coordinator.step().orElseThrow().arrived()).isEqualTo(1);
        }
    }
}
