// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.rpc.JsonRpcError;

/**
 * A message is refused because of who sends it. The protocol has no code of its taxonomy for these refusals, but errors of a shape of
 * their own.
 */
final class AccessRefusedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private static final ErrorCode REFUSED = new ErrorCode("asap:auth/refused", -32059);

    private final transient JsonRpcError error;
    private final String metric;

    private AccessRefusedException(JsonRpcError error, String text, String metric) {
        super(builder(REFUSED, text));
        this.error = error;
        this.metric = metric;
    }

    /** There are no credentials, or none that the protocol understands. */
    static AccessRefusedException missing() {
        return unauthenticated("Authentication required");
    }

    /** The credentials are nobody's. */
    static AccessRefusedException invalid() {
        return unauthenticated("Invalid authentication token");
    }

    private static AccessRefusedException unauthenticated(String text) {
        return new AccessRefusedException(JsonRpcError.invalidRequest(data(text, 401)), text, "auth_failed");
    }

    /** The message says that it is from somebody else than the one whose credentials came with it. */
    static AccessRefusedException otherSender() {
        String text = "Sender does not match authenticated identity";
        return new AccessRefusedException(JsonRpcError.invalidParams(data(text, 403)), text, "sender_mismatch");
    }

    /** Whoever knows about credentials does not answer. */
    static AccessRefusedException undecided() {
        String text = "Internal server error";
        return new AccessRefusedException(
                JsonRpcError.internalError(JsonObject.of("error", text)), text, "internal_error");
    }

    private static JsonObject data(String text, int status) {
        return JsonObject.of("error", text, "status_code", status);
    }

    /** What the caller is told. */
    JsonRpcError error() {
        return error;
    }

    /** Under what it is counted. */
    String metric() {
        return metric;
    }
}
