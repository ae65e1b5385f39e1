// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;

/** A compressed answer is larger than allowed, as it came or unpacked; it was not read to its end. */
final class OversizedAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    OversizedAnswerException(long limitBytes) {
        super("the answer is larger than " + limitBytes + " bytes");
    }
}
