// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.sla.SLABreach;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs breaches: what begins or gets worse as a warning, what is over as information. Stateless. */
final class LoggedBreaches implements BreachListener {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedBreaches.class);

    private static final String FIELDS = "breach_id={} agent_id={} breach_type={} threshold={} actual={} severity={}";

    @Override
    public void onBreach(BreachEvent event) {
        if (event instanceof BreachEvent.Resolved) {
            LOG.info("asap.sla.breach_resolved " + FIELDS + " resolved_at={}", values(event.breach()));
        } else if (event instanceof BreachEvent.Worsened) {
            LOG.warn("asap.sla.breach_worsened " + FIELDS, values(event.breach()));
        } else {
            LOG.warn("asap.sla.breach " + FIELDS, values(event.breach()));
        }
    }

    private static Object[] values(SLABreach breach) {
        return new Object[] {
            breach.id(),
            breach.agentId(),
            breach.breachType(),
            breach.threshold(),
            breach.actual(),
            breach.severity(),
            breach.resolvedAt()
        };
    }
}
