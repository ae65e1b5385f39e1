// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One agent that is watched: when it is asked, and what came of it. The steps are taken by one thread at a time, the monitor's; the rest is
 * thread-safe.
 */
final class AgentWatch {
    private final WatchedAgent agent;
    private final ServiceHistory history;
    private final Instant since;
    private final Executor executor;
    private final LongAdder skippedProbes;
    private final long interval;
    private final long timeout;

    private long due;
    private long startedAt;

    /** Whether the running probe has taken too long, or is no longer asked for: only its end matters. */
    private boolean abandoned;

    /** Whether it was abandoned because this process slept, which is not the agent's fault. */
    private boolean excused;

    private volatile @Nullable Probe running;
    private volatile boolean stopped;
    private int restoreAttempts;

    private volatile @Nullable Boolean healthy;
    private volatile boolean restored;

    /** Begins to watch an agent that is asked first at {@code due}. */
    AgentWatch(
            WatchedAgent agent,
            ServiceHistory history,
            Instant since,
            long due,
            Duration interval,
            Duration timeout,
            Executor executor,
            LongAdder skippedProbes) {
        this.agent = agent;
        this.history = history;
        this.since = since;
        this.due = due;
        this.interval = interval.toNanos();
        this.timeout = timeout.toNanos();
        this.executor = executor;
        this.skippedProbes = skippedProbes;
    }

    WatchedAgent agent() {
        return agent;
    }

    ServiceHistory history() {
        return history;
    }

    /** When it began to be watched: what is stored of the time before can be restored. */
    Instant since() {
        return since;
    }

    /** The outcome of the last health check, or null before it. */
    @Nullable
    Boolean healthy() {
        return healthy;
    }

    boolean isRestored() {
        return restored;
    }

    void setRestored() {
        restored = true;
    }

    /** How often it was tried to read what is stored; one thread at a time does. */
    int restoreAttempts() {
        return restoreAttempts;
    }

    void countRestoreAttempt() {
        restoreAttempts++;
    }

    /** Looks after the health check that runs, and begins the next where it is due. */
    void step(long nanos, Instant now) {
        if (stopped) {
            return;
        }
        boolean sampled = harvest(nanos, now);
        if (nanos - due >= 0) {
            due += interval;
            if (nanos - due >= 0) {
                due = nanos + interval;
            }
            if (running == null) {
                start(nanos);
                harvest(nanos, now);
            } else if (abandoned && !excused && !sampled) {
                // Stuck since an earlier time: as long as it is, the agent does not serve.
                sample(now, false);
            }
            excused = false;
        }
        history.takeOver(now);
    }

    /** Takes over what the running check has found, or that it takes too long; returns whether it was counted now. */
    private boolean harvest(long nanos, Instant now) {
        Probe probe = running;
        if (probe == null) {
            return false;
        }
        if (abandoned) {
            running = probe.hasEnded() ? null : probe;
            return false;
        }
        if (probe.task.isCancelled()) {
            running = null;
            return false;
        }
        if (probe.task.isDone()) {
            running = null;
            sample(now, probe.outcome());
            return true;
        }
        if (nanos - startedAt >= timeout) {
            abandon(probe);
            sample(now, false);
            return true;
        }
        return false;
    }

    private void start(long nanos) {
        Probe probe = new Probe(agent.probe());
        try {
            executor.execute(probe);
            abandoned = false;
            startedAt = nanos;
            running = probe;
            if (stopped) {
                probe.task.cancel(true);
            }
        } catch (RejectedExecutionException e) {
            // It is not the agent that failed.
            skippedProbes.increment();
        }
    }

    private void abandon(Probe probe) {
        abandoned = true;
        probe.task.cancel(true);
    }

    private void sample(Instant now, boolean isHealthy) {
        healthy = isHealthy;
        history.sample(now, isHealthy);
    }

    /** Says that this process slept: nothing is known of the time since the last check, nor worth what the running one will find. */
    void wakeUp(long nanos) {
        Probe probe = running;
        if (probe != null) {
            abandon(probe);
            excused = true;
        }
        history.interrupt();
        due = nanos;
    }

    /** Takes no further step, and gives up the running check without counting it. */
    void stop() {
        stopped = true;
        Probe probe = running;
        if (probe != null) {
            probe.task.cancel(true);
        }
    }

    private static final class Probe implements Runnable {
        private final FutureTask<Boolean> task;
        private volatile boolean ended;

        Probe(HealthProbe probe) {
            this.task = new FutureTask<>(probe::isHealthy);
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                ended = true;
            }
        }

        /** Whether it is over in truth: a cancelled task may still run. */
        boolean hasEnded() {
            return ended;
        }

        boolean outcome() {
            try {
                return task.get();
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                throw new AssertionError("the task is done", e);
            }
        }
    }
}
