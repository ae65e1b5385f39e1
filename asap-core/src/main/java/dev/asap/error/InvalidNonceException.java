// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** A nonce was used before, or is none. */
public final class InvalidNonceException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public InvalidNonceException(String message, String nonce, String envelopeId) {
        super(builder(ErrorCode.INVALID_NONCE, message)
                .details(JsonObject.of("nonce", nonce, "envelope_id", envelopeId)));
    }
}
