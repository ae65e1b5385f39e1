// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import dev.asap.json.JsonObject;
import dev.asap.model.MessageAck;
import dev.asap.rpc.JsonRpcId;
import org.jspecify.annotations.Nullable;

/** What a peer sends in one frame. */
public sealed interface Frame {
    /** The peer wants to know whether this side is alive. */
    record Ping() implements Frame {}

    /**
     * The peer acknowledges a message.
     *
     * @param ack the acknowledgement
     */
    record Ack(MessageAck ack) implements Frame {}

    /**
     * A service level was missed.
     *
     * @param breach what the peer says about it
     */
    record Breach(JsonObject breach) implements Frame {}

    /**
     * A JSON-RPC result or error.
     *
     * @param id what it answers, or null
     * @param utf8 the whole frame; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Answer(@Nullable JsonRpcId id, byte[] utf8) implements Frame {}

    /**
     * Nothing that this library knows.
     *
     * @param reason why it is not, without anything of the content
     */
    record Unknown(String reason) implements Frame {}
}
