// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAStore;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two storages over one file, as two processes have it: they agree on which breach is open, and on who resolved it. */
@ExtendWith(LeakChecks.class)
class SQLiteSharedBreachesTest {
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30Z");
    private static final int THREADS = 8;
    private static final int ROUNDS = 10;

    @TempDir
    Path folder;

    private SQLiteStorage open() {
        return SQLiteStorage.builder(folder.resolve("asap_state.db"))
                .durability(Durability.NORMAL)
                .open();
    }

    @Test
    void breach_ofTwoStorages_isOpenedOnceAndResolvedOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (SQLiteStorage one = open();
                SQLiteStorage other = open()) {
            for (int round = 0; round < ROUNDS; round++) {
                String prefix = round + "/";
                Instant time = TIME.plusSeconds(round);
                List<SLABreach> seen = together(
                        threads,
                        thread -> store(one, other, thread)
                                .openBreach(new SLABreach(
                                        prefix + thread,
                                        "agent",
                                        BreachType.LATENCY,
                                        "500ms",
                                        "600ms",
                                        BreachSeverity.WARNING,
                                        time,
                                        null)));
                assertThat(seen).hasSize(THREADS).containsOnly(seen.get(0));

                SLABreach open = seen.get(0);
                List<Boolean> resolved = together(
                        threads,
                        thread ->
                                store(one, other, thread).replaceBreach(open, open.resolved(time.plusSeconds(thread))));
                assertThat(resolved).containsOnlyOnce(true);
            }
            assertThat(one.sla().openBreaches("agent", PageRequest.first()).items())
                    .isEmpty();
            assertThat(other.sla().stats().breaches()).isEqualTo(ROUNDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static SLAStore store(SQLiteStorage one, SQLiteStorage other, int thread) {
        return (thread % 2 == 0 ? one : other).sla();
    }

    private static <T> List<T> together(ExecutorService threads, IntFunction<T> work) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<T>> outcomes = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            Callable<T> task = () -> {
                start.await();
                return work.apply(thread);
            };
            outcomes.add(threads.submit(task));
        }
        start.countDown();
        List<T> results = new ArrayList<>();
        for (Future<T> outcome : outcomes) {
            results.add(outcome.get(30, TimeUnit.SECONDS));
        }
        return results;
    }
}
