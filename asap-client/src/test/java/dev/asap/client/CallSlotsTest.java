// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.asap.client.CallSlots.Slot;
import dev.asap.error.RequestTimeoutException;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeakChecks.class)
class CallSlotsTest {
    private static final String CALL = "POST https://agent.example/asap";
    private static final Duration LONG = Duration.ofSeconds(50);

    private final HandTimer timer = new HandTimer();
    private final ExecutorService others = Executors.newCachedThreadPool(task -> new Thread(task, "asap-test-other"));
    private final CallSlots slots = slots(2);

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(slots.waiting()).isZero();
        assertThat(timer.pending()).isZero();
        others.shutdown();
        assertThat(others.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private CallSlots slots(int maxSlots) {
        return new CallSlots(maxSlots, 3, timer, Runnable::run);
    }

    private List<Slot> takeAll() {
        return List.of(slots.acquire(CALL, Duration.ZERO), slots.acquire(CALL, Duration.ZERO));
    }

    private Future<Slot> acquireElsewhere() {
        int before = slots.waiting();
        Future<Slot> acquiring = others.submit(() -> slots.acquire(CALL, LONG));
        await().until(() -> slots.waiting() == before + 1);
        return acquiring;
    }

    @Test
    void acquire_freeSlots_givesThemAtOnce() {
        Slot blocking = slots.acquire(CALL, Duration.ZERO);
        assertThat(slots.inUse()).isEqualTo(1);
        CompletableFuture<Slot> asynchronous = slots.acquireAsync(CALL, Duration.ZERO);
        assertThat(asynchronous).isCompleted();
        assertThat(slots.inUse()).isEqualTo(2);
        blocking.close();
        asynchronous.join().close();
        assertThat(slots.inUse()).isZero();
    }

    @Test
    void release_twice_freesOneSlot() {
        List<Slot> taken = takeAll();
        taken.get(0).close();
        taken.get(0).close();
        assertThat(slots.inUse()).isEqualTo(1);
    }

    @Test
    void acquire_noneFreeInTime_failsSayingWhatToRaise() {
        List<Slot> taken = takeAll();
        assertThatExceptionOfType(RequestTimeoutException.class)
                .isThrownBy(() -> slots.acquire(CALL, Duration.ofMillis(20)))
                .withMessage(
                        "POST https://agent.example/asap was not sent: waited 20 ms for a free connection, all 2 are in use"
                                + " (poolMaxSize); raise poolMaxSize or poolTimeout")
                .matches(RequestTimeoutException::retryable);
        assertThat(slots.waiting()).isZero();
        taken.forEach(Slot::close);
        assertThat(slots.inUse()).isZero();
    }

    @Test
    void acquireAsync_noneFreeInTime_failsTheSame() {
        takeAll();
        CompletableFuture<Slot> late = slots.acquireAsync(CALL, Duration.ofSeconds(5));
        timer.advance(Duration.ofMillis(4999));
        assertThat(late).isNotDone();
        assertThat(slots.waiting()).isEqualTo(1);
        timer.advance(Duration.ofMillis(1));
        assertThat(late)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RequestTimeoutException.class)
                .withMessageContaining("waited 5000 ms for a free connection, all 2 are in use");
        assertThat(slots.inUse()).isEqualTo(2);
    }

    @Test
    void release_whileSomebodyWaits_handsTheSlotOver() throws Exception {
        List<Slot> taken = takeAll();
        Future<Slot> waiting = acquireElsewhere();
        taken.get(0).close();
        assertThat(waiting.get()).isNotSameAs(taken.get(0));
        assertThat(slots.inUse()).isEqualTo(2);
    }

    @Test
    void release_whileBothKindsWait_servesThemInTheirOrder() throws Exception {
        List<Slot> taken = takeAll();
        CompletableFuture<Slot> first = slots.acquireAsync(CALL, LONG);
        Future<Slot> second = acquireElsewhere();
        CompletableFuture<Slot> third = slots.acquireAsync(CALL, LONG);

        taken.get(0).close();
        assertThat(first).isCompleted();
        assertThat(slots.waiting()).isEqualTo(2);
        taken.get(1).close();
        Slot slot = second.get();
        assertThat(third).isNotDone();
        slot.close();
        assertThat(third).isCompleted();
    }

