// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

/** What the events of one group used together. */
public sealed interface UsageAggregate {
    /** What they used. */
    UsageTotals totals();

    /** The events of one agent. */
    record ByAgent(String agentId, UsageTotals totals) implements UsageAggregate {}

    /** The events for one consumer. */
    record ByConsumer(String consumerId, UsageTotals totals) implements UsageAggregate {}

    /**
     * The events of one period.
     *
     * @param period its name, as {@link UsagePeriod#nameOf} gives it
     * @param totals what they used
     * @param agents how many different agents
     * @param consumers how many different consumers
     */
    record ByPeriod(String period, UsageTotals totals, long agents, long consumers) implements UsageAggregate {}
}
