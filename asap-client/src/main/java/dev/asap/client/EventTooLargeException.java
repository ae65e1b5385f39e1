// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;

/** One event of a stream is larger than this side accepts; it was not read to its end, and neither was the stream. */
public final class EventTooLargeException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    EventTooLargeException(Operation operation, long limitBytes) {
        super(
                "An event in the answer to " + operation + " is larger than " + limitBytes
                        + " bytes; raise maxEventBytes if that is expected",
                null);
        this.limitBytes = limitBytes;
    }

    /** The limit in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}
