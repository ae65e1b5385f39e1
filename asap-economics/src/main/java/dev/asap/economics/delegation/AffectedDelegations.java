// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLABreach;
import java.time.Instant;
import java.util.List;

/**
 * The delegations that a breach of service levels touches: the active ones whose delegate is the agent that did not keep its promise.
 *
 * <pre>{@code
 * AffectedDelegations affected = AffectedDelegations.by(breach, storage.delegations(), clock.instant());
 * }</pre>
 *
 * @param ids some of their ids, the newest first
 * @param total how many there are
 */
public record AffectedDelegations(List<String> ids, long total) {
    /** How many ids are named. */
    public static final int MAX_IDS = PageRequest.DEFAULT_LIMIT;

    /** Copies the ids. */
    public AffectedDelegations {
        ids = List.copyOf(ids);
    }

    /**
     * What a breach touches at a time. One read.
     *
     * @throws IllegalArgumentException if the time's year is not 1 to 9999
     */
    public static AffectedDelegations by(SLABreach breach, DelegationStore store, Instant time) {
        return heldBy(breach.agentId(), store, time);
    }

    /**
     * The active delegations of a delegate. One read.
     *
     * @throws IllegalArgumentException if the time's year is not 1 to 9999
     */
    public static AffectedDelegations heldBy(String delegate, DelegationStore store, Instant time) {
        Page<IssuedDelegation> page =
                store.list(DelegationFilter.heldBy(delegate).activeAt(time), PageRequest.first(MAX_IDS));
        return new AffectedDelegations(
                page.items().stream().map(IssuedDelegation::id).toList(), page.total());
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return total == 0;
    }

    /** Whether there are more than are named. */
    public boolean isCut() {
        return total > ids.size();
    }
}
