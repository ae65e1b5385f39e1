// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.rpc.JsonRpcId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The exchanges of a socket that have begun and not ended, and by which ids the peer answers them. Guarded by the session's lock. */
final class RunningExchanges {
    /** For how many ids it is remembered that their further answers are of no interest. */
    private static final int MAX_SETTLED_IDS = 1000;

    private final Set<Exchange> running = new LinkedHashSet<>();
    private final Map<JsonRpcId, Exchange> byId = new HashMap<>();
    private final Set<JsonRpcId> settled = new LinkedHashSet<>();

    /** An exchange was sent, for the first time or again: an answer with this id is its answer, too. */
    void sent(Exchange exchange, JsonRpcId id) {
        running.add(exchange);
        exchange.ids.add(id);
        byId.put(id, exchange);
    }

    /** What an answer with this id answers; null if nothing that runs. */
    @Nullable
    Exchange find(JsonRpcId id) {
        return byId.get(id);
    }

    /** Whether an answer with this id is one more to what has been settled. */
    boolean isSettled(JsonRpcId id) {
        return settled.contains(id);
    }

    /** Further answers to an exchange are of no interest. */
    void settle(Exchange exchange) {
        for (JsonRpcId id : exchange.ids) {
            if (settled.size() >= MAX_SETTLED_IDS) {
                settled.remove(settled.iterator().next());
            }
            settled.add(id);
        }
    }

    /** An exchange has ended. */
    void remove(Exchange exchange) {
        exchange.ended = true;
        exchange.ids.forEach(byId::remove);
        running.remove(exchange);
        if (exchange.timeout != null) {
            exchange.timeout.cancel();
        }
    }

    /** The connection is lost: no answer to what was sent can come any more. */
    void forgetIds() {
        byId.clear();
        settled.clear();
        running.forEach(exchange -> exchange.ids.clear());
    }

    /** Those that run now. */
    List<Exchange> all() {
        return List.copyOf(running);
    }

    int size() {
        return running.size();
    }
}
