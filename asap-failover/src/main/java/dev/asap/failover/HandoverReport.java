// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.util.List;

/**
 * What a hand-over of many tasks came to.
 *
 * @param outcomes one for each task, in order
 * @param complete whether all tasks were looked at; if not, there were more than one run takes
 */
public record HandoverReport(List<HandoverOutcome> outcomes, boolean complete) {
    /** Copies the list. */
    public HandoverReport {
        outcomes = List.copyOf(outcomes);
    }

    /** Whether another run would find nothing to do. */
    public boolean done() {
        return complete && unfinished().isEmpty();
    }

    /** The tasks that another run may bring further. */
    public List<HandoverOutcome> unfinished() {
        return outcomes.stream().filter(HandoverOutcome::unfinished).toList();
    }

    /** How many tasks are at the target now. */
    public long arrived() {
        return outcomes.stream()
                .filter(outcome ->
                        outcome instanceof HandoverOutcome.Moved || outcome instanceof HandoverOutcome.AlreadyThere)
                .count();
    }
}
