// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows from one time to another, both included, as the texts of a column have it.
 *
 * @param from the first time, or null for no bound
 * @param until the last time, or null for no bound
 */
record TimeRange(@Nullable String from, @Nullable String until) {
    static final TimeRange ALL = new TimeRange(null, null);

    /** Which buckets have finer ones within. */
    @FunctionalInterface
    interface Refined<E extends Exception> {
        boolean isFine(int level, String bucket) throws E;
    }

    /** What a range is made of: whole buckets, and the rows between them and its bounds. No row is in two parts. */
    sealed interface Part {
        String low();

        String high();
    }

    /**
     * All buckets of a level from one to another.
     *
     * @param low not above the first of them
     * @param high behind the last of them
     */
    record Buckets(int level, String low, String high) implements Part {}

    /**
     * Rows that have to be looked at.
     *
     * @param low the least time of them
     * @param high the greatest time of them
     */
    record Rows(String low, String high) implements Part {}

    /** What no time of the range is before. */
    String first() {
        return from == null ? "" : from;
    }

    /** The later of a time and the beginning of the range. */
    String notBefore(String time) {
        return compare(time, first()) < 0 ? first() : time;
    }

    boolean isEmpty() {
        return from != null && until != null && compare(from, until) > 0;
    }

    /**
     * The parts.
     *
     * @param levels the lengths of the buckets that may be used, rising
     * @param always how many of the levels are there in any case; the others are where {@code refined} says so
     */
    <E extends Exception> List<Part> parts(List<Integer> levels, int always, Refined<E> refined) throws E {
        Parts<E> parts = new Parts<>(levels, always, refined);
        parts.both(0, "", RollUp.BEHIND);
        return parts.list;
    }

    static String prefix(String text, int length) {
        // Times are ASCII; in whatever else a row may hold, half of a pair sorts where it has to all the same.
        return text.length() <= length ? text : text.substring(0, length);
    }

    /** As UTF-8 has it: the bounds are times, and so ASCII. */
    private static int compare(String a, String b) {
        return a.compareTo(b);
    }

    private final class Parts<E extends Exception> {
        private final List<Integer> levels;
        private final int always;
        private final Refined<E> refined;
        private final List<Part> list = new ArrayList<>();

        Parts(List<Integer> levels, int always, Refined<E> refined) {
            this.levels = levels;
            this.always = always;
            this.refined = refined;
        }

        /** What lies in the bucket that both bounds fall into, of the level above {@code at}. */
        void both(int at, String low, String high) throws E {
            if (from == null && until == null) {
                buckets(at, low, high);
            } else if (from == null) {
                right(at, low);
            } else if (until == null) {
                left(at, high);
            } else {
                String first = prefix(from, levels.get(at));
                String last = prefix(until, levels.get(at));
                if (!first.equals(last)) {
                    buckets(at, first + RollUp.BEHIND, last);
                    leftWithin(at + 1, first);
                    rightWithin(at + 1, last);
                } else if (isDivided(at + 1, first)) {
                    both(at + 1, first, first + RollUp.BEHIND);
                } else {
                    list.add(new Rows(from, until));
                }
            }
        }

        /** What lies from the lower bound on, to the end of the bucket that it falls into. */
        private void leftWithin(int at, String bucket) throws E {
            if (isDivided(at, bucket)) {
                left(at, bucket + RollUp.BEHIND);
            } else {
                list.add(new Rows(bound(from), bucket + RollUp.BEHIND));
            }
        }

        private void left(int at, String high) throws E {
            String first = prefix(bound(from), levels.get(at));
            buckets(at, first + RollUp.BEHIND, high);
            leftWithin(at + 1, first);
        }

        /** What lies up to the upper bound, from the beginning of the bucket that it falls into. */
        private void rightWithin(int at, String bucket) throws E {
            if (isDivided(at, bucket)) {
                right(at, bucket);
            } else {
                list.add(new Rows(bucket, bound(until)));
            }
        }

        private void right(int at, String low) throws E {
            String last = prefix(bound(until), levels.get(at));
            buckets(at, low, last);
            rightWithin(at + 1, last);
        }

        private void buckets(int at, String low, String high) {
            if (compare(low, high) < 0) {
                list.add(new Buckets(levels.get(at), low, high));
            }
        }

        private boolean isDivided(int at, String bucket) throws E {
            return at < always || (at < levels.size() && refined.isFine(levels.get(at - 1), bucket));
        }

        private String bound(@Nullable String bound) {
            return bound == null ? "" : bound;
        }
    }
}
