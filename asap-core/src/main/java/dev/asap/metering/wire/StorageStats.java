// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.json.WireTime;
import dev.asap.metering.UsageStats;
import dev.asap.validation.Checks;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much a store holds.
 *
 * @param totalEvents how many events, 0 or more
 * @param oldestTimestamp the time of the oldest, in whole microseconds, or null where there is none
 * @param retentionTtlSeconds for how many seconds events are kept, 0 or more, or null for ever
 */
public record StorageStats(
        long totalEvents,
        @Nullable Instant oldestTimestamp,
        @Nullable Long retentionTtlSeconds) {
    /**
     * Checks the bounds and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a number is negative or the year of the time is not 1 to 9999
     */
    public StorageStats {
        Checks.of("StorageStats")
                .atLeast("total_events", totalEvents, 0)
                .rule(
                        "oldest_timestamp",
                        oldestTimestamp == null || WireTime.isWritable(oldestTimestamp),
                        "must be in the years 1 to 9999")
                .atLeast("retention_ttl_seconds", retentionTtlSeconds, 0)
                .done();
        oldestTimestamp = oldestTimestamp == null ? null : WireTime.toPrecision(oldestTimestamp);
    }

    /** How much a metering store holds, in this form; parts of a second of its retention are left out. */
    public static StorageStats of(UsageStats stats) {
        Duration retention = stats.retention();
        return new StorageStats(stats.events(), stats.oldest(), retention == null ? null : retention.toSeconds());
    }
}
