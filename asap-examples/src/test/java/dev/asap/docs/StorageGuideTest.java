// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.store.sqlite.Durability;
import dev.asap.store.sqlite.SQLiteStorage;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.time.Duration;
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
}
