// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.metering.UsagePeriod;
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
    // Weeks by day: one day is asked for again and again.
    private final Map<String, String> weeks = new HashMap<>();

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
        return period == UsagePeriod.WEEK ? weeks.computeIfAbsent(bucket, PeriodNames::week) : bucket;
    }

    private static String week(String day) {
        try {
            return UsagePeriod.WEEK.nameOf(
                    LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeParseException e) {
            return day;
        }
    }

    /** SQL for the name of the period out of the text of a time. */
    String sql(String time) {
        if (period != UsagePeriod.WEEK) {
            return bucket(time);
        }
        // The Thursday of a week tells its year, and its day in the year the number.
        String day = bucket(time);
        String thursday = "date(" + day + ", '-3 days', 'weekday 4')";
        return "CASE WHEN date(" + day + ") = " + day + " THEN strftime('%Y', " + thursday
                + ") || printf('-W%02d', (strftime('%j', " + thursday + ") - 1) / 7 + 1) ELSE " + day + " END";
    }
}
