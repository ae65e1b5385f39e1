// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** The keys to verify tokens with cannot be had now. */
final class KeySetUnavailableException extends ASAPException {
    private static final long serialVersionUID = 1L;

    KeySetUnavailableException(@Nullable Throwable cause) {
        super("The key set to verify tokens with could not be fetched", cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
