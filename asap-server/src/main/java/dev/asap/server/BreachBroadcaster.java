// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.delegation.DelegationStore;
import dev.asap.economics.delegation.AffectedDelegations;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the peers that subscribed to breaches over a socket ({@code sla.subscribe}) of one: when it begins, gets worse and ends. Thread-safe.
 *
 * <p>Does not wait for peers: one that reads slowly has breaches waiting up to {@link SocketOptions#maxWaitingBreaches}, and is disconnected
 * beyond that. Nothing is kept for peers that are not there: when they come back, they name the time since when they want to be told what is
 * in the store.
 */
public final class BreachBroadcaster {
    /** The most stored breaches that one subscription is told, the oldest first. */
    static final int MAX_REPLAYED = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private final @Nullable SLAStore history;
    private final @Nullable DelegationStore delegations;
    private final InstantSource clock;
    private final Map<SocketConnection, BreachSelection> subscribers = new ConcurrentHashMap<>();

    /**
     * Begins without subscribers.
     *
     * @param history where breaches are stored, or null
     * @param delegations where it is known who works for whom, or null
     */
    BreachBroadcaster(@Nullable SLAStore history, @Nullable DelegationStore delegations, InstantSource clock) {
        this.history = history;
        this.delegations = delegations;
        this.clock = clock;
    }

    /**
     * Tells all who want to know of a breach, which should be in the store by now: who is told may look there. Breaches that a {@link
     * dev.asap.economics.sla.SLAMonitor} of the server finds are told by it. One read of the storage, for the delegations that the breach
     * touches.
     */
    public void publish(SLABreach breach) {
        String notice = null;
        for (Map.Entry<SocketConnection, BreachSelection> each : subscribers.entrySet()) {
            if (each.getValue().matches(breach)) {
                notice = notice == null ? notice(breach, affectedBy(breach.agentId())) : notice;
                each.getKey().notice(notice);
            }
        }
    }

    /** How many peers are subscribed now. */
    public int subscribers() {
        return subscribers.size();
    }

    void add(SocketConnection subscriber, BreachSelection selection) {
        subscribers.put(subscriber, selection);
    }

    void remove(SocketConnection subscriber) {
        subscribers.remove(subscriber);
    }

    /** Gives the notices of stored breaches that a selection asks for, {@value #MAX_REPLAYED} at most. */
    void replay(BreachSelection selection, Consumer<String> output) {
        Instant since = selection.since();
        if (history == null || since == null) {
            return;
        }
        // One read for each agent, not for each breach.
        Map<String, AffectedDelegations> affected = new HashMap<>();
        int told = 0;
        Cursor next = null;
        do {
            PageRequest request = next == null
                    ? PageRequest.first(PageRequest.DEFAULT_LIMIT)
                    : PageRequest.after(next, PageRequest.DEFAULT_LIMIT);
            Page<SLABreach> page = history.queryBreaches(selection.stored(since), request);
            page.items()
                    .forEach(breach -> output.accept(
                            notice(breach, affected.computeIfAbsent(breach.agentId(), this::affectedBy))));
            told += page.items().size();
            next = page.nextCursor();
        } while (next != null && told < MAX_REPLAYED);
    }

    private static String notice(SLABreach breach, AffectedDelegations affected) {
        JsonObject params = JsonObject.of("breach", ASAPCodec.strict().toJson(breach, WireForm.FULL));
        if (!affected.isEmpty()) {
            params = params.with("delegations", JsonObject.of("total", affected.total(), "ids", affected.ids()));
        }
        return JsonObject.of("jsonrpc", "2.0", "method", "sla.breach", "params", params)
                .toString();
    }

    /** Without them, the breach is told all the same. */
    private AffectedDelegations affectedBy(String agentId) {
        AffectedDelegations none = new AffectedDelegations(List.of(), 0);
        if (delegations == null) {
            return none;
        }
        try {
            return AffectedDelegations.heldBy(agentId, delegations, clock.instant());
        } catch (RuntimeException e) {
            LOG.warn("Nobody could tell which delegations a breach of {} touches", LogText.of(agentId), e);
            return none;
        }
    }
}
