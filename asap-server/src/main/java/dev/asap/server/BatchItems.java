// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of a JSON array, cut out of its text unread.
 *
 * @param count how many there are
 * @param texts the first of them, as many as were wanted
 */
record BatchItems(int count, List<byte[]> texts) {
    /** Looks at the array's own brackets and commas; everything between them is left to who reads the elements. */
    private static final class Scanner {
        private final byte[] text;
        private int at;

        Scanner(byte[] text) {
            this.text = text;
        }

        void skipBlanks() {
            while (at < text.length && isBlank(text[at])) {
                at++;
            }
        }

        /** Moves behind the element that begins here. */
        void skipElement() {
            int depth = 0;
            while (at < text.length) {
                byte c = text[at];
                if (depth == 0 && (c == ',' || c == ']')) {
                    return;
                }
                if (c == '"') {
                    skipString();
                } else if (c == '[' || c == '{') {
                    depth++;
                } else if (c == ']' || c == '}') {
                    depth--;
                }
                at++;
            }
            throw new JsonException("the array has no end");
        }

        /** Moves to the quotation mark that ends the string. */
        private void skipString() {
            at++;
            while (at < text.length && text[at] != '"') {
                at += text[at] == '\\' ? 2 : 1;
            }
        }

        private static boolean isBlank(byte c) {
            return c == ' ' || c == '\t' || c == '\n' || c == '\r';
        }
    }

    /** Whether a text is an array, if it is JSON at all. */
    static boolean isArray(byte[] text) {
        Scanner scanner = new Scanner(text);
        scanner.skipBlanks();
        return scanner.at < text.length && text[scanner.at] == '[';
    }

    /**
     * Cuts out the elements and counts the others.
     *
     * @param most how many are cut out
     * @throws JsonException if the array is cut short, or something follows it
     */
    static BatchItems of(byte[] text, int most) {
        Scanner scanner = new Scanner(text);
        scanner.skipBlanks();
        scanner.at++;
        scanner.skipBlanks();
        List<byte[]> texts = new ArrayList<>();
        int count = 0;
        boolean more = scanner.at >= text.length || text[scanner.at] != ']';
        while (more) {
            int start = scanner.at;
            scanner.skipElement();
            if (count++ < most) {
                texts.add(Arrays.copyOfRange(text, start, scanner.at));
            }
            more = text[scanner.at] == ',';
            if (more) {
                scanner.at++;
            }
        }
        scanner.at++;
        scanner.skipBlanks();
        if (scanner.at < text.length) {
            throw new JsonException("there is something behind the array");
        }
        return new BatchItems(count, texts);
    }
}
