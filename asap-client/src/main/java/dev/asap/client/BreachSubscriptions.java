// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonObject;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The subscriptions of a socket to breaches of service levels. Thread-safe; guarded by the session's lock. */
final class BreachSubscriptions {
    private static final String SUBSCRIBE = "sla.subscribe";
    private static final String UNSUBSCRIBE = "sla.unsubscribe";

    private final PeerAddress address;
    private final JsonRpcCodec codec;
    private final SocketConnections connections;
    private final SocketCalls calls;
    private final SocketPushes pushes;
    private final ReentrantLock lock;

    BreachSubscriptions(
            PeerAddress address,
            JsonRpcCodec codec,
            SocketConnections connections,
            SocketCalls calls,
            SocketPushes pushes,
            ReentrantLock lock) {
        this.address = address;
        this.codec = codec;
        this.connections = connections;
        this.calls = calls;
        this.pushes = pushes;
        this.lock = lock;
    }

    /** Subscribes, and waits for the peer to agree. */
    Subscription subscribe(Consumer<BreachNotice> handler) {
        // Wrapped, so that a handler can be subscribed twice and each subscription ends by itself.
        Consumer<BreachNotice> own = notice -> handler.accept(notice);
        CommandExchange command = new CommandExchange(SUBSCRIBE + " to " + address, codec);
        lock.lock();
        try {
            JsonRpcId id = calls.newId();
            calls.begin(command, connections.requireOpen(command.what), id, command(SUBSCRIBE, id));
            pushes.subscribe(own);
        } finally {
            lock.unlock();
        }
        try {
            boolean unused =
                    SocketWaits.await(command.done, command.what + SocketSession.CUT_OFF, () -> calls.giveUp(command));
        } catch (RuntimeException e) {
            unsubscribe(own);
            throw e;
        }
        return new Subscription(() -> unsubscribe(own));
    }

    /** With the lock: tells the peer of another connection, if anyone is subscribed. */
    void renew(SocketLink opened) {
        if (pushes.hasSubscriptions()) {
            calls.write(opened, command(SUBSCRIBE, calls.newId()));
        }
    }

    private void unsubscribe(Consumer<BreachNotice> handler) {
        lock.lock();
        try {
            SocketLink open = connections.open();
            if (pushes.unsubscribe(handler) && open != null) {
                // In the same breath as the removal: a subscription that begins now comes after it on the wire, too.
                calls.write(open, command(UNSUBSCRIBE, calls.newId()));
            }
        } finally {
            lock.unlock();
        }
    }

    private static byte[] command(String method, JsonRpcId id) {
        return JsonObject.of("jsonrpc", JsonRpcRequest.VERSION, "method", method, "id", id.value())
                .toBytes();
    }
}
