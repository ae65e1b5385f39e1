// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.page.Cursor;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code usage_events}, and where it stands. */
record UsageRow(String id, String timestamp, UsageEvent event) {
    static final String COLUMNS = "id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status";

    /** As this library and the Python implementation write the column: read without a parser, which would take most of a page's time. */
    private static final Pattern OWN_METRICS =
            Pattern.compile("\\{\"tokens_in\": (0|[1-9]\\d{0,17}), \"tokens_out\": (0|[1-9]\\d{0,17}), "
                    + "\"duration_ms\": (0|[1-9]\\d{0,17}), \"api_calls\": (0|[1-9]\\d{0,17})}");

    static UsageRow read(ResultSet row) throws SQLException {
        String id = row.getString(1);
        String timestamp = row.getString(6);
        String column = "metrics";
        try {
            UsageMetrics metrics = metrics(row.getString(5));
            column = "timestamp";
            Instant time = WireTime.parse(timestamp);
            column = "task_id, agent_id, consumer_id or asap_status";
            String status = row.getString(7);
            return new UsageRow(
                    id,
                    timestamp,
                    new UsageEvent(
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            metrics,
                            time,
                            status == null ? null : new TaskStatus(status)));
        } catch (IllegalArgumentException | ValidationException e) {
            throw new StorageException(
                    "Row '" + Checks.quoted(id) + "' of table usage_events is no usage event, see column " + column
                            + ": " + e.getMessage() + ". Mend the row or delete it",
                    false,
                    e);
        }
    }

    private static UsageMetrics metrics(String text) {
        Matcher own = OWN_METRICS.matcher(text);
        return own.matches()
                ? new UsageMetrics(
                        Long.parseLong(text, own.start(1), own.end(1), 10),
                        Long.parseLong(text, own.start(2), own.end(2), 10),
                        Long.parseLong(text, own.start(3), own.end(3), 10),
                        Long.parseLong(text, own.start(4), own.end(4), 10))
                : foreignMetrics(text);
    }

    /**
     * Adds one event to sums, as SQL counts its figures, if they are written as this library and the Python implementation do.
     *
     * @return whether they are; otherwise nothing is added
     */
    static boolean addOwn(long[] sums, @Nullable String metrics) {
        if (metrics == null) {
            return false;
        }
        Matcher own = OWN_METRICS.matcher(metrics);
        if (!own.matches()) {
            return false;
        }
        sums[0]++;
        for (int i = 1; i <= own.groupCount(); i++) {
            sums[i] += Math.min(Long.parseLong(metrics, own.start(i), own.end(i), 10), UsageTotals.MAX_FIGURE);
        }
        return true;
    }

    private static UsageMetrics foreignMetrics(String text) {
        try {
            JsonObject metrics = JsonObject.parse(text);
            return new UsageMetrics(
                    counter(metrics, "tokens_in"),
                    counter(metrics, "tokens_out"),
                    counter(metrics, "duration_ms"),
                    counter(metrics, "api_calls"));
        } catch (JsonException e) {
            return UsageMetrics.NONE;
        }
    }

    private static long counter(JsonObject metrics, String member) {
        if (!(metrics.find(member).orElse(null) instanceof JsonNumber number)) {
            return 0;
        }
        double rough = number.asDouble();
        boolean isExact = number.isWhole() && Math.abs(rough) < 0x1p63;
        return Math.max(0, isExact ? number.asLong() : (long) rough);
    }

    Cursor cursor() {
        return new TimedPlace(timestamp, id).cursor();
    }
}
