// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import org.jspecify.annotations.Nullable;

/**
 * The calling thread was interrupted; its interrupt flag is set. Whether the peer received the request is not known.
 *
 * <p>A platform thread notices an interrupt when it next reads or writes, a virtual thread at once.
 */
public final class CallInterruptedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    CallInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
