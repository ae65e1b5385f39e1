// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** The spans of time by which usage is grouped, all in UTC. */
public enum UsagePeriod {
    /** As in {@code 2026-02-18T09}. */
    HOUR,
    /** As in {@code 2026-02-18}. */
    DAY,
    /** By ISO 8601, from Monday on, as in {@code 2026-W08}. */
    WEEK,
    /** As in {@code 2026-02}. */
    MONTH;

    /** The name of the period that a time lies in. Names sort as time does, for years up to 9999. */
    public String nameOf(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        return switch (this) {
            case HOUR -> String.format(Locale.ROOT, "%sT%02d", utc.toLocalDate(), utc.getHour());
            case DAY -> utc.toLocalDate().toString();
            case WEEK ->
                String.format(
                        Locale.ROOT,
                        "%04d-W%02d",
                        utc.get(IsoFields.WEEK_BASED_YEAR),
                        utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTH -> utc.toLocalDate().toString().substring(0, 7);
        };
    }

    /** The end of the period that a time lies in: the beginning of the next one. */
    public Instant endOf(Instant time) {
        LocalDateTime day = LocalDate.ofInstant(time, ZoneOffset.UTC).atStartOfDay();
        return switch (this) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
            case DAY -> day.plusDays(1).toInstant(ZoneOffset.UTC);
            case WEEK -> day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).toInstant(ZoneOffset.UTC);
            case MONTH -> day.with(TemporalAdjusters.firstDayOfNextMonth()).toInstant(ZoneOffset.UTC);
        };
    }
}
