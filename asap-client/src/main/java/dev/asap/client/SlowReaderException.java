// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;

/**
 * A stream was cut off because its frames came faster than they were taken: more of them waited than its socket keeps. What was
 * kept has been handed out before.
 */
public final class SlowReaderException extends ASAPException {
    private static final long serialVersionUID = 1L;

    SlowReaderException(String message) {
        super(message, null);
    }
}
