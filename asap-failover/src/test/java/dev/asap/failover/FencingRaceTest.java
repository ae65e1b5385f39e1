// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.store.sqlite.SQLiteSnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** FO-18: a holder that saves as fast as it can while its task is handed over stores nothing afterwards. */
@ExtendWith(LeakChecks.class)
@Timeout(120)
class FencingRaceTest {
    private static final int ROUNDS = 40;

    @Test
    @DisplayName("FO-18 nothing of the old holder is stored after the hand-over: memory")
    void handoverWhileSaving_inMemory_isExact() throws Exception {
        SnapshotStore store = new InMemorySnapshotStore();
        race(store, store);
    }

    @Test
    @DisplayName("FO-18 nothing of the old holder is stored after the hand-over: two handles on one SQLite file")
    void handoverWhileSaving_inSQLite_isExact(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("state.db");
        try (SQLiteSnapshotStore first = SQLiteSnapshotStore.open(file);
                SQLiteSnapshotStore second = SQLiteSnapshotStore.open(file)) {
            race(first, second);
        }
    }

    private static void race(SnapshotStore its, SnapshotStore coordinators) throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String task = "task_" + round;
                FencedSnapshotStore old = FencedSnapshotStore.of(its, "a");
                CountDownLatch begun = new CountDownLatch(1);
                Future<?> saving = threads.submit(() -> saveUntilRefused(old, task, begun));
                assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

                StateSnapshot claim = handOver(coordinators, task);

                saving.get(20, TimeUnit.SECONDS);
                assertThat(coordinators.get(task)).contains(claim);
            }
        } catch (ExecutionException e) {
            throw new AssertionError("the old holder failed otherwise", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void saveUntilRefused(SnapshotStore store, String task, CountDownLatch begun) {
        try {
            for (long version = 1; ; version++) {
                store.save(StateSnapshot.of(task, version, JsonObject.of("step", version)));
                begun.countDown();
            }
        } catch (StaleHolderException e) {
            assertThat(e.taskId()).isEqualTo(task);
        }
    }

    private static StateSnapshot handOver(SnapshotStore store, String task) {
        while (true) {
            StateSnapshot latest = store.get(task).orElseThrow();
            StateSnapshot claim = new Ownership(2, "b", "a", true).applyTo(SnapshotCopies.copyOf(latest));
            if (store.saveIfLatest(claim, latest.id())) {
                return claim;
            }
        }
    }
}
