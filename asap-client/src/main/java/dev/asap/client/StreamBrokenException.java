// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A stream broke off: the connection was lost, or the peer ended it before its last chunk. That is also how a peer fails once it has
 * begun to answer, since the protocol has no other way to say so then.
 *
 * <p>A repetition may succeed, but it has the whole task done again.
 */
public final class StreamBrokenException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final int received;

    StreamBrokenException(String message, String url, int received, @Nullable Throwable cause) {
        super(builder(ErrorCode.CONNECTION_ERROR, message)
                .details(JsonObject.of("url", url))
                .recoverable(true)
                .fallbackAction("retry_or_check_connectivity")
                .cause(cause));
        this.received = received;
    }

    /** How many envelopes had come before. */
    public int received() {
        return received;
    }
}
