// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.failover.ActiveTasks;
import dev.asap.failover.FailoverCoordinator;
import dev.asap.failover.FailureDetector;
import dev.asap.failover.HandoverOutcome;
import dev.asap.failover.HandoverReport;
import dev.asap.failover.HealthProbe;
import dev.asap.failover.HolderState;
import dev.asap.failover.Ownership;
import dev.asap.failover.TaskHandover;
import dev.asap.failover.TaskHost;
import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A worker dies in the middle of a task, and another finishes it. */
@Command(
        name = "agent-failover",
        description = {
            "Starts two workers, gives a task to the first, kills it, and has the second finish the task.",
            "With --planned the first one lives, keeps its state to itself, and is asked for it."
        },
        mixinStandardHelpOptions = true)
final class AgentFailover implements Callable<Integer> {
    private static final AgentUrn COORDINATOR = AgentUrn.of("urn:asap:agent:coordinator");
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration DETECTION = Duration.ofSeconds(5);
    private static final Duration HEALTH_REQUEST = Duration.ofSeconds(2);
    private static final Duration WORK = Duration.ofSeconds(10);
    private static final String PRIMARY = "primary";
    private static final String BACKUP = "backup";

    @Option(names = "--planned", description = "The first worker lives and hands the task over.")
    private boolean planned;

