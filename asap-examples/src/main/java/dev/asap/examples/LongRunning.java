// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A task of many steps that crashes in the middle and goes on from its last checkpoint. */
@Command(
        name = "long-running",
        description = {
            "Runs a task of several steps with a checkpoint after each.",
            "With --crash-after the process ends in the middle, as a crash ends it, and the task is resumed;",
            "with --path as well, the crash is yours to resume from: run it again without --crash-after."
        },
        mixinStandardHelpOptions = true)
final class LongRunning implements Callable<Integer> {
    private static final int CRASHED = 137;
    private static final long CHILD_SECONDS = 60;

    @Option(names = "--steps", defaultValue = "5", description = "How many steps. Default: ${DEFAULT-VALUE}.")
    private int steps = 5;

    @Option(names = "--crash-after", description = "The step after which the process crashes.")
    private @Nullable Integer crashAfter;

    @Option(names = "--path", description = "The database file. Default: a temporary one.")
    private @Nullable Path path;

    @Option(names = "--task", defaultValue = "task_long_01", description = "The task's id. Default: ${DEFAULT-VALUE}.")
    private String taskId = "task_long_01";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final PrintStream out = Agents.out();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (steps < 1) {
            throw new ParameterException(spec.commandLine(), "--steps must be 1 or more, got " + steps);
        }
        Integer crash = crashAfter;
        if (crash != null && (crash < 1 || crash >= steps)) {
            throw new ParameterException(
                    spec.commandLine(), "--crash-after must be 1 to " + (steps - 1) + ", got " + crash);
        }
        if (path != null) {
            return run(path, crash);
        }
        try (Scene scene = Scene.open("asap-long-running")) {
            Path file = scene.file("state.db");
            if (crash != null) {
                crashInAnotherProcess(scene, file, crash);
            }
            return run(file, null);
        }
    }

    private void crashInAnotherProcess(Scene scene, Path file, int crash) throws IOException, InterruptedException {
        String[] command = {
            "long-running",
            "--steps",
            "" + steps,
            "--task",
            taskId,
            "--path",
            file.toString(),
            "--crash-after",
            "" + crash
        };
        Process process = scene.start("crash", Map.of(), command);
        if (!process.waitFor(CHILD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != CRASHED) {
            throw new IllegalStateException("the process had to crash after step " + crash);
        }
        scene.printed("crash").forEach(out::println);
        out.println("Process " + process.pid() + " is gone. Another one resumes the task.");
    }

    private int run(Path file, @Nullable Integer crash) {
        try (Storage storage = Storage.open("sqlite", new StorageSettings(file))) {
            JsonObject end = work(storage.snapshots(), crash);
            out.println("completed=" + end.getBoolean("completed") + " progress_pct=" + end.getInt("progress_pct")
                    + " partial_result=" + end.get("partial_result"));
            return end.getBoolean("completed") ? 0 : 1;
        }
    }

    /** Goes on behind the latest checkpoint, or begins; gives the last state. */
    private JsonObject work(SnapshotStore snapshots, @Nullable Integer crash) {
        JsonObject state = snapshots.get(taskId).map(StateSnapshot::data).orElse(JsonObject.of("step", 0));
        int done = state.getInt("step");
        if (state.getBoolean("completed", false)) {
            out.println("The task is complete already: nothing is done again.");
            return state;
        }
        if (done > 0) {
            out.println("Resuming after step " + done + " of " + steps);
        }
        for (int step = done + 1; step <= steps; step++) {
            state = stateAfter(step, state);
            snapshots.save(StateSnapshot.of(taskId, step, state).asCheckpoint());
            out.println("Step " + step + " of " + steps + ": " + state.getInt("progress_pct") + " %");
            if (crash != null && crash == step) {
                out.println("Crash after step " + step);
                Runtime.getRuntime().halt(CRASHED);
            }
        }
        return state;
    }

    private JsonObject stateAfter(int step, JsonObject before) {
        List<JsonValue> items = new ArrayList<>();
        if (before.has("partial_result")) {
            items.addAll(before.getObject("partial_result").getArray("items").values());
        }
        items.add(JsonValue.of("item_" + step));
        return JsonObject.of(
                "step",
                step,
                "progress_pct",
                100 * step / steps,
                "partial_result",
                JsonObject.of("items", items, "last_step", step),
                "completed",
                step == steps);
    }
}
