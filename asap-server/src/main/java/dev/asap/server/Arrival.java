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
 */
record Arrival(HttpRequest request, @Nullable String idempotencyKey, Acks acks) {
    /** A message that is the whole of a request. */
    static Arrival of(HttpRequest request) {
        return new Arrival(request, request.header("X-Idempotency-Key"), Acks.NONE);
    }

    /** A message beside others in one request: what the headers say of a key is not its own. */
    static Arrival inBatch(HttpRequest request) {
        return new Arrival(request, null, Acks.NONE);
    }
}
