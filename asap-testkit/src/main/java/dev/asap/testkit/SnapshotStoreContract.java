// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.id.Ulid;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SnapshotStore} has to do. Extend it, say how to make a store, and each test is one clause of the contract.
 *
 * <pre>{@code
 * class MySnapshotStoreTest extends SnapshotStoreContract {
 *     @Override
 *     protected SnapshotStore createStore() {
 *         return new MySnapshotStore();
 *     }
 * }
 * }</pre>
 *
 * <p>Override {@link #closeStore} where a store holds something, and {@link #reopen} where it outlives its process. Not
 * thread-safe: JUnit makes an instance for each test.
 */
public abstract class SnapshotStoreContract {
    private static final int THREADS = 8;
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30.250001Z");

    /** U+FFFD comes before U+1F600 by code points, behind it by {@code String.compareTo}. */
    private static final String LAST_OF_16_BITS = "task_\uFFFD";

    private static final String BEYOND_16_BITS = "task_\uD83D\uDE00";

    private @Nullable SnapshotStore store;

    /** For subclasses. */
    protected SnapshotStoreContract() {}

    /** Makes an empty store; called once for each test. */
    protected abstract SnapshotStore createStore();

    /** Ends a store that {@link #createStore} or {@link #reopen} made. Does nothing by default. */
    protected void closeStore(SnapshotStore store) {}

    /**
     * Opens anew what {@code closed} kept, after {@link #closeStore} has ended it. Empty by default, for stores that keep
     * nothing beyond their end: the clauses about it are then skipped.
     */
    protected Optional<SnapshotStore> reopen(SnapshotStore closed) {
        return Optional.empty();
    }

    /**
     * Whether {@link SnapshotStore#saveIfLatest} compares and saves in one step. False by default, as that of the interface does not: the
     * clause about it is then skipped.
     */
    protected boolean savesConditionallyInOneStep() {
        return false;
    }

    @BeforeEach
    void openStore() {
        store = createStore();
    }

    @AfterEach
    void endStore() {
        if (store != null) {
            closeStore(store);
        }
    }

    private SnapshotStore store() {
        if (store == null) {
            throw new IllegalStateException("createStore() gave null");
        }
        return store;
    }

    private static StateSnapshot snapshot(String taskId, long version) {
        return snapshot(Ulid.next(), taskId, version);
    }

    private static StateSnapshot snapshot(String id, String taskId, long version) {
        return new StateSnapshot(
                id, taskId, version, JsonObject.of("step", version), false, TIME.plusMillis(version % 1000));
    }

    private StateSnapshot saved(StateSnapshot snapshot) {
        store().save(snapshot);
        return snapshot;
    }

    // One snapshot: save and get.

    @Test
    void snap_01_emptyStoreHasNothing() {
        assertThat(store().get("task")).isEmpty();
        assertThat(store().get("task", 1)).isEmpty();
        assertThat(store().findById("snap")).isEmpty();
        assertThat(store().listVersions("task")).isEmpty();
        assertThat(store().latestCheckpoint("task")).isEmpty();
        assertThat(store().listTasks(PageRequest.first())).isEqualTo(Page.empty());
    }

    @Test
    void snap_02_savedSnapshotIsReadBackWhole() {
        StateSnapshot snapshot = new StateSnapshot(
                "01KQ0A2YB3S6C1N0H4W7P9X5ZD",
                "task_01KQ0A2Y9M",
                3,
                JsonObject.parse(
                        "{\"step\": 3, \"done\": [\"a\", \"b\"], \"none\": null, \"ratio\": 1.50, \"ok\": true}"),
                true,
                TIME);
        store().save(snapshot);
        assertThat(store().get("task_01KQ0A2Y9M")).contains(snapshot);
        assertThat(store().get("task_01KQ0A2Y9M", 3)).contains(snapshot);
        assertThat(store().findById("01KQ0A2YB3S6C1N0H4W7P9X5ZD")).contains(snapshot);
    }

    @Test
    void snap_03_getWithoutVersionGivesTheHighestNotTheLastSaved() {
        saved(snapshot("task", 5));
        saved(snapshot("task", 1));
        saved(snapshot("task", 3));
        assertThat(store().get("task")).map(StateSnapshot::version).contains(5L);
    }

    @Test
    void snap_04_getWithoutVersionIgnoresTheTime() {
        saved(new StateSnapshot("a", "task", 2, JsonObject.empty(), false, TIME.minusSeconds(3600)));
        saved(new StateSnapshot("b", "task", 1, JsonObject.empty(), false, TIME));
        assertThat(store().get("task")).map(StateSnapshot::id).contains("a");
    }

    @Test
    void snap_05_versionsCompareAsNumbers() {
        saved(snapshot("task", 9));
        saved(snapshot("task", 10));
        saved(snapshot("task", Long.MAX_VALUE));
        assertThat(store().listVersions("task")).containsExactly(9L, 10L, Long.MAX_VALUE);
        assertThat(store().get("task")).map(StateSnapshot::version).contains(Long.MAX_VALUE);
    }

    @Test
    void snap_06_unknownTaskIsEmpty() {
        saved(snapshot("task", 1));
        assertThat(store().get("other")).isEmpty();
        assertThat(store().get("Task")).isEmpty();
        assertThat(store().get("task ")).isEmpty();
        assertThat(store().listVersions("other")).isEmpty();
    }

    @Test
    void snap_07_missingVersionIsEmpty() {
        saved(snapshot("task", 2));
        assertThat(store().get("task", 1)).isEmpty();
        assertThat(store().get("task", 3)).isEmpty();
        assertThat(store().get("task", 0)).isEmpty();
        assertThat(store().get("task", -1)).isEmpty();
    }

    @Test
    void snap_08_sameKeyIsReplacedWhole() {
        saved(new StateSnapshot("old", "task", 1, JsonObject.of("a", 1), true, TIME));
        StateSnapshot replacement =
                new StateSnapshot("new", "task", 1, JsonObject.of("b", 2), false, TIME.plusSeconds(9));
        saved(replacement);
        assertThat(store().get("task", 1)).contains(replacement);
        assertThat(store().listVersions("task")).containsExactly(1L);
        assertThat(store().latestCheckpoint("task")).isEmpty();
    }

    @Test
    void snap_09_replacedIdIsNotFoundAnyMore() {
        saved(snapshot("old", "task", 1));
        StateSnapshot replacement = saved(snapshot("new", "task", 1));
        assertThat(store().findById("old")).isEmpty();
        assertThat(store().findById("new")).contains(replacement);
    }

    @Test
    void snap_10_savingAgainChangesNothing() {
        StateSnapshot snapshot = saved(snapshot("task", 1));
        saved(snapshot);
        assertThat(store().get("task")).contains(snapshot);
        assertThat(store().findById(snapshot.id())).contains(snapshot);
        assertThat(store().listVersions("task")).containsExactly(1L);
        assertThat(store().listTasks(PageRequest.first()).total()).isEqualTo(1);
    }

    @Test
    void snap_11_tasksAreApart() {
        StateSnapshot one = saved(snapshot("task_1", 1));
        StateSnapshot two = saved(snapshot("task_2", 1));
        saved(snapshot("task_2", 2));
        assertThat(store().get("task_1")).contains(one);
        assertThat(store().get("task_2", 1)).contains(two);
        assertThat(store().delete("task_2")).isTrue();
        assertThat(store().listVersions("task_1")).containsExactly(1L);
    }

    @Test
    void snap_12_findByIdKnowsOlderVersions() {
        StateSnapshot older = saved(snapshot("older", "task", 1));
        saved(snapshot("newer", "task", 2));
        assertThat(store().findById("older")).contains(older);
    }

    @Test
    void snap_13_findByIdOfSeveralGivesHighestVersionOfFirstTask() {
        saved(snapshot("same", "task_b", 9));
        saved(snapshot("same", BEYOND_16_BITS, 9));
        saved(snapshot("same", "task_a", 1));
        StateSnapshot expected = saved(snapshot("same", "task_a", 10));
        saved(snapshot("same", "task_a", 9));
        assertThat(store().findById("same")).contains(expected);
        assertThat(store().delete("task_a", 10)).isTrue();
        assertThat(store().findById("same")).map(StateSnapshot::version).contains(9L);
        assertThat(store().delete("task_a")).isTrue();
        assertThat(store().findById("same")).map(StateSnapshot::taskId).contains("task_b");
    }

    @Test
    void snap_14_listVersionsAscendsWithGaps() {
        for (long version : new long[] {5, 1, 3, 1000}) {
            saved(snapshot("task", version));
        }
        assertThat(store().listVersions("task")).containsExactly(1L, 3L, 5L, 1000L);
    }

    // Values at the edges.

    @Test
    void snap_20_idsMayBeAnyText() {
        List<String> ids = List.of(
                "",
                " ",
                "a b",
                "'; DROP TABLE snapshots; --",
                "%_\\\"",
                "tab\tand\nline",
                "nul\u0000nul",
                "Ünïcödé",
                "e\u0301",
                "\u00e9",
                "日本語",
                BEYOND_16_BITS,
                "x".repeat(StateSnapshot.MAX_TASK_ID_LENGTH));
        for (String id : ids) {
            saved(snapshot("id of " + id, id, 1));
        }
        for (String id : ids) {
            assertThat(store().get(id)).map(StateSnapshot::taskId).contains(id);
            assertThat(store().findById("id of " + id))
                    .map(StateSnapshot::taskId)
                    .contains(id);
        }
        assertThat(allTasks(3)).containsExactlyElementsOf(inCodePointOrder(ids));
    }

    @Test
    void snap_21_emptySnapshotIdIsFound() {
        StateSnapshot snapshot = saved(snapshot("", "task", 1));
        assertThat(store().findById("")).contains(snapshot);
    }

    @Test
    void snap_22_textThatIsNoUnicodeIsUnknownEverywhere() {
        saved(snapshot("?", "?", 1));
        saved(snapshot("\uFFFD", "\uFFFD", 1));
        String half = "\uD83D";
        assertThat(store().get(half)).isEmpty();
        assertThat(store().get(half, 1)).isEmpty();
        assertThat(store().findById(half)).isEmpty();
        assertThat(store().listVersions(half)).isEmpty();
        assertThat(store().latestCheckpoint(half)).isEmpty();
        assertThat(store().prune(half, 0)).isZero();
        assertThat(store().delete(half, 1)).isFalse();
        assertThat(store().delete(half)).isFalse();
        assertThat(store().listTasks(PageRequest.first()).total()).isEqualTo(2);
    }

    @Test
    void snap_23_timesKeepMicroseconds() {
        List<Instant> times = List.of(
                Instant.parse("2026-03-01T08:15:30Z"),
                Instant.parse("2026-03-01T08:15:30.000001Z"),
                Instant.parse("2026-03-01T08:15:30.100Z"),
                Instant.parse("2026-03-01T08:15:30.999999Z"),
                Instant.parse("0001-01-01T00:00:00Z"),
                Instant.parse("1969-12-31T23:59:59.999999Z"),
                Instant.parse("9999-12-31T23:59:59.999999Z"));
        for (int i = 0; i < times.size(); i++) {
            saved(new StateSnapshot("id" + i, "task", i + 1, JsonObject.empty(), false, times.get(i)));
        }
        for (int i = 0; i < times.size(); i++) {
            assertThat(store().get("task", i + 1)).map(StateSnapshot::createdAt).contains(times.get(i));
        }
    }

    @Test
    void snap_24_emptyDataIsKept() {
        saved(new StateSnapshot("id", "task", 1, JsonObject.empty(), false, TIME));
        assertThat(store().get("task")).map(StateSnapshot::data).contains(JsonObject.empty());
    }

    @Test
    void snap_25_bigDataIsKept() {
        StateSnapshot snapshot = new StateSnapshot(
                "id", "task", 1, JsonObject.of("text", "aé日😀".repeat(1024 * 1024 / 10 + 1)), false, TIME);
        assertThat(snapshot.data().toBytes().length).isGreaterThan(1024 * 1024);
        saved(snapshot);
        assertThat(store().get("task")).contains(snapshot);
    }

    @Test
    void snap_26_deepDataIsKept() {
        JsonValue nested = new JsonArray(List.of());
        for (int depth = 2; depth < JsonValue.MAX_DEPTH; depth++) {
            nested = new JsonArray(List.of(nested));
        }
        JsonObject data = JsonObject.of("nested", nested);
        saved(new StateSnapshot("id", "task", 1, data, false, TIME));
        assertThat(store().get("task"))
                .map(snapshot -> snapshot.data().toString())
                .contains(data.toString());
    }

    @Test
    void snap_27_dataKeepsWhatJsonCanSay() {
        String text =
                "{\"\":0,\"a\":{\"b\":[1,1.0,-0.5e-7,12345678901234567890,true,null,\"\\u0000\\ud83d\\ude00\\\\\"]},"
                        + "\"ü\":\"ß\",\"z\":1,\"a2\":{}}";
        JsonObject data = JsonObject.parse(text.getBytes(StandardCharsets.UTF_8));
        saved(new StateSnapshot("id", "task", 1, data, false, TIME));
        JsonObject read = store().get("task").orElseThrow().data();
        assertThat(read).isEqualTo(data);
        assertThat(read.names()).containsExactly("", "a", "ü", "z", "a2");
    }

    @Test
    void snap_28_whatWasReadCannotChangeWhatIsStored() {
        byte[] text = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        saved(new StateSnapshot("id", "task", 1, JsonObject.parse(text), false, TIME));
        text[5] = '2';
        byte[] read = store().get("task").orElseThrow().data().toBytes();
        read[5] = '3';
        assertThat(store().get("task"))
                .map(snapshot -> snapshot.data().getInt("a"))
                .contains(1);
    }

    // Delete.

    @Test
    void snap_30_deleteOfUnknownTaskIsFalse() {
        saved(snapshot("task", 1));
        assertThat(store().delete("other")).isFalse();
        assertThat(store().delete("other", 1)).isFalse();
        assertThat(store().listVersions("task")).containsExactly(1L);
    }

    @Test
    void snap_31_deleteOfMissingVersionIsFalseAndTouchesNothing() {
        saved(snapshot("task", 1));
        assertThat(store().delete("task", 2)).isFalse();
        assertThat(store().delete("task", 0)).isFalse();
        assertThat(store().listVersions("task")).containsExactly(1L);
    }

    @Test
    void snap_32_deleteOfVersionLeavesTheOthers() {
        for (long version = 1; version <= 3; version++) {
            saved(snapshot("task", version));
        }
        assertThat(store().delete("task", 2)).isTrue();
        assertThat(store().delete("task", 2)).isFalse();
        assertThat(store().listVersions("task")).containsExactly(1L, 3L);
    }

    @Test
    void snap_33_deleteOfHighestFallsBackToTheNext() {
        saved(snapshot("task", 1));
        saved(snapshot("task", 7));
        assertThat(store().delete("task", 7)).isTrue();
        assertThat(store().get("task")).map(StateSnapshot::version).contains(1L);
    }

    @Test
    void snap_34_deleteOfTaskRemovesEveryVersion() {
        StateSnapshot snapshot = saved(snapshot("task", 1));
        saved(snapshot("task", 2));
        assertThat(store().delete("task")).isTrue();
        assertThat(store().get("task")).isEmpty();
        assertThat(store().listVersions("task")).isEmpty();
        assertThat(store().findById(snapshot.id())).isEmpty();
        assertThat(store().delete("task")).isFalse();
    }

    @Test
    void snap_35_taskWithoutVersionsIsUnknown() {
        saved(snapshot("task", 1));
        assertThat(store().delete("task", 1)).isTrue();
        assertThat(store().get("task")).isEmpty();
        assertThat(store().listTasks(PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().delete("task")).isFalse();
        saved(snapshot("task", 4));
        assertThat(store().listTasks(PageRequest.first()).items()).containsExactly("task");
    }

    // Checkpoints and retention.

    @Test
    void snap_40_latestCheckpointIsTheHighestMarked() {
        saved(snapshot("task", 1).asCheckpoint());
        StateSnapshot expected = saved(snapshot("task", 4).asCheckpoint());
        saved(snapshot("task", 3).asCheckpoint());
        saved(snapshot("task", 5));
        saved(snapshot("other", 9).asCheckpoint());
        assertThat(store().latestCheckpoint("task")).contains(expected);
        assertThat(store().delete("task", 4)).isTrue();
        assertThat(store().latestCheckpoint("task")).map(StateSnapshot::version).contains(3L);
    }

    @Test
    void snap_41_withoutCheckpointThereIsNone() {
        saved(snapshot("task", 1));
        assertThat(store().latestCheckpoint("task")).isEmpty();
    }

    @Test
    void snap_42_pruneKeepsTheHighestAndEveryCheckpoint() {
        for (long version = 1; version <= 10; version++) {
            saved(version % 4 == 0 ? snapshot("task", version).asCheckpoint() : snapshot("task", version));
        }
        saved(snapshot("other", 1));
        assertThat(store().prune("task", 3)).isEqualTo(6);
        assertThat(store().listVersions("task")).containsExactly(4L, 8L, 9L, 10L);
        assertThat(store().listVersions("other")).containsExactly(1L);
        assertThat(store().prune("task", 3)).isZero();
    }

    @Test
    void snap_43_pruneOfFewRemovesNothing() {
        saved(snapshot("task", 1));
        saved(snapshot("task", 2));
        assertThat(store().prune("task", 2)).isZero();
        assertThat(store().prune("task", Integer.MAX_VALUE)).isZero();
        assertThat(store().prune("unknown", 1)).isZero();
        assertThat(store().listVersions("task")).containsExactly(1L, 2L);
    }

    @Test
    void snap_44_pruneToNothingKeepsOnlyCheckpoints() {
        saved(snapshot("plain", 1));
        saved(snapshot("plain", 2));
        saved(snapshot("marked", 1).asCheckpoint());
        saved(snapshot("marked", 2));
        assertThat(store().prune("plain", 0)).isEqualTo(2);
        assertThat(store().prune("marked", 0)).isEqualTo(1);
        assertThat(allTasks(10)).containsExactly("marked");
        assertThat(store().listVersions("marked")).containsExactly(1L);
    }

    @Test
    void snap_45_prunedSnapshotsAreNotFound() {
        StateSnapshot old = saved(snapshot("task", 1));
        saved(snapshot("task", 2));
        assertThat(store().prune("task", 1)).isEqualTo(1);
        assertThat(store().findById(old.id())).isEmpty();
        assertThat(store().get("task", 1)).isEmpty();
    }

    @Test
    void snap_46_negativeKeepIsRefused() {
        saved(snapshot("task", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().prune("task", -1))
                .withMessageContaining("-1");
    }

    // The list of tasks.

    @Test
    void snap_50_tasksAreListedOnceInOrder() {
        saved(snapshot("b", 1));
        saved(snapshot("a", 1));
        saved(snapshot("a", 2));
        saved(snapshot("C", 1));
        Page<String> page = store().listTasks(PageRequest.first());
        assertThat(page.items()).containsExactly("C", "a", "b");
        assertThat(page.total()).isEqualTo(3);
        assertThat(page.nextCursor()).isNull();
    }

    @Test
    void snap_51_orderIsByCodePoint() {
        saved(snapshot(BEYOND_16_BITS, 1));
        saved(snapshot(LAST_OF_16_BITS, 1));
        saved(snapshot("task_", 1));
        saved(snapshot("task_a", 1));
        saved(snapshot("task_é", 1));
        assertThat(allTasks(2)).containsExactly("task_", "task_a", "task_é", LAST_OF_16_BITS, BEYOND_16_BITS);
    }

    @Test
    void snap_52_cursorsLeadThroughAll() {
        List<String> tasks = manyTasks(25);
        for (int limit : new int[] {1, 7, 24, 25, 26, PageRequest.MAX_LIMIT}) {
            assertThat(allTasks(limit)).as("limit %d", limit).containsExactlyElementsOf(tasks);
        }
    }

    @Test
    void snap_53_offsetsLeadThroughAll() {
        List<String> tasks = manyTasks(25);
        for (int offset = 0; offset <= 30; offset++) {
            for (int limit : new int[] {1, 10, 30}) {
                Page<String> page = store().listTasks(PageRequest.of(limit, offset));
                int from = Math.min(offset, 25);
                int to = Math.min(offset + limit, 25);
                assertThat(page.items()).as("%d at %d", limit, offset).isEqualTo(tasks.subList(from, to));
                assertThat(page.total()).isEqualTo(25);
                assertThat(page.hasNext()).as("next of %d at %d", limit, offset).isEqualTo(to < 25);
            }
        }
        assertThat(store().listTasks(PageRequest.of(1, Long.MAX_VALUE)).items()).isEmpty();
    }

    @Test
    void snap_54_cursorOfAnOffsetPageLeadsOn() {
        List<String> tasks = manyTasks(10);
        Page<String> page = store().listTasks(PageRequest.of(3, 4));
        Page<String> next = store().listTasks(page.next(100).orElseThrow());
        assertThat(next.items()).isEqualTo(tasks.subList(7, 10));
        assertThat(next.total()).isEqualTo(10);
    }

    @Test
    void snap_55_cursorOutlivesItsTask() {
        manyTasks(4);
        Page<String> page = store().listTasks(PageRequest.first(2));
        store().delete(page.items().get(0));
        store().delete(page.items().get(1));
        Page<String> next = store().listTasks(page.next(10).orElseThrow());
        assertThat(next.items()).containsExactly("task_0002", "task_0003");
        assertThat(next.total()).isEqualTo(2);
    }

    @Test
    void snap_56_totalFollowsEveryChange() {
        for (int i = 0; i < 5; i++) {
            saved(snapshot("task_" + i, 1));
            saved(snapshot("task_" + i, 2));
            assertThat(total()).isEqualTo(i + 1);
        }
        store().delete("task_0", 1);
        assertThat(total()).isEqualTo(5);
        store().delete("task_0", 2);
        assertThat(total()).isEqualTo(4);
        store().delete("task_1");
        assertThat(total()).isEqualTo(3);
        store().prune("task_2", 0);
        assertThat(total()).isEqualTo(2);
        saved(snapshot("task_0", 1));
        assertThat(total()).isEqualTo(3);
        saved(snapshot("task_0", 1));
        assertThat(total()).isEqualTo(3);
    }

    @Test
    void snap_57_deepOffsetsLeadThroughAll() {
        List<String> tasks = manyTasks(2500);
        for (int offset :
                new int[] {999, 1000, 1001, 1249, 1250, 1251, 2000, 2399, 2400, 2489, 2490, 2499, 2500, 2501}) {
            Page<String> page = store().listTasks(PageRequest.of(100, offset));
            int to = Math.min(offset + 100, 2500);
            assertThat(page.items()).as("at %d", offset).isEqualTo(tasks.subList(Math.min(offset, 2500), to));
            assertThat(page.total()).isEqualTo(2500);
            assertThat(page.hasNext()).as("next at %d", offset).isEqualTo(to < 2500);
        }
    }

    @Test
    void snap_58_foreignCursorIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store().listTasks(PageRequest.after(new Cursor("?"), 1)));
    }

    // Many threads.

    @Test
    void snap_60_writesAreReadByTheirWriter() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (long version = 1; version <= 50; version++) {
                StateSnapshot snapshot = saved(snapshot("task_" + thread, version));
                assertThat(store().get("task_" + thread)).contains(snapshot);
                assertThat(store().get("task_" + thread, version)).contains(snapshot);
                assertThat(store().findById(snapshot.id())).contains(snapshot);
                assertThat(store().listVersions("task_" + thread)).contains(version);
            }
        });
    }

    @Test
    void snap_61_manyThreadsOnOneTaskLoseNoVersion() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                saved(snapshot("task", 1L + thread + (long) i * THREADS));
            }
        });
        assertThat(store().listVersions("task"))
                .isEqualTo(LongStream.rangeClosed(1, 100L * THREADS).boxed().toList());
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void snap_62_manyThreadsOnManyTasksLoseNothing() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                saved(snapshot("task_" + (i + thread * 13) % 100, thread + 1));
            }
        });
        assertThat(total()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            assertThat(store().listVersions("task_" + i)).hasSize(THREADS);
        }
    }

    @Test
    void snap_63_manyThreadsOnOneKeyLeaveOneWhole() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 50; i++) {
                String id = thread + "/" + i;
                saved(new StateSnapshot(id, "task", 1, JsonObject.of("id", id), false, TIME));
                StateSnapshot read = store().get("task", 1).orElseThrow();
                assertThat(read.data().getString("id")).isEqualTo(read.id());
            }
        });
        StateSnapshot left = store().get("task").orElseThrow();
        for (int thread = 0; thread < THREADS; thread++) {
            for (int i = 0; i < 50; i++) {
                String id = thread + "/" + i;
                assertThat(store().findById(id).isPresent()).as(id).isEqualTo(id.equals(left.id()));
            }
        }
    }

    @Test
    void snap_64_savesAndDeletesLeaveTheListRight() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 150; i++) {
                String task = "task_" + random.nextInt(5);
                switch (random.nextInt(4)) {
                    case 0 -> store().delete(task);
                    case 1 -> store().delete(task, 1 + random.nextInt(3));
                    case 2 -> store().prune(task, 1);
                    default -> saved(snapshot(task, 1 + random.nextInt(3)));
                }
            }
        });
        List<String> known = IntStream.range(0, 5)
                .mapToObj(i -> "task_" + i)
                .filter(task -> store().get(task).isPresent())
                .toList();
        Page<String> page = store().listTasks(PageRequest.first());
        assertThat(page.items()).isEqualTo(known);
        assertThat(page.total()).isEqualTo(known.size());
    }

    @Test
    void snap_65_deleteIsTrueForOneOfMany() throws Exception {
        for (int round = 0; round < 20; round++) {
            saved(snapshot("task", 1));
            AtomicInteger removed = new AtomicInteger();
            Concurrently.inThreads(THREADS, thread -> {
                if (thread % 2 == 0 ? store().delete("task") : store().delete("task", 1)) {
                    removed.incrementAndGet();
                }
            });
            assertThat(removed).hasValue(1);
        }
    }

    @Test
    void snap_66_pagesUnderWritesNeitherSkipNorRepeat() throws Exception {
        List<String> stable = manyTasks(60);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger walks = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                for (int i = 0; !done.get(); i++) {
                    String passing = "task_%04d_%d".formatted(i % 60, thread);
                    saved(snapshot(passing, 1));
                    store().delete(passing);
                }
                return;
            }
            try {
                for (int walk = 0; walk < 10; walk++) {
                    List<String> seen = allTasks(7);
                    assertThat(seen).doesNotHaveDuplicates();
                    assertThat(seen).isEqualTo(inCodePointOrder(seen));
                    Set<String> passing = new HashSet<>(seen);
                    passing.removeAll(stable);
                    assertThat(seen.stream()
                                    .filter(task -> !passing.contains(task))
                                    .toList())
                            .isEqualTo(stable);
                }
            } finally {
                if (walks.incrementAndGet() == THREADS / 2) {
                    done.set(true);
                }
            }
        });
        assertThat(allTasks(7)).isEqualTo(stable);
    }

    // Without waiting.

    @Test
    void snap_70_saveAsyncHasSavedWhenItCompletes() throws Exception {
        List<StateSnapshot> snapshots = LongStream.rangeClosed(1, 200)
                .mapToObj(v -> snapshot("task", v))
                .toList();
        List<CompletableFuture<Void>> saves =
                snapshots.stream().map(store()::saveAsync).toList();
        for (int i = 0; i < saves.size(); i++) {
            saves.get(i).get();
            assertThat(store().findById(snapshots.get(i).id())).contains(snapshots.get(i));
        }
        assertThat(store().listVersions("task")).hasSize(200);
    }

    @Test
    void snap_71_laterAsyncSaveOfAKeyWins() throws Exception {
        List<CompletableFuture<Void>> saves = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            saves.add(store().saveAsync(snapshot("id" + i, "task", 1)));
        }
        for (CompletableFuture<Void> save : saves) {
            save.get();
        }
        assertThat(store().get("task")).map(StateSnapshot::id).contains("id99");
    }

    // Conditionally.

    @Test
    void snap_75_conditionalSaveNeedsTheLatest() {
        StateSnapshot first = snapshot("task", 2);
        assertThat(store().saveIfLatest(first, "another")).isFalse();
        assertThat(store().get("task")).isEmpty();
        assertThat(store().listTasks(PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().saveIfLatest(first, null)).isTrue();
        assertThat(store().saveIfLatest(snapshot("task", 3), null)).isFalse();

        StateSnapshot inPlace = snapshot("task", 2);
        assertThat(store().saveIfLatest(inPlace, first.id())).isTrue();
        assertThat(store().get("task")).contains(inPlace);
        assertThat(store().findById(first.id())).isEmpty();
        assertThat(store().saveIfLatest(snapshot("task", 3), first.id())).isFalse();

        StateSnapshot older = snapshot("task", 1);
        assertThat(store().saveIfLatest(older, inPlace.id())).isTrue();
        assertThat(store().saveIfLatest(snapshot("task", 3), older.id())).isFalse();
        assertThat(store().saveIfLatest(snapshot("task", 3), inPlace.id())).isTrue();
        assertThat(store().saveIfLatest(snapshot("other", 1), inPlace.id())).isFalse();
        assertThat(store().listVersions("task")).containsExactly(1L, 2L, 3L);
        assertThat(allTasks(10)).containsExactly("task");
    }

    @Test
    void snap_76_ofManyConditionalSavesOneIsStored() throws Exception {
        assumeTrue(savesConditionallyInOneStep(), "the store compares and saves in two steps");
        String latest = null;
        for (int round = 1; round <= 30; round++) {
            long version = round;
            String expected = latest;
            AtomicInteger stored = new AtomicInteger();
            Concurrently.inThreads(THREADS, thread -> {
                // In place, and above: whoever comes second finds another latest.
                if (store().saveIfLatest(snapshot("task", version + thread % 2), expected)) {
                    stored.incrementAndGet();
                }
            });
            assertThat(stored).hasValue(1);
            latest = store().get("task").orElseThrow().id();
            assertThat(latest).isNotEqualTo(expected);
        }
    }

    // What is missing.

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void snap_80_nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> store().save(null));
        assertThatNullPointerException().isThrownBy(() -> store().saveIfLatest(null, null));
        assertThatNullPointerException().isThrownBy(() -> store().get(null));
        assertThatNullPointerException().isThrownBy(() -> store().get(null, 1));
        assertThatNullPointerException().isThrownBy(() -> store().findById(null));
        assertThatNullPointerException().isThrownBy(() -> store().listVersions(null));
        assertThatNullPointerException().isThrownBy(() -> store().listTasks(null));
        assertThatNullPointerException().isThrownBy(() -> store().delete(null));
        assertThatNullPointerException().isThrownBy(() -> store().delete(null, 1));
        assertThatNullPointerException().isThrownBy(() -> store().latestCheckpoint(null));
        assertThatNullPointerException().isThrownBy(() -> store().prune(null, 1));
        assertThat(store().listTasks(PageRequest.first())).isEqualTo(Page.empty());
    }

    // Beyond its end, for stores that keep what they have.

    @Test
    void snap_90_reopenedStoreHasEverything() {
        StateSnapshot first = saved(snapshot("task", 1).asCheckpoint());
        StateSnapshot second = saved(snapshot("task", 2));
        saved(snapshot(BEYOND_16_BITS, 1));
        saved(snapshot("gone", 1));
        store().delete("gone");

        reopenOrSkip();

        assertThat(store().get("task")).contains(second);
        assertThat(store().latestCheckpoint("task")).contains(first);
        assertThat(store().findById(first.id())).contains(first);
        assertThat(store().listVersions("task")).containsExactly(1L, 2L);
        assertThat(allTasks(1)).containsExactly("task", BEYOND_16_BITS);
        saved(snapshot("task", 3));
        assertThat(store().listVersions("task")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void snap_91_cursorOutlivesTheStore() {
        manyTasks(5);
        Page<String> page = store().listTasks(PageRequest.first(3));

        reopenOrSkip();

        assertThat(store().listTasks(page.next(3).orElseThrow()).items()).containsExactly("task_0003", "task_0004");
    }

    private void reopenOrSkip() {
        SnapshotStore ended = store();
        closeStore(ended);
        store = null;
        Optional<SnapshotStore> again = reopen(ended);
        assumeTrue(again.isPresent(), "the store keeps nothing beyond its end");
        store = again.get();
    }

    private long total() {
        return store().listTasks(PageRequest.first(1)).total();
    }

    /** Saves tasks {@code task_0000} and on, in a shuffled order; returns them in the list's order. */
    private List<String> manyTasks(int count) {
        List<String> tasks =
                IntStream.range(0, count).mapToObj("task_%04d"::formatted).collect(Collectors.toList());
        List<String> shuffled = new ArrayList<>(tasks);
        Collections.shuffle(shuffled, new Random(7));
        CompletableFuture.allOf(shuffled.stream()
                        .map(task -> store().saveAsync(snapshot(task, 1)))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        return tasks;
    }

    private List<String> allTasks(int limit) {
        return AllPages.of(request -> store().listTasks(request), limit);
    }

    private static List<String> inCodePointOrder(List<String> texts) {
        return texts.stream()
                .sorted((a, b) ->
                        Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()))
                .toList();
    }
}
