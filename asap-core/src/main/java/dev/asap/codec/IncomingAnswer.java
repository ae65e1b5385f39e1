// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;

/** What a client reads out of the body of a JSON-RPC answer. */
public sealed interface IncomingAnswer {
    /**
     * The peer answered with an envelope.
     *
     * @param envelope the envelope
     */
    record Result(Envelope envelope) implements IncomingAnswer {}

    /**
     * The peer answered with an error.
     *
     * @param error the error as it was sent
     */
    record Failed(JsonRpcError error) implements IncomingAnswer {}

    /** The answer has neither an error nor an envelope. */
    record Empty() implements IncomingAnswer {}
}
