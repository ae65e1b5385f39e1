// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.sla.SLABreach;

/** What became of a breach. It is in the store as it is here before anyone is told. */
public sealed interface BreachEvent {
    /** The breach as it is in the store now. */
    SLABreach breach();

    /**
     * A promise is no longer kept.
     *
     * @param breach the new breach
     */
    record Opened(SLABreach breach) implements BreachEvent {}

    /**
     * A promise that was not kept is missed by far now: the severity went from warning to critical.
     *
     * @param breach the breach with its new severity and texts; id and time of detection are those that it had
     */
    record Worsened(SLABreach breach) implements BreachEvent {}

    /**
     * A promise is kept again.
     *
     * @param breach the breach, with the time of its end
     */
    record Resolved(SLABreach breach) implements BreachEvent {}
}
