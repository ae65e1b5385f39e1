// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Figures on their way to the store: those that it did not take wait for the next time, the oldest are dropped at last. Thread-safe. */
final class PeriodRows {
    private final SLAStore store;
    private final StoreFailures failures;
    private final int capacity;

    /** Guarded by itself; held around nothing but it. */
    private final Deque<SLAMetrics> waiting = new ArrayDeque<>();

    private long dropped;

    PeriodRows(SLAStore store, StoreFailures failures, int capacity) {
        this.store = store;
        this.failures = failures;
        this.capacity = capacity;
    }

    void add(List<SLAMetrics> rows) {
        synchronized (waiting) {
            waiting.addAll(rows);
            trim();
        }
    }

    /** Writes what waits, until the store fails. */
    void flush() {
        List<SLAMetrics> batch = take();
        while (!batch.isEmpty()) {
            List<SLAMetrics> rows = batch;
            if (!failures.attempt("write figures of service", () -> store.recordAllMetrics(rows))) {
                putBack(rows);
                return;
            }
            batch = take();
        }
    }

    private List<SLAMetrics> take() {
        synchronized (waiting) {
            List<SLAMetrics> batch = new ArrayList<>();
            while (batch.size() < SLAStore.MAX_BATCH && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            return batch;
        }
    }

    private void putBack(List<SLAMetrics> rows) {
        synchronized (waiting) {
            for (int i = rows.size() - 1; i >= 0; i--) {
                waiting.addFirst(rows.get(i));
            }
            trim();
        }
    }

    private void trim() {
        while (waiting.size() > capacity) {
            waiting.removeFirst();
            dropped++;
        }
    }

    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    long dropped() {
        synchronized (waiting) {
            return dropped;
        }
    }
}
