// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import org.jspecify.annotations.Nullable;

/** Counts tasks that ended, in several places, so that threads that end tasks at the same time seldom meet. Thread-safe. */
final class TaskCounts {
    private static final int MAX_STRIPES = 16;

    private final Stripe[] stripes;

    TaskCounts() {
        int wanted = Math.min(MAX_STRIPES, Runtime.getRuntime().availableProcessors());
        stripes = new Stripe[Integer.highestOneBit(Math.max(1, 2 * wanted - 1))];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Counts a task, under a lock that is held for some additions. */
    void add(long millis, boolean failed) {
        stripes[(int) Thread.currentThread().getId() & (stripes.length - 1)].add(millis, failed);
    }

    /** Moves what was counted since the last time into buckets. */
    void moveInto(Bucket... buckets) {
        for (Stripe stripe : stripes) {
            Stripe taken = stripe.take();
            if (taken != null) {
                for (Bucket bucket : buckets) {
                    bucket.addTasks(taken.completed, taken.failed, taken.durations);
                }
            }
        }
    }

    private static final class Stripe {
        private long completed;
        private long failed;
        private Durations durations = new Durations(Durations.FEW);

        synchronized void add(long millis, boolean isFailed) {
            durations.add(millis, 1);
            if (isFailed) {
                failed++;
            } else {
                completed++;
            }
        }

        /** What was counted so far, or null; begins anew. */
        synchronized @Nullable Stripe take() {
            if (durations.isEmpty()) {
                return null;
            }
            Stripe taken = new Stripe();
            taken.completed = completed;
            taken.failed = failed;
            taken.durations = durations;
            completed = 0;
            failed = 0;
            durations = new Durations(Durations.FEW);
            return taken;
        }
    }
}
