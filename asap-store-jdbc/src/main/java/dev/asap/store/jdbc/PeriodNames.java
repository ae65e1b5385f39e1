// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.metering.UsagePeriod;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of the periods out of the texts of times. What is no time has the beginning of its text as a name. For one question; not
 * thread-safe.
 */
final class PeriodNames {
    private final UsagePeriod period;
    private final int length;
    // Weeks by day, and by their Monday: they are asked for again and again.
    private final Map<String, String> weeks = new HashMap<>();
    private final Map<LocalDate, String> mondays = new HashMap<>();

    PeriodNames(UsagePeriod period) {
        this.period = period;
        this.length = switch (period) {
            case HOUR -> 13;
            case DAY, WEEK -> 10;
            case MONTH -> 7;
        };
    }

    /** The length of the longest prefix that no such period divides. */
    int length() {
        return length;
    }

    /** SQL for such a prefix out of the text of a time. */
    String bucket(String time) {
        return "substr(" + time + ", 1, " + length + ")";
    }

    /** The name of the period of a time, or of a prefix of one that is as long as {@link #length} or longer. */
    String of(String time) {
        String bucket = UsageGroups.prefix(time, length);
        return period == UsagePeriod.WEEK ? weeks.computeIfAbsent(bucket, this::week) : bucket;
    }

    private String week(String day) {
        try {
            return mondays.computeIfAbsent(
                    LocalDate.parse(day).with(DayOfWeek.MONDAY),
                    monday -> UsagePeriod.WEEK.nameOf(
                            monday.atStartOfDay(ZoneOffset.UTC).toInstant()));
        } catch (DateTimeParseException e) {
            return day;
        }
    }

    /** SQL for something that only the times of one period have, out of the text of a time. */
    String sql(String time) {
        String day = bucket(time);
        // Days are counted from a Monday. What is no day stands for itself.
        return period == UsagePeriod.WEEK
                ? "CASE WHEN date(" + day + ") = " + day + " THEN CAST(julianday(" + day
                        + ") + 0.5 AS INTEGER) / 7 ELSE " + day + " END"
                : day;
    }
}
