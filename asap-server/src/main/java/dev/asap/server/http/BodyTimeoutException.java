// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import dev.asap.ASAPException;
import java.time.Duration;

/** The body of a request was not there in time, though the peer was never silent for long. The server answers it with HTTP 408. */
public final class BodyTimeoutException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure for a body that took longer than allowed. */
    public BodyTimeoutException(Duration allowed) {
        super("The request was not sent within " + allowed.toMillis() + " ms", null);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
