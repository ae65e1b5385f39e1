// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.identity.Approval;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityGrant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of asking for capabilities. */
public sealed interface CapabilityOutcome {
    /** What the agent has been told about its capabilities so far, each with its own status. */
    List<CapabilityGrant> grants();

    /**
     * The server has decided in favour: by itself, or because someone approved. A capability that it does not know is among the
     * grants as denied, with the reason.
     */
    record Granted(List<CapabilityGrant> grants) implements CapabilityOutcome {
        /** Copies the list. */
        public Granted {
            grants = List.copyOf(grants);
        }
    }

    /**
     * Nobody approved.
     *
     * @param status denied or expired, or what else the server says; null where it does not say
     * @param reason why; null where the server does not say
     */
    record Denied(
            List<CapabilityGrant> grants,
            @Nullable ApprovalStatus status,
            @Nullable String reason) implements CapabilityOutcome {
        /** Copies the list. */
        public Denied {
            grants = List.copyOf(grants);
        }
    }

    /**
     * Nobody has decided yet. {@link AgentAccess#awaitApproval} goes on waiting, be it later and elsewhere.
     *
     * @param approval what someone has to approve; null where the server does not say
     */
    record Pending(List<CapabilityGrant> grants, @Nullable Approval approval) implements CapabilityOutcome {
        /** Copies the list. */
        public Pending {
            grants = List.copyOf(grants);
        }
    }
}
