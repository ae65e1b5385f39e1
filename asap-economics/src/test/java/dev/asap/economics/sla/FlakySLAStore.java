// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStats;
import dev.asap.sla.SLAStore;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemorySLAStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A store in memory that can be told to fail or to hang. */
final class FlakySLAStore implements SLAStore {
    private final InMemorySLAStore store = new InMemorySLAStore();
    private volatile Predicate<String> failing = operation -> false;
    private volatile CountDownLatch letGo = new CountDownLatch(0);

    /** Lets these operations fail from now on. */
    void failOn(Predicate<String> operations) {
        failing = operations;
    }

    /** Keeps every operation until the latch opens, or its thread is interrupted. */
    void hangUntil(CountDownLatch latch) {
        letGo = latch;
    }

    private void meet(String operation) {
        try {
            letGo.await();
        } catch (InterruptedException e) {
            throw new StorageException("interrupted", true, e);
        }
        if (failing.test(operation)) {
            throw new StorageException(operation + " failed as it was told to", true, null);
        }
    }

    @Override
    public void recordAllMetrics(List<SLAMetrics> metrics) {
        meet("recordAllMetrics");
        store.recordAllMetrics(metrics);
    }

    @Override
    public Page<SLAMetrics> queryMetrics(SLAMetricsFilter filter, PageRequest request) {
        meet("queryMetrics");
        return store.queryMetrics(filter, request);
    }

    @Override
    public long countMetrics(SLAMetricsFilter filter) {
        meet("countMetrics");
        return store.countMetrics(filter);
    }

    @Override
    public List<SLAMetrics> aggregateMetrics(SLAMetricsFilter filter) {
        meet("aggregateMetrics");
        return store.aggregateMetrics(filter);
    }

    @Override
    public void recordBreach(SLABreach breach) {
        meet("recordBreach " + breach.breachType());
        store.recordBreach(breach);
    }

    @Override
    public SLABreach openBreach(SLABreach breach) {
        meet("openBreach " + breach.breachType());
        return store.openBreach(breach);
    }

    @Override
    public boolean replaceBreach(SLABreach known, SLABreach changed) {
        meet("replaceBreach " + known.breachType());
        return store.replaceBreach(known, changed);
    }

    @Override
    public Optional<SLABreach> findBreach(String id) {
        meet("findBreach");
        return store.findBreach(id);
    }

    @Override
    public Page<SLABreach> queryBreaches(SLABreachFilter filter, PageRequest request) {
        meet("queryBreaches");
        return store.queryBreaches(filter, request);
    }

    @Override
    public SLAStats stats() {
        meet("stats");
        return store.stats();
    }

    @Override
    public long purgeExpired() {
        meet("purgeExpired");
        return store.purgeExpired();
    }
}
