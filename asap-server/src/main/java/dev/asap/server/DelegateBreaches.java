// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says of active delegations which promises their delegates do not keep at the time, in the member {@value #MEMBER}; says nothing where
 * they keep all. For one answer: each delegate is asked about once. Not thread-safe.
 */
final class DelegateBreaches {
    static final String MEMBER = "sla_breaches";

    /** How many breaches are named by their ids; all are counted. */
    static final int MAX_IDS = 10;

    /** How many delegates are remembered, so that a list of any length takes no more. */
    private static final int MAX_REMEMBERED = 1000;

    private final @Nullable SLAStore store;
    private final Instant now;
    private final Map<String, Optional<JsonObject>> known = new HashMap<>();

    /**
     * Asks a store, or nobody.
     *
     * @param now the time of the answer
     */
    DelegateBreaches(@Nullable SLAStore store, Instant now) {
        this.store = store;
        this.now = now;
    }

    /** What is shown of a delegation, with the open breaches of its delegate. */
    byte[] addTo(byte[] shown, IssuedDelegation delegation) {
        String delegate = delegation.delegate();
        if (store == null || delegate == null || !delegation.isActiveAt(now)) {
            return shown;
        }
        return open(store, delegate)
                .map(open -> JsonObject.parse(shown).with(MEMBER, open).toBytes())
                .orElse(shown);
    }

    private Optional<JsonObject> open(SLAStore sla, String delegate) {
        if (!known.containsKey(delegate)) {
            if (known.size() == MAX_REMEMBERED) {
                known.clear();
            }
            known.put(delegate, read(sla, delegate));
        }
        return known.getOrDefault(delegate, Optional.empty());
    }

    private static Optional<JsonObject> read(SLAStore sla, String delegate) {
        Page<SLABreach> open = sla.openBreaches(delegate, PageRequest.first(MAX_IDS));
        return open.total() == 0
                ? Optional.empty()
                : Optional.of(JsonObject.of(
                        "total",
                        open.total(),
                        "ids",
                        open.items().stream().map(SLABreach::id).toList()));
    }
}
