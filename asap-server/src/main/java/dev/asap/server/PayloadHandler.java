// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Payload;

/**
 * Answers envelopes with one type of payload.
 *
 * <p>May block; called by many threads at once. What it throws becomes a JSON-RPC error: a {@link
 * dev.asap.error.ProtocolException} as itself, anything else as an internal error that says nothing of the cause.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface PayloadHandler<P extends Payload> {
    /** Answers a payload. The server puts the answer into an envelope that is correlated with the request's. */
    Payload handle(P payload, RequestContext context) throws Exception;
}
