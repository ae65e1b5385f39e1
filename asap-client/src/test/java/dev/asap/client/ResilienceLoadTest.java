// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.client.CallSlots.Slot;
import dev.asap.client.CircuitBreaker.Permit;
import dev.asap.client.CircuitBreaker.State;
import dev.asap.error.CircuitOpenException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many real threads at once; afterwards the whole structure has to be in order. What threads do follows from a seed. */
@Timeout(120)
@ExtendWith(LeakChecks.class)
class ResilienceLoadTest {
    private static final String PEER = "https://agent.example";
    private static final String CALL = "POST https://agent.example/asap";
    private static final Duration OPEN_FOR = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final int THREADS = 8;
    private static final int THRESHOLD = 3;
    private static final int MAX_SLOTS = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> new Thread(task, "asap-test-load"));
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "asap-test-timer"));

    @AfterEach
    void endThreads() throws Exception {
        timer.shutdownNow();
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    /** What one of the threads does. */
    @FunctionalInterface
    private interface Work {
        void run(Random random) throws Exception;
    }

    private void runEverywhere(long seed, Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * THREADS + i);
            Callable<Void> task = () -> {
                start.await();
                work.run(random);
                return null;
            };
            running.add(threads.submit(task));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    @Test
    void breaker_halfOpenAndManyCallsAtOnce_letsExactlyOneThrough() throws Exception {
        HandTicker ticker = new HandTicker();
        CircuitBreaker breaker = new CircuitBreaker(1, OPEN_FOR, ticker);
        CyclicBarrier round = new CyclicBarrier(THREADS);
        AtomicInteger through = new AtomicInteger();
        breaker.acquire(PEER).failure();
        runEverywhere(1, random -> {
            for (int i = 0; i < 300; i++) {
                if (round.await() == 0) {
                    assertThat(through.getAndSet(0)).isLessThanOrEqualTo(1);
                    ticker.advance(OPEN_FOR);
                }
                round.await();
                Permit probe = null;
                try {
                    probe = breaker.acquire(PEER);
                    through.incrementAndGet();
                } catch (CircuitOpenException e) {
                    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
                }
                round.await();
                assertThat(through).hasValue(1);
                if (probe != null && i % 2 == 0) {
                    probe.failure();
                } else if (probe != null) {
                    probe.close();
                }
            }
        });
    }

    @RepeatedTest(5)
    void breaker_randomOutcomes_losesNoPermit(RepetitionInfo repetition) throws Exception {
        HandTicker ticker = new HandTicker();
        CircuitBreaker breaker = new CircuitBreaker(THRESHOLD, OPEN_FOR, ticker);
        runEverywhere(repetition.getCurrentRepetition(), random -> {
            List<Permit> held = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                try {
                    held.add(breaker.acquire(PEER));
                } catch (CircuitOpenException e) {
                    ticker.advance(OPEN_FOR.dividedBy(1 + random.nextInt(20)));
                }
                if (!held.isEmpty() && random.nextInt(4) != 0) {
                    settle(held.remove(random.nextInt(held.size())), random.nextInt(8));
                }
                if (random.nextInt(5_000) == 0) {
                    breaker.reset();
                }
            }
            held.forEach(Permit::close);
        });
        assertInOrder(breaker, ticker);
    }

    private static void settle(Permit permit, int outcome) {
        if (outcome < 2) {
            permit.success();
        } else if (outcome < 4) {
            permit.close();
        } else {
            permit.failure();
        }
    }

    /** With all permits settled, each state must have its number of failures and let a call through when its time has come. */
    private static void assertInOrder(CircuitBreaker breaker, HandTicker ticker) {
        if (breaker.state() == State.CLOSED) {
            assertThat(breaker.consecutiveFailures()).isLessThan(THRESHOLD);
        } else {
            assertThat(breaker.consecutiveFailures()).isGreaterThanOrEqualTo(THRESHOLD);
            ticker.advance(OPEN_FOR);
            breaker.acquire(PEER).close();
            assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        }
        breaker.acquire(PEER).success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.consecutiveFailures()).isZero();
    }

    @RepeatedTest(5)
    void slots_bothKindsWithCancellations_stayWithinTheBoundAndComeBack(RepetitionInfo repetition) throws Exception {
        timer.setRemoveOnCancelPolicy(true);
        CallSlots slots = new CallSlots(MAX_SLOTS, THREADS * 4, timer, threads);
        AtomicInteger running = new AtomicInteger();
        runEverywhere(repetition.getCurrentRepetition(), random -> {
            List<CompletableFuture<Void>> pending = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> use(slots.acquire(CALL, LONG), running);
                    case 1 -> pending.add(slots.acquireAsync(CALL, LONG).thenAccept(slot -> use(slot, running)));
                    case 2 -> cancelSoon(slots, running);
                    default -> acquireImpatiently(slots, running, Duration.ofNanos(random.nextInt(50_000)));
                }
                if (pending.size() == 3) {
                    joinAll(pending);
                }
            }
            joinAll(pending);
        });
        assertInOrder(slots);
    }

    private static void use(Slot slot, AtomicInteger running) {
        try (slot) {
            assertThat(running.incrementAndGet()).isLessThanOrEqualTo(MAX_SLOTS);
            LockSupport.parkNanos(1);
            running.decrementAndGet();
        }
    }

    private static void cancelSoon(CallSlots slots, AtomicInteger running) {
        CompletableFuture<Slot> acquiring = slots.acquireAsync(CALL, LONG);
        if (!acquiring.cancel(false)) {
            use(acquiring.join(), running);
        }
    }

    private static void acquireImpatiently(CallSlots slots, AtomicInteger running, Duration patience) {
        try {
            use(slots.acquire(CALL, patience), running);
        } catch (RequestTimeoutException e) {
            assertThat(e).hasMessageContaining("for a free connection");
        }
        try {
            use(slots.acquireAsync(CALL, patience).join(), running);
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(RequestTimeoutException.class);
        }
    }

    private static void joinAll(List<CompletableFuture<Void>> pending) {
        CompletableFuture.allOf(pending.toArray(CompletableFuture<?>[]::new)).join();
        pending.clear();
    }

    private void assertInOrder(CallSlots slots) {
        // A slot that met a cancelled future on its way is released by a thread of the executor.
        await().untilAsserted(() -> assertThat(slots.inUse()).isZero());
        assertThat(slots.waiting()).isZero();
        assertThat(timer.getQueue()).isEmpty();
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < MAX_SLOTS; i++) {
            all.add(slots.acquire(CALL, Duration.ZERO));
        }
        assertThat(slots.acquireAsync(CALL, LONG).cancel(false)).isTrue();
        all.forEach(Slot::close);
        assertThat(slots.inUse()).isZero();
    }

    @RepeatedTest(20)
    void slots_closedWhileManyWait_failEverybodyAndComeBack() throws Exception {
        CallSlots slots = new CallSlots(1, THREADS * 4, timer, threads);
        AtomicInteger closers = new AtomicInteger();
        runEverywhere(1, random -> {
            try {
                for (int i = 0; i < 200; i++) {
                    slots.acquire(CALL, LONG).close();
                    slots.acquireAsync(CALL, LONG).thenAccept(Slot::close).join();
                    if (i == 100 && closers.getAndIncrement() == 0) {
                        slots.close();
                    }
                }
            } catch (ClientClosedException e) {
                assertThat(e).hasMessageContaining("was not sent");
            } catch (CompletionException | CancellationException e) {
                assertThat(e).hasCauseInstanceOf(ClientClosedException.class);
            }
        });
        assertThat(slots.inUse()).isZero();
        assertThat(slots.waiting()).isZero();
    }
}
