// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ASAPSocket.Builder} collected, checked.
 *
 * @param replaceable whether whoever has the socket takes another one when it has ended: nothing to warn of
 * @param staleLimit zero for none
 * @param pingInterval zero for none, null for what the OkHttp client has
 */
record SocketOptions(
        PeerAddress address,
        Duration openTimeout,
        Duration receiveTimeout,
        Duration closeTimeout,
        boolean replaceable,
        boolean reconnect,
        int maxReconnectAttempts,
        Backoff backoff,
        Duration ackTimeout,
        int ackRetries,
        Duration ackCheckInterval,
        @Nullable String bearerToken,
        @Nullable OkHttpClient okHttpClient,
        int maxCalls,
        long maxQueuedBytes,
        long maxResponseBytes,
        int maxBufferedMessages,
        long maxBufferedBytes,
        @Nullable Consumer<Envelope> onMessage,
        @Nullable Consumer<MessageAck> onAck,
        InstantSource clock,
        Supplier<SocketTimer> timers,
        Supplier<String> ids,
        Duration staleLimit,
        @Nullable Duration pingInterval) {
    /** Leaves out the token. */
    @Override
    public String toString() {
        return "SocketOptions[" + address + "]";
    }
}
