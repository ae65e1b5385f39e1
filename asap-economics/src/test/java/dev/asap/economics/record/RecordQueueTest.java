// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordQueueTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<List<Integer>> written = new CopyOnWriteArrayList<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger delays = new AtomicInteger();

    private RecordQueue<Integer> queue(int capacity, Consumer<List<Integer>> store) {
        return new RecordQueue<>("asap-server-test", capacity, Duration.ZERO, store, new Counting());
    }

    private final class Counting implements RecordQueue.Outcome {
        @Override
        public void delayed(Throwable failure) {
            delays.incrementAndGet();
        }

        @Override
        public void ended(int records, @Nullable Throwable failure) {
            (failure == null ? kept : lost).addAndGet(records);
        }

        @Override
        public void refused() {
            lost.incrementAndGet();
        }
    }

    /** A store that is stuck until it is let go. */
    private final class StuckStore implements Consumer<List<Integer>> {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public void accept(List<Integer> records) {
            reached.countDown();
            try {
                if (!letGo.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody let go");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
            written.add(records);
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void add_slowStore_doesNotWait_whatWaitsIsWrittenAtOnce() throws InterruptedException {
        StuckStore store = new StuckStore();
        RecordQueue<Integer> queue = queue(100, store);
        queue.add(0);
        store.awaitReached();
        for (int i = 1; i <= 50; i++) {
            queue.add(i);
        }
        assertThat(kept).hasValue(0);

        store.letGo.countDown();
        queue.close(LONG);

        assertThat(written).hasSize(2);
        assertThat(written.get(1)).hasSize(50).isSorted();
        assertThat(kept).hasValue(51);
        assertThat(lost).hasValue(0);
    }

    @Test
    void add_fullQueue_dropsAndCounts() throws InterruptedException {
        StuckStore store = new StuckStore();
        RecordQueue<Integer> queue = queue(3, store);
        queue.add(0);
        store.awaitReached();
        for (int i = 1; i <= 10; i++) {
            queue.add(i);
        }
        assertThat(lost).hasValue(7);

        store.letGo.countDown();
        queue.close(LONG);

        assertThat(written.get(1)).containsExactly(1, 2, 3);
        assertThat(kept).hasValue(4);
    }

    @Test
    void refusedRecord_isLostAlone() {
        List<Integer> all = new ArrayList<>();
        RecordQueue<Integer> queue = queue(100, records -> {
            if (records.contains(7)) {
                throw new IllegalArgumentException("not 7");
            }
            all.addAll(records);
        });
        for (int i = 0; i < 20; i++) {
            queue.add(i);
        }
        queue.close(LONG);

        assertThat(all).hasSize(19).doesNotContain(7).isSorted();
        assertThat(kept).hasValue(19);
        assertThat(lost).hasValue(1);
    }

    @Test
    void storeThatFailsForTheMoment_isAskedAgainAndNothingIsLost() {
        AtomicInteger calls = new AtomicInteger();
        RecordQueue<Integer> queue = queue(100, records -> {
            if (calls.incrementAndGet() <= 2) {
                throw new StorageException("locked", true, null);
            }
            written.add(records);
        });
        queue.add(1);
        await().until(() -> delays.get() >= 1);
        assertThat(queue.isFailing()).isTrue();
        queue.settle(LONG);
        queue.add(2);
        await().until(() -> kept.get() == 2);

        assertThat(written).containsExactly(List.of(1), List.of(2));
        assertThat(queue.isFailing()).isFalse();
        assertThat(delays).hasValue(2);
        queue.close(LONG);
        assertThat(lost).hasValue(0);
    }

    @Test
    void close_asksAFailingStoreAtOnce() {
        AtomicInteger calls = new AtomicInteger();
        RecordQueue<Integer> queue = queue(100, records -> {
            if (calls.incrementAndGet() == 1) {
                throw new StorageException("locked", true, null);
            }
            written.add(records);
        });
        queue.add(1);
        await().until(() -> delays.get() == 1);

        queue.close(LONG);

        assertThat(kept).hasValue(1);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void close_storeThatGoesOnFailing_countsWhatIsLost() {
        RecordQueue<Integer> queue = queue(100, records -> {
            throw new StorageException("locked", true, null);
        });
        for (int i = 0; i < 20; i++) {
            queue.add(i);
        }
        await().until(() -> delays.get() >= 1);

        queue.close(Duration.ofMillis(50));

        await().until(() -> lost.get() == 20);
        assertThat(kept).hasValue(0);
    }

    @Test
    void storeThatFailsForGood_isNotAskedAgain() {
        AtomicInteger calls = new AtomicInteger();
        RecordQueue<Integer> queue = queue(100, records -> {
            calls.incrementAndGet();
            throw new StorageException("read only", false, null);
        });
        queue.add(1);
        queue.close(LONG);

        assertThat(calls).hasValue(1);
        assertThat(lost).hasValue(1);
    }

    @Test
    void settle_waitsForWhatWasAddedBefore() {
        RecordQueue<Integer> queue = queue(100, written::add);
        queue.add(1);
        queue.add(2);

        queue.settle(LONG);

        assertThat(kept).hasValue(2);
        queue.close(LONG);
    }

    @Test
    void settle_stuckStore_givesUp() throws InterruptedException {
        StuckStore store = new StuckStore();
        RecordQueue<Integer> queue = queue(100, store);
        queue.add(1);
        store.awaitReached();

        queue.settle(Duration.ofMillis(5));

        assertThat(kept).hasValue(0);
        store.letGo.countDown();
        queue.close(LONG);
    }

    @Test
    void close_stuckStore_interruptsIt_andCountsWhatIsLost() throws InterruptedException {
        StuckStore store = new StuckStore();
        RecordQueue<Integer> queue = queue(100, store);
        queue.add(1);
        store.awaitReached();
        queue.add(2);
        queue.add(3);

        queue.close(Duration.ofMillis(5));

        queue.settle(LONG);
        assertThat(lost).hasValue(3);
        assertThat(written).isEmpty();
    }

    @Test
    void add_afterClose_isLost() {
        RecordQueue<Integer> queue = queue(100, written::add);
        queue.close(LONG);

        queue.add(1);

        assertThat(lost).hasValue(1);
        assertThat(written).isEmpty();
    }
}
