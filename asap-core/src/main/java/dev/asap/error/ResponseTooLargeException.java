// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.ASAPException;

/** The peer's answer is larger than this side accepts; it was not read to its end. */
public final class ResponseTooLargeException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    /** Creates the failure for an address without secrets and the limit in bytes. */
    public ResponseTooLargeException(String url, long limitBytes) {
        super(
                "The answer of " + url + " is larger than " + limitBytes
                        + " bytes; raise maxResponseBytes if that is expected",
                null);
        this.limitBytes = limitBytes;
    }

    /** The limit in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}
