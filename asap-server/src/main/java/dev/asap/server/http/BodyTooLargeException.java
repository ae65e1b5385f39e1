// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import dev.asap.ASAPException;

/** The body of a request is larger than the server accepts. The server answers it with HTTP 413. */
public final class BodyTooLargeException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure for a body of at least {@code sizeBytes} where {@code maxBytes} are accepted. */
    public BodyTooLargeException(long sizeBytes, long maxBytes) {
        super("Request size (" + sizeBytes + " bytes) exceeds maximum (" + maxBytes + " bytes)", null);
    }
}
