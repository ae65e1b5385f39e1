// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/** The body of a request cannot be unpacked: HTTP 400, 413 or 415. */
final class UndecodableBodyException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private UndecodableBodyException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    static UndecodableBodyException unsupported(String coding, String supported) {
        return new UndecodableBodyException(
                415, "Unsupported Content-Encoding: " + coding + ". Supported: " + supported, null);
    }

    static UndecodableBodyException corrupt(String what, @Nullable Throwable cause) {
        return new UndecodableBodyException(400, "Invalid compressed data: " + what, cause);
    }

    static UndecodableBodyException tooLarge(String size, long maxBytes) {
        return new UndecodableBodyException(
                413, "Decompressed request size (" + size + " bytes) exceeds maximum (" + maxBytes + " bytes)", null);
    }

    int status() {
        return status;
    }
}
