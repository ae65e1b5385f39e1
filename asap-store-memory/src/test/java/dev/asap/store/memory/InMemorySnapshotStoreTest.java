// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SnapshotStoreContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakChecks.class)
class InMemorySnapshotStoreTest extends SnapshotStoreContract {
    @Override
    protected boolean savesConditionallyInOneStep() {
        return true;
    }

    @Override
    protected SnapshotStore createStore() {
        return new InMemorySnapshotStore();
    }

    private static StateSnapshot snapshot(String task, long version) {
        return StateSnapshot.of(task, version, JsonObject.of("v", version));
    }

    @Test
    void bound_isReached_refusesTheNextAndLosesNothing() {
        InMemorySnapshotStore store =
                InMemorySnapshotStore.builder().maxSnapshots(2).build();
        store.save(snapshot("a", 1));
        store.save(snapshot("b", 1));
        assertThatThrownBy(() -> store.save(snapshot("c", 1)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("bound of 2 snapshots (maxSnapshots)")
                .hasMessageContaining("task 'c'");
        assertThat(store.saveAsync(snapshot("c", 1))).isCompletedExceptionally();
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.listTasks(PageRequest.first()).items()).containsExactly("a", "b");
        StateSnapshot replacement = snapshot("b", 1);
        store.save(replacement);
        assertThat(store.get("b")).contains(replacement);
        assertThat(store.delete("a")).isTrue();
        store.save(snapshot("c", 1));
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void bound_underConcurrentSaves_isKeptExactly() throws Exception {
        InMemorySnapshotStore store =
                InMemorySnapshotStore.builder().maxSnapshots(500).build();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> outcomes = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            String task = "task_" + thread;
            outcomes.add(threads.submit(() -> {
                for (int version = 1; version <= 100; version++) {
                    try {
                        store.save(snapshot(task, version));
                    } catch (StorageException e) {
                        refused.incrementAndGet();
                    }
                }
            }));
        }
        for (Future<?> outcome : outcomes) {
            outcome.get();
        }
        threads.shutdown();
        assertThat(store.size()).isEqualTo(500);
        assertThat(refused).hasValue(300);
    }

    @Test
    void sizeAndBytes_followEveryChange() {
        InMemorySnapshotStore store = new InMemorySnapshotStore();
        store.save(StateSnapshot.of("a", 1, JsonObject.parse("{\"k\":1}")));
        store.save(StateSnapshot.of("a", 2, JsonObject.parse("{\"k\":\"ü\"}")));
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.bytes()).isEqualTo(7 + 10);
        store.save(StateSnapshot.of("a", 2, JsonObject.empty()));
        assertThat(store.bytes()).isEqualTo(7 + 2);
        assertThat(store.prune("a", 1)).isEqualTo(1);
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.bytes()).isEqualTo(2);
        store.delete("a");
        assertThat(store.size()).isZero();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void bound_belowOne_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemorySnapshotStore.builder().maxSnapshots(0))
                .withMessageContaining("0");
    }

    @Test
    void storage_whenClosed_refusesEverything() {
        InMemoryStorage storage = new InMemoryStorage();
        SnapshotStore store = storage.snapshots();
        store.save(snapshot("a", 1));
        storage.check();
        storage.close();
        storage.close();
        assertThatThrownBy(storage::check).isInstanceOf(StorageException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> store.get("a")).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.save(snapshot("a", 2))).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.delete("a")).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.listTasks(PageRequest.first())).isInstanceOf(StorageException.class);
    }
}
