// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.rpc;

import dev.asap.json.JsonObject;

/**
 * A JSON-RPC request.
 *
 * @param method what to do; {@value #SEND} carries an envelope
 * @param params what to do it with
 * @param id what the answer will be tied to
 */
public record JsonRpcRequest(String method, JsonObject params, JsonRpcId id) {
    /** The one method of the protocol: delivers an envelope. */
    public static final String SEND = "asap.send";

    /** The version of JSON-RPC. */
    public static final String VERSION = "2.0";
}
