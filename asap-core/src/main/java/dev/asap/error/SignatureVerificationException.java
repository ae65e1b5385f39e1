// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** A manifest's signature does not hold. */
public final class SignatureVerificationException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public SignatureVerificationException(String message, JsonObject details) {
        super(builder(ErrorCode.SIGNATURE_VERIFICATION, message).details(details));
    }
}
