// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import org.jspecify.annotations.Nullable;

/** What a server reads out of the body of a JSON-RPC request. */
public sealed interface IncomingRequest {
    /**
     * A well-formed request. Whether its envelope is one is told apart, because a server looks at the method, and at who is
     * asking, first.
     *
     * @param id what the answer is tied to
     * @param method what to do
     * @param envelope the envelope, or why there is none
     * @param idempotencyKey what the caller knows the request by when it repeats it; null where it has no such text
     */
    record Call(
            JsonRpcId id,
            String method,
            EnvelopeArgument envelope,
            @Nullable String idempotencyKey) implements IncomingRequest {}

    /**
     * No request, to be answered with this error.
     *
     * @param id the request's id, or null where it has none
     * @param error what is wrong
     */
    record Rejected(@Nullable JsonRpcId id, JsonRpcError error) implements IncomingRequest {}

    /** The envelope among the parameters of a request. */
    sealed interface EnvelopeArgument {
        /**
         * It keeps all rules.
         *
         * @param envelope the envelope
         */
        record Valid(Envelope envelope) implements EnvelopeArgument {}

        /**
         * It is missing or breaks rules.
         *
         * @param error what to answer
         */
        record Invalid(JsonRpcError error) implements EnvelopeArgument {}

        /** An argument that is refused with an error's data. */
        static EnvelopeArgument invalid(JsonObject data) {
            return new Invalid(JsonRpcError.invalidParams(data));
        }
    }
}
