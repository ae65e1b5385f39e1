// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** This side closed a stream before its end, and then asked it for more, or was still waiting for more in another thread. */
public final class StreamClosedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    StreamClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
