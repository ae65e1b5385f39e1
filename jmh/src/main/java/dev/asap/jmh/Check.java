// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A ratio that has to meet a target. */
sealed interface Check {
    /** On which side of the target a ratio has to be. */
    enum Bound {
        AT_MOST,
        AT_LEAST
    }

    /** What the ratio of a pair means. */
    enum Measure {
        /** Our time to theirs: at most the target. */
        TIME,
        /** Our rate to theirs: at least the target. */
        RATE
    }

    String name();

    double target();

    Bound bound();

    /** How long the peer takes for a request; null where there is none. */
    @Nullable
    Integer peerMillis();

    default boolean isMetBy(double ratio) {
        return bound() == Bound.AT_MOST ? ratio <= target() : ratio >= target();
    }

    /** Ours against theirs, timed by JMH. */
    record Pair(
            String name,
            Class<?> benchmark,
            String ours,
            String theirs,
            Measure measure,
            double target,
            @Nullable Integer peerMillis,
            Map<String, String> parameters)
            implements Check {
        @Override
        public Bound bound() {
            return measure == Measure.TIME ? Bound.AT_MOST : Bound.AT_LEAST;
        }

        double ratio(double ourRate, double theirRate) {
            return measure == Measure.TIME ? theirRate / ourRate : ourRate / theirRate;
        }
    }

    /**
     * What is counted, once in a round.
     *
     * @param heapMegabytes how large the heap of the JVM is in which it is counted
     */
    record Count(
            String name,
            Callable<Tally> counted,
            Bound bound,
            double target,
            @Nullable Integer peerMillis,
            int heapMegabytes)
            implements Check {
        /** What is counted with a heap as the pairs have it. */
        Count(String name, Callable<Tally> counted, Bound bound, double target, @Nullable Integer peerMillis) {
            this(name, counted, bound, target, peerMillis, Counting.HEAP_MEGABYTES);
        }
    }
}
