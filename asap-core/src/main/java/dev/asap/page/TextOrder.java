// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.page;

import java.util.Comparator;

/** The order of texts in this library's lists; for stores. */
public final class TextOrder {
    /**
     * By the code points of the characters: the order of the texts' UTF-8 bytes, and so of databases. {@code String}'s own
     * order differs where characters beyond U+FFFF meet those from U+E000 on. Thread-safe.
     */
    public static final Comparator<String> CODE_POINTS = TextOrder::compareCodePoints;

    private TextOrder() {}

    private static int compareCodePoints(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean beyond = Character.isSurrogate(x);
                return beyond == Character.isSurrogate(y) ? Character.compare(x, y) : beyond ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
