// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** A setting of the environment cannot be used. The message names the variable, its value and what it has to look like. */
public final class ServerConfigurationException extends ASAPException {
    private static final long serialVersionUID = 1L;

    ServerConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
