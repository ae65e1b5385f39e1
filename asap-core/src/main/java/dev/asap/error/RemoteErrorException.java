// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The peer answered with an error. {@link #code} is what the peer called it, or the general remote error. */
public final class RemoteErrorException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final int jsonRpcCode;
    private final transient @Nullable JsonObject data;

    /**
     * Creates the error.
     *
     * @param error what could be understood of the peer's answer
     * @param jsonRpcCode the number as it was sent, also where it is none of the protocol's
     * @param data everything that came with the error, or null
     */
    public RemoteErrorException(Builder error, int jsonRpcCode, @Nullable JsonObject data) {
        super(error);
        this.jsonRpcCode = jsonRpcCode;
        this.data = data;
    }

    /** The JSON-RPC number as the peer sent it. */
    public int jsonRpcCode() {
        return jsonRpcCode;
    }

    /** Everything that came with the error, or null when nothing did. */
    public @Nullable JsonObject data() {
        return data;
    }
}
