// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.store.jdbc.TimeRange.Buckets;
import dev.asap.store.jdbc.TimeRange.Part;
import dev.asap.store.jdbc.TimeRange.Rows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimeRangeTest {
    private static final List<Integer> MONTHS_AND_DAYS = List.of(7, 10);
    private static final List<Integer> ALL_LEVELS = List.of(7, 9, 10, 13, 16, 19);
    private static final int ALWAYS = 3;
    private static final String BEHIND = RollUp.BEHIND;

    private static List<Part> daysOf(TimeRange range) {
        return range.parts(MONTHS_AND_DAYS, 2, (level, bucket) -> false);
    }

    @Test
    void rangeWithoutBounds_isEveryBucket() {
        assertThat(daysOf(TimeRange.ALL)).containsExactly(new Buckets(7, "", BEHIND));
    }

    @Test
    void rangeWithinADay_isItsRows() {
        TimeRange range = new TimeRange("2026-03-14T09:00:00+00:00", "2026-03-14T10:00:00+00:00");
        assertThat(daysOf(range)).containsExactly(new Rows("2026-03-14T09:00:00+00:00", "2026-03-14T10:00:00+00:00"));
    }

    @Test
    void rangeOverMonths_isMonthsBetweenDaysBetweenRows() {
        TimeRange range = new TimeRange("2026-01-14T09:00:00+00:00", "2026-04-02T10:00:00+00:00");
        assertThat(daysOf(range))
                .containsExactlyInAnyOrder(
                        new Rows("2026-01-14T09:00:00+00:00", "2026-01-14" + BEHIND),
                        new Buckets(10, "2026-01-14" + BEHIND, "2026-01" + BEHIND),
                        new Buckets(7, "2026-01" + BEHIND, "2026-04"),
                        new Buckets(10, "2026-04", "2026-04-02"),
                        new Rows("2026-04-02", "2026-04-02T10:00:00+00:00"));
    }

    @Test
    void rangeWithOneBound_goesOnToTheEnd() {
        assertThat(daysOf(new TimeRange("2026-01-14T09:00:00+00:00", null)))
                .containsExactlyInAnyOrder(
                        new Rows("2026-01-14T09:00:00+00:00", "2026-01-14" + BEHIND),
                        new Buckets(10, "2026-01-14" + BEHIND, "2026-01" + BEHIND),
                        new Buckets(7, "2026-01" + BEHIND, BEHIND));
        assertThat(daysOf(new TimeRange(null, "2026-04-02T10:00:00+00:00")))
                .containsExactlyInAnyOrder(
                        new Buckets(7, "", "2026-04"),
                        new Buckets(10, "2026-04", "2026-04-02"),
                        new Rows("2026-04-02", "2026-04-02T10:00:00+00:00"));
    }

    @Test
    void finerBuckets_areUsedWhereTheyAre() {
        TimeRange range = new TimeRange(null, "2026-04-02T10:20:00+00:00");
        assertThat(range.parts(List.of(10, 13), 1, (level, bucket) -> bucket.equals("2026-04-02")))
                .containsExactlyInAnyOrder(
                        new Buckets(10, "", "2026-04-02"),
                        new Buckets(13, "2026-04-02", "2026-04-02T10"),
                        new Rows("2026-04-02T10", "2026-04-02T10:20:00+00:00"));
    }

    @Test
    void boundsTheWrongWayRound_areEmpty() {
        assertThat(new TimeRange("2026-02", "2026-01").isEmpty()).isTrue();
        assertThat(new TimeRange("2026-01", "2026-01").isEmpty()).isFalse();
        assertThat(new TimeRange("2026-01", null).isEmpty()).isFalse();
        assertThat(TimeRange.ALL.isEmpty()).isFalse();
    }

    /** Every text that lies in a range is in exactly one part, and every other in none, whichever buckets are divided. */
    @Test
    void parts_coverTheRangeOnce() {
        Random random = new Random(20_260_301);
        for (int round = 0; round < 3000; round++) {
            List<String> times = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                times.add(text(random));
            }
            String full = time(random);
            times.add(full);
            String one = random.nextInt(4) == 0 ? null : full;
            String two = random.nextInt(4) == 0 ? null : time(random);
            boolean swap = one != null && two != null && one.compareTo(two) > 0;
            TimeRange range = swap ? new TimeRange(two, one) : new TimeRange(one, two);
            int salt = random.nextInt();
            List<Part> parts = range.parts(ALL_LEVELS, ALWAYS, (level, bucket) -> isFine(level, bucket, salt));
            for (String time : times) {
                assertThat(parts.stream().filter(part -> isIn(time, part)).count())
                        .as("%s in %s, parts %s", time, range, parts)
                        .isEqualTo(isIn(time, range.from(), range.until()) ? 1 : 0);
            }
        }
    }

    /** Not finer than what is above it: a bucket is divided only where the one above is. */
    private static boolean isFine(int level, String bucket, int salt) {
        int at = ALL_LEVELS.indexOf(level);
        return ((bucket.hashCode() ^ salt) & 3) > 0
                && (at <= ALWAYS - 1
                        || isFine(ALL_LEVELS.get(at - 1), bucket.substring(0, ALL_LEVELS.get(at - 1)), salt));
    }

    /** What a bound is. */
    private static String time(Random random) {
        Instant base = Instant.parse("2026-02-27T22:58:00Z");
        Instant time = base.plusMillis((long) (random.nextDouble() * (1L << (8 + random.nextInt(24)))));
        return time.toString().replace("Z", "+00:00");
    }

    /** What a row may hold: any text. */
    private static String text(Random random) {
        String time = time(random);
        return random.nextInt(10) == 0 ? time.substring(0, random.nextInt(time.length())) : time;
    }

    private static boolean isIn(String time, Part part) {
        return part instanceof Buckets buckets ? inBuckets(time, buckets) : isIn(time, part.low(), part.high());
    }

    private static boolean inBuckets(String time, Buckets buckets) {
        String bucket = time.substring(0, Math.min(buckets.level(), time.length()));
        return compare(bucket, buckets.low()) >= 0 && compare(bucket, buckets.high()) < 0;
    }

    private static boolean isIn(String time, @Nullable String from, @Nullable String until) {
        return (from == null || compare(time, from) >= 0) && (until == null || compare(time, until) <= 0);
    }

    private static int compare(String a, String b) {
        return a.compareTo(b);
    }
}