    @Test
    void acquire_tooManyWaitAlready_isRefusedAtOnce() {
        List<Slot> taken = takeAll();
        List<CompletableFuture<Slot>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(slots.acquireAsync(CALL, LONG));
        }
        String message =
                "POST https://agent.example/asap was not sent: all 2 connections are in use (poolMaxSize) and 3 calls wait for"
                        + " one already; send fewer at a time or raise poolMaxSize";
        assertThatExceptionOfType(RequestTimeoutException.class)
                .isThrownBy(() -> slots.acquire(CALL, LONG))
                .withMessage(message);
        assertThat(slots.acquireAsync(CALL, LONG))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RequestTimeoutException.class)
                .withMessageContaining(message);
        assertThat(slots.waiting()).isEqualTo(3);

        taken.get(0).close();
        assertThat(waiting.get(0)).isCompleted();
        CompletableFuture<Slot> roomAgain = slots.acquireAsync(CALL, LONG);
        assertThat(roomAgain).isNotDone();
        assertThat(roomAgain.cancel(false)).isTrue();
        waiting.subList(1, 3).forEach(each -> each.cancel(false));
    }

    @Test
    void acquireAsync_cancelled_leavesNoTrace() {
        List<Slot> taken = takeAll();
        CompletableFuture<Slot> cancelled = slots.acquireAsync(CALL, LONG);
        CompletableFuture<Slot> impatient = slots.acquireAsync(CALL, LONG);
        CompletableFuture<Slot> next = slots.acquireAsync(CALL, LONG);
        List<Integer> seen = new ArrayList<>();
        CompletableFuture<Void> noticed = impatient.handle((slot, failure) -> {
            seen.add(slots.waiting());
            return null;
        });
        assertThat(cancelled.cancel(true)).isTrue();
        assertThat(impatient.completeExceptionally(new IllegalStateException("enough")))
                .isTrue();
        assertThat(noticed).isCompleted();
        assertThat(seen).containsExactly(1);
        assertThat(timer.pending()).isEqualTo(1);
        taken.get(0).close();
        assertThat(next).isCompleted();
    }

    @Test
    void acquire_interrupted_failsAndLeavesNoTrace() {
        takeAll();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CallInterruptedException.class)
                .isThrownBy(() -> slots.acquire(CALL, LONG))
                .withMessage(
                        "POST https://agent.example/asap was not sent: the thread was interrupted while it waited for a free"
                                + " connection");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void close_whileSomeWait_failsThem() {
        List<Slot> taken = takeAll();
        CompletableFuture<Slot> asynchronous = slots.acquireAsync(CALL, LONG);
        Future<Slot> blocked = acquireElsewhere();
        slots.close();
        slots.close();
        String message =
                "POST https://agent.example/asap was not sent: the client was closed while it waited for a free connection";
        for (Future<Slot> each : List.of(asynchronous, blocked)) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(each::get)
                    .havingCause()
                    .isInstanceOf(ClientClosedException.class)
                    .withMessage(message);
        }
        assertThat(slots.inUse()).isEqualTo(2);
        taken.forEach(Slot::close);
        assertThat(slots.inUse()).isZero();
    }

    @Test
    void acquire_afterClose_isRefused() {
        slots.close();
        assertThatExceptionOfType(ClientClosedException.class)
                .isThrownBy(() -> slots.acquire(CALL, LONG))
                .withMessage("POST https://agent.example/asap was not sent: the client is closed");
        assertThat(slots.acquireAsync(CALL, LONG))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void grant_futureCancelledOnTheWay_goesOnToTheNext() {
        Queue<Runnable> underWay = new ArrayDeque<>();
        CallSlots one = new CallSlots(1, 3, timer, underWay::add);
        Slot taken = one.acquire(CALL, Duration.ZERO);
        CompletableFuture<Slot> first = one.acquireAsync(CALL, LONG);
        CompletableFuture<Slot> second = one.acquireAsync(CALL, LONG);
        taken.close();
        assertThat(first).isNotDone();
        assertThat(one.inUse()).isEqualTo(1);
        assertThat(one.waiting()).isEqualTo(1);
        assertThat(timer.pending()).isEqualTo(1);
        assertThat(first.cancel(false)).isTrue();
        underWay.remove().run();
        underWay.remove().run();
        assertThat(second).isCompleted();
        second.join().close();
        assertThat(one.inUse()).isZero();
        assertThat(underWay).isEmpty();
    }

    @Test
    void expiry_whileTheSlotIsOnItsWay_changesNothing() {
        Queue<Runnable> underWay = new ArrayDeque<>();
        CallSlots one = new CallSlots(1, 3, timer, underWay::add);
        Slot taken = one.acquire(CALL, Duration.ZERO);
        CompletableFuture<Slot> waiting = one.acquireAsync(CALL, LONG);
        taken.close();
        timer.advance(LONG);
        underWay.remove().run();
        assertThat(waiting).isCompleted();
        waiting.join().close();
    }

    @Test
    void completions_refusingATask_doNotLoseTheSlot() {
        CallSlots one = new CallSlots(1, 3, timer, task -> {
            throw new RejectedExecutionException("shut down");
        });
        Slot taken = one.acquire(CALL, Duration.ZERO);
        CompletableFuture<Slot> waiting = one.acquireAsync(CALL, LONG);
        taken.close();
        assertThat(waiting).isCompleted();
        waiting.join().close();
        assertThat(one.inUse()).isZero();
    }

    @Test
    void timer_shutDown_failsTheWaitingInsteadOfHangingIt() {
        ScheduledThreadPoolExecutor ended = new ScheduledThreadPoolExecutor(1);
        ended.shutdown();
        CallSlots one = new CallSlots(1, 3, ended, Runnable::run);
        Slot taken = one.acquire(CALL, Duration.ZERO);
        assertThat(one.acquireAsync(CALL, LONG))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ClientClosedException.class);
        assertThat(one.waiting()).isZero();
        taken.close();
        assertThat(one.inUse()).isZero();
    }

    @Test
    void grant_toManyWhoReleaseAtOnce_doesNotExhaustTheStack() {
        int many = 20_000;
        CallSlots one = new CallSlots(1, many, timer, others);
        Slot taken = one.acquire(CALL, Duration.ZERO);
        List<CompletableFuture<Void>> released = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            released.add(one.acquireAsync(CALL, LONG).thenAccept(Slot::close));
        }
        taken.close();
        CompletableFuture.allOf(released.toArray(CompletableFuture<?>[]::new)).join();
        await().until(() -> one.inUse() == 0);
    }

    @Test
    void slots_impossibleBounds_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slots(0))
                .withMessage("maxSlots must be 1 or more, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CallSlots(1, -1, timer, Runnable::run))
                .withMessage("maxWaiters must be 0 or more, got -1");
    }
}
