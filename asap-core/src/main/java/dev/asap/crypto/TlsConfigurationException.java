// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/**
 * Certificates or keys cannot be used as configured: a file that is missing or in another format, a password that does not
 * fit, a key that belongs to another certificate. The message names the file and the remedy, never a key or a password.
 */
public final class TlsConfigurationException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message what cannot be used, why, and what to do
     * @param cause what caused it, or null
     */
    public TlsConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
