// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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
    private final FailureDetector detector;
    private final TaskHandover handover;
    private final Iterable<String> tasks;
    private final Consumer<HandoverReport> listener;
    private final PollThread thread;
    private final AtomicBoolean stepping = new AtomicBoolean();
    private volatile boolean finished;

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
     * Makes one step in the calling thread.
     *
     * @return what the hand-over came to; empty when there was none, because the host is up, everything was handed over in an earlier
     *     step, or another thread is at it
     * @throws RuntimeException what listing the tasks throws; the next step tries again
     */
    public Optional<HandoverReport> step() {
        if (!stepping.compareAndSet(false, true)) {
            return Optional.empty();
        }
        try {
            if (detector.poll() == AgentCondition.UP) {
                finished = false;
                return Optional.empty();
            }
            if (finished) {
                return Optional.empty();
            }
            HandoverReport report = handover.moveAll(tasks, HolderState.DEAD);
            finished = report.done();
            listener.accept(report);
            return Optional.of(report);
        } finally {
            stepping.set(false);
        }
    }

    /** Hands the tasks over from a host that answers, in the calling thread: before maintenance, to another version. */
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

        /** Is told what each hand-over came to, in the thread that made it. */
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
