// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a host and moves its tasks to another when it has failed.
 *
 * <pre>{@code
 * FailoverCoordinator coordinator = FailoverCoordinator.builder(detector, handover, tasks)
 *         .onReport(report -> log(report))
 *         .build();
 * coordinator.start();
 * }</pre>
 *
 * <p>{@link #step()} probes once and, while the host counts as failed, hands over what there is to hand over, until a run leaves nothing
 * unfinished. {@link #start()} has that done at an interval in a daemon thread of its own, until {@link #close()}. All that matters is in the
 * stores: a coordinator that was killed is replaced by a new one that does the same. Thread-safe; of several steps at a time one is made.
 */
public final class FailoverCoordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverCoordinator.class);

    private final FailureDetector detector;
    private final TaskHandover handover;
    private final Iterable<String> tasks;
    private final Consumer<HandoverReport> listener;
    private final PollThread thread;
    private final AtomicBoolean stepping = new AtomicBoolean();

    // Whoever has set stepping has these.
    private AgentCondition condition = AgentCondition.UP;
    private boolean finished;
    private @Nullable Iterator<String> pass;
    private boolean passFailed;

    private FailoverCoordinator(Builder builder) {
        this.detector = builder.detector;
        this.handover = builder.handover;
        this.tasks = builder.tasks;
        this.listener = builder.listener;
        this.thread = new PollThread("asap-failover-coordinator", builder.interval, () -> {
            Optional<HandoverReport> unused = step();
        });
    }

    /**
     * Starts a coordinator.
     *
     * @param detector watches the host; need not be started
     * @param handover moves its tasks
     * @param tasks which ones; iterated in each run, see {@link ActiveTasks}
     */
    public static Builder builder(FailureDetector detector, TaskHandover handover, Iterable<String> tasks) {
        return new Builder(detector, handover, tasks);
    }

    /**
     * Makes one step in the calling thread. While the host is up, tasks that an earlier run has begun to move are brought to the target:
     * the host may not go on with them.
     *
     * @return what the hand-over came to; empty when there was none, because there is nothing to hand over, or another thread is at it
     * @throws RuntimeException what listing the tasks throws; the next step tries again
     */
    public Optional<HandoverReport> step() {
        if (!stepping.compareAndSet(false, true)) {
            return Optional.empty();
        }
        try {
            AgentCondition now = detector.poll();
            if (now != condition) {
                condition = now;
                finished = false;
                pass = null;
            }
            return finished ? Optional.empty() : goOn();
        } finally {
            stepping.set(false);
        }
    }

    /** Makes one run, which is a part of a pass through all tasks where there are many. */
    private Optional<HandoverReport> goOn() {
        Iterator<String> rest = pass;
        if (rest == null) {
            rest = condition == AgentCondition.UP ? begun() : tasks.iterator();
            passFailed = false;
        }
        // A listing that fails begins anew.
        pass = null;
        HandoverReport report =
                handover.moveAll(rest, condition == AgentCondition.UP ? HolderState.ANSWERING : HolderState.DEAD);
        passFailed |= !report.unfinished().isEmpty();
        if (report.complete()) {
            finished = !passFailed;
        } else {
            pass = rest;
        }
        if (condition == AgentCondition.UP && report.outcomes().isEmpty()) {
            return Optional.empty();
        }
        tell(report);
        return Optional.of(report);
    }

    private Iterator<String> begun() {
        return StreamSupport.stream(tasks.spliterator(), false)
                .filter(handover::isBegun)
                .iterator();
    }

    private void tell(HandoverReport report) {
        try {
            listener.accept(report);
        } catch (RuntimeException e) {
            LOG.error(
                    "The listener failed on a report of {} tasks",
                    report.outcomes().size(),
                    e);
        }
    }

    /**
     * Hands the tasks over from a host that answers, in the calling thread: before maintenance, to another version. One run; where the report
     * is not complete, use {@link TaskHandover#moveAll(Iterator, HolderState)}.
     */
    public HandoverReport handOver() {
        return handover.moveAll(tasks, HolderState.ANSWERING);
    }

    /**
     * Has steps made at the interval from now on. Does nothing the second time.
     *
     * @throws IllegalStateException if the coordinator is closed
     */
    public void start() {
        thread.start();
    }

    /** Ends the steps; waits up to 5 s for one that runs. The detector stays open. Does nothing the second time. */
    @Override
    public void close() {
        thread.close();
    }

    /** The options of a coordinator. Not thread-safe. */
    public static final class Builder {
        private final FailureDetector detector;
        private final TaskHandover handover;
        private final Iterable<String> tasks;
        private Consumer<HandoverReport> listener = report -> {};
        private Duration interval = Duration.ofSeconds(2);

        private Builder(FailureDetector detector, TaskHandover handover, Iterable<String> tasks) {
            this.detector = requireNonNull(detector, "detector");
            this.handover = requireNonNull(handover, "handover");
            this.tasks = requireNonNull(tasks, "tasks");
        }

        /** Is told what each hand-over came to, in the thread that made it. What it throws is logged. */
        public Builder onReport(Consumer<HandoverReport> value) {
            listener = requireNonNull(value, "onReport");
            return this;
        }

        /**
         * The pause between two steps of {@link #start()}; 2 s unless set.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder interval(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("interval must be positive, got " + value);
            }
            interval = value;
            return this;
        }

        /** The coordinator, not started. */
        public FailoverCoordinator build() {
            return new FailoverCoordinator(this);
        }
    }
}
