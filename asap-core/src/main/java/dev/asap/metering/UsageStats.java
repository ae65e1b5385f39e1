// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much a store holds.
 *
 * @param events how many events
 * @param oldest the time of the oldest, or null where there is none
 * @param retention for how long events are kept, or null for ever
 */
public record UsageStats(
        long events, @Nullable Instant oldest, @Nullable Duration retention) {}
