// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * Recognises versions as PEP 440 defines them, in any of the spellings that its normalisation allows: {@code 1.0},
 * {@code v1.0-beta}, {@code 2!1.0rc1.post2.dev3+local}.
 *
 * <p>A scanner and no regular expression: one of this form recurses for each segment, and a version comes from outside.
 */
final class Pep440 {
    private static final String[] PRE_RELEASE = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"};
    private static final String[] POST_RELEASE = {"post", "rev", "r"};
    private static final String[] DEV_RELEASE = {"dev"};

    private final String text;
    private final int end;
    private int at;

    private Pep440(String text) {
        int start = 0;
        int length = text.length();
        while (start < length && isBlank(text.charAt(start))) {
            start++;
        }
        while (start < length && isBlank(text.charAt(length - 1))) {
            length--;
        }
        this.text = text;
        this.at = start;
        this.end = length;
    }

    /** Whether the text is a version; white space around it does not count. */
    static boolean isVersion(String text) {
        return new Pep440(text).version();
    }

    private boolean version() {
        if (peek() == 'v' || peek() == 'V') {
            at++;
        }
        if (!digits()) {
            return false;
        }
        if (skip('!') && !digits()) {
            return false;
        }
        while (peek() == '.' && isDigit(peek(1))) {
            at++;
            digits();
        }
        suffix(PRE_RELEASE);
        if (peek() == '-' && isDigit(peek(1))) {
            at++;
            digits();
        } else {
            suffix(POST_RELEASE);
        }
        suffix(DEV_RELEASE);
        return (!skip('+') || local()) && at == end;
    }

    /** A label with an optional separator before it, and an optional separator and number behind it; or nothing. */
    private void suffix(String[] labels) {
        int start = at;
        separator();
        for (String label : labels) {
            if (text.regionMatches(true, at, label, 0, label.length()) && isAscii(at, label.length())) {
                at += label.length();
                separator();
                digits();
                return;
            }
        }
        at = start;
    }

    private boolean local() {
        do {
            int start = at;
            while (isDigit(peek()) || isLetter(peek())) {
                at++;
            }
            if (at == start) {
                return false;
            }
        } while (separator());
        return true;
    }

    private boolean digits() {
        int start = at;
        while (isDigit(peek())) {
            at++;
        }
        return at > start;
    }

    private boolean separator() {
        return skip('.') || skip('-') || skip('_');
    }

    private boolean skip(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private char peek() {
        return peek(0);
    }

    /** NUL, which no version contains, at the end. */
    private char peek(int ahead) {
        return at + ahead < end ? text.charAt(at + ahead) : '\0';
    }

    // Comparing without regard to case takes the long s for an s.
    private boolean isAscii(int start, int length) {
        return text.substring(start, start + length).chars().allMatch(c -> c < 0x80);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
