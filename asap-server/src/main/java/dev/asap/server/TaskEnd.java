// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended.
 *
 * @param metrics what the handler says that it took, if it does
 * @param nanos how long its handler ran
 */
record TaskEnd(String taskId, TaskStatus status, @Nullable TaskMetrics metrics, long nanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** How long its handler ran: rounded, half to even. */
    long millis() {
        return (long) Math.rint((double) Math.max(0, nanos) / NANOS_PER_MILLI);
    }
}
