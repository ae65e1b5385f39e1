// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

/**
 * How long the tasks of some events took, in milliseconds.
 *
 * @param count how many events there are; without one the other figures are 0
 * @param p50 half of them took no longer than this
 * @param p90 nine tenths of them took no longer than this
 * @param p95 19 of 20 took no longer than this
 * @param p99 99 of 100 took no longer than this
 * @param max the longest
 * @param relativeError how far the figures may lie above what was recorded, as a part of it: 0 where they are exact
 */
public record DurationPercentiles(long count, long p50, long p90, long p95, long p99, long max, double relativeError) {}
