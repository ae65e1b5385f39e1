// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.failover.ActiveTasks;
import dev.asap.failover.AgentDrain;
import dev.asap.failover.ArtifactPortability;
import dev.asap.failover.ArtifactReference;
import dev.asap.failover.ExportReport;
import dev.asap.failover.FailoverCoordinator;
import dev.asap.failover.FailureDetector;
import dev.asap.failover.FencedSnapshotStore;
import dev.asap.failover.HandoverOutcome;
import dev.asap.failover.HandoverReport;
import dev.asap.failover.HealthProbe;
import dev.asap.failover.HolderState;
import dev.asap.failover.ImportReport;
import dev.asap.failover.Ownership;
import dev.asap.failover.SnapshotExport;
import dev.asap.failover.SnapshotImport;
import dev.asap.failover.StaleHolderException;
import dev.asap.failover.TaskHandover;
import dev.asap.failover.TaskHost;
import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.TaskRequest;
import dev.asap.server.ASAPServer;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.store.sqlite.SQLiteStorage;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The code of the page on failover and migration. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class FailoverGuideTest {
    private static final AgentUrn WORKER = AgentUrn.of("urn:asap:agent:worker");
    private static final AgentUrn COORDINATOR = AgentUrn.of("urn:asap:agent:coordinator");
    private static final int LAST_STEP = 5;

    private final Map<String, String> table = new ConcurrentHashMap<>();

    private static Manifest manifest(String name) {
        return Manifest.builder(WORKER, name, "1.0.0", Endpoint.of("http://127.0.0.1/asap"))
                .build();
    }

    /** Saves the steps of a task that are left. */
    private static void work(SnapshotStore snapshots, String taskId, long done, int until) {
        for (long step = done + 1; step <= until; step++) {
            JsonObject data = JsonObject.of("step", step, "completed", step == LAST_STEP);
            snapshots.save(StateSnapshot.of(taskId, step, data).asCheckpoint());
        }
    }

    private static ASAPServer startWorker(String holder, Storage storage, int until) {
        FencedSnapshotStore snapshots = FencedSnapshotStore.of(storage.snapshots(), holder);
        ASAPServer worker = ASAPServer.builder(manifest(holder))
                .storage(Storage.of(snapshots))
                .skill("work", task -> {
                    work(snapshots, task.taskId(), 0, until);
                    return task.completed(JsonObject.of("task_id", task.taskId()));
                })
                .onRestore((snapshot, context) ->
                        work(snapshots.resuming(snapshot), snapshot.taskId(), snapshot.version(), LAST_STEP))
                .start();
        return worker;
    }

    private static ASAPClient client(ASAPServer worker) {
        return ASAPClient.builder(worker.url())
                .retry(RetryPolicy.never())
                .timeout(Duration.ofSeconds(2))
                .build();
    }

    private static String begin(ASAPClient client) {
        JsonObject result = client.request(COORDINATOR, WORKER, TaskRequest.of("c", "work", JsonObject.empty()))
                .result();
        return result.getString("task_id");
    }

    @Test
    void holder_isNamedAfterOneLifeOfOneProcess(@TempDir Path folder) {
        try (Storage storage = SQLiteStorage.open(folder.resolve("asap_state.db"))) {
            String holder = "worker-1/" + Ulid.next();
            FencedSnapshotStore snapshots = FencedSnapshotStore.of(storage.snapshots(), holder);
            snapshots.save(StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)));
            assertThat(snapshots.get("task_1").flatMap(Ownership::of)).contains(Ownership.first(holder));
        }
    }

    @Test
    void failover_isDoneByTheCoordinator(@TempDir Path folder) {
        List<HandoverReport> reports = new CopyOnWriteArrayList<>();
        try (Storage storage = SQLiteStorage.open(folder.resolve("asap_state.db"));
                ASAPServer one = startWorker("worker-1", storage, 2);
                ASAPServer two = startWorker("worker-2", storage, LAST_STEP);
                ASAPClient toOne = client(one);
                ASAPClient toTwo = client(two)) {
            String task = begin(toOne);
            TaskHost from = new TaskHost("worker-1", WORKER, toOne, storage.snapshots());
            TaskHost to = new TaskHost("worker-2", WORKER, toTwo, storage.snapshots());

            FailureDetector detector = FailureDetector.builder(HealthProbe.of(from.client()))
                    .failures(3)
                    .window(Duration.ofSeconds(30))
                    .build();
            TaskHandover handover = TaskHandover.builder(COORDINATOR, from, to)
                    .routes((taskId, host) -> table.put(taskId, host))
                    .build();
            ActiveTasks tasks = ActiveTasks.in(storage.snapshots(), Ownership.concerns(from.name(), to.name()))
                    .where(snapshot -> !snapshot.data().getBoolean("completed", false));
            FailoverCoordinator coordinator = FailoverCoordinator.builder(detector, handover, tasks)
                    .interval(Duration.ofMillis(300))
                    .onReport(report -> reports.add(report))
                    .build();
            coordinator.start();

            one.close(Duration.ZERO);
            await().atMost(Duration.ofSeconds(30)).until(() -> !reports.isEmpty());
            await().until(() -> storage.snapshots().get(task).orElseThrow().version() == LAST_STEP);
            coordinator.close();
            detector.close();
            assertThat(reports.get(0).arrived()).isEqualTo(1);
            assertThat(table).containsEntry(task, "worker-2");
            assertThatThrownBy(() -> FencedSnapshotStore.of(storage.snapshots(), "worker-1")
                            .save(StateSnapshot.of(task, 3, JsonObject.empty())))
                    .isInstanceOf(StaleHolderException.class);
        }
    }

    @Test
    void outcomes_areTold(@TempDir Path folder) {
        try (Storage storage = SQLiteStorage.open(folder.resolve("asap_state.db"));
                ASAPServer one = startWorker("worker-1", storage, 2);
                ASAPServer two = startWorker("worker-2", storage, LAST_STEP);
                ASAPClient toOne = client(one);
                ASAPClient toTwo = client(two)) {
            String task = begin(toOne);
            TaskHost from = new TaskHost("worker-1", WORKER, toOne, storage.snapshots());
            TaskHost to = new TaskHost("worker-2", WORKER, toTwo, storage.snapshots());
            TaskHandover handover = TaskHandover.builder(COORDINATOR, from, to).build();

            HandoverReport report = handover.moveAll(List.of(task, "unknown"), HolderState.ANSWERING);
            for (HandoverOutcome outcome : report.outcomes()) {
                if (outcome instanceof HandoverOutcome.Failed failed) {
                    System.err.println(failed.taskId() + " failed at " + failed.stage() + ": " + failed.cause());
                } else if (outcome instanceof HandoverOutcome.NoSnapshot none) {
                    System.err.println(none.taskId() + " has nothing to go on from");
                }
            }
            boolean again = !report.done();

            assertThat(report.arrived()).isEqualTo(1);
            assertThat(again).isFalse();
        }
    }

    @Test
    void migration_goesThroughAFile(@TempDir Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve("tasks.jsonl");
        try (Storage oldStorage = SQLiteStorage.open(folder.resolve("old.db"));
                Storage newStorage = SQLiteStorage.open(folder.resolve("new.db"))) {
            work(oldStorage.snapshots(), "task_1", 0, 3);
            work(oldStorage.snapshots(), "task_2", 0, LAST_STEP);

            ActiveTasks tasks = ActiveTasks.in(
                    oldStorage.snapshots(), snapshot -> !snapshot.data().getBoolean("completed", false));
            AgentDrain drain = new AgentDrain(
                    () -> table.put("worker-1", "no new work"), AgentDrain.checkpointed(oldStorage.snapshots(), tasks));
            boolean atRest = drain.await(Duration.ofMinutes(5));

            try (OutputStream out = Files.newOutputStream(file)) {
                ExportReport report = SnapshotExport.of(oldStorage.snapshots())
                        .where(snapshot -> !snapshot.data().getBoolean("completed", false))
                        .build()
                        .writeTo(out);
                report.notes().forEach(note -> System.err.println(note.taskId() + ": " + note.references()));
            }
            try (InputStream in = Files.newInputStream(file)) {
                ImportReport report =
                        SnapshotImport.into(newStorage.snapshots()).build().readFrom(in);
                report.errors().forEach(System.err::println);
            }

            assertThat(atRest).isTrue();
            assertThat(newStorage.snapshots().get("task_1"))
                    .isEqualTo(oldStorage.snapshots().get("task_1"));
            assertThat(newStorage.snapshots().get("task_2")).isEmpty();
        }
    }

    @Test
    void references_areFoundAndRewritten() {
        JsonObject data = JsonObject.of("report", "asap://worker-1/r/3", "log", "https://objects.example/l/3");

        List<ArtifactReference> local = ArtifactPortability.check(data);
        JsonObject portable = ArtifactPortability.rewrite(data, reference -> upload(reference.uri()));

        assertThat(local).containsExactly(new ArtifactReference("/report", "asap://worker-1/r/3"));
        assertThat(portable.getString("report")).isEqualTo("https://objects.example/r/3");
        assertThat(ArtifactPortability.check(portable)).isEmpty();
    }

    private static String upload(String uri) {
        return uri.replace("asap://worker-1", "https://objects.example");
    }
}
