// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import static java.util.Objects.requireNonNull;

import dev.asap.json.WireTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which delegations are listed: those that an agent issued or holds, all of them or those that may be used.
 *
 * <pre>{@code
 * DelegationFilter.issuedBy("urn:asap:agent:boss").activeAt(clock.instant())
 * }</pre>
 *
 * @param role what the agent is to them
 * @param agent the agent, as the delegations name it
 * @param activeAt only those that are not revoked and end after this time, or null for all; in whole microseconds
 */
public record DelegationFilter(
        Role role, String agent, @Nullable Instant activeAt) {
    /** Before the end of every delegation. */
    private static final Instant FIRST_TIME = Instant.parse("0001-01-01T00:00:00Z");

    /** What an agent is to a delegation. */
    public enum Role {
        /** It granted. */
        DELEGATOR,
        /** It was granted. */
        DELEGATE
    }

    /**
     * Cuts the time to microseconds.
     *
     * @throws IllegalArgumentException if the year is not 1 to 9999
     */
    public DelegationFilter {
        requireNonNull(role, "role");
        requireNonNull(agent, "agent");
        if (activeAt != null) {
            if (!WireTime.isWritable(activeAt)) {
                throw new IllegalArgumentException("activeAt must be in the years 1 to 9999, got " + activeAt);
            }
            activeAt = WireTime.toPrecision(activeAt);
        }
    }

    /** All that an agent issued. */
    public static DelegationFilter issuedBy(String delegator) {
        return new DelegationFilter(Role.DELEGATOR, delegator, null);
    }

    /** All that an agent was granted, as far as the delegate was said when they were registered. */
    public static DelegationFilter heldBy(String delegate) {
        return new DelegationFilter(Role.DELEGATE, delegate, null);
    }

    /** The same, only those that are neither revoked nor, at this time, expired. */
    public DelegationFilter activeAt(Instant time) {
        return new DelegationFilter(role, agent, requireNonNull(time, "time"));
    }

    /** The same, only those that are not revoked, expired or not: what older peers call active. */
    public DelegationFilter notRevoked() {
        return new DelegationFilter(role, agent, FIRST_TIME);
    }

    /** Whether a delegation is meant. */
    public boolean matches(IssuedDelegation delegation) {
        String party = role == Role.DELEGATOR ? delegation.delegator() : delegation.delegate();
        return agent.equals(party) && (activeAt == null || delegation.isActiveAt(activeAt));
    }
}
