// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ThreadPoolExhaustedException;
import dev.asap.rpc.JsonRpcId;

/** What a request is answered with. The way it came decides what an overload looks like there. */
sealed interface Reply {
    /**
     * An answer, be it a result or an error.
     *
     * @param body the JSON-RPC object, not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, compared nowhere
    record Answered(byte[] body) implements Reply {}

    /**
     * Nothing was done: as many handlers run as may.
     *
     * @param id the request's id
     * @param reason what to say
     */
    record Overloaded(JsonRpcId id, ThreadPoolExhaustedException reason) implements Reply {}
}
