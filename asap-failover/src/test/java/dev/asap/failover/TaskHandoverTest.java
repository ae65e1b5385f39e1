// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.client.ASAPClient;
import dev.asap.failover.HandoverOutcome.AlreadyThere;
import dev.asap.failover.HandoverOutcome.Moved;
import dev.asap.failover.HandoverOutcome.NoSnapshot;
import dev.asap.failover.HandoverOutcome.NotPortable;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.store.sqlite.SQLiteSnapshotStore;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** FO-01 to FO-14: obtain, provide, restore, route. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class TaskHandoverTest {
    private static final String TASK = "task_1";

    private final Map<String, String> routes = new LinkedHashMap<>();

    private static StateSnapshot step(long version) {
        return StateSnapshot.of(TASK, version, JsonObject.of("step", version)).asCheckpoint();
    }

    private TaskHandover.Builder handover(TaskHost from, TaskHost to) {
        return TaskHandover.builder(TestWorker.COORDINATOR, from, to).routes(routes::put);
    }

    @Test
    @DisplayName("FO-01 FO-03 FO-05 FO-11 FO-14 a dead holder's task goes on from the shared store")
    void deadHolder_sharedStore_isMoved(@TempDir Path folder) throws Exception {
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(folder.resolve("state.db"));
                TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store)) {
            FencedSnapshotStore.of(store, "primary").save(step(1));
            FencedSnapshotStore.of(store, "primary").save(step(2));
            String before = store.get(TASK).orElseThrow().id();
            primary.die();

            HandoverOutcome outcome =
                    handover(primary.host(), backup.host()).build().move(TASK, HolderState.DEAD);

            StateSnapshot resumed = backup.resumed.poll(10, TimeUnit.SECONDS);
            assertThat(outcome).isEqualTo(new Moved(TASK, resumed.id(), 2, 2));
            assertThat(resumed.id()).isNotEqualTo(before);
            assertThat(resumed.data().without(Ownership.MEMBER)).isEqualTo(JsonObject.of("step", 2));
            assertThat(resumed.checkpoint()).isTrue();
            assertThat(Ownership.of(resumed)).contains(new Ownership(2, "backup", "primary", true));
            assertThat(store.listVersions(TASK)).containsExactly(1L, 2L);
            assertThat(routes).containsExactly(Map.entry(TASK, "backup"));
            assertThatThrownBy(() -> FencedSnapshotStore.of(store, "primary").save(step(3)))
                    .isInstanceOf(StaleHolderException.class);
        }
    }

    @Test
    @DisplayName("FO-02 FO-04 FO-06 FO-13 a living holder is asked, and the state copied to the target's store")
    void livingHolder_separateStores_isMoved() throws Exception {
        SnapshotStore theirs = new InMemorySnapshotStore();
        SnapshotStore ours = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", theirs);
                TestWorker backup = TestWorker.start("backup", ours)) {
            FencedSnapshotStore.of(theirs, "primary").save(step(3));

            HandoverOutcome outcome =
                    handover(primary.hostWithoutStore(), backup.host()).build().move(TASK, HolderState.ANSWERING);

            assertThat(outcome).isInstanceOf(Moved.class);
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(ours.get(TASK).orElseThrow());
            assertThat(ours.get(TASK).orElseThrow().version()).isEqualTo(3);
            assertThat(routes).containsEntry(TASK, "backup");
        }
    }

    @Test
    @DisplayName("FO-13 FO-18 where the holder's store is reached as well, the holder is fenced off there")
    void separateStores_bothReached_fenceTheHolder() {
        SnapshotStore theirs = new InMemorySnapshotStore();
        SnapshotStore ours = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", theirs);
                TestWorker backup = TestWorker.start("backup", ours)) {
            FencedSnapshotStore old = FencedSnapshotStore.of(theirs, "primary");
            old.save(step(1));

            assertThat(handover(primary.host(), backup.host()).build().move(TASK, HolderState.ANSWERING))
                    .isInstanceOf(Moved.class);

            assertThat(theirs.get(TASK)).isEqualTo(ours.get(TASK));
            assertThatThrownBy(() -> old.save(step(2))).isInstanceOf(StaleHolderException.class);
        }
    }

    @Test
    @DisplayName("FO-18 two handles on one file are one store")
    void twoHandlesOnOneFile_areOneStore(@TempDir Path folder) {
        Path file = folder.resolve("state.db");
        try (SQLiteSnapshotStore first = SQLiteSnapshotStore.open(file);
                SQLiteSnapshotStore second = SQLiteSnapshotStore.open(file);
                TestWorker primary = TestWorker.start("primary", first);
                TestWorker backup = TestWorker.start("backup", second)) {
            FencedSnapshotStore.of(first, "primary").save(step(1));

            assertThat(handover(primary.host(), backup.host()).build().move(TASK, HolderState.ANSWERING))
                    .isInstanceOfSatisfying(
                            Moved.class, moved -> assertThat(moved.epoch()).isEqualTo(2));
            assertThat(second.listVersions(TASK)).containsExactly(1L);
        }
    }

    @Test
    @DisplayName("FO-11 a planned hand-over reads the store when the holder does not answer after all")
    void answeringHolder_isGone_storeIsRead() {
        SnapshotStore store = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store)) {
            FencedSnapshotStore.of(store, "primary").save(step(1));
            primary.die();

            assertThat(handover(primary.host(), backup.host()).build().move(TASK, HolderState.ANSWERING))
                    .isInstanceOf(Moved.class);
        }
    }

    @Test
    @DisplayName("FO-11 a holder that does not answer state queries has its store read")
    void answeringHolder_knowsNoQueries_storeIsRead() {
        SnapshotStore store = new InMemorySnapshotStore();
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = TestWorker.client(peer.url());
                TestWorker backup = TestWorker.start("backup", store)) {
            FencedSnapshotStore.of(store, "primary").save(step(1));

            assertThat(handover(new TaskHost("primary", TestWorker.URN, client, store), backup.host())
                            .build()
                            .move(TASK, HolderState.ANSWERING))
                    .isInstanceOf(Moved.class);
            assertThat(peer.requestCount()).isEqualTo(1);
            assertThat(handover(new TaskHost("primary", TestWorker.URN, client, null), backup.host())
                            .build()
                            .move("other", HolderState.ANSWERING))
                    .isInstanceOf(HandoverOutcome.Failed.class);
        }
    }

    @Test
    @DisplayName("FO-12 a task without a snapshot is left where it is, and reported")
    void noSnapshot_isReported() {
        try (TestWorker primary = TestWorker.start("primary", new InMemorySnapshotStore());
                TestWorker backup = TestWorker.start("backup", new InMemorySnapshotStore())) {
            TaskHandover handover = handover(primary.host(), backup.host()).build();

            HandoverReport report = handover.moveAll(List.of("a", "b"), HolderState.ANSWERING);

            assertThat(report.outcomes()).containsExactly(new NoSnapshot("a"), new NoSnapshot("b"));
            assertThat(report.done()).isTrue();
            assertThat(report.arrived()).isZero();
            assertThat(handover.move("a", HolderState.DEAD)).isEqualTo(new NoSnapshot("a"));
            assertThat(backup.resumed).isEmpty();
            assertThat(routes).isEmpty();
        }
    }

    @Test
    @DisplayName("FO-07 a query is answered with the snapshot, a restore loads it by its id, any version")
    void agent_queryAndRestore_byId() throws Exception {
        SnapshotStore store = new InMemorySnapshotStore();
        try (TestWorker worker = TestWorker.start("worker", store)) {
            store.save(step(1));
            store.save(step(2));
            StateSnapshot older = store.get(TASK, 1).orElseThrow();

            Envelope query = Envelope.of(TestWorker.COORDINATOR, TestWorker.URN, StateQuery.latest(TASK));
            Envelope answer = worker.client.send(query);
            assertThat(answer.correlationId()).isEqualTo(query.id());
            assertThat(((CustomPayload) answer.payload())
                            .content()
                            .getObject("snapshot")
                            .getLong("version"))
                    .isEqualTo(2);

            worker.client.send(Envelope.of(TestWorker.COORDINATOR, TestWorker.URN, new StateRestore(TASK, older.id())));
            assertThat(worker.resumed.poll(10, TimeUnit.SECONDS)).isEqualTo(older);
        }
    }

    @Test
    @DisplayName("FO-08 each request has a trace id of its own")
    void requests_haveFreshTraceIds() throws Exception {
        SnapshotStore store = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store)) {
            store.save(step(1));
            store.save(StateSnapshot.of("task_2", 1, JsonObject.empty()));

            HandoverReport report =
                    handover(primary.host(), backup.host()).build().moveAll(List.of(TASK, "task_2"), HolderState.DEAD);

            assertThat(report.arrived()).isEqualTo(2);
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(backup.restoreRequests)
                    .extracting(Envelope::traceId)
                    .doesNotHaveDuplicates()
                    .allMatch(trace -> trace.matches("[0-9a-f]{32}"));
        }
    }

    @Test
    @DisplayName("FO-41 local references are rewritten before the hand-over")
    void references_areRewritten() {
        SnapshotStore store = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store)) {
            store.save(StateSnapshot.of(TASK, 1, JsonObject.of("artifact", "asap://primary/r/3")));

            HandoverOutcome outcome = handover(primary.host(), backup.host())
                    .rewriter(reference -> reference.uri().replace("asap://primary", "https://store.example"))
                    .build()
                    .move(TASK, HolderState.DEAD);

            assertThat(outcome).isInstanceOf(Moved.class);
            assertThat(store.get(TASK).orElseThrow().data().getString("artifact"))
                    .isEqualTo("https://store.example/r/3");
        }
    }

    @Test
    @DisplayName("FO-40 FO-41 a task with references that lead nowhere stays, unless that is allowed")
    void references_areRefusedUnlessAllowed() {
        SnapshotStore store = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", store);
                TestWorker backup = TestWorker.start("backup", store)) {
            StateSnapshot snapshot = StateSnapshot.of(TASK, 1, JsonObject.of("artifact", "file:///tmp/x"));
            store.save(snapshot);

            assertThat(handover(primary.host(), backup.host()).build().move(TASK, HolderState.DEAD))
                    .isEqualTo(new NotPortable(TASK, List.of(new ArtifactReference("/artifact", "file:///tmp/x"))));
            assertThat(store.get(TASK)).contains(snapshot);
            assertThat(routes).isEmpty();

            assertThat(handover(primary.host(), backup.host())
                            .references(ReferencePolicy.WARN)
                            .build()
                            .move(TASK, HolderState.DEAD))
                    .isInstanceOf(Moved.class);
        }
    }

    @Test
    void taskThatCameBack_isMovedUnderTheNextEpoch() {
        SnapshotStore a = new InMemorySnapshotStore();
        SnapshotStore b = new InMemorySnapshotStore();
        try (TestWorker first = TestWorker.start("a", a);
                TestWorker second = TestWorker.start("b", b)) {
            FencedSnapshotStore.of(a, "a").save(step(1));
            assertThat(handover(first.host(), second.host()).build().move(TASK, HolderState.ANSWERING))
                    .isInstanceOf(Moved.class);
            FencedSnapshotStore.of(b, "b").save(step(2));

            assertThat(handover(second.host(), first.host()).build().move(TASK, HolderState.ANSWERING))
                    .isInstanceOfSatisfying(Moved.class, moved -> {
                        assertThat(moved.epoch()).isEqualTo(3);
                        assertThat(moved.version()).isEqualTo(2);
                    });
            FencedSnapshotStore.of(a, "a").save(step(3));
            assertThat(handover(second.host(), first.host()).build().move(TASK, HolderState.ANSWERING))
                    .isEqualTo(new AlreadyThere(TASK, 3));
            assertThat(routes).containsExactly(Map.entry(TASK, "a"));
        }
    }

    @Test
    @DisplayName("FO-32 huge data travel as they are")
    void hugeData_areMoved() throws Exception {
        SnapshotStore theirs = new InMemorySnapshotStore();
        SnapshotStore ours = new InMemorySnapshotStore();
        try (TestWorker primary = TestWorker.start("primary", theirs);
                TestWorker backup = TestWorker.start("backup", ours)) {
            String text = "x".repeat(4 << 20);
            theirs.save(StateSnapshot.of(TASK, 1, JsonObject.of("text", text)));

            assertThat(handover(primary.hostWithoutStore(), backup.host())
                            .build()
                            .move(TASK, HolderState.ANSWERING))
                    .isInstanceOf(Moved.class);
            assertThat(backup.resumed.poll(10, TimeUnit.SECONDS).data().getString("text"))
                    .isEqualTo(text);
        }
    }

    @Test
    void builder_impossibleSettings_areRefused() {
        try (ASAPClient client = TestWorker.client("http://127.0.0.1:9")) {
            TaskHost one = new TaskHost("one", TestWorker.URN, client, new InMemorySnapshotStore());
            TaskHost without = new TaskHost("two", TestWorker.URN, client, null);
            assertThatThrownBy(() -> handover(one, without).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("two (urn:asap:agent:worker) must have a store: a snapshot is restored from where the"
                            + " target finds it");
            assertThatThrownBy(() -> handover(one, one).build()).hasMessageContaining("different names");
            assertThatThrownBy(() -> handover(one, one).maxTasks(0)).hasMessage("maxTasks must be 1 or more, got 0");
        }
    }
}
