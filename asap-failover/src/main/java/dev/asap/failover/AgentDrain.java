// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.client.ASAPClient;
import dev.asap.model.HealthLoad;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Lets an agent run empty before its tasks are moved: it gets no new work, and what it has reaches a checkpoint.
 *
 * <pre>{@code
 * AgentDrain drain = new AgentDrain(() -> gateway.takeOut(worker), AgentDrain.checkpointed(store, tasks));
 * boolean empty = drain.await(Duration.ofMinutes(5));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class AgentDrain {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Runnable stopNewWork;
    private final BooleanSupplier idle;
    private final LongSupplier nanoTime;
    private final Sleep sleep;
    private final AtomicBoolean isStopped = new AtomicBoolean();

    /** Waits; in tests it moves the time. */
    @FunctionalInterface
    interface Sleep {
        void sleep(long nanos) throws InterruptedException;
    }

    /**
     * A drain.
     *
     * @param stopNewWork keeps new work from the agent; called once, before the first look
     * @param idle whether the agent has come to rest
     */
    public AgentDrain(Runnable stopNewWork, BooleanSupplier idle) {
        this(stopNewWork, idle, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    }

    AgentDrain(Runnable stopNewWork, BooleanSupplier idle, LongSupplier nanoTime, Sleep sleep) {
        this.stopNewWork = requireNonNull(stopNewWork, "stopNewWork");
        this.idle = requireNonNull(idle, "idle");
        this.nanoTime = nanoTime;
        this.sleep = sleep;
    }

    /** Idle when the agent's health says that no task runs or waits; never with an agent that does not tell its load. */
    public static BooleanSupplier idle(ASAPClient client) {
        return () -> {
            HealthLoad load = client.healthCheck().load();
            return load != null && load.activeTasks() == 0 && load.queueDepth() == 0;
        };
    }

    /** Idle when the latest snapshot of each of these tasks is a checkpoint. */
    public static BooleanSupplier checkpointed(SnapshotStore store, Iterable<String> tasks) {
        return () -> {
            for (String task : tasks) {
                if (!store.get(task).map(StateSnapshot::checkpoint).orElse(true)) {
                    return false;
                }
            }
            return true;
        };
    }

    /** Keeps new work away, if that was not done, and looks once whether the agent has come to rest. */
    public boolean poll() {
        if (isStopped.compareAndSet(false, true)) {
            stopNewWork.run();
        }
        return idle.getAsBoolean();
    }

    /**
     * Polls twice a second until the agent has come to rest.
     *
     * @return whether it has, within the limit
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean await(Duration limit) throws InterruptedException {
        long start = nanoTime.getAsLong();
        while (!poll()) {
            long left = limit.toNanos() - (nanoTime.getAsLong() - start);
            if (left <= 0) {
                return false;
            }
            sleep.sleep(Math.min(left, PAUSE.toNanos()));
        }
        return true;
    }
}
