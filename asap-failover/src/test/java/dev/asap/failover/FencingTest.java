// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.store.sqlite.SQLiteSnapshotStore;
import dev.asap.testkit.LeakChecks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** FO-18: of two processes that believe to have a task, one goes on. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class FencingTest {
    private static final String TASK = "task_1";

    private static StateSnapshot step(long version) {
        return StateSnapshot.of(TASK, version, JsonObject.of("step", version));
    }

    /** What a coordinator does: the latest snapshot anew, for another holder. */
    private static StateSnapshot handOver(SnapshotStore store, String to) {
        StateSnapshot latest = store.get(TASK).orElseThrow();
        Ownership owner = Ownership.of(latest).orElseThrow();
        StateSnapshot claim =
                new Ownership(owner.epoch() + 1, to, owner.holder(), true).applyTo(SnapshotCopies.copyOf(latest));
        assertThat(store.saveIfLatest(claim, latest.id())).isTrue();
        return claim;
    }

    private static Ownership ownerOf(SnapshotStore store) {
        return store.get(TASK).flatMap(Ownership::of).orElseThrow();
    }

    @Test
    @DisplayName("FO-18 the first save makes the holder the owner; the data stay otherwise as they are")
    void save_newTask_isOwned() {
        SnapshotStore store = new InMemorySnapshotStore();
        FencedSnapshotStore fenced = FencedSnapshotStore.of(store, "a");

        fenced.save(step(1).asCheckpoint());
        fenced.save(step(2));

        assertThat(ownerOf(store)).isEqualTo(new Ownership(1, "a", null, false));
        assertThat(store.listVersions(TASK)).containsExactly(1L, 2L);
        assertThat(fenced.get(TASK).orElseThrow().data().without(Ownership.MEMBER))
                .isEqualTo(JsonObject.of("step", 2L));
        assertThat(fenced.latestCheckpoint(TASK).orElseThrow().version()).isEqualTo(1);
    }

    @Test
    @DisplayName("FO-18 a returning old holder is refused in everything that changes the task")
    void staleHolder_afterHandover_isRefused() {
        SnapshotStore store = new InMemorySnapshotStore();
        FencedSnapshotStore old = FencedSnapshotStore.of(store, "a");
        old.save(step(1));
        StateSnapshot claim = handOver(store, "b");

        assertThatThrownBy(() -> old.save(step(2)))
                .isInstanceOf(StaleHolderException.class)
                .hasMessage(
                        "'a' must not go on with task 'task_1': it was handed over to 'b' (epoch 2). Stop working on it");
        assertThatThrownBy(() -> old.save(step(1))).isInstanceOf(StaleHolderException.class);
        assertThatThrownBy(() -> old.saveIfLatest(step(2), claim.id())).isInstanceOf(StaleHolderException.class);
        assertThatThrownBy(() -> old.delete(TASK)).isInstanceOf(StaleHolderException.class);
        assertThatThrownBy(() -> old.delete(TASK, 1)).isInstanceOf(StaleHolderException.class);
        assertThatThrownBy(() -> old.prune(TASK, 0)).isInstanceOf(StaleHolderException.class);
        assertThat(old.saveAsync(step(2))).isCompletedExceptionally();

        assertThat(store.get(TASK)).contains(claim);
        FencedSnapshotStore next = FencedSnapshotStore.of(store, "b").resuming(claim);
        next.save(step(2));
        assertThat(ownerOf(store)).isEqualTo(new Ownership(2, "b", "a", false));
        assertThat(next.prune(TASK, 1)).isEqualTo(1);
        assertThat(next.delete(TASK, 2)).isTrue();
    }

    @Test
    void otherTasks_ofTheOldHolder_areItsOwnStill() {
        SnapshotStore store = new InMemorySnapshotStore();
        FencedSnapshotStore old = FencedSnapshotStore.of(store, "a");
        old.save(step(1));
        handOver(store, "b");

        assertThatCode(() -> old.save(StateSnapshot.of("task_2", 1, JsonObject.empty())))
                .doesNotThrowAnyException();
        assertThat(old.listTasks(PageRequest.first()).items()).containsExactly(TASK, "task_2");
    }

    @Test
    @DisplayName("FO-18 a task that is resumed twice, or comes back, is continued under the latest epoch only")
    void resuming_olderEpoch_isRefused() {
        SnapshotStore store = new InMemorySnapshotStore();
        FencedSnapshotStore a = FencedSnapshotStore.of(store, "a");
        a.save(step(1));
        FencedSnapshotStore b = FencedSnapshotStore.of(store, "b");
        FencedSnapshotStore firstResume = b.resuming(handOver(store, "b"));
        FencedSnapshotStore secondResume = b.resuming(handOver(store, "b"));

        secondResume.save(step(2));

        assertThatThrownBy(() -> firstResume.save(step(2))).isInstanceOf(StaleHolderException.class);
        StateSnapshot back = handOver(store, "a");
        assertThatThrownBy(() -> b.resuming(back)).isInstanceOf(StaleHolderException.class);
        a.resuming(back).save(step(3));
        assertThat(ownerOf(store)).isEqualTo(new Ownership(4, "a", "b", false));
    }

    @Test
    void unownedTask_isTakenByTheFirstToSave() {
        SnapshotStore store = new InMemorySnapshotStore();
        StateSnapshot plain = step(1);
        store.save(plain);
        FencedSnapshotStore a = FencedSnapshotStore.of(store, "a");

        a.resuming(plain).save(step(2));

        assertThat(ownerOf(store).holder()).isEqualTo("a");
        assertThatThrownBy(() -> FencedSnapshotStore.of(store, "b").save(step(3)))
                .isInstanceOf(StaleHolderException.class);
    }

    @Test
    void ownershipThatCannotBeUnderstood_isNone() {
        for (JsonObject broken : List.of(
                JsonObject.of(Ownership.MEMBER, "b"),
                JsonObject.of(Ownership.MEMBER, JsonObject.of("epoch", 0, "holder", "b")),
                JsonObject.of(Ownership.MEMBER, JsonObject.of("epoch", 1)))) {
            assertThat(Ownership.of(StateSnapshot.of(TASK, 1, broken))).isEmpty();
        }
    }

    @Test
    void names_areBounded() {
        assertThatThrownBy(() -> FencedSnapshotStore.of(new InMemorySnapshotStore(), ""))
                .hasMessage("holder must have 1 to 200 characters, got 0");
        assertThatThrownBy(() -> new Ownership(0, "a", null, false)).hasMessage("epoch must be 1 or more, got 0");
    }

    @Test
    @DisplayName("FO-18 split brain on one SQLite file: two handles, one owner at a time")
    void twoHandlesOnOneFile_oneGoesOn(@TempDir Path folder) {
        Path file = folder.resolve("state.db");
        try (SQLiteSnapshotStore first = SQLiteSnapshotStore.open(file);
                SQLiteSnapshotStore second = SQLiteSnapshotStore.open(file)) {
            FencedSnapshotStore old = FencedSnapshotStore.of(first, "a");
            old.save(step(1));
            StateSnapshot claim = handOver(second, "b");
            FencedSnapshotStore next = FencedSnapshotStore.of(second, "b").resuming(claim);

            for (long version = 2; version < 10; version++) {
                StateSnapshot attempted = step(version);
                assertThatThrownBy(() -> old.save(attempted)).isInstanceOf(StaleHolderException.class);
                next.save(attempted);
            }

            assertThat(first.listVersions(TASK)).hasSize(9);
            for (long version : first.listVersions(TASK)) {
                assertThat(Ownership.of(first.get(TASK, version).orElseThrow())
                                .orElseThrow()
                                .holder())
                        .isEqualTo("b");
            }
        }
    }

    @Test
    @DisplayName("FO-18 split brain between processes: the one that comes back is told")
    void processThatComesBack_isTold(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("state.db");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        // Where the driver unpacks its native library: a killed process leaves it behind.
                        "-Dorg.sqlite.tmpdir=" + folder,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SaveWhenTold.class.getName(),
                        file.toString(),
                        TASK,
                        "a")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file);
                BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
                OutputStream orders = process.getOutputStream()) {
            assertThat(order(orders, answers, 1)).isEqualTo("saved 1");
            assertThat(ownerOf(store)).isEqualTo(Ownership.first("a"));
            assertThat(order(orders, answers, 2)).isEqualTo("saved 2");

            StateSnapshot claim = handOver(store, "b");
            FencedSnapshotStore next = FencedSnapshotStore.of(store, "b").resuming(claim);

            assertThat(order(orders, answers, 3)).isEqualTo("refused 3");
            next.save(step(3));
            assertThat(order(orders, answers, 3)).isEqualTo("refused 3");
            assertThat(order(orders, answers, 4)).isEqualTo("refused 4");
            assertThat(ownerOf(store)).isEqualTo(new Ownership(2, "b", "a", false));
            assertThat(store.listVersions(TASK)).containsExactly(1L, 2L, 3L);
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String order(OutputStream orders, BufferedReader answers, int version) throws IOException {
        orders.write((version + "\n").getBytes(StandardCharsets.UTF_8));
        orders.flush();
        return answers.readLine();
    }

    /** A store into which something comes at the worst moment: between the comparison and the save. */
    private static class Interrupted extends View {
        @Nullable
        Runnable between;

        Interrupted(SnapshotStore store) {
            super(store);
        }

        void letPass() {
            Runnable todo = between;
            between = null;
            if (todo != null) {
                todo.run();
            }
        }

        @Override
        public void save(StateSnapshot snapshot) {
            letPass();
            super.save(snapshot);
        }
    }

    /** The same over a medium that compares and saves in one step: what comes in between comes before. */
    private static final class Atomic extends Interrupted {
        Atomic(SnapshotStore store) {
            super(store);
        }

        @Override
        public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
            letPass();
            return get(snapshot.taskId()).map(StateSnapshot::id).equals(Optional.ofNullable(latestId))
                    && store.saveIfLatest(snapshot, latestId);
        }
    }

    @Test
    @DisplayName("FO-18 with conditional saves nothing of the old holder is stored after the hand-over")
    void handoverDuringASave_overAnAtomicStore_storesNothing() {
        InMemorySnapshotStore memory = new InMemorySnapshotStore();
        Atomic store = new Atomic(memory);
        FencedSnapshotStore old = FencedSnapshotStore.of(store, "a");
        old.save(step(1));
        store.between = () -> handOver(memory, "b");

        assertThatThrownBy(() -> old.save(step(2))).isInstanceOf(StaleHolderException.class);

        assertThat(memory.listVersions(TASK)).containsExactly(1L);
        assertThat(ownerOf(memory).holder()).isEqualTo("b");
    }

    @Test
    @DisplayName("FO-18 without them one late snapshot may be stored; its holder is told, and the new one goes past it")
    void handoverDuringASave_overAPlainStore_isNoticedAtOnce() {
        InMemorySnapshotStore memory = new InMemorySnapshotStore();
        Interrupted store = new Interrupted(memory);
        FencedSnapshotStore old = FencedSnapshotStore.of(store, "a");
        old.save(step(1));
        store.between = () -> handOver(memory, "b");

        assertThatThrownBy(() -> old.save(step(2))).isInstanceOf(StaleHolderException.class);

        StateSnapshot claim = memory.get(TASK, 1).orElseThrow();
        FencedSnapshotStore next = FencedSnapshotStore.of(memory, "b").resuming(claim);
        next.save(step(2));
        next.save(step(3));
        assertThat(Ownership.of(memory.get(TASK, 2).orElseThrow()).orElseThrow().holder())
                .isEqualTo("b");
        assertThatThrownBy(() -> old.save(step(4))).isInstanceOf(StaleHolderException.class);
    }

    @Test
    void othersSaveAllTheTime_saysThatARetryMayHelp() {
        InMemorySnapshotStore memory = new InMemorySnapshotStore();
        FencedSnapshotStore fenced = FencedSnapshotStore.of(
                new View(memory) {
                    @Override
                    public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
                        return false;
                    }
                },
                "a");

        assertThatThrownBy(() -> fenced.save(step(1)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isTrue());
    }
}
