// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.SqlSession;
import dev.asap.store.jdbc.SqlWork;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
@Timeout(60)
class SQLiteGroupCommitTest {
    @TempDir
    Path folder;

    private Path file;
    private SQLiteStorage storage;
    private SnapshotStore store;
    private GroupCommitWriter writer;

    @BeforeEach
    void open() {
        file = folder.resolve("asap_state.db");
        reopen(SQLiteStorage.builder(file));
    }

    private void reopen(SQLiteStorage.Builder builder) {
        if (storage != null) {
            storage.close();
        }
        storage = builder.open();
        store = storage.snapshots();
        writer = storage.executor().writer();
    }

    @AfterEach
    void close() {
        storage.close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    private static StateSnapshot snapshot(String task, long version) {
        return StateSnapshot.of(task, version, JsonObject.of("v", version));
    }

    /** Another program holds the write lock, and the writer has found out: what is written now gathers. */
    private ForeignConnection lock() throws SQLException {
        ForeignConnection other = ForeignConnection.to(file);
        other.run("BEGIN IMMEDIATE");
        CompletableFuture<Void> first = store.saveAsync(snapshot("first", 1));
        while (writer.queued() > 0) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
        assertThat(first).isNotDone();
        return other;
    }

    @Test
    void waitingWritesOfManyCallers_becomeFewTransactions() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(64);
        List<Future<?>> saves = new ArrayList<>();
        long before = writer.transactions();
        try (ForeignConnection other = lock()) {
            for (int i = 0; i < 64; i++) {
                String task = "task_" + i;
                saves.add(callers.submit(() -> store.save(snapshot(task, 1))));
            }
            while (writer.queued() < 64) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            assertThat(saves).noneMatch(Future::isDone);
            assertThat(store.get("task_0")).isEmpty();
            other.run("COMMIT");
            for (Future<?> save : saves) {
                save.get();
            }
        } finally {
            callers.shutdown();
        }
        assertThat(writer.transactions() - before).isEqualTo(2);
        for (int i = 0; i < 64; i++) {
            assertThat(store.get("task_" + i)).isPresent();
        }
    }

    @Test
    void futureOfAWrite_completesOnlyWhenOthersCanSeeIt() throws Exception {
        try (ForeignConnection other = ForeignConnection.to(file)) {
            for (int i = 1; i <= 50; i++) {
                store.saveAsync(snapshot("t", i)).get();
                assertThat(other.rows("SELECT COUNT(*) FROM snapshots")).containsExactly(String.valueOf(i));
            }
        }
    }

