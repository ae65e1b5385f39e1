// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;

/** The agent does not handle this payload type. */
public final class HandlerNotFoundException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error for a payload type as it was spelled; a long one is shortened. */
    public HandlerNotFoundException(String payloadType) {
        super(builder(
                        ErrorCode.HANDLER_NOT_FOUND,
                        "No handler registered for payload type: " + Checks.quoted(payloadType))
                .details(JsonObject.of("payload_type", Checks.quoted(payloadType))));
    }
}
