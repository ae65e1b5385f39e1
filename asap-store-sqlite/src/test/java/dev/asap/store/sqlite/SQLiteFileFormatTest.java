// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One file, two programs: what the reference wrote is read here, and what is written here it can read. */
@ExtendWith(LeakChecks.class)
class SQLiteFileFormatTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("asap_state.db");
    }

    private void writeReferenceFile() throws SQLException {
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.replaceSnapshot(
                    "task_01KQ0A2Y9M",
                    "01KQ0A2YB3S6C1N0H4W7P9X5ZD",
                    3,
                    "{\"step\": 3, \"done\": [\"a\", \"b\"], \"city\": \"Z\\u00fcrich\", \"mood\": \"\\ud83d\\ude00\"}",
                    1,
                    "2026-03-01T08:15:30.250000+00:00");
            reference.replaceSnapshot(
                    "task_01KQ0A2Y9M", "01KQ0A2YB3S6C1N0H4W7P9X5ZE", 4, "{}", 0, "2026-03-01T08:15:31+00:00");
            reference.replaceSnapshot("task_2", "old id", 1, "{\"a\": 1}", 0, "2026-03-01T08:15:30+00:00");
        }
    }

    @Test
    void referenceFile_isReadWhole() throws SQLException {
        writeReferenceFile();
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            StateSnapshot checkpoint = new StateSnapshot(
                    "01KQ0A2YB3S6C1N0H4W7P9X5ZD",
                    "task_01KQ0A2Y9M",
                    3,
                    JsonObject.of("step", 3, "done", List.of("a", "b"), "city", "Zürich", "mood", "😀"),
                    true,
                    Instant.parse("2026-03-01T08:15:30.250Z"));
            assertThat(store.get("task_01KQ0A2Y9M", 3)).contains(checkpoint);
            assertThat(store.latestCheckpoint("task_01KQ0A2Y9M")).contains(checkpoint);
            assertThat(store.findById("01KQ0A2YB3S6C1N0H4W7P9X5ZD")).contains(checkpoint);
            assertThat(store.get("task_01KQ0A2Y9M")).map(StateSnapshot::version).contains(4L);
            assertThat(store.listVersions("task_01KQ0A2Y9M")).containsExactly(3L, 4L);
            assertThat(store.listTasks(PageRequest.first()).items()).containsExactly("task_01KQ0A2Y9M", "task_2");
            assertThat(store.listTasks(PageRequest.first(1)).total()).isEqualTo(2);
        }
    }

    @Test
    void ourFile_hasTheProtocolsTable() throws SQLException {
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            store.save(new StateSnapshot(
                    "id_1",
                    "täsk",
                    3,
                    JsonObject.parse("{\"step\": 3}"),
                    true,
                    Instant.parse("2026-03-01T08:15:30.250Z")));
            store.save(new StateSnapshot(
                    "id_2", "täsk", 4, JsonObject.empty(), false, Instant.parse("2026-03-01T08:15:30Z")));
        }
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            assertThat(reference.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('snapshots')"))
                    .containsExactly(
                            "task_id|TEXT|1|1",
                            "id|TEXT|1|0",
                            "version|INTEGER|1|2",
                            "data|TEXT|1|0",
                            "checkpoint|INTEGER|1|0",
                            "created_at|TEXT|1|0");
            assertThat(reference.rows("SELECT rowid > 0 FROM snapshots")).containsExactly("1", "1");
            assertThat(reference.rows("SELECT * FROM snapshots ORDER BY version"))
                    .containsExactly(
                            "täsk|id_1|3|{\"step\": 3}|1|2026-03-01T08:15:30.250000+00:00",
                            "täsk|id_2|4|{}|0|2026-03-01T08:15:30+00:00");
            assertThat(reference.rows("SELECT DISTINCT typeof(task_id), typeof(id), typeof(version), typeof(data),"
                            + " typeof(checkpoint), typeof(created_at), json_valid(data) FROM snapshots"))
                    .containsExactly("text|text|integer|text|integer|text|1");
            assertThat(reference.rows("PRAGMA journal_mode")).containsExactly("wal");
        }
    }

    @Test
    void rowsWrittenByTheReferenceMeanwhile_count() throws SQLException {
        writeReferenceFile();
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file);
                SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            reference.replaceSnapshot("task_3", "new", 1, "{}", 0, "2026-03-01T08:15:30+00:00");
            assertTasks(store, "task_01KQ0A2Y9M", "task_2", "task_3");

            reference.replaceSnapshot("task_2", "new id", 1, "{}", 1, "2026-03-01T08:15:30+00:00");
            assertTasks(store, "task_01KQ0A2Y9M", "task_2", "task_3");
            assertThat(store.findById("old id")).isEmpty();
            assertThat(store.findById("new id")).map(StateSnapshot::taskId).contains("task_2");
            assertThat(store.latestCheckpoint("task_2")).isPresent();

            reference.run("DELETE FROM snapshots WHERE task_id = 'task_01KQ0A2Y9M' AND version = 3");
            assertTasks(store, "task_01KQ0A2Y9M", "task_2", "task_3");
            reference.run("DELETE FROM snapshots WHERE task_id = 'task_01KQ0A2Y9M'");
            assertTasks(store, "task_2", "task_3");

            reference.run("UPDATE snapshots SET task_id = 'task_9' WHERE task_id = 'task_2'");
            assertTasks(store, "task_3", "task_9");

            store.save(StateSnapshot.of("task_3", 2, JsonObject.of("from", "java")));
            assertThat(reference.rows(
                            "SELECT data FROM snapshots WHERE task_id = 'task_3' ORDER BY version DESC LIMIT 1"))
                    .containsExactly("{\"from\":\"java\"}");

            // With this setting a replaced row fires the delete triggers as well.
            reference.run("PRAGMA recursive_triggers = ON");
            reference.replaceSnapshot("task_9", "newest id", 1, "{}", 1, "2026-03-01T08:15:30+00:00");
            assertTasks(store, "task_3", "task_9");
            reference.run("DELETE FROM snapshots");
            assertTasks(store);
        }
    }

    private static void assertTasks(SnapshotStore store, String... tasks) {
        assertThat(store.listTasks(PageRequest.first()).items()).containsExactly(tasks);
        assertThat(store.listTasks(PageRequest.first(1)).total()).isEqualTo(tasks.length);
    }

    @Test
    void timesInOtherForms_areRead() throws SQLException {
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.replaceSnapshot("t", "a", 1, "{}", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("t", "b", 2, "{}", 0, "2026-03-01T10:15:30.5+02:00");
            reference.replaceSnapshot("t", "c", 3, "{}", 0, "2026-03-01T08:15:30");
            reference.replaceSnapshot("t", "d", 4, "{}", 0, "2026-03-01 08:15:30.000001");
        }
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            Instant time = Instant.parse("2026-03-01T08:15:30Z");
            assertThat(store.get("t", 1)).map(StateSnapshot::createdAt).contains(time);
            assertThat(store.get("t", 2)).map(StateSnapshot::createdAt).contains(time.plusMillis(500));
            assertThat(store.get("t", 3)).map(StateSnapshot::createdAt).contains(time);
            assertThat(store.get("t", 4)).map(StateSnapshot::createdAt).contains(time.plusNanos(1000));
        }
    }

    @Test
    void rowThatIsNoSnapshot_isNamedAndNotLost() throws SQLException {
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.replaceSnapshot("t", "a", 1, "{}", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("t", "b", 2, "{}", 0, "yesterday");
            reference.replaceSnapshot("t", "c", 3, "[1]", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("t", "d", 4, "{\"cut", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("t", "e", 0, "{}", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("t", "f", 5, "{}", 0, "");
        }
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            assertThat(store.get("t", 1)).isPresent();
            assertThatThrownBy(() -> store.get("t", 2))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("Version 2 of task 't'")
                    .hasMessageContaining("created_at")
                    .hasMessageContaining("yesterday");
            assertThatThrownBy(() -> store.findById("c")).hasMessageContaining("data: expected an object, got array");
            assertThatThrownBy(() -> store.get("t", 4)).hasMessageContaining("column data");
            assertThatThrownBy(() -> store.get("t", 0)).hasMessageContaining("version");
            assertThatThrownBy(() -> store.get("t")).hasMessageContaining("Version 5");
            assertThat(store.listVersions("t")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            assertThat(store.listTasks(PageRequest.first()).total()).isEqualTo(1);

            store.save(new StateSnapshot("d2", "t", 4, JsonObject.empty(), false, Instant.EPOCH));
            assertThat(store.get("t", 4)).isPresent();
            assertThat(store.delete("t", 5)).isTrue();
            assertThat(store.get("t")).map(StateSnapshot::id).contains("d2");
        }
    }

    @Test
    void foreignTaskIdBeyondEveryCursor_isNamedByListing() throws SQLException {
        String longId = "x".repeat(5000);
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.replaceSnapshot(longId, "a", 1, "{}", 0, "2026-03-01T08:15:30Z");
            reference.replaceSnapshot("y", "b", 1, "{}", 0, "2026-03-01T08:15:30Z");
        }
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            assertThat(store.listTasks(PageRequest.first()).items()).containsExactly(longId, "y");
            assertThatThrownBy(() -> store.listTasks(PageRequest.first(1)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("5000 characters");
        }
    }

    @Test
    void openingBesideABusyReference_isSafe() throws SQLException {
        writeReferenceFile();
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.run("BEGIN");
            assertThat(reference.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("3");
            try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
                store.save(StateSnapshot.of("task_3", 1, JsonObject.empty()));
                // The reference still sees the state that it began with.
                assertThat(reference.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("3");
                reference.run("COMMIT");
                assertThat(reference.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("4");
                assertTasks(store, "task_01KQ0A2Y9M", "task_2", "task_3");
            }
            reference.replaceSnapshot("task_4", "late", 1, "{}", 0, "2026-03-01T08:15:30Z");
        }
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            assertTasks(store, "task_01KQ0A2Y9M", "task_2", "task_3", "task_4");
        }
    }

    @Test
    void openingAFileLockedByAnother_waitsThenSaysSo() throws SQLException {
        writeReferenceFile();
        try (ForeignConnection reference = ForeignConnection.likeTheReference(file)) {
            reference.run("BEGIN IMMEDIATE");
            SQLiteStorage.Builder builder = SQLiteStorage.builder(file).busyTimeout(Duration.ofMillis(100));
            assertThatThrownBy(builder::open)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("try again later");
            reference.run("ROLLBACK");
            builder.open().close();
        }
    }

    @Test
    void fileInAnotherJournalMode_isTakenOverOnceItIsFree() throws SQLException {
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run(ForeignConnection.SNAPSHOTS);
            other.replaceSnapshot("t", "a", 1, "{}", 0, "2026-03-01T08:15:30Z");
            other.run("BEGIN");
            assertThat(other.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("1");
            SQLiteStorage.Builder builder = SQLiteStorage.builder(file).busyTimeout(Duration.ofMillis(100));
            assertThatThrownBy(builder::open).isInstanceOf(StorageException.class);
            other.run("COMMIT");
            try (SQLiteStorage storage = builder.open()) {
                assertThat(storage.snapshots().get("t")).isPresent();
            }
        }
    }

    @Test
    void twoStoragesOfOneFile_seeEachOther() {
        try (SQLiteSnapshotStore one = SQLiteSnapshotStore.open(file);
                SQLiteSnapshotStore two = SQLiteSnapshotStore.open(file)) {
            for (long version = 1; version <= 20; version++) {
                SnapshotStore writer = version % 2 == 0 ? one : two;
                SnapshotStore reader = version % 2 == 0 ? two : one;
                writer.save(StateSnapshot.of("t", version, JsonObject.of("v", version)));
                assertThat(reader.get("t")).map(StateSnapshot::version).contains(version);
            }
            assertTasks(one, "t");
            assertTasks(two, "t");
        }
    }
}
