// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import dev.asap.ASAPException;
import java.time.Duration;
import java.util.Optional;

/** The server has no room for another request now. It answers HTTP 503 with {@code Retry-After}. */
public final class ServerBusyException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private static final Duration WAIT = Duration.ofSeconds(1);

    /** Creates the failure with what there is no room for. */
    public ServerBusyException(String message) {
        super(message, null);
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public Optional<Duration> retryAfter() {
        return Optional.of(WAIT);
    }
}
