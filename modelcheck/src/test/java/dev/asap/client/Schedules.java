// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.CircuitOpenException;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;

/** Runs scenarios with the steps of their threads in many orders. A thread that waits for nothing that can come is a failure. */
final class Schedules {
    /** Enough to find what was broken on purpose, and few enough for every build. */
    private static final int ORDERS = 100;

    /**
     * What scenarios use of the JDK, piece by piece. The checker rewrites a class when it meets it for the first time, and counts that
     * as time of the run, of which there are 30 s: so it meets them in runs of their own.
     */
    private static final List<Runnable> ACQUAINTANCES = List.of(
            () -> atOnce(() -> {}),
            () -> new ReentrantLock().lock(),
            () -> Set.of(1).forEach(new LinkedHashSet<>()::add),
            () -> require(CompletableFuture.completedFuture(1).isDone(), "a completed future"),
            Schedules::waitForAFuture,
            () -> require(new CircuitOpenException("", 1).getMessage() != null, "a message"),
            () -> require(new RequestTimeoutException("", Duration.ZERO, null).retryable(), "an error"));

    private static final AtomicBoolean ACQUAINTED = new AtomicBoolean();

    private Schedules() {}

    /** Runs the scenario in one order after the other; throws, with the order, when one ends in an exception or hangs. */
    static void explore(Runnable scenario) {
        if (ACQUAINTED.compareAndSet(false, true)) {
            ACQUAINTANCES.forEach(each -> Lincheck.runConcurrentTest(1, each));
        }
        // Initializes classes, which happens once and would make the first run differ from the others.
        scenario.run();
        Lincheck.runConcurrentTest(ORDERS, scenario);
    }

    /** Runs the pieces of work, each in a thread of its own, until all have ended; fails if one of them does. */
    static void atOnce(Runnable... work) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Runnable each : work) {
            Thread thread = new Thread(() -> {
                try {
                    each.run();
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        threads.forEach(Schedules::join);
        if (failure.get() != null) {
            throw new AssertionError("a thread of the scenario failed", failure.get());
        }
    }

    private static void waitForAFuture() {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        atOnce(() -> future.complete(1), () -> require(future.join() == 1, "the value"));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the threads of a scenario", e);
        }
    }

    /** Like an assertion of AssertJ, but with few steps: all of them are put in order. */
    static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
