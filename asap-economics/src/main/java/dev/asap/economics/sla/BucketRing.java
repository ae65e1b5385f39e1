// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The latest buckets of one length, aligned to the clock. A bucket takes the place of the one that lies a whole ring before it. Not
 * thread-safe.
 */
final class BucketRing {
    private final long length;
    private final long[] numbers;
    private final @Nullable Bucket[] buckets;

    /** Holds what a window of {@code span} can overlap. */
    BucketRing(Duration length, Duration span) {
        this.length = length.toMillis();
        int count = (int) (span.toMillis() / this.length) + 1;
        this.numbers = new long[count];
        this.buckets = new Bucket[count];
    }

    /** The bucket of a time, in milliseconds; a new one where another bucket had its place. */
    Bucket at(long millis) {
        long number = Math.floorDiv(millis, length);
        int slot = (int) Math.floorMod(number, (long) buckets.length);
        Bucket bucket = buckets[slot];
        if (bucket == null || numbers[slot] != number) {
            bucket = new Bucket(Durations.FEW);
            buckets[slot] = bucket;
            numbers[slot] = number;
        }
        return bucket;
    }

    /**
     * Adds observed time, of which a part was up, to the buckets that it touches; what lies before the ring that ends at {@code
     * end} is left out.
     */
    void addTime(long from, long to, double upShare, long end) {
        long start = Math.max(from, oldest(end));
        while (start < to) {
            long next = Math.min(to, (Math.floorDiv(start, length) + 1) * length);
            at(start).addTime((double) next - start, upShare * (next - start));
            start = next;
        }
    }

    /** Whether a time has a bucket in the ring that ends at {@code end}. */
    boolean reaches(long millis, long end) {
        return millis >= oldest(end);
    }

    private long oldest(long end) {
        return (Math.floorDiv(end, length) - buckets.length + 1) * length;
    }

    /** All buckets that overlap a span, both of its ends included. */
    Bucket sum(long from, long to) {
        long first = Math.floorDiv(from, length);
        long last = Math.floorDiv(to, length);
        Bucket sum = new Bucket(Durations.FEW * buckets.length);
        for (int slot = 0; slot < buckets.length; slot++) {
            Bucket bucket = buckets[slot];
            if (bucket != null && numbers[slot] >= first && numbers[slot] <= last) {
                sum.add(bucket);
            }
        }
        return sum;
    }
}
