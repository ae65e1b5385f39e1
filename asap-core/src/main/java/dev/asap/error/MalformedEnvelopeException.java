// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** An envelope is broken in a way that only the application can see. */
public final class MalformedEnvelopeException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public MalformedEnvelopeException(String message, JsonObject details) {
        super(builder(ErrorCode.MALFORMED_ENVELOPE, message).details(details));
    }
}