    @Test
    void failingWrite_failsItsOwnCallerAlone() throws Exception {
        SqlWork<Integer> broken = session -> {
            insert(session, "half_done", 1);
            return session.prepare("INSERT INTO snapshots (task_id, id, version, data, checkpoint, created_at)"
                            + " VALUES ('half_done', 'x', 2, NULL, 0, '')")
                    .executeUpdate();
        };
        List<CompletableFuture<?>> good = new ArrayList<>();
        List<CompletableFuture<?>> bad = new ArrayList<>();
        try (ForeignConnection other = lock()) {
            for (int i = 1; i <= 20; i++) {
                good.add(store.saveAsync(snapshot("good", i)));
                if (i % 7 == 0) {
                    bad.add(storage.executor().writeAsync(broken));
                }
            }
            other.run("COMMIT");
        }
        for (CompletableFuture<?> write : good) {
            write.get();
        }
        for (CompletableFuture<?> write : bad) {
            assertThatThrownBy(write::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("NOT NULL constraint failed: snapshots.data");
        }
        assertThat(store.listVersions("good")).hasSize(20);
        assertThat(store.get("half_done")).isEmpty();
    }

    private static void insert(SqlSession session, String task, long version) throws SQLException {
        PreparedStatement statement = session.prepare("INSERT INTO snapshots (task_id, id, version, data, checkpoint,"
                + " created_at) VALUES (?, 'id', ?, '{}', 0, '2026-03-01T08:15:30+00:00')");
        statement.setString(1, task);
        statement.setLong(2, version);
        statement.executeUpdate();
    }

    @Test
    void exceptionOfTheWorkItself_arrivesAsItIs() {
        IllegalStateException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> storage.executor().write(session -> {
                    insert(session, "t", 1);
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(store.get("t")).isEmpty();
        store.save(snapshot("t", 1));
        assertThat(store.get("t")).isPresent();
    }

    @Test
    void writeInsideOfAWrite_isRefusedNotDeadlocked() {
        assertThatThrownBy(() -> storage.executor().write(session -> {
                    store.save(snapshot("t", 1));
                    return 1;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside of a write");
    }

    @Test
    void callbackThatSaves_doesNotHoldUpTheWriter() throws Exception {
        CompletableFuture<Void> chain = store.saveAsync(snapshot("t", 1)).thenRun(() -> store.save(snapshot("t", 2)));
        chain.get(10, TimeUnit.SECONDS);
        assertThat(store.listVersions("t")).containsExactly(1L, 2L);
    }

    @Test
    void callbackExecutor_isUsedAndNotClosed() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        ExecutorService mine = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"));
        try {
            reopen(SQLiteStorage.builder(file).callbackExecutor(mine));
            try (ForeignConnection other = lock()) {
                CompletableFuture<Void> save = store.saveAsync(snapshot("t", 1))
                        .thenRun(() -> thread.set(Thread.currentThread().getName()));
                other.run("COMMIT");
                save.get();
            }
            storage.close();
            assertThat(thread).hasValue("mine");
            assertThat(mine.isShutdown()).isFalse();
        } finally {
            mine.shutdown();
        }
    }

    @Test
    void cancelledBeforeItsTurn_isNotWritten() throws Exception {
        try (ForeignConnection other = lock()) {
            CompletableFuture<Void> save = store.saveAsync(snapshot("t", 1));
            assertThat(save.cancel(false)).isTrue();
            other.run("COMMIT");
        }
        store.save(snapshot("u", 1));
        assertThat(store.get("t")).isEmpty();
    }

    @Test
    void interruptedCaller_learnsTheOutcomeAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        store.save(snapshot("t", 1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.get("t")).isPresent();
    }

    @Test
    void lockHeldByAnotherBeyondTheTimeout_isReportedAsRetryable() throws Exception {
        reopen(SQLiteStorage.builder(file).busyTimeout(Duration.ofMillis(250)));
        try (ForeignConnection other = ForeignConnection.to(file)) {
            other.run("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> store.save(snapshot("t", 1)))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("Cannot write to '" + file + "'")
                    .hasMessageContaining("holds the lock");
            assertThat(store.get("t")).isEmpty();
            other.run("ROLLBACK");
        }
        store.save(snapshot("t", 1));
        assertThat(store.get("t")).isPresent();
    }

    @Test
    void fullQueue_slowsThenRefuses() throws Exception {
        reopen(SQLiteStorage.builder(file).maxQueuedWrites(2).queueTimeout(Duration.ofMillis(50)));
        List<CompletableFuture<Void>> accepted = new ArrayList<>();
        try (ForeignConnection other = lock()) {
            accepted.add(store.saveAsync(snapshot("t", 1)));
            accepted.add(store.saveAsync(snapshot("t", 2)));
            assertThatThrownBy(() -> store.save(snapshot("t", 3)))
                    .isInstanceOfSatisfying(
                            StorageException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("2 writes are waiting");
            assertThat(store.saveAsync(snapshot("t", 4))).isCompletedExceptionally();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.save(snapshot("t", 5)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("Interrupted");
            assertThat(Thread.interrupted()).isTrue();
            other.run("COMMIT");
        }
        for (CompletableFuture<Void> save : accepted) {
            save.get();
        }
        assertThat(store.listVersions("t")).containsExactly(1L, 2L);
    }

    @Test
    void fullDisk_failsTheWriteAndSaysSo() throws Exception {
        AtomicInteger pages = new AtomicInteger();
        storage.executor().write(session -> {
            try (var row = session.prepare("PRAGMA page_count").executeQuery()) {
                pages.set(row.getInt(1));
            }
            return 1;
        });
        // SQLite reports its own bound exactly as a disk without space.
        storage.executor()
                .write(session -> session.prepare("PRAGMA max_page_count = " + (pages.get() + 4))
                        .execute());
        StateSnapshot big = StateSnapshot.of("t", 1, JsonObject.of("text", "x".repeat(100_000)));
        List<CompletableFuture<Void>> small = new ArrayList<>();
        CompletableFuture<Void> refused;
        try (ForeignConnection other = lock()) {
            small.add(store.saveAsync(snapshot("a", 1)));
            refused = store.saveAsync(big);
            small.add(store.saveAsync(snapshot("a", 2)));
            other.run("COMMIT");
        }
        assertThatThrownBy(refused::get)
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("Free some space");
        for (CompletableFuture<Void> save : small) {
            save.get();
        }
        assertThat(store.listVersions("a")).containsExactly(1L, 2L);
        assertThat(store.get("t")).isEmpty();
        assertThatThrownBy(() -> store.save(big)).hasMessageContaining("Free some space");
        store.save(snapshot("a", 3));
        assertThat(store.listVersions("a")).containsExactly(1L, 2L, 3L);
    }
}
