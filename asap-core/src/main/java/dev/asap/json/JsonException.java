// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** A text is not JSON, breaks a limit of {@link JsonValue#MAX_DEPTH}, or a JSON value is not of the kind that was asked for. */
public final class JsonException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** Creates the failure; the message names what was read and what is wrong with it. */
    public JsonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Creates the failure; the message names what was read and what is wrong with it. */
    public JsonException(String message) {
        this(message, null);
    }
}
