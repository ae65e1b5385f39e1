// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;

/** An answer came, and is not compressed in the way that it says it is, or in none that was asked for. */
final class BrokenEncodingException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenEncodingException(String message, IOException cause) {
        super(message, cause);
    }
}
