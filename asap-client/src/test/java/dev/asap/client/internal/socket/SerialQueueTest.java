// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialQueueTest {
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private void runThreads() {
        while (!threads.isEmpty()) {
            threads.removeFirst().run();
        }
    }

    @Test
    void tasks_runInOrderInOneGo() {
        SerialQueue queue = SerialQueue.bounded(threads::add, 10, 10);
        queue.add(1, () -> done.add("a"));
        queue.add(1, () -> done.add("b"));
        assertThat(threads).hasSize(1);
        runThreads();
        queue.add(1, () -> done.add("c"));
        runThreads();
        assertThat(done).containsExactly("a", "b", "c");
    }

    @Test
    void task_addedByATask_runsAfterIt() {
        SerialQueue queue = SerialQueue.bounded(threads::add, 10, 10);
        queue.add(1, () -> {
            assertThat(queue.runsThisThread()).isTrue();
            queue.add(1, () -> done.add("b"));
            done.add("a");
        });
        runThreads();
        assertThat(done).containsExactly("a", "b");
        assertThat(queue.runsThisThread()).isFalse();
    }

    @Test
    void add_tooMany_pushesOutTheOldest() {
        SerialQueue queue = SerialQueue.bounded(threads::add, 2, 100);
        assertThat(queue.add(1, () -> done.add("a"))).isZero();
        assertThat(queue.add(1, () -> done.add("b"))).isZero();
        assertThat(queue.add(1, () -> done.add("c"))).isEqualTo(1);
        runThreads();
        assertThat(done).containsExactly("b", "c");
    }

    @Test
    void add_tooHeavy_pushesOutAsManyAsItTakes() {
        SerialQueue queue = SerialQueue.bounded(threads::add, 100, 10);
        queue.add(4, () -> done.add("a"));
        queue.add(4, () -> done.add("b"));
        assertThat(queue.add(5, () -> done.add("c"))).isEqualTo(1);
        assertThat(queue.add(50, () -> done.add("d"))).isEqualTo(2);
        runThreads();
        queue.add(10, () -> done.add("e"));
        runThreads();
        assertThat(done).containsExactly("d", "e");
    }

    @Test
    void task_thatFails_doesNotStopTheNext() {
        SerialQueue queue = SerialQueue.unlosing(threads::add);
        queue.add(1, () -> {
            throw new AssertionError("a task that fails");
        });
        queue.add(1, () -> done.add("b"));
        runThreads();
        assertThat(done).containsExactly("b");
    }

    @Test
    void clear_dropsWhatWaits() {
        SerialQueue queue = SerialQueue.bounded(threads::add, 10, 10);
        queue.add(10, () -> done.add("a"));
        queue.clear();
        queue.add(10, () -> done.add("b"));
        runThreads();
        assertThat(done).containsExactly("b");
    }

    @Test
    void add_withoutThreads_losesWhatMayBeLostOnly() {
        SerialQueue losing = SerialQueue.bounded(SerialQueueTest::refuse, 10, 10);
        losing.add(1, () -> done.add("a"));
        losing.add(1, () -> done.add("b"));
        SerialQueue unlosing = SerialQueue.unlosing(SerialQueueTest::refuse);
        unlosing.add(1, () -> done.add("c"));
        unlosing.add(1, () -> done.add("d"));
        assertThat(done).containsExactly("c", "d");
    }

    private static void refuse(Runnable task) {
        throw new RejectedExecutionException();
    }
}
