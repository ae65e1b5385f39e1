// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageConfigurationException;
import dev.asap.store.memory.InMemoryStorage;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Both storages are on the class path, and variables choose. */
@ExtendWith(LeakChecks.class)
class StorageEnvironmentTest {
    @TempDir
    Path folder;

    private static Storage open(Map<String, String> variables) {
        return Storage.fromEnvironment(variables::get);
    }

    @Test
    void nothingSet_givesMemory() {
        try (Storage storage = open(Map.of())) {
            assertThat(storage).isInstanceOf(InMemoryStorage.class);
            assertThat(storage.name()).isEqualTo("memory");
        }
    }

    @Test
    void memory_ignoresThePath() {
        Path path = folder.resolve("missing").resolve("x.db");
        try (Storage storage = open(Map.of("ASAP_STORAGE_BACKEND", "memory", "ASAP_STORAGE_PATH", path.toString()))) {
            assertThat(storage.name()).isEqualTo("memory");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void sqlite_isTrimmedAndInAnyCase() {
        Path path = folder.resolve("state.db");
        Map<String, String> variables =
                Map.of("ASAP_STORAGE_BACKEND", " SQLite ", "ASAP_STORAGE_PATH", " " + path + " ");
        try (Storage storage = open(variables)) {
            assertThat(storage).isInstanceOf(SQLiteStorage.class);
            assertThat(storage.name()).isEqualTo("sqlite");
            storage.check();
            storage.snapshots().save(StateSnapshot.of("t", 1, JsonObject.empty()));
        }
        assertThat(path).exists();
        try (Storage storage = open(variables)) {
            assertThat(storage.snapshots().get("t")).isPresent();
        }
    }

    @Test
    void unknownOrEmptyValue_isRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> open(Map.of("ASAP_STORAGE_BACKEND", " X ")))
                .isInstanceOf(StorageConfigurationException.class)
                .hasMessage("Unknown ASAP_STORAGE_BACKEND='x'. Use 'memory' or 'sqlite'.");
        assertThatThrownBy(() -> open(Map.of("ASAP_STORAGE_BACKEND", "")))
                .isInstanceOf(StorageConfigurationException.class)
                .hasMessage("Unknown ASAP_STORAGE_BACKEND=''. Use 'memory' or 'sqlite'.");
    }

    @Test
    void unusablePath_failsAtOnce() {
        for (String path : new String[] {folder + "/missing/x.db", "", " ", folder.toString(), "nul\0nul"}) {
            assertThatThrownBy(() -> open(Map.of("ASAP_STORAGE_BACKEND", "sqlite", "ASAP_STORAGE_PATH", path)))
                    .as("path '%s'", path)
                    .isInstanceOf(StorageConfigurationException.class);
        }
    }
}
