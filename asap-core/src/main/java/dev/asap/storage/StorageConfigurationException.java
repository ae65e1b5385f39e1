// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** A storage cannot be opened as configured: an unknown backend, a missing module, a path that cannot be used. */
public final class StorageConfigurationException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure; the message names the setting, its value and what would be right. */
    public StorageConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
