// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static java.util.Objects.requireNonNull;

import dev.asap.model.SLADefinition;
import dev.asap.sla.SLAMetrics;

/**
 * An agent that a monitor watches.
 *
 * @param agentId its id, customarily a URN
 * @param promises what it promises
 * @param probe asks it how it is
 */
public record WatchedAgent(String agentId, SLADefinition promises, HealthProbe probe) {
    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if the id is empty or longer than {@link SLAMetrics#MAX_AGENT_ID_LENGTH} characters
     */
    public WatchedAgent {
        requireNonNull(promises, "promises");
        requireNonNull(probe, "probe");
        if (agentId.isEmpty() || agentId.length() > SLAMetrics.MAX_AGENT_ID_LENGTH) {
            throw new IllegalArgumentException("agentId must have 1 to " + SLAMetrics.MAX_AGENT_ID_LENGTH
                    + " characters, got " + agentId.length());
        }
    }
}
