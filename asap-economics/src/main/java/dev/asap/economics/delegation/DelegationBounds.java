// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.delegation.IssuedDelegation;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a delegation allows.
 *
 * @param holder whom, or null where that is not known
 * @param scopes what, or null where that is not known
 * @param end until when, or null for ever
 * @param maxTasks how often, or null for no bound
 */
record DelegationBounds(
        @Nullable String holder,
        @Nullable List<String> scopes,
        @Nullable Instant end,
        @Nullable Long maxTasks) {
    static final String EVERYTHING = "*";

    static DelegationBounds of(IssuedDelegation issued) {
        // What older peers register has no scopes.
        List<String> scopes = issued.scopes().isEmpty() ? null : issued.scopes();
        return new DelegationBounds(issued.delegate(), scopes, issued.expiresAt(), issued.maxTasks());
    }

    /** Whether a delegation of this delegator may be issued on the strength of this one: what is not known forbids nothing. */
    boolean cover(String delegator, DelegationBounds child) {
        return (holder == null || holder.equals(delegator))
                && coverScopes(child.scopes)
                && (end == null || (child.end != null && !child.end.isAfter(end)))
                && (maxTasks == null || (child.maxTasks != null && child.maxTasks <= maxTasks));
    }

    private boolean coverScopes(@Nullable List<String> others) {
        return scopes == null || others == null || scopes.contains(EVERYTHING) || scopes.containsAll(others);
    }

    boolean allow(String action) {
        return scopes != null && (scopes.contains(EVERYTHING) || scopes.contains(action));
    }
}
