// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether an agent has failed: not at the first failed probe, but after so many in a row within a span of time; and in the
 * same way whether it is back.
 *
 * <pre>{@code
 * FailureDetector detector = FailureDetector.builder(HealthProbe.of(client)).failures(3).build();
 * AgentCondition condition = detector.poll();
 * }</pre>
 *
 * <p>{@link #poll()} is one step and can be called by anyone at any time; {@link #start()} has it called at an interval in a daemon
 * thread of its own, until {@link #close()}. Holds as many times as the larger threshold has, and no more. Thread-safe; no lock is
 * held while the agent is asked or the listener runs.
 */
public final class FailureDetector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailureDetector.class);

    private final HealthProbe probe;
    private final int failures;
    private final int successes;
    private final long windowNanos;
    private final Consumer<ConditionChange> listener;
    private final LongSupplier nanoTime;
    private final PollThread thread;

    // Guards what follows.
    private final Object lock = new Object();
    private AgentCondition condition = AgentCondition.UP;
    /** When the probes were made that, one after the other, contradict the condition. */
    private final Deque<Long> contradictions = new ArrayDeque<>();

    private boolean unknownReported;

    /**
     * A change of the condition.
     *
     * @param condition the new one
     * @param reason what the last probe said
     */
    public record ConditionChange(AgentCondition condition, String reason) {}

    private FailureDetector(Builder builder) {
        this.probe = builder.probe;
        this.failures = builder.failures;
        this.successes = builder.successes;
        this.windowNanos = builder.window.toNanos();
        this.listener = builder.listener;
        this.nanoTime = builder.nanoTime;
        this.thread = new PollThread("asap-failover-detector", builder.interval, this::poll);
    }

    /** Starts a detector. */
    public static Builder builder(HealthProbe probe) {
        return new Builder(probe);
    }

    /** How the agent is seen now: {@link AgentCondition#UP} before the first probe. */
    public AgentCondition condition() {
        synchronized (lock) {
            return condition;
        }
    }

    /**
     * Probes the agent once, in the calling thread, and takes the result into account. A change is told to the listener, in this
     * thread, before the call returns.
     *
     * @return how the agent is seen afterwards
     */
    public AgentCondition poll() {
        ProbeResult result = look();
        ConditionChange change = consider(result);
        if (change != null) {
            tell(change);
        }
        return condition();
    }

    /**
     * Has the agent probed at the interval from now on. Does nothing the second time.
     *
     * @throws IllegalStateException if the detector is closed
     */
    public void start() {
        thread.start();
    }

    /** Ends the probing; waits up to 5 s for one that runs. Does nothing the second time. */
    @Override
    public void close() {
        thread.close();
    }

    private ProbeResult look() {
        try {
            return probe.probe();
        } catch (RuntimeException e) {
            return ProbeResult.failed("the probe failed with " + e);
        }
    }

    private @Nullable ConditionChange consider(ProbeResult result) {
        long now = nanoTime.getAsLong();
        synchronized (lock) {
            if (result.verdict() == ProbeResult.Verdict.UNKNOWN) {
                reportUnknown(result);
                return null;
            }
            unknownReported = false;
            boolean isUp = condition == AgentCondition.UP;
            if (isUp == (result.verdict() == ProbeResult.Verdict.HEALTHY)) {
                contradictions.clear();
                return null;
            }
            int enough = isUp ? failures : successes;
            contradictions.addLast(now);
            if (contradictions.size() > enough) {
                contradictions.removeFirst();
            }
            if (contradictions.size() < enough || now - contradictions.getFirst() > windowNanos) {
                return null;
            }
            contradictions.clear();
            condition = isUp ? AgentCondition.DOWN : AgentCondition.UP;
            return new ConditionChange(condition, result.detail());
        }
    }

    /** Once in a row: whoever waits for a failover must learn that the probe cannot see a failure. */
    private void reportUnknown(ProbeResult result) {
        if (!unknownReported) {
            unknownReported = true;
            LOG.warn("The probe says nothing about the agent, so that no failure would be seen: {}", result.detail());
        }
    }

    private void tell(ConditionChange change) {
        try {
            listener.accept(change);
        } catch (RuntimeException e) {
            LOG.error("The listener failed on the change to {}", change.condition(), e);
        }
    }

    /** The options of a detector. Not thread-safe. */
    public static final class Builder {
        private static final int MOST = 1000;

        private final HealthProbe probe;
        private int failures = 3;
        private int successes = 3;
        private Duration window = Duration.ofSeconds(60);
        private Duration interval = Duration.ofSeconds(2);
        private Consumer<ConditionChange> listener = change -> {};
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(HealthProbe probe) {
            this.probe = requireNonNull(probe, "probe");
        }

        /**
         * How many failed probes in a row make a failure; 3 unless set. 1 acts on the first, which may be a lost packet.
         *
         * @throws IllegalArgumentException if it is not 1 to 1000
         */
        public Builder failures(int value) {
            failures = count("failures", value);
            return this;
        }

        /**
         * How many good probes in a row make a failed agent one that works again; 3 unless set.
         *
         * @throws IllegalArgumentException if it is not 1 to 1000
         */
        public Builder successes(int value) {
            successes = count("successes", value);
            return this;
        }

        /**
         * The span of time within which the row must lie, from the end of its first probe to that of its last; 60 s unless set. Leave
         * room for probes that wait for their timeout.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder window(Duration value) {
            window = positive("window", value);
            return this;
        }

        /**
         * The pause between two probes of {@link #start()}; 2 s unless set.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder interval(Duration value) {
            interval = positive("interval", value);
            return this;
        }

        /** Is told of changes, in the thread that polls. What it throws is logged. */
        public Builder onChange(Consumer<ConditionChange> value) {
            listener = requireNonNull(value, "onChange");
            return this;
        }

        /** Gives the time in nanoseconds, as {@link System#nanoTime} does, which it is unless set. */
        public Builder nanoTime(LongSupplier value) {
            nanoTime = requireNonNull(value, "nanoTime");
            return this;
        }

        /**
         * The detector, not started.
         *
         * @throws IllegalArgumentException if the probes that make a failure, at the interval, do not fit into the window
         */
        public FailureDetector build() {
            int pauses = Math.max(failures, successes) - 1;
            if (interval.multipliedBy(pauses).compareTo(window) > 0) {
                throw new IllegalArgumentException("window must be at least " + interval.multipliedBy(pauses) + " for "
                        + (pauses + 1) + " probes with pauses of " + interval + ", got " + window);
            }
            return new FailureDetector(this);
        }

        private static int count(String name, int value) {
            if (value < 1 || value > MOST) {
                throw new IllegalArgumentException(name + " must be 1 to " + MOST + ", got " + value);
            }
            return value;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, got " + value);
            }
            return value;
        }
    }
}
