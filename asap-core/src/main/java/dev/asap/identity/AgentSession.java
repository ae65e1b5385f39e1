// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers to an agent that registers, asks for capabilities, is changed or revoked.
 *
 * @param agentId the id that the server gave the agent
 * @param hostId the agent's host, {@code urn:asap:host:<thumbprint>}; null where the answer leaves it out
 * @param status whether the agent may act
 * @param grants what it may do; empty where the answer leaves them out
 * @param approval what someone has to approve, or null
 */
public record AgentSession(
        String agentId,
        @Nullable String hostId,
        SessionStatus status,
        List<CapabilityGrant> grants,
        @Nullable Approval approval) {
    /**
     * Copies the list.
     *
     * @throws dev.asap.validation.ValidationException if something required is missing
     */
    public AgentSession {
        Checks.of("AgentSession")
                .required("agent_id", agentId)
                .required("status", status)
                .done();
        grants = List.copyOf(grants);
    }

    /** Whether the agent may act. */
    public boolean isActive() {
        return status.equals(SessionStatus.ACTIVE);
    }

    /** Whether someone has to approve first. */
    public boolean isPending() {
        return status.equals(SessionStatus.PENDING);
    }
}
