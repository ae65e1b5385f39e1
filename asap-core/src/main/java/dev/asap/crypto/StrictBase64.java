// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64 with the standard alphabet and padding, in which bytes have exactly one text. */
final class StrictBase64 {
    private StrictBase64() {}

    /** The bytes; null if the text is not how {@link #encode} writes any. */
    static byte @Nullable [] decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // The decoder lets pass a missing padding and bits that belong to no byte.
        return encode(bytes).equals(text) ? bytes : null;
    }

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
