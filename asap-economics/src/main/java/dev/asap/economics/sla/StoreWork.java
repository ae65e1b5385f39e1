// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a monitor does with its store: reads what is stored of new agents, writes figures, judges. One piece after the other in a thread
 * of its own, so that a store that hangs holds up nothing else; who asks for more meanwhile has it done once. Thread-safe.
 */
final class StoreWork {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWork.class);
    private static final int MAX_RESTORED = 100_000;
    private static final int RESTORE_ATTEMPTS = 10;
    private static final long IDLE_SECONDS = 10;

    private final SLAStore store;
    private final Map<String, AgentWatch> agents;
    private final BreachDetector detector;
    private final SLAWindow evaluationWindow;
    private final InstantSource clock;
    private final StoreFailures failures = new StoreFailures();
    private final PeriodRows rows;
    private final @Nullable ThreadPoolExecutor thread;
    private final Executor executor;

    private final AtomicBoolean working = new AtomicBoolean();
    private final AtomicBoolean restoreDue = new AtomicBoolean();
    private final AtomicBoolean writeDue = new AtomicBoolean();
    private final AtomicBoolean evaluationDue = new AtomicBoolean();
    private volatile @Nullable Instant lastEvaluation;

    /**
     * Prepares the work on a store.
     *
     * @param agents who is watched, at any time
     * @param maxWaitingPeriods how many figures may wait
     * @param inline whether the work is done by who asks for it
     */
    StoreWork(
            SLAStore store,
            Map<String, AgentWatch> agents,
            BreachDetector detector,
            SLAWindow evaluationWindow,
            InstantSource clock,
            int maxWaitingPeriods,
            boolean inline) {
        this.store = store;
        this.agents = agents;
        this.detector = detector;
        this.evaluationWindow = evaluationWindow;
        this.clock = clock;
        this.rows = new PeriodRows(store, failures, maxWaitingPeriods);
        this.thread = inline ? null : newThread();
        this.executor = thread == null ? Runnable::run : thread;
    }

    private static ThreadPoolExecutor newThread() {
        // The queue holds a piece or two: see wake().
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DaemonThreads("asap-economics-sla-store-"));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** Has what is stored of new agents read. */
    void restore() {
        restoreDue.set(true);
        wake();
    }

    /** Has figures written. */
    void write(List<SLAMetrics> figures) {
        rows.add(figures);
        writeDue.set(true);
        wake();
    }

    /** Has all agents judged, after another try to read what is stored of those where that failed. */
    void evaluate() {
        evaluationDue.set(true);
        wake();
    }

    @Nullable
    Instant lastEvaluation() {
        return lastEvaluation;
    }

    long failures() {
        return failures.count();
    }

    int waiting() {
        return rows.waiting();
    }

    long dropped() {
        return rows.dropped();
    }

    /**
     * Does what is asked for, and ends.
     *
     * @param deadline in the time of {@code System.nanoTime}: what is not done then is not
     */
    void close(long deadline) {
        if (thread == null) {
            return;
        }
        // Behind what runs now, which could no longer come back for the last figures.
        thread.execute(this::work);
        thread.shutdown();
        boolean done = false;
        try {
            done = thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            failures.giveUp();
            thread.shutdownNow();
        }
    }

    private void wake() {
        if (!working.compareAndSet(false, true)) {
            // Whoever works looks again before he ends.
            return;
        }
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            // Closed: what waited was written, or its time was up.
            working.set(false);
        }
    }

    private void work() {
        try {
            boolean judging = evaluationDue.getAndSet(false);
            if (restoreDue.getAndSet(false) || judging) {
                // After a failure another try comes with each evaluation, not with each agent that is added.
                agents.values().stream()
                        .filter(watch -> !watch.isRestored() && (judging || watch.restoreAttempts() == 0))
                        .forEach(this::restore);
            }
            if (writeDue.getAndSet(false)) {
                rows.flush();
            }
            if (judging) {
                agents.values().forEach(this::evaluate);
                lastEvaluation = clock.instant();
            }
        } finally {
            working.set(false);
        }
        if (restoreDue.get() || writeDue.get() || evaluationDue.get()) {
            wake();
        }
    }

    private void restore(AgentWatch watch) {
        String agentId = watch.agent().agentId();
        watch.countRestoreAttempt();
        boolean done = failures.attempt("read the stored figures of agent " + agentId, () -> {
            // All are read before the first counts: what fails is tried again as a whole.
            List<SLAMetrics> stored = stored(watch);
            Instant now = clock.instant();
            stored.forEach(row -> watch.history().restore(row, now));
        });
        if (done) {
            watch.setRestored();
        } else if (watch.restoreAttempts() >= RESTORE_ATTEMPTS) {
            LOG.warn("Agent {} is judged without its stored figures, which could not be read", agentId);
            watch.setRestored();
        }
    }

    /** The latest figures of an agent from before it was watched, by pages. */
    private List<SLAMetrics> stored(AgentWatch watch) {
        SLAMetricsFilter filter = SLAMetricsFilter.window(SLAWindow.MONTH, watch.since())
                .agent(watch.agent().agentId());
        long surplus = Math.max(0, store.countMetrics(filter) - MAX_RESTORED);
        List<SLAMetrics> stored = new ArrayList<>();
        Optional<PageRequest> next = Optional.of(PageRequest.of(PageRequest.MAX_LIMIT, surplus));
        while (next.isPresent() && stored.size() < MAX_RESTORED) {
            Page<SLAMetrics> page = store.queryMetrics(filter, next.get());
            page.items().stream()
                    // What ends later was written meanwhile: this process has it in its memory.
                    .filter(row -> !row.periodEnd().isAfter(watch.since()))
                    .forEach(stored::add);
            next = page.next(PageRequest.MAX_LIMIT);
        }
        return stored;
    }

    private void evaluate(AgentWatch watch) {
        if (!watch.isRestored()) {
            return;
        }
        WindowFigures figures = watch.history().figures(evaluationWindow, clock.instant());
        if (figures.checks() == 0) {
            return;
        }
        String agentId = watch.agent().agentId();
        failures.attempt(
                "keep breaches of agent " + agentId,
                () -> detector.check(agentId, watch.agent().promises(), figures.byTime()));
        if (agents.get(agentId) != watch) {
            // Removed in the meantime.
            detector.forget(agentId);
        }
    }
}
