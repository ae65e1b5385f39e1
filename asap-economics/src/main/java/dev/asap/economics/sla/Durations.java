// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.economics.sla.WindowFigures.Latency;
import java.time.Duration;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * How long tasks took, in milliseconds: one by one while they are few, then as a histogram of at most 22 kB. Can be added up. Not
 * thread-safe.
 */
final class Durations {
    /** So many are kept one by one in a part of a window. */
    static final int FEW = 64;

    /** What takes longer counts as this long: it bounds the histogram. */
    static final long MAX_MILLIS = Duration.ofDays(1).toMillis();

    /** How far a figure may lie below what was recorded: what two significant digits mean. */
    static final double RELATIVE_ERROR = 0.01;

    /** Beyond any number of tasks, and far from where sums of it would overflow. */
    private static final long MAX_COUNT = 1L << 40;

    private static final int DIGITS = 2;

    private final int few;
    private int[] values = new int[0];
    private int size;
    private @Nullable Histogram histogram;

    /** Keeps up to {@code few} durations one by one. */
    Durations(int few) {
        this.few = few;
    }

    boolean isEmpty() {
        return size == 0 && histogram == null;
    }

    /** Adds durations of one length. */
    void add(long millis, long times) {
        int value = (int) Math.max(0, Math.min(MAX_MILLIS, millis));
        if (histogram == null && times <= few - size) {
            if (size + times > values.length) {
                values = Arrays.copyOf(values, (int) Math.min(few, Math.max(8, 2L * (size + times))));
            }
            Arrays.fill(values, size, size + (int) times, value);
            size += (int) times;
        } else {
            histogram().recordValueWithCount(value, Math.min(MAX_COUNT, times));
        }
    }

    void add(Durations other) {
        if (other.histogram != null) {
            histogram().add(other.histogram);
        }
        for (int i = 0; i < other.size; i++) {
            add(other.values[i], 1);
        }
    }

    /** The histogram, with all that was kept one by one so far. */
    private Histogram histogram() {
        if (histogram == null) {
            histogram = new Histogram(DIGITS);
            for (int i = 0; i < size; i++) {
                histogram.recordValue(values[i]);
            }
            values = new int[0];
            size = 0;
        }
        return histogram;
    }

    /** The figures by the protocol's rule: of the values in rising order the one with the index ⌊percent (n − 1) / 100⌋. */
    Latency figures() {
        if (isEmpty()) {
            return new Latency(0, 0, 0, 0, 0, 0, 0);
        }
        if (histogram == null) {
            int[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            return new Latency(
                    size,
                    sorted[(int) index(50, size)],
                    sorted[(int) index(90, size)],
                    sorted[(int) index(95, size)],
                    sorted[(int) index(99, size)],
                    sorted[size - 1],
                    0);
        }
        long count = histogram.getTotalCount();
        long[] found =
                atIndexes(histogram, index(50, count), index(90, count), index(95, count), index(99, count), count - 1);
        return new Latency(count, found[0], found[1], found[2], found[3], found[4], RELATIVE_ERROR);
    }

    private static long index(long percent, long count) {
        return (count - 1) / 100 * percent + (count - 1) % 100 * percent / 100;
    }

    /** The values at rising indexes; each the least that the histogram cannot tell from it, so that none is above what was recorded. */
    private static long[] atIndexes(Histogram histogram, long... indexes) {
        long[] found = new long[indexes.length];
        int next = 0;
        for (HistogramIterationValue each : histogram.recordedValues()) {
            while (next < indexes.length && each.getTotalCountToThisValue() > indexes[next]) {
                found[next++] = histogram.lowestEquivalentValue(each.getValueIteratedTo());
            }
        }
        return found;
    }
}