    private final PrintStream out = Agents.out();
    private final String taskId = Ulid.next("task_");

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Scene scene = Scene.open("asap-failover")) {
            if (planned) {
                handOver(scene);
            } else {
                failOver(scene);
            }
        }
        return 0;
    }

    private void failOver(Scene scene) throws IOException, InterruptedException {
        Path file = scene.file("shared.db");
        Scene.Agent primary = startWorker(scene, PRIMARY, file);
        Scene.Agent backup = startWorker(scene, BACKUP, file);
        try (Storage storage = Storage.open("sqlite", new StorageSettings(file));
                ASAPClient toPrimary = client(primary);
                ASAPClient toBackup = client(backup)) {
            say(
                    "Two workers share one SQLite file: primary (process %d), backup (process %d)",
                    pid(primary), pid(backup));
            doFirstStep(toPrimary);

            primary.kill();
            say("The primary is killed. It had no chance to tidy up.");
            HandoverReport report = detectAndMove(
                    new TaskHost(PRIMARY, FailoverWorker.URN, toPrimary, storage.snapshots()),
                    new TaskHost(BACKUP, FailoverWorker.URN, toBackup, storage.snapshots()),
                    storage.snapshots());
            show(report.outcomes());
            showEnd(storage.snapshots());
        }
        comeBack(scene, file);
        say("Failover demo complete: primary crashed, coordinator restored state on backup.");
    }

    private void handOver(Scene scene) throws IOException, InterruptedException {
        Scene.Agent primary = startWorker(scene, PRIMARY, scene.file("primary.db"));
        Scene.Agent backup = startWorker(scene, BACKUP, scene.file("backup.db"));
        try (Storage storage = Storage.open("sqlite", new StorageSettings(scene.file("backup.db")));
                ASAPClient toPrimary = client(primary);
                ASAPClient toBackup = client(backup)) {
            say("Two workers with a file each: primary (process %d), backup (process %d)", pid(primary), pid(backup));
            doFirstStep(toPrimary);

            say("The primary gets no new work, and has saved a checkpoint. The coordinator asks it for the state.");
            TaskHandover handover = handover(
                    new TaskHost(PRIMARY, FailoverWorker.URN, toPrimary, null),
                    new TaskHost(BACKUP, FailoverWorker.URN, toBackup, storage.snapshots()));
            show(List.of(handover.move(taskId, HolderState.ANSWERING)));
            showEnd(storage.snapshots());
        }
        say("Handover demo complete: primary answered a state query, coordinator restored state on backup.");
    }

    private static Scene.Agent startWorker(Scene scene, String name, Path file)
            throws IOException, InterruptedException {
        Map<String, String> environment =
                Map.of(Storage.BACKEND_VARIABLE, "sqlite", Storage.PATH_VARIABLE, file.toString());
        return scene.startAgent(name, environment, "failover-worker", "--name", name);
    }

    private static ASAPClient client(Scene.Agent agent) {
        ASAPClient client = ASAPClient.builder(agent.url())
                .retry(RetryPolicy.never())
                .timeout(HEALTH_REQUEST)
                .build();
        require(client.healthCheck().isHealthy(), "the " + agent.name() + " is not healthy");
        return client;
    }

    private void doFirstStep(ASAPClient primary) {
        TaskResponse response = step(primary, 1);
        JsonObject result = Objects.requireNonNull(response.result());
        say("Step 1 of %d is done by the primary: snapshot %s", FailoverWorker.STEPS, result.getString("snapshot_id"));
    }

    private TaskResponse step(ASAPClient worker, int step) {
        JsonObject input = JsonObject.of("task_id", taskId, "step", step);
        return worker.request(COORDINATOR, FailoverWorker.URN, TaskRequest.of("failover", FailoverWorker.SKILL, input));
    }

    /** What a coordinator does all day, until there was something to do. */
    private HandoverReport detectAndMove(TaskHost primary, TaskHost backup, SnapshotStore store)
            throws InterruptedException {
        ActiveTasks tasks = ActiveTasks.in(store, Ownership.concerns(PRIMARY, BACKUP))
                .where(snapshot -> !snapshot.data().getBoolean("completed", false));
        try (FailureDetector detector = FailureDetector.builder(HealthProbe.of(primary.client()))
                        .failures(3)
                        .interval(POLL)
                        .onChange(change -> say("The coordinator finds the primary %s", change.condition()))
                        .build();
                FailoverCoordinator coordinator = FailoverCoordinator.builder(
                                detector, handover(primary, backup), tasks)
                        .build()) {
            return await(
                    DETECTION,
                    "the failure was not detected",
                    () -> coordinator.step().orElse(null));
        }
    }

    private TaskHandover handover(TaskHost from, TaskHost to) {
        return TaskHandover.builder(COORDINATOR, from, to)
                .routes((task, host) -> say("The routing of the task leads to the %s now", host))
                .build();
    }

    private void show(List<HandoverOutcome> outcomes) {
        for (HandoverOutcome outcome : outcomes) {
            if (!(outcome instanceof HandoverOutcome.Moved moved)) {
                throw new IllegalStateException("the task was not moved: " + outcome);
            }
            say(
                    "The backup has acknowledged snapshot %s: version %d, epoch %d",
                    moved.snapshotId(), moved.version(), moved.epoch());
        }
        require(outcomes.size() == 1, "one task had to be moved, got " + outcomes.size());
    }

    /** The backup goes on by itself after the acknowledgement. */
    private void showEnd(SnapshotStore store) throws InterruptedException {
        StateSnapshot last = await(
                WORK,
                "the backup did not finish",
                () -> store.get(taskId)
                        .filter(snapshot -> snapshot.version() == FailoverWorker.STEPS)
                        .orElse(null));
        require(last.data().getString("agent").equals(BACKUP), "the last step must be the backup's");
        require(last.data().getBoolean("completed"), "the task must be complete");
        say(
                "Step %d of %d is done by the %s, and the task is complete: version %d in its file",
                last.data().getInt("step"), FailoverWorker.STEPS, last.data().getString("agent"), last.version());
    }

    /** The old holder returns and believes to have the task still. */
    private void comeBack(Scene scene, Path file) throws IOException, InterruptedException {
        Scene.Agent returned = startWorker(scene, PRIMARY, file);
        try (ASAPClient client = client(returned)) {
            TaskResponse response = step(client, 2);
            require(response.status().equals(TaskStatus.FAILED), "the old holder must be refused");
            String error = Optional.ofNullable(response.result())
                    .map(result -> result.getString("error"))
                    .orElse("");
            say("The primary comes back and tries step 2 once more: refused, %s", error);
        }
    }

    private static <T> T await(Duration limit, String otherwise, Supplier<@Nullable T> result)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        do {
            T found = result.get();
            if (found != null) {
                return found;
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        } while (System.nanoTime() < end);
        throw new IllegalStateException(otherwise + " within " + limit.toSeconds() + " s");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static long pid(Scene.Agent agent) {
        return agent.process().pid();
    }

    private void say(String format, Object... arguments) {
        out.printf(format + "%n", arguments);
    }
}
