// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
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
}
