// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.rpc;

import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The answer to a JSON-RPC request. */
public sealed interface JsonRpcResponse {
    /** What ties the answer to its request; null where the request could not be read that far. */
    @Nullable
    JsonRpcId id();

    /**
     * It was done.
     *
     * @param result what came of it
     * @param id the request's id
     */
    record Success(JsonObject result, JsonRpcId id) implements JsonRpcResponse {}

    /**
     * It was not done.
     *
     * @param error why
     * @param id the request's id, or null where it could not be read
     */
    record Failure(JsonRpcError error, @Nullable JsonRpcId id) implements JsonRpcResponse {}
}
