// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The way a message came.
 *
 * @param request whose headers say who calls: the request itself, or that which opened the socket
 * @param idempotencyKey the key outside of the message, or null
 * @param acks what is told before the answer
 * @param trace the headers that may say which trace the message belongs to
 */
record Arrival(HttpRequest request, @Nullable String idempotencyKey, Acks acks, MessageTracer.Headers trace) {
    /** A message that is the whole of a request. */
    static Arrival of(HttpRequest request) {
        return new Arrival(request, request.header("X-Idempotency-Key"), AccessLog.NOTES, request::header);
    }

    /** A message beside others in one request: what the headers say of a key is not its own. */
    static Arrival inBatch(HttpRequest request) {
        return new Arrival(request, null, Acks.NONE, request::header);
    }

    /** One of many messages of a socket: what the headers say is older. */
    static Arrival overSocket(HttpRequest handshake, Acks acks) {
        return new Arrival(handshake, null, acks, MessageTracer.Headers.NONE);
    }
}
