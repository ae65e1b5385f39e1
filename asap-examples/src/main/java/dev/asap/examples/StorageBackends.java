// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The same code over memory and over SQLite: the environment says which. */
@Command(
        name = "storage-backends",
        description = {
            "Saves a snapshot where the environment says, and reads it back.",
            "ASAP_STORAGE_BACKEND is memory (default) or sqlite, ASAP_STORAGE_PATH the file of sqlite."
        },
        mixinStandardHelpOptions = true)
final class StorageBackends implements Callable<Integer> {
    private static final String TASK = "task_demo_01";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try (Storage storage = Storage.fromEnvironment()) {
            print("Backend: " + storage.name());
            SnapshotStore snapshots = storage.snapshots();
            print("Snapshots of earlier runs: " + snapshots.listVersions(TASK).size());
            snapshots.save(new StateSnapshot(
                    "snap_demo_01",
                    TASK,
                    1,
                    JsonObject.of("example", true, "backend", storage.name()),
                    false,
                    Instant.now()));
            StateSnapshot latest = snapshots.get(TASK).orElseThrow();
            print("Saved and retrieved task_id=" + latest.taskId() + ", data=" + latest.data());
        }
        return 0;
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
    }
}
