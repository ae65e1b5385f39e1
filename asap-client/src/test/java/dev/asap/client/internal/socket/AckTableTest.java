// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AckTableTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final AckTable<String> table = new AckTable<>(3, Duration.ofNanos(100), 2, now::get);

    @Test
    void entry_young_isNotDue() {
        table.track("e-1", "m-1");
        now.addAndGet(99);
        assertThat(table.due()).isEmpty();
        assertThat(table.isTracked("e-1", "m-1")).isTrue();
    }

    @Test
    void entry_pastItsTimeout_isResentWithItsTimeBegunAnewAndThenExpires() {
        table.track("e-1", "m-1");
        now.addAndGet(100);
        assertThat(table.due()).containsExactly(new AckTable.Due.Resend<>("e-1", "m-1", 1));
        assertThat(table.due()).isEmpty();
        now.addAndGet(99);
        assertThat(table.due()).isEmpty();
        now.addAndGet(1);
        assertThat(table.due()).containsExactly(new AckTable.Due.Resend<>("e-1", "m-1", 2));
        now.addAndGet(100);
        assertThat(table.due()).containsExactly(new AckTable.Due.Expired<>("e-1", "m-1"));
        assertThat(table.size()).isZero();
        assertThat(table.acknowledge("e-1")).isEmpty();
    }

    @Test
    void due_severalEntries_comeInTheOrderOfTheirFirstSending() {
        table.track("e-2", "m-2");
        table.track("e-1", "m-1");
        now.addAndGet(100);
        assertThat(table.due())
                .extracting(AckTable.Due::envelopeId, AckTable.Due::message)
                .containsExactly(tuple("e-2", "m-2"), tuple("e-1", "m-1"));
    }

    @Test
    void acknowledge_releasesOnce() {
        table.track("e-1", "m-1");
        assertThat(table.acknowledge("e-1")).contains("m-1");
        assertThat(table.acknowledge("e-1")).isEmpty();
        assertThat(table.acknowledge("e-2")).isEmpty();
        now.addAndGet(100);
        assertThat(table.due()).isEmpty();
    }

    @Test
    void track_full_refusesNewIdsOnly() {
        assertThat(table.track("e-1", "m-1")).isTrue();
        assertThat(table.track("e-2", "m-2")).isTrue();
        assertThat(table.track("e-3", "m-3")).isTrue();
        assertThat(table.track("e-4", "m-4")).isFalse();
        assertThat(table.track("e-1", "again")).isTrue();
        assertThat(table.isTracked("e-1", "m-1")).isFalse();
        assertThat(table.isTracked("e-1", "again")).isTrue();
        assertThat(table.acknowledge("e-2")).contains("m-2");
        assertThat(table.track("e-4", "m-4")).isTrue();
    }

    @Test
    void forget_takesOutTheVeryMessageOnly() {
        table.track("e-1", "m-1");
        table.forget("e-1", "another");
        table.forget("e-2", "m-1");
        assertThat(table.size()).isEqualTo(1);
        table.forget("e-1", "m-1");
        assertThat(table.size()).isZero();
    }

    @Test
    void clear_givesWhatWasIn() {
        table.track("e-1", "m-1");
        table.track("e-2", "m-2");
        assertThat(table.clear()).containsExactly("m-1", "m-2");
        assertThat(table.clear()).isEmpty();
    }

    @Test
    void manyThreads_eachEntryLeavesInExactlyOneWay() throws Exception {
        int rounds = 20_000;
        AckTable<Integer> shared = new AckTable<>(rounds, Duration.ofNanos(1), 0, now::incrementAndGet);
        AtomicInteger left = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(3);
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Runnable> works = List.of(
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        assertThat(shared.track("e-" + i, i)).isTrue();
                    }
                },
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        shared.acknowledge("e-" + i).ifPresent(message -> left.incrementAndGet());
                    }
                },
                () -> {
                    for (int i = 0; i < 200; i++) {
                        left.addAndGet(shared.due().size());
                    }
                });
        for (Runnable work : works) {
            new Thread(() -> {
                        try {
                            work.run();
                        } catch (RuntimeException | Error e) {
                            failures.add(e);
                        }
                        done.countDown();
                    })
                    .start();
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
        left.addAndGet(shared.due().size());
        assertThat(left).hasValue(rounds);
        assertThat(shared.size()).isZero();
    }
}
