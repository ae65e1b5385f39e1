// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

/**
 * What some events used together, and how many agents and consumers they were of.
 *
 * @param totals what they used
 * @param agents how many different agents
 * @param consumers how many different consumers
 */
public record UsageSummary(UsageTotals totals, long agents, long consumers) {}
