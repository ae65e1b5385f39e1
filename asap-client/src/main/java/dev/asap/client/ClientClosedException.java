// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/**
 * The client was closed, before the call or while it ran. In the second case it is not known whether the peer received the
 * request.
 */
public final class ClientClosedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    ClientClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
