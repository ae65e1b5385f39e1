// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The peer did not answer in time; whether it received the request is not known. */
public final class RequestTimeoutException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public RequestTimeoutException(String message, Duration timeout, @Nullable Throwable cause) {
        super(builder(ErrorCode.TIMEOUT, message)
                .details(JsonObject.of("timeout_seconds", timeout.toMillis() / 1000.0))
                .recoverable(true)
                .fallbackAction("retry_with_backoff")
                .cause(cause));
    }
}
