// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** A store could not do what was asked: the medium failed, is full, locked or closed. Nothing was half done. */
public final class StorageException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /**
     * Creates the failure.
     *
     * @param message what was attempted, where, and what came back
     * @param retryable whether the same call may succeed later, as when the medium was busy
     * @param cause what the medium reported, or null
     */
    public StorageException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    @Override
    public boolean retryable() {
        return retryable;
    }
}
