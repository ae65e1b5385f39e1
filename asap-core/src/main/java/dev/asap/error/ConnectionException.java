// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The peer could not be reached, or answered with an HTTP failure. */
public final class ConnectionException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private static final int NO_STATUS = 0;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_FAILURE = 500;

    private final int httpStatus;

    /** Creates the error of a peer that gave no answer. The address must hold no secrets. */
    public ConnectionException(String message, String url, @Nullable Throwable cause) {
        this(
                builder(ErrorCode.CONNECTION_ERROR, message)
                        .details(JsonObject.of("url", url))
                        .recoverable(true)
                        .cause(cause),
                NO_STATUS);
    }

    private ConnectionException(Builder error, int httpStatus) {
        super(error.fallbackAction("retry_or_check_connectivity"));
        this.httpStatus = httpStatus;
    }

    /**
     * The error of a peer that answered with an HTTP failure. The statuses 408, 429 and from 500 on are retryable.
     *
     * @param url the address without secrets
     * @param retryAfter how long the peer asks to wait, or null
     */
    public static ConnectionException ofStatus(
            String message, String url, int httpStatus, @Nullable Duration retryAfter) {
        boolean recoverable =
                httpStatus == REQUEST_TIMEOUT || httpStatus == TOO_MANY_REQUESTS || httpStatus >= FIRST_SERVER_FAILURE;
        return new ConnectionException(
                builder(ErrorCode.CONNECTION_ERROR, message)
                        .details(JsonObject.of("url", url, "cause", "HTTP " + httpStatus))
                        .recoverable(recoverable)
                        .retryAfter(retryAfter),
                httpStatus);
    }

    /** The HTTP status that the peer answered with; empty when there was no answer. */
    public OptionalInt httpStatus() {
        return httpStatus == NO_STATUS ? OptionalInt.empty() : OptionalInt.of(httpStatus);
    }
}
