// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much a store holds.
 *
 * @param metrics how many records of figures
 * @param breaches how many breaches
 * @param oldest the earliest start of a period or detection of a breach, or null where there is none
 * @param retention for how long both are kept, or null for ever
 */
public record SLAStats(
        long metrics,
        long breaches,
        @Nullable Instant oldest,
        @Nullable Duration retention) {
    /** Both together. */
    public long events() {
        return metrics + breaches;
    }
}
