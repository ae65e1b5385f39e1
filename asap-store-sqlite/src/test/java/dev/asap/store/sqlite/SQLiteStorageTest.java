// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageConfigurationException;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.JdbcSnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
@Timeout(60)
class SQLiteStorageTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("asap_state.db");
    }

    private static StateSnapshot snapshot(String task, long version) {
        return StateSnapshot.of(task, version, JsonObject.of("v", version));
    }

    // Closing.

    @Test
    void close_commitsWhatWaits() throws Exception {
        SQLiteStorage storage = SQLiteStorage.open(file);
        List<CompletableFuture<Void>> saves = new ArrayList<>();
        for (int version = 1; version <= 1000; version++) {
            saves.add(storage.snapshots().saveAsync(snapshot("t", version)));
        }
        storage.close();
        assertThat(saves).allMatch(save -> save.isDone() && !save.isCompletedExceptionally());
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            assertThat(store.listVersions("t")).hasSize(1000);
        }
    }

    @Test
    void close_leavesOneFileAndNoHandle() throws Exception {
        SQLiteStorage storage = SQLiteStorage.open(file);
        storage.snapshots().save(snapshot("t", 1));
        assertThat(storage.snapshots().get("t")).isPresent();
        assertThat(Files.exists(folder.resolve("asap_state.db-wal"))).isTrue();
        storage.close();
        LeakChecks.requireNoThreads();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void close_besideAnotherProgram_emptiesTheLog() throws Exception {
        SQLiteStorage storage = SQLiteStorage.open(file);
        try (ForeignConnection other = ForeignConnection.to(file)) {
            storage.snapshots().save(snapshot("t", 1));
            assertThat(other.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("1");
            storage.close();
            assertThat(Files.size(folder.resolve("asap_state.db-wal"))).isZero();
        }
    }

    @Test
    void closed_refusesEverything_andClosesAgain() {
        SQLiteStorage storage = SQLiteStorage.open(file);
        SnapshotStore store = storage.snapshots();
        storage.check();
        storage.close();
        storage.close(Duration.ZERO);
        List<Runnable> calls = List.of(
                () -> store.save(snapshot("t", 1)),
                () -> store.get("t"),
                () -> store.get("t", 1),
                () -> store.findById("i"),
                () -> store.listVersions("t"),
                () -> store.listTasks(PageRequest.first()),
                () -> store.delete("t"),
                () -> store.delete("t", 1),
                () -> store.latestCheckpoint("t"),
                () -> store.prune("t", 1),
                storage::check);
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("The storage of '" + file + "' is closed");
        }
        assertThat(store.saveAsync(snapshot("t", 1))).isCompletedExceptionally();
    }

    @Test
    void close_whileAnotherHoldsTheLock_isBoundedAndRefusesTheRest() throws Exception {
        SQLiteStorage storage = SQLiteStorage.open(file);
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run("BEGIN IMMEDIATE");
            List<CompletableFuture<Void>> saves = new ArrayList<>();
            for (int version = 1; version <= 10; version++) {
                saves.add(storage.snapshots().saveAsync(snapshot("t", version)));
            }
            long start = System.nanoTime();
            storage.close(Duration.ofMillis(200));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            LeakChecks.requireNoThreads();
            assertThat(saves).allMatch(CompletableFuture::isCompletedExceptionally);
            other.run("ROLLBACK");
            assertThat(other.rows("SELECT COUNT(*) FROM snapshots")).containsExactly("0");
        }
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Test
    void close_whileSomebodyReads_waitsThenLeavesItToTheReader() throws Exception {
        SQLiteStorage storage = SQLiteStorage.open(file);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Thread reader = new Thread(() -> storage.executor().read(session -> {
            reading.countDown();
            awaitQuietly(finish);
            return 1;
        }));
        reader.start();
        reading.await();
        storage.close(Duration.ofMillis(50));
        finish.countDown();
        reader.join();
        LeakChecks.requireNoThreads();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void close_duringManyCalls_leavesEachWithAnOutcome() throws Exception {
        for (int round = 0; round < 10; round++) {
            SQLiteStorage storage = SQLiteStorage.open(file);
            AtomicInteger acknowledged = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            String prefix = "round" + round + "_";
            for (int i = 0; i < 8; i++) {
                String task = prefix + i;
                Thread caller = new Thread(() -> {
                    try {
                        for (long version = 1; ; version++) {
                            storage.snapshots().save(snapshot(task, version));
                            acknowledged.incrementAndGet();
                            storage.snapshots().get(task);
                        }
                    } catch (StorageException e) {
                        // Closed: what this test waits for.
                        return;
                    }
                });
                caller.start();
                callers.add(caller);
            }
            LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
            storage.close();
            for (Thread caller : callers) {
                caller.join();
            }
            try (ForeignConnection other = ForeignConnection.to(file)) {
                assertThat(other.rows("SELECT COUNT(*) FROM snapshots WHERE task_id LIKE '" + prefix + "%'"))
                        .containsExactly(String.valueOf(acknowledged.get()));
            }
        }
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    // Readers.

    @Test
    void readers_areLentOneAtATime_andWaitedForBounded() throws Exception {
        try (SQLiteStorage storage = SQLiteStorage.builder(file)
                .readers(1)
                .busyTimeout(Duration.ofMillis(100))
                .open()) {
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch finish = new CountDownLatch(1);
            Thread reader = new Thread(() -> storage.executor().read(session -> {
                reading.countDown();
                awaitQuietly(finish);
                return 1;
            }));
            reader.start();
            reading.await();
            assertThatThrownBy(() -> storage.snapshots().get("t"))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("all 1 read connections");
            storage.snapshots().save(snapshot("t", 1));
            finish.countDown();
            reader.join();
            assertThat(storage.snapshots().get("t")).isPresent();
        }
    }

    @Test
    void readers_cannotWrite_andAreReplacedAfterAFailure() {
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            assertThatThrownBy(() -> storage.executor()
                            .read(session ->
                                    session.prepare("DELETE FROM snapshots").executeUpdate()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("read from");
            assertThat(storage.snapshots().get("t")).isEmpty();
        }
    }

    @Test
    void sessions_keepABoundedNumberOfStatements() {
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            for (int i = 0; i < 1000; i++) {
                int number = i;
                int read = storage.executor().read(session -> {
                    try (var row = session.prepare("SELECT " + number).executeQuery()) {
                        return row.getInt(1);
                    }
                });
                assertThat(read).isEqualTo(number);
            }
        }
    }

    @Test
    void statements_areAsManyAsPromised() {
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            RecordingExecutor counting = new RecordingExecutor(storage.executor());
            SnapshotStore store = new JdbcSnapshotStore(counting, new SQLiteDialect());
            assertThat(counting.statementsOf(() -> store.save(snapshot("t", 1))))
                    .isEqualTo(1);
            assertThat(counting.statementsOf(
                            () -> store.saveAsync(snapshot("t", 2)).join()))
                    .isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.get("t"))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.get("t", 1))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.findById("i"))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.listVersions("t"))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.latestCheckpoint("t"))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.prune("t", 1))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.listTasks(PageRequest.first())))
                    .isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.listTasks(PageRequest.of(10, 1000))))
                    .isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.listTasks(PageRequest.of(10, 1001))))
                    .isEqualTo(2);
            assertThat(counting.statementsOf(() -> store.delete("t", 1))).isEqualTo(1);
            assertThat(counting.statementsOf(() -> store.delete("t"))).isEqualTo(1);
        }
    }

    @Test
    void statements_areServedByTheirIndexes() throws Exception {
        SQLiteStorage.open(file).close();
        try (ForeignConnection other = ForeignConnection.to(file)) {
            assertThat(plan(other, "SELECT data FROM snapshots WHERE task_id = 'a' ORDER BY version DESC LIMIT 1"))
                    .isEqualTo("SEARCH snapshots USING INDEX sqlite_autoindex_snapshots_1 (task_id=?)");
            assertThat(plan(other, "SELECT data FROM snapshots WHERE id = 'a' ORDER BY task_id, version DESC LIMIT 1"))
                    .isEqualTo("SEARCH snapshots USING INDEX asap_snapshots_id (id=?)");
            assertThat(plan(
                            other,
                            "SELECT data FROM snapshots WHERE task_id = 'a' AND checkpoint <> 0"
                                    + " ORDER BY version DESC LIMIT 1"))
                    .isEqualTo("SEARCH snapshots USING INDEX asap_snapshots_checkpoint (task_id=?)");
            assertThat(plan(other, "SELECT version FROM snapshots WHERE task_id = 'a' ORDER BY version"))
                    .isEqualTo("SEARCH snapshots USING COVERING INDEX sqlite_autoindex_snapshots_1 (task_id=?)");
            assertThat(plan(other, "SELECT task_id FROM asap_tasks WHERE task_id > 'a' ORDER BY task_id LIMIT 9"))
                    .isEqualTo("SEARCH asap_tasks USING PRIMARY KEY (task_id>?)");
        }
    }

    private static String plan(ForeignConnection connection, String sql) throws Exception {
        List<String> steps = connection.rows("EXPLAIN QUERY PLAN " + sql);
        assertThat(steps).hasSize(1);
        return steps.get(0).substring(steps.get(0).lastIndexOf('|') + 1);
    }

    // Paths and files.

    @Test
    void missingFile_isCreated_alsoUnderAStrangeName() {
        Path strange = folder.resolve("a b?mode=memory#c%20é&.db");
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(strange)) {
            store.save(snapshot("t", 1));
        }
        assertThat(strange).exists();
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(strange)) {
            assertThat(store.get("t")).isPresent();
        }
    }

    @Test
    void unusablePaths_failAtOpenWithARemedy() throws Exception {
        assertUnusable(Path.of(""), "it is empty");
        assertUnusable(folder, "it is a folder");
        assertUnusable(folder.resolve("missing").resolve("x.db"), "missing' does not exist: create it");
        Path plain = Files.writeString(folder.resolve("plain"), "text");
        assertUnusable(plain.resolve("x.db"), "is no folder");
        assertUnusable(Path.of(":memory:"), "asap-store-memory");
    }

    @Test
    void fileThatIsNoDatabase_isRefusedAndUntouched() throws Exception {
        String text = "This is a letter, and no database at all. ".repeat(100);
        Files.writeString(file, text);
        assertUnusable(file, "no SQLite database");
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @Test
    void fileOfANewerVersion_isRefused() throws Exception {
        SQLiteStorage.open(file).close();
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run("INSERT INTO asap_schema (version, description) VALUES (999, 'from the future')");
        }
        assertUnusable(file, "schema 999");
    }

    @Test
    void fileWithAnotherTableOfThatName_isRefusedAndUntouched() throws Exception {
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run("CREATE TABLE snapshots (task_id TEXT, version INTEGER, data TEXT, created_at TEXT)");
        }
        assertUnusable(file, "its table snapshots has the columns");
        try (ForeignConnection other = ForeignConnection.to(file)) {
            assertThat(other.rows("SELECT name FROM sqlite_master")).containsExactly("snapshots");
        }
    }

    @Test
    void fileInAnotherEncoding_isRefused() throws Exception {
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run("PRAGMA encoding = 'UTF-16le'");
            other.run(ForeignConnection.SNAPSHOTS);
        }
        assertUnusable(file, "UTF-16le");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void unwritableFolderOrFile_isRefused() throws Exception {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(locked), "this user may write everywhere");
        assertUnusable(locked.resolve("x.db"), "cannot be written");
        Files.writeString(file, "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assertUnusable(file, "cannot be read and written");
    }

    private void assertUnusable(Path path, String... messages) {
        assertThatThrownBy(() -> SQLiteStorage.open(path))
                .isInstanceOf(StorageConfigurationException.class)
                .satisfies(e -> {
                    assertThat(e.getMessage()).contains("'" + path + "'");
                    assertThat(e.getMessage()).contains(messages);
                });
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_24)
    void deniedNativeAccess_isExplained() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SaveUntilKilled.class.getName(),
                        file.toString(),
                        "t")
                .redirectErrorStream(true)
                .start();
        try (InputStream out = process.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("StorageConfigurationException")
                    .contains("--enable-native-access=ALL-UNNAMED");
        }
        assertThat(process.waitFor()).isNotZero();
    }

    // Options.

    @Test
    void durability_isSetOnTheWriter() {
        for (Durability durability : Durability.values()) {
            try (SQLiteStorage storage =
                    SQLiteStorage.builder(file).durability(durability).open()) {
                int synchronous = storage.executor().write(session -> {
                    try (var row = session.prepare("PRAGMA synchronous").executeQuery()) {
                        return row.getInt(1);
                    }
                });
                assertThat(synchronous).isEqualTo(durability == Durability.FULL ? 2 : 1);
            }
        }
    }

    @Test
    void wrongOptions_areRefusedAtOnce() {
        SQLiteStorage.Builder builder = SQLiteStorage.builder(file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.readers(0))
                .withMessageContaining("readers")
                .withMessageContaining("0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxQueuedWrites(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.busyTimeout(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.queueTimeout(Duration.ofDays(1)));
    }
}
