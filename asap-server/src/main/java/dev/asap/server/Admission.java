// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import org.jspecify.annotations.Nullable;

/** Whether a request is one that a handler may see. */
sealed interface Admission {
    /**
     * It is.
     *
     * @param id what the answer is tied to
     * @param caller who sent it, as far as that is known
     * @param envelope what the handler gets
     * @param idempotencyKey what the caller knows it by, or null
     */
    record Admitted(
            JsonRpcId id,
            MessageAccess.Caller caller,
            Envelope envelope,
            @Nullable String idempotencyKey) implements Admission {}

    /**
     * It is not, and has to be answered with this.
     *
     * @param id the request's id, or null where none could be read
     */
    record Refused(@Nullable JsonRpcId id, JsonRpcError error) implements Admission {}
}
