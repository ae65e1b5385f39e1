// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a registered agent stands with a server.
 *
 * @param agentId the id that the server gave the agent
 * @param hostId the agent's host, {@code urn:asap:host:<thumbprint>}, or null
 * @param status whether the agent may act
 * @param grants what it may do; empty unless it is active
 * @param lifecycle how long its session lasts, or null
 * @param approvalStatus what has become of the latest request for approval; null if there was none
 * @param approval the request itself, or null
 * @param denyReason why it was refused, or null
 */
public record AgentStatus(
        String agentId,
        @Nullable String hostId,
        SessionStatus status,
        List<CapabilityGrant> grants,
        @Nullable AgentLifecycle lifecycle,
        @Nullable ApprovalStatus approvalStatus,
        @Nullable Approval approval,
        @Nullable String denyReason) {
    /**
     * Copies the list.
     *
     * @throws dev.asap.validation.ValidationException if something required is missing
     */
    public AgentStatus {
        Checks.of("AgentStatus")
                .required("agent_id", agentId)
                .required("status", status)
                .done();
        grants = List.copyOf(grants);
    }

    /** Whether the agent may act. */
    public boolean isActive() {
        return status.equals(SessionStatus.ACTIVE);
    }

    /** Whether nobody has decided yet about the latest request for approval. */
    public boolean awaitsApproval() {
        return ApprovalStatus.PENDING.equals(approvalStatus);
    }
}
