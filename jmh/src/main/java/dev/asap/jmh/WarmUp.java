// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs what is to be measured from two threads before JMH does it from many. With many threads on two cores the compiler
 * gets so little time that a short run would measure the warm-up.
 */
final class WarmUp {
    private static final int THREADS = 2;
    private static final int CALLS = 100_000;

    private WarmUp() {}

    /** Makes a caller for each thread, and has each call often; the same number of calls for both sides of a pair. */
    static void run(Callable<? extends Callable<?>> callers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<?> caller = callers.call();
                running.add(threads.submit(() -> {
                    for (int call = 0; call < CALLS; call++) {
                        caller.call();
                    }
                    return null;
                }));
            }
            for (Future<?> thread : running) {
                thread.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the warm-up failed", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
