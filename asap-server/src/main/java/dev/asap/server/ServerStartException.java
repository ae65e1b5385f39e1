// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;

/** A server could not begin to listen. Nothing of it is left running. */
public final class ServerStartException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure; the message names the address. */
    public ServerStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
