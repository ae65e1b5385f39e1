// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/**
 * A host or agent token is not to be believed: it is none, its signature does not hold, its time is over, or it was made for
 * another server. The message says which; it never holds the token, and can be told to whoever sent it.
 */
public final class InvalidTokenException extends ASAPException {
    private static final long serialVersionUID = 1L;

    InvalidTokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
