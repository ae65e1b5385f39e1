// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import dev.asap.ASAPException;

/** The body of a request could not be read to its end: the peer left, or sent nothing for too long. */
public final class BodyReadException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure with what the connection reported. */
    public BodyReadException(Throwable cause) {
        super("The request's body could not be read to its end", cause);
    }
}
