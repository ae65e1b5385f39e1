// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.failover.FencedSnapshotStore;
import dev.asap.failover.StaleHolderException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.model.TaskResponse;
import dev.asap.server.ASAPServer;
import dev.asap.server.TaskContext;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A worker of two steps that saves a checkpoint after each, and goes on with what others have begun. */
@Command(name = "failover-worker", hidden = true, description = "A worker of the failover example.")
final class FailoverWorker implements Callable<Integer> {
    static final AgentUrn URN = AgentUrn.of("urn:asap:agent:failover-worker");
    static final String SKILL = "failover_work";
    static final int STEPS = 2;

    @Option(names = "--name", required = true, description = "The name of this process.")
    private String name = "worker";

    @Option(names = "--port", defaultValue = "0", description = "The port to listen on; 0 for any free one.")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        try (Storage file = Storage.fromEnvironment();
                ASAPServer server = start(FencedSnapshotStore.of(file.snapshots(), name))) {
            // Nobody else ends it where the coordinator is killed.
            CompletableFuture<?> unused = ProcessHandle.current()
                    .parent()
                    .<CompletableFuture<?>>map(parent -> parent.onExit().thenRun(server::close))
                    .orElseGet(() -> CompletableFuture.completedFuture(null));
            Agents.runUntilStopped(server);
        }
        return 0;
    }

    private ASAPServer start(FencedSnapshotStore snapshots) {
        return ASAPServer.builder(manifest())
                .port(port)
                .storage(Storage.of(snapshots))
                .skill(SKILL, task -> work(snapshots, task))
                .otherSkills(task -> task.failed(JsonObject.of(
                        "error", "unknown_skill", "skill_id", task.request().skillId())))
                .onRestore((snapshot, context) -> resume(snapshots, snapshot))
                .start();
    }

    private TaskResponse work(SnapshotStore snapshots, TaskContext task) {
        int step = task.input().getInt("step", 1);
        String taskId = task.input().getString("task_id", task.taskId());
        try {
            StateSnapshot saved = save(snapshots, taskId, step);
            return task.completed(JsonObject.of("step", step, "snapshot_id", saved.id()));
        } catch (StaleHolderException e) {
            return task.failed(JsonObject.of("error", "stale_holder", "task_id", e.taskId()));
        }
    }

    private void resume(FencedSnapshotStore snapshots, StateSnapshot snapshot) {
        SnapshotStore own = snapshots.resuming(snapshot);
        for (int step = (int) snapshot.version() + 1; step <= STEPS; step++) {
            save(own, snapshot.taskId(), step);
        }
    }

    private StateSnapshot save(SnapshotStore snapshots, String taskId, int step) {
        JsonObject data = JsonObject.of("step", step, "task_id", taskId, "agent", name, "completed", step == STEPS);
        StateSnapshot snapshot = StateSnapshot.of(taskId, step, data).asCheckpoint();
        snapshots.save(snapshot);
        return snapshot;
    }

    private Manifest manifest() {
        return Manifest.builder(URN, "Failover worker " + name, "1.0.0", Endpoint.of("http://127.0.0.1/asap"))
                .description("Works in steps and saves a checkpoint after each")
                .capabilities(Capability.builder()
                        .skill(Skill.of(SKILL, "Does one step of a task"))
                        .statePersistence(true)
                        .build())
                .build();
    }
}
