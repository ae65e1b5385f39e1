// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.client.ASAPClient;
import dev.asap.error.ConnectionException;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.failover.HandoverOutcome.AlreadyThere;
import dev.asap.failover.HandoverOutcome.Failed;
import dev.asap.failover.HandoverOutcome.Moved;
import dev.asap.failover.HandoverOutcome.NoSnapshot;
import dev.asap.failover.HandoverOutcome.NotTried;
import dev.asap.failover.HandoverOutcome.Refused;
import dev.asap.failover.HandoverOutcome.Stage;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.PayloadType;
import dev.asap.model.StateRestore;
import dev.asap.server.ASAPServer;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** FO-12, FO-14, FO-18: what can go wrong on the way, and that another run brings it to its end. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class HandoverFaultsTest {
    private static final String TASK = "task_1";

    private final SnapshotStore store = new InMemorySnapshotStore();
    private final Map<String, String> routes = new LinkedHashMap<>();

    private static StateSnapshot step(long version) {
        return StateSnapshot.of(TASK, version, JsonObject.of("step", version));
    }

    private TaskHandover.Builder handover(TaskHost from, TaskHost to) {
        return TaskHandover.builder(TestWorker.COORDINATOR, from, to).routes(routes::put);
    }

    private TaskHost dead() {
        return dead(store);
    }

    /** A holder that nobody can call. */
    private TaskHost dead(SnapshotStore its) {
        return new TaskHost("primary", TestWorker.URN, unused, its);
    }

    private final ASAPClient unused = closedClient();

    private static ASAPClient closedClient() {
        ASAPClient client = TestWorker.client("http://127.0.0.1:9");
        client.close();
        return client;
    }

    /** A target that answers restore requests as it is told to. */
    private static ASAPServer answering(SnapshotStore store, String type, JsonObject content) {
        return ASAPServer.builder(Manifest.builder(TestWorker.URN, "odd", "1", Endpoint.of("http://127.0.0.1/asap"))
                        .build())
                .storage(Storage.of(store))
                .stateExchange(false)
                .on(
                        PayloadType.STATE_RESTORE,
                        StateRestore.class,
                        (payload, context) -> CustomPayload.of(type, content))
                .start();
    }

    @Test
    @DisplayName("FO-14 a target that refuses gets no routing; the next run asks it anew")
    void target_refuses_isAskedAnewByTheNextRun() throws Exception {
        FencedSnapshotStore.of(store, "primary").save(step(1));
        SnapshotStore other = new InMemorySnapshotStore();
        // The target looks into another store than the one that the coordinator takes for its own.
        try (TestWorker backup = TestWorker.start("backup", other)) {
            TaskHost misconfigured = new TaskHost("backup", TestWorker.URN, backup.client, store);
            TaskHandover handover = handover(dead(), misconfigured).build();

            assertThat(handover.move(TASK, HolderState.DEAD)).isEqualTo(new Refused(TASK, "snapshot not found"));
            assertThat(routes).isEmpty();
            assertThat(backup.resumed).isEmpty();

            other.save(store.get(TASK).orElseThrow());
            assertThat(handover.move(TASK, HolderState.DEAD)).isInstanceOf(Moved.class);
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(routes).containsEntry(TASK, "backup");
        }
    }

    @Test
    @DisplayName(
            "FO-14 a target that dies between provide and restore: nothing is routed, another target takes the task")
    void target_diesBeforeRestore_anotherTakesOver() throws Exception {
        FencedSnapshotStore primary = FencedSnapshotStore.of(store, "primary");
        primary.save(step(1));
        try (TestWorker second = TestWorker.start("second", store);
                TestWorker third = TestWorker.start("third", store)) {
            second.die();

            HandoverOutcome failed = handover(dead(), second.host()).build().move(TASK, HolderState.DEAD);

            assertThat(failed).isInstanceOfSatisfying(Failed.class, f -> {
                assertThat(f.stage()).isEqualTo(Stage.RESTORE);
                assertThat(f.cause()).isInstanceOf(ConnectionException.class);
                assertThat(f.unfinished()).isTrue();
            });
            assertThat(routes).isEmpty();
            assertThatThrownBy(() -> primary.save(step(2))).isInstanceOf(StaleHolderException.class);

            assertThat(handover(dead(), third.host()).build().move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(
                            Moved.class, moved -> assertThat(moved.epoch()).isEqualTo(3));
            assertThat(third.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(routes).containsEntry(TASK, "third");
        }
    }

    @Test
    @DisplayName("FO-15 a coordinator that dies after the claim: its successor restores from the same snapshot")
    void coordinator_diesAfterProvide_successorGoesOn() throws Exception {
        FencedSnapshotStore.of(store, "primary").save(step(1));
        try (TestWorker backup = TestWorker.start("backup", store)) {
            TaskHost unreachable = new TaskHost("backup", TestWorker.URN, unused, store);
            assertThat(handover(dead(), unreachable).build().move(TASK, HolderState.DEAD))
                    .isInstanceOf(Failed.class);
            StateSnapshot claim = store.get(TASK).orElseThrow();

            assertThat(handover(dead(), backup.host()).build().move(TASK, HolderState.DEAD))
                    .isEqualTo(new Moved(TASK, claim.id(), 1, 2));
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS)).isEqualTo(claim);
        }
    }

    @Test
    @DisplayName("FO-15 a coordinator that dies after fencing the holder and before providing: its successor provides")
    void coordinator_diesBetweenTheStores_successorProvides() throws Exception {
        SnapshotStore ours = new InMemorySnapshotStore();
        FencedSnapshotStore.of(store, "primary").save(step(1));
        try (TestWorker backup = TestWorker.start("backup", ours)) {
            SnapshotStore full = new View(ours) {
                @Override
                public void save(StateSnapshot snapshot) {
                    throw new StorageException("disk full", false, null);
                }
            };
            TaskHost broken = new TaskHost("backup", TestWorker.URN, backup.client, full);
            assertThat(handover(dead(), broken).build().move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(
                            Failed.class, f -> assertThat(f.stage()).isEqualTo(Stage.PROVIDE));

            assertThat(handover(dead(), backup.host()).build().move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(
                            Moved.class, moved -> assertThat(moved.epoch()).isEqualTo(2));
            assertThat(ours.get(TASK)).isEqualTo(store.get(TASK));
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    @DisplayName(
            "FO-15 a coordinator that dies between acknowledgement and routing: resumed once, routed by its successor")
    void coordinator_diesBeforeRouting_taskIsResumedOnce() throws Exception {
        FencedSnapshotStore.of(store, "primary").save(step(1));
        try (TestWorker backup = TestWorker.start("backup", store)) {
            TaskHandover dying = handover(dead(), backup.host())
                    .routes((task, host) -> {
                        throw new IllegalStateException("the coordinator is gone");
                    })
                    .build();
            assertThat(dying.move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(
                            Failed.class, f -> assertThat(f.stage()).isEqualTo(Stage.ROUTE));
            StateSnapshot resumed = backup.resumed.poll(10, TimeUnit.SECONDS);

            TaskHandover successor = handover(dead(), backup.host()).build();
            assertThat(successor.move(TASK, HolderState.DEAD)).isEqualTo(new Moved(TASK, resumed.id(), 1, 2));
            FencedSnapshotStore.of(store, "backup").resuming(resumed).save(step(2));
            assertThat(successor.move(TASK, HolderState.DEAD)).isEqualTo(new AlreadyThere(TASK, 2));

            assertThat(backup.resumed).isEmpty();
            assertThat(backup.restoreRequests).hasSize(1);
            assertThat(routes).containsEntry(TASK, "backup");
        }
    }

    @Test
    @DisplayName("FO-12 a snapshot that is deleted before the restore: refused, and then there is none")
    void snapshot_deletedMeanwhile_isReported() {
        store.save(step(1));
        SnapshotStore deleting = new View(store) {
            @Override
            public void save(StateSnapshot snapshot) {
                super.save(snapshot);
                store.delete(TASK);
            }
        };
        try (TestWorker backup = TestWorker.start("backup", store)) {
            TaskHost target = new TaskHost("backup", TestWorker.URN, backup.client, deleting);
            TaskHandover handover = handover(dead(deleting), target).build();

            assertThat(handover.move(TASK, HolderState.DEAD)).isEqualTo(new Refused(TASK, "snapshot not found"));
            assertThat(handover.move(TASK, HolderState.DEAD)).isEqualTo(new NoSnapshot(TASK));
            assertThat(routes).isEmpty();
        }
    }

    @Test
    @DisplayName("FO-18 a holder that saves all the time is waited for a few times only")
    void holder_savesAllTheTime_failsAndMayBeRetried() {
        store.save(step(1));
        SnapshotStore busy = new View(store) {
            @Override
            public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
                return false;
            }
        };
        try (TestWorker backup = TestWorker.start("backup", store)) {
            TaskHost target = new TaskHost("backup", TestWorker.URN, backup.client, busy);
            assertThat(handover(dead(busy), target).build().move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(Failed.class, f -> {
                        assertThat(f.stage()).isEqualTo(Stage.PROVIDE);
                        assertThat(f.cause())
                                .isInstanceOfSatisfying(
                                        StorageException.class,
                                        e -> assertThat(e.retryable()).isTrue());
                    });
        }
    }

    @Test
    void targetHasALaterVersionOfAnother_isLeftAlone() {
        SnapshotStore ours = new InMemorySnapshotStore();
        store.save(step(1));
        ours.save(step(5));
        try (TestWorker backup = TestWorker.start("backup", ours)) {
            assertThat(handover(dead(), backup.host()).build().move(TASK, HolderState.DEAD))
                    .isInstanceOfSatisfying(
                            Failed.class,
                            f -> assertThat(f.cause()).hasMessageContaining("has version 5 of another holder"));
            assertThat(ours.get(TASK).orElseThrow().version()).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("FO-14 what is no acknowledgement does not switch the routing")
    void answer_isNoAcknowledgement_fails() {
        store.save(step(1));
        Map<String, JsonObject> answers = Map.of(
                "weather.report", JsonObject.of("ok", true),
                "state_restore.ack", JsonObject.of("ok", "perhaps"),
                "stateRestoreAck", JsonObject.of("ok", true, "task_id", "another"));
        answers.forEach((type, content) -> {
            try (ASAPServer odd = answering(store, type, content);
                    ASAPClient client = TestWorker.client(odd.url().toString())) {
                TaskHost target = new TaskHost("backup", TestWorker.URN, client, store);
                assertThat(handover(dead(), target).build().move(TASK, HolderState.DEAD))
                        .isInstanceOfSatisfying(Failed.class, f -> {
                            assertThat(f.stage()).isEqualTo(Stage.RESTORE);
                            assertThat(f.cause()).isInstanceOf(MalformedEnvelopeException.class);
                        });
            }
        });
        assertThat(routes).isEmpty();
    }

    @Test
    void target_isNotReached_theRestIsNotTried() {
        List<String> tasks = IntStream.range(0, 10).mapToObj(i -> "task_" + i).toList();
        tasks.forEach(task -> store.save(StateSnapshot.of(task, 1, JsonObject.empty())));
        try (TestWorker backup = TestWorker.start("backup", store)) {
            backup.die();
            HandoverReport report =
                    handover(dead(), backup.host()).maxUnreached(2).build().moveAll(tasks, HolderState.DEAD);

            assertThat(report.outcomes()).hasSize(10);
            assertThat(report.outcomes().subList(0, 2)).hasOnlyElementsOfType(Failed.class);
            assertThat(report.outcomes().subList(2, 10)).hasOnlyElementsOfType(NotTried.class);
            assertThat(report.unfinished()).hasSize(10);
            assertThat(report.done()).isFalse();
        }
    }

    @Test
    void oneTaskFails_theOthersAreMoved() {
        List<String> tasks = List.of("a", "b", "c");
        tasks.forEach(task -> store.save(StateSnapshot.of(task, 1, JsonObject.empty())));
        SnapshotStore broken = new View(store) {
            @Override
            public Optional<StateSnapshot> get(String taskId) {
                if (taskId.equals("b")) {
                    throw new StorageException("unreadable row", false, null);
                }
                return super.get(taskId);
            }
        };
        try (TestWorker backup = TestWorker.start("backup", store)) {
            HandoverReport report =
                    handover(dead(broken), backup.host()).build().moveAll(tasks, HolderState.DEAD);

            assertThat(report.arrived()).isEqualTo(2);
            assertThat(report.unfinished())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Failed.class, f -> assertThat(f.stage()).isEqualTo(Stage.OBTAIN));
            assertThat(routes).containsOnlyKeys("a", "c");
        }
    }

    @Test
    void moreTasksThanARunTakes_reportIsNotComplete() {
        try (TestWorker backup = TestWorker.start("backup", store)) {
            HandoverReport report = handover(dead(), backup.host())
                    .maxTasks(2)
                    .build()
                    .moveAll(List.of("a", "b", "c"), HolderState.DEAD);

            assertThat(report.outcomes()).hasSize(2);
            assertThat(report.complete()).isFalse();
            assertThat(report.done()).isFalse();
        }
    }

    @Test
    void interruptedThread_leavesTheRest() {
        List<String> tasks = List.of("a", "b", "c");
        tasks.forEach(task -> store.save(StateSnapshot.of(task, 1, JsonObject.empty())));
        try (TestWorker backup = TestWorker.start("backup", store)) {
            TaskHandover handover = handover(dead(), backup.host())
                    .routes((task, host) -> Thread.currentThread().interrupt())
                    .build();

            HandoverReport report = handover.moveAll(tasks, HolderState.DEAD);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(report.outcomes().get(0)).isInstanceOf(Moved.class);
            assertThat(report.outcomes().subList(1, 3)).hasOnlyElementsOfType(NotTried.class);
        }
    }
}
