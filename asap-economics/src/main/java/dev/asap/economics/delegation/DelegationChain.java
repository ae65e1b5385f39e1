// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A delegation and those that it was issued on the strength of, one above the other, as far as a store knows them: it is worth no more
 * than each of them, and nothing once one is revoked.
 */
final class DelegationChain {
    /** A longer chain is refused: nobody could say whether all of it still stands. */
    static final int MAX_DEPTH = 50;

    private final List<String> ids = new ArrayList<>();
    private @Nullable DelegationRefusal fault;

    private DelegationChain() {}

    /**
     * Looks at all of a chain. One read for each delegation above the first, and one for all revocations.
     *
     * @param id the lowest delegation, registered or not; null where it has no id
     * @throws DelegationRefusedException if one is revoked, one allows more than the one above it, or there are too many
     */
    static void require(
            DelegationStore store,
            @Nullable String id,
            String delegator,
            DelegationBounds bounds,
            @Nullable String parentId) {
        DelegationChain chain = new DelegationChain();
        if (id != null) {
            chain.ids.add(id);
        }
        chain.climb(store, delegator, bounds, parentId);
        // Read last, so that a revocation while the chain was read is seen, and told first.
        if (store.areRevoked(chain.ids).containsValue(true)) {
            throw new DelegationRefusedException(DelegationRefusal.REVOKED);
        } else if (chain.fault != null) {
            throw new DelegationRefusedException(chain.fault);
        }
    }

    private void climb(DelegationStore store, String delegator, DelegationBounds bounds, @Nullable String parentId) {
        String by = delegator;
        DelegationBounds lower = bounds;
        String next = parentId;
        for (int depth = 0; next != null; depth++) {
            if (depth == MAX_DEPTH) {
                fault = DelegationRefusal.CHAIN_TOO_LONG;
                return;
            }
            ids.add(next);
            Optional<IssuedDelegation> found = store.get(next);
            if (found.isEmpty()) {
                return;
            }
            IssuedDelegation parent = found.get();
            DelegationBounds upper = DelegationBounds.of(parent);
            if (fault == null && !upper.cover(by, lower)) {
                fault = DelegationRefusal.MORE_THAN_PARENT;
            }
            by = parent.delegator();
            lower = upper;
            next = parent.parentId();
        }
    }
}
