// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same in several threads that begin together. */
final class Concurrently {
    /** What a thread does, by its number from 0. */
    @FunctionalInterface
    interface Work {
        void run(int thread) throws Exception;
    }

    private Concurrently() {}

    /** Waits until all have ended; throws what the first to fail threw. */
    static void inThreads(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Void>> outcomes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int thread = i;
                Callable<Void> task = () -> {
                    start.await();
                    work.run(thread);
                    return null;
                };
                outcomes.add(threads.submit(task));
            }
            start.countDown();
            for (Future<Void> outcome : outcomes) {
                outcome.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }
}
