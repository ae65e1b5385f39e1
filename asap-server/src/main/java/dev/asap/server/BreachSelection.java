// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonShape;
import dev.asap.json.RecordShape;
import dev.asap.json.Shapes;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which breaches a peer wants to be told of: the parameters of {@code sla.subscribe}, an addition to the protocol, whose own servers tell
 * all of them.
 *
 * @param agentId of which agent, or null for all
 * @param severity of which severity, or null for all
 * @param since from when on stored breaches are told first, or null for none
 */
record BreachSelection(
        @Nullable String agentId,
        @Nullable BreachSeverity severity,
        @Nullable Instant since) {
    static final BreachSelection ALL = new BreachSelection(null, null, null);

    /** Members that are not known here are passed over, as the protocol's servers pass over all. */
    static final JsonShape<BreachSelection> SHAPE = RecordShape.<BreachSelection>named("sla.subscribe")
            .nullable("agent_id", Shapes.TEXT, BreachSelection::agentId)
            .nullable(
                    "severity",
                    Shapes.TEXT,
                    selection -> selection.severity() == null
                            ? null
                            : selection.severity().value())
            .nullable("since", Shapes.TIME, BreachSelection::since)
            .ignoringOthers()
            .build(values -> BreachSelection.of(values.next(), values.next(), values.next()));

    /** Refuses a severity that no breach has: who asks for it would wait in vain. */
    BreachSelection {
        Checks.of("sla.subscribe")
                .rule("severity", severity == null || severity.isKnown(), "must be one of: warning, critical")
                .done();
    }

    private static BreachSelection of(@Nullable String agentId, @Nullable String severity, @Nullable Instant since) {
        return new BreachSelection(agentId, severity == null ? null : new BreachSeverity(severity), since);
    }

    boolean matches(SLABreach breach) {
        return (agentId == null || agentId.equals(breach.agentId()))
                && (severity == null || severity.equals(breach.severity()));
    }

    /** The stored breaches that are told first. */
    SLABreachFilter stored(Instant from) {
        return new SLABreachFilter(agentId, severity, from, null, false);
    }
}
