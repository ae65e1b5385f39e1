// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer cannot be sent any more: the caller has gone, reads nothing for too long, or the server was closed. Let it pass:
 * there is nobody to tell.
 */
public final class StreamClosedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure. */
    StreamClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
