// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The peer answered, but not to the request that was sent. */
public final class CorrelationException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error: the id of the envelope that was sent, and the one that the answer names. */
    public CorrelationException(String requestId, @Nullable String correlationId) {
        super(builder(
                        ErrorCode.MALFORMED_ENVELOPE,
                        "Answer to another request: sent '" + requestId + "', answered '" + correlationId + "'")
                .details(JsonObject.of("request_id", requestId, "correlation_id", correlationId)));
    }
}
