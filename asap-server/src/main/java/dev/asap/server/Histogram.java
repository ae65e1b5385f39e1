// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.concurrent.atomic.LongAdder;

/** Counts durations by their length, in the classes that the protocol has. Thread-safe; recording costs two additions. */
final class Histogram {
    /** The upper bounds of the classes in seconds, each included; the last class has none. */
    private static final double[] BOUNDS_SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};

    private static final long[] BOUNDS_NANOS = nanos();

    private final LongAdder[] classes = new LongAdder[BOUNDS_SECONDS.length + 1];
    private final LongAdder sumNanos = new LongAdder();

    Histogram() {
        for (int i = 0; i < classes.length; i++) {
            classes[i] = new LongAdder();
        }
    }

    private static long[] nanos() {
        long[] nanos = new long[BOUNDS_SECONDS.length];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = Math.round(BOUNDS_SECONDS[i] * 1e9);
        }
        return nanos;
    }

    /** Counts a duration; a negative one is zero. */
    void record(long nanos) {
        int place = 0;
        while (place < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[place]) {
            place++;
        }
        classes[place].increment();
        sumNanos.add(Math.max(0, nanos));
    }

    /** The upper bounds of the classes as the page names them. */
    static String boundAt(int place) {
        return place == BOUNDS_SECONDS.length ? "+Inf" : Double.toString(BOUNDS_SECONDS[place]);
    }

    /** How many durations are no longer than each bound; the last number counts all of them. */
    long[] cumulative() {
        long[] counts = new long[classes.length];
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += classes[i].sum();
            counts[i] = sum;
        }
        return counts;
    }

    double sumSeconds() {
        return sumNanos.sum() / 1e9;
    }
}
