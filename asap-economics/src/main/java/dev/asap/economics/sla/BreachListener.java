// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

/**
 * Hears of breaches: the place for webhooks, sockets and alarms.
 *
 * <p>Each listener is called in a thread of its own, one event after the other in their order. So it may block; but while it does, no more
 * than {@link BreachDetector.Builder#queueCapacity} events wait for it. What it throws is logged and disturbs nobody else.
 */
@FunctionalInterface
public interface BreachListener {
    /** Takes notice of an event. */
    void onBreach(BreachEvent event);
}
