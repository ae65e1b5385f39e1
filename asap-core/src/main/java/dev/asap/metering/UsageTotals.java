// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

/**
 * What some events used together.
 *
 * @param tasks how many events there are
 * @param tokensIn the sum of their tokens read
 * @param tokensOut the sum of their tokens written
 * @param durationMs the sum of their durations in milliseconds
 * @param apiCalls the sum of their calls to other services
 */
public record UsageTotals(long tasks, long tokensIn, long tokensOut, long durationMs, long apiCalls) {
    /**
     * The most that one figure of one event counts for in a sum: a million million, more than anything takes. So no event, whoever
     * wrote it, makes a sum overflow.
     */
    public static final long MAX_FIGURE = 1_000_000_000_000L;

    /** Of no event. */
    public static final UsageTotals NONE = new UsageTotals(0, 0, 0, 0, 0);

    /** Tokens read and written. */
    public long tokens() {
        return tokensIn + tokensOut;
    }

    /** Tokens per event, not rounded; 0 without events. */
    public double tokensPerTask() {
        return tasks == 0 ? 0 : (double) tokens() / tasks;
    }

    /** Milliseconds per event, not rounded; 0 without events. */
    public double durationMsPerTask() {
        return tasks == 0 ? 0 : (double) durationMs / tasks;
    }

    /** These events and one more, of which no figure counts for more than {@link #MAX_FIGURE}. */
    public UsageTotals plus(UsageMetrics event) {
        return new UsageTotals(
                tasks + 1,
                tokensIn + Math.min(event.tokensIn(), MAX_FIGURE),
                tokensOut + Math.min(event.tokensOut(), MAX_FIGURE),
                durationMs + Math.min(event.durationMs(), MAX_FIGURE),
                apiCalls + Math.min(event.apiCalls(), MAX_FIGURE));
    }

    /** These events and others. */
    public UsageTotals plus(UsageTotals others) {
        return new UsageTotals(
                tasks + others.tasks,
                tokensIn + others.tokensIn,
                tokensOut + others.tokensOut,
                durationMs + others.durationMs,
                apiCalls + others.apiCalls);
    }
}
