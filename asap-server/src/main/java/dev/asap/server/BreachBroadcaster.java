// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.sla.SLABreach;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the peers that subscribed to breaches over a socket ({@code sla.subscribe}) of one. Thread-safe.
 *
 * <p>Never waits: a peer that reads slowly has breaches waiting up to {@link SocketOptions#maxWaitingBreaches}, and is disconnected beyond
 * that. Nothing is kept for peers that are not there: they read what they missed from the store.
 */
public final class BreachBroadcaster {
    private final Set<SocketConnection> subscribers = ConcurrentHashMap.newKeySet();

    BreachBroadcaster() {}

    /** Tells all subscribers of a breach, which should be in the store by now: who is told may look there. */
    public void publish(SLABreach breach) {
        if (subscribers.isEmpty()) {
            return;
        }
        String notice = JsonObject.of(
                        "jsonrpc",
                        "2.0",
                        "method",
                        "sla.breach",
                        "params",
                        JsonObject.of("breach", ASAPCodec.strict().toJson(breach, WireForm.FULL)))
                .toString();
        subscribers.forEach(subscriber -> subscriber.notice(notice));
    }

    /** How many peers are subscribed now. */
    public int subscribers() {
        return subscribers.size();
    }

    void add(SocketConnection subscriber) {
        subscribers.add(subscriber);
    }

    void remove(SocketConnection subscriber) {
        subscribers.remove(subscriber);
    }
}
