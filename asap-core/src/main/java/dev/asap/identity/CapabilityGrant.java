// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a server said to an agent's wish to use a capability.
 *
 * @param capability the capability's name
 * @param status whether the agent may use it
 * @param constraints to what it is held; null for nothing
 * @param grantedBy who granted it, a host's URN for instance, or null
 * @param reason why it was denied, or null
 * @param expiresAt when the grant ends; null for never
 */
public record CapabilityGrant(
        String capability,
        GrantStatus status,
        @Nullable Constraints constraints,
        @Nullable String grantedBy,
        @Nullable String reason,
        @Nullable Instant expiresAt) {
    /** Whether the agent may use the capability, as of when the server said so. */
    public boolean isActive() {
        return status.equals(GrantStatus.ACTIVE);
    }
}
