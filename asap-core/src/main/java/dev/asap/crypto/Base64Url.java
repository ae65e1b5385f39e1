// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64 with the alphabet for URLs and without padding, in which bytes have exactly one text. */
final class Base64Url {
    private Base64Url() {}

    /** The bytes; null if the text is not how {@link #encode} writes any. */
    static byte @Nullable [] decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // The decoder lets pass padding and bits that belong to no byte.
        return encode(bytes).equals(text) ? bytes : null;
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
