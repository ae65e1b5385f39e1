// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Payload;

/**
 * Answers envelopes with one type of payload piece by piece.
 *
 * <p>Runs in a thread of the server and may block; called by many threads at once. What it throws before its first piece becomes a
 * JSON-RPC error like that of a {@link PayloadHandler}; what it throws later ends the answer without its last piece.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface StreamingHandler<P extends Payload> {
    /** Answers a payload. The answer is over when this returns. */
    void handle(P payload, RequestContext context, AnswerStream stream) throws Exception;
}
