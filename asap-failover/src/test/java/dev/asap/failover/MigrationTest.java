// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.client.ASAPClient;
import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.model.HealthLoad;
import dev.asap.model.HealthStatus;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** FO-20 to FO-25: to another host or version, in order. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class MigrationTest {
    private final SnapshotStore store = new InMemorySnapshotStore();
    private long now;

    private void save(String task, long version, boolean checkpoint) {
        StateSnapshot snapshot = StateSnapshot.of(task, version, JsonObject.of("step", version));
        store.save(checkpoint ? snapshot.asCheckpoint() : snapshot);
    }

    @Test
    @DisplayName("FO-20 drain: no new work, and every task reaches a checkpoint")
    void drain_waitsForCheckpoints() throws InterruptedException {
        save("a", 1, true);
        save("b", 1, false);
        AtomicInteger stops = new AtomicInteger();
        List<Long> sleeps = new ArrayList<>();
        AgentDrain drain = new AgentDrain(
                stops::incrementAndGet,
                AgentDrain.checkpointed(store, List.of("a", "b", "unknown")),
                () -> now,
                nanos -> {
                    now += nanos;
                    sleeps.add(nanos);
                    if (sleeps.size() == 3) {
                        save("b", 2, true);
                    }
                });

        assertThat(drain.poll()).isFalse();
        assertThat(drain.await(Duration.ofSeconds(10))).isTrue();

        assertThat(stops).hasValue(1);
        assertThat(sleeps).hasSize(3);
    }

    @Test
    @DisplayName("FO-20 a drain ends at its limit")
    void drain_limitReached_givesUp() throws InterruptedException {
        AgentDrain drain = new AgentDrain(() -> {}, () -> false, () -> now, nanos -> now += nanos);

        assertThat(drain.await(Duration.ofMillis(1200))).isFalse();
        assertThat(now).isEqualTo(Duration.ofMillis(1200).toNanos());
        assertThat(new AgentDrain(() -> {}, () -> true).await(Duration.ZERO)).isTrue();
    }

    @Test
    @DisplayName("FO-20 the load of the agent's health tells when it has come to rest")
    void drain_looksAtTheLoad() {
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = TestWorker.client(peer.url())) {
            Map<@Nullable HealthLoad, Boolean> expected = new HashMap<>();
            expected.put(null, false);
            expected.put(new HealthLoad(1, 0), false);
            expected.put(new HealthLoad(0, 1), false);
            expected.put(new HealthLoad(0, 0), true);
            expected.forEach((load, idle) -> {
                HealthStatus status = new HealthStatus(HealthStatus.HEALTHY, "urn:asap:agent:x", "1", "0.1", 1, load);
                peer.next(Fault.answer(Answer.json(ASAPCodec.strict().write(status))));
                assertThat(AgentDrain.idle(client).getAsBoolean())
                        .as("load " + load)
                        .isEqualTo(idle);
            });
        }
    }

    @Test
    @DisplayName("FO-25 active tasks are listed page by page, each once")
    void activeTasks_manyPages_eachOnce() {
        List<Integer> limits = new ArrayList<>();
        SnapshotStore counted = new View(store) {
            @Override
            public Page<String> listTasks(PageRequest request) {
                limits.add(request.limit());
                return super.listTasks(request);
            }
        };
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            String task = "task_%03d".formatted(i);
            save(task, 1 + i % 3, false);
            if (i % 3 != 0) {
                expected.add(task);
            }
        }

        ActiveTasks active = ActiveTasks.in(counted, snapshot -> snapshot.version() > 1);

        assertThat(active).containsExactlyElementsOf(expected);
        assertThat(limits).containsExactly(100, 100, 100);
        assertThat(active.where(snapshot -> snapshot.version() == 3)).hasSize(83);
        assertThat(ActiveTasks.in(new InMemorySnapshotStore(), snapshot -> true))
                .isEmpty();
    }

    @Test
    @DisplayName("FO-25 tasks that go while they are listed do no harm")
    void activeTasks_deletedMeanwhile_arePassedOver() {
        for (int i = 0; i < 150; i++) {
            save("task_%03d".formatted(i), 1, false);
        }
        Iterator<String> tasks = ActiveTasks.in(store, snapshot -> true).iterator();
        assertThat(tasks.next()).isEqualTo("task_000");
        for (int i = 1; i < 149; i++) {
            store.delete("task_%03d".formatted(i));
        }
        assertThat(tasks.next()).isEqualTo("task_149");
        assertThat(tasks.hasNext()).isFalse();
        assertThatThrownBy(tasks::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    @DisplayName("FO-21 FO-22 FO-23 export, import, restore, switch")
    void migration_inOrder_movesTheTasks() throws Exception {
        SnapshotStore newStore = new InMemorySnapshotStore();
        List<String> events = new ArrayList<>();
        try (TestWorker oldAgent = TestWorker.start("old", store);
                TestWorker newAgent = TestWorker.start("new", newStore)) {
            for (String task : List.of("a", "b")) {
                FencedSnapshotStore.of(store, "old")
                        .save(StateSnapshot.of(task, 2, JsonObject.of("n", 1)).asCheckpoint());
            }
            ActiveTasks tasks = ActiveTasks.in(store, Ownership.concerns("old", "new"));
            assertThat(new AgentDrain(() -> events.add("no new work"), AgentDrain.checkpointed(store, tasks))
                            .await(Duration.ofSeconds(5)))
                    .isTrue();
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            assertThat(SnapshotExport.of(store).build().writeTo(file).written()).isEqualTo(2);
            assertThat(SnapshotImport.into(newStore)
                            .build()
                            .readFrom(new ByteArrayInputStream(file.toByteArray()))
                            .imported())
                    .isEqualTo(2);

            HandoverReport report = TaskHandover.builder(TestWorker.COORDINATOR, oldAgent.host(), newAgent.host())
                    .routes((task, host) -> events.add(task + " to " + host))
                    .build()
                    .moveAll(tasks, HolderState.ANSWERING);

            assertThat(report.arrived()).isEqualTo(2);
            assertThat(events).containsExactly("no new work", "a to new", "b to new");
            assertThat(newAgent.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(newAgent.resumed.poll(10, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** What the newer version of an agent keeps. */
    record NewerState(long step, @Nullable String note) {}

    @Test
    @DisplayName("FO-24 members that are new are absent in old data, members that are unknown are passed over")
    void data_ofAnotherVersion_isUnderstood() throws IOException {
        SnapshotStore newStore = new InMemorySnapshotStore();
        store.save(StateSnapshot.of("older", 1, JsonObject.of("step", 3)));
        store.save(StateSnapshot.of("newer", 1, JsonObject.of("step", 4, "note", "n", "later", JsonObject.of("x", 1))));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        SnapshotExport.of(store).build().writeTo(file);
        SnapshotImport.into(newStore).build().readFrom(new ByteArrayInputStream(file.toByteArray()));

        assertThat(newStore.get("older").orElseThrow().data().to(NewerState.class))
                .isEqualTo(new NewerState(3, null));
        assertThat(newStore.get("newer").orElseThrow().data().to(NewerState.class))
                .isEqualTo(new NewerState(4, "n"));
        FencedSnapshotStore.of(newStore, "a")
                .save(StateSnapshot.of("owned", 1, JsonObject.from(new NewerState(1, "o"))));
        assertThat(newStore.get("owned").orElseThrow().data().to(NewerState.class))
                .isEqualTo(new NewerState(1, "o"));
    }
}
