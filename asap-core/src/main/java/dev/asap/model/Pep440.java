// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Recognises versions as PEP 440 defines them, in any of the spellings that its normalisation allows: {@code 1.0},
 * {@code v1.0-beta}, {@code 2!1.0rc1.post2.dev3+local}; and puts them in order: {@code 1.0.dev1}, {@code 1.0a1}, {@code 1.0rc1},
 * {@code 1.0}, {@code 1.0+local}, {@code 1.0.post1}. Numbers may be of any length.
 *
 * <p>A scanner and no regular expression: one of this form recurses for each segment, and a version comes from outside.
 */
final class Pep440 implements Comparable<Pep440> {
    private static final String[] PRE_RELEASE = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"};
    private static final String[] POST_RELEASE = {"post", "rev", "r"};
    private static final String[] DEV_RELEASE = {"dev"};

    /** The letter that stands for each label of {@link #PRE_RELEASE}; they are in the order of the alphabet. */
    private static final String[] PRE_RELEASE_LETTERS = {"a", "a", "b", "b", "rc", "rc", "rc", "rc"};

    /** No label. */
    private static final int NONE = -1;

    /** The longer of two numbers is the greater one; a missing one stands before all. */
    private static final Comparator<String> NUMBERS =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private static final Comparator<Pep440> ORDER = Comparator.<Pep440, String>comparing(v -> v.epoch, NUMBERS)
            .thenComparing(Pep440::compareReleases)
            .thenComparingInt(Pep440::preRank)
            .thenComparing(v -> v.preLetter)
            .thenComparing(v -> v.preNumber, NUMBERS)
            .thenComparing(v -> v.postNumber, NUMBERS)
            // What is being developed stands before what it becomes.
            .thenComparing(v -> v.devNumber.isEmpty())
            .thenComparing(v -> v.devNumber, NUMBERS)
            .thenComparing(Pep440::compareLocals);

    private final String text;
    private final int end;
    private int at;
    private int digitsStart;

    // Numbers are kept as digits without leading zeros, what is missing as an empty text.
    private String epoch = "0";
    private final List<String> release = new ArrayList<>();
    private String preLetter = "";
    private String preNumber = "";
    private String postNumber = "";
    private String devNumber = "";
    private final List<String> local = new ArrayList<>();

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

    /** The version that the text is; empty if it is none. */
    static Optional<Pep440> parse(String text) {
        Pep440 version = new Pep440(text);
        return version.version() ? Optional.of(version) : Optional.empty();
    }

    @Override
    public int compareTo(Pep440 other) {
        return ORDER.compare(this, other);
    }

    private int compareReleases(Pep440 other) {
        List<String> mine = significant();
        List<String> theirs = other.significant();
        for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
            int order = NUMBERS.compare(mine.get(i), theirs.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(mine.size(), theirs.size());
    }

    /** Zeros at the end do not count. */
    private List<String> significant() {
        int length = release.size();
        while (length > 0 && release.get(length - 1).equals("0")) {
            length--;
        }
        return release.subList(0, length);
    }

    /** A version that is only being developed stands before its pre-releases, any other without one behind them. */
    private int preRank() {
        if (!preLetter.isEmpty()) {
            return 0;
        }
        return postNumber.isEmpty() && !devNumber.isEmpty() ? -1 : 1;
    }

    /** Of two segments a number is greater than a text; the version with more of them is greater. */
    private int compareLocals(Pep440 other) {
        for (int i = 0; i < Math.min(local.size(), other.local.size()); i++) {
            String mine = local.get(i);
            String theirs = other.local.get(i);
            boolean isNumber = isNumber(mine);
            int order = Boolean.compare(isNumber, isNumber(theirs));
            if (order == 0) {
                order = isNumber ? NUMBERS.compare(mine, theirs) : mine.compareTo(theirs);
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(local.size(), other.local.size());
    }

    private boolean version() {
        if (peek() == 'v' || peek() == 'V') {
            at++;
        }
        if (!digits()) {
            return false;
        }
        release.add(number());
        if (skip('!')) {
            epoch = release.remove(0);
            if (!digits()) {
                return false;
            }
            release.add(number());
        }
        while (peek() == '.' && isDigit(peek(1))) {
            at++;
            digits();
            release.add(number());
        }
        int label = suffix(PRE_RELEASE);
        if (label != NONE) {
            preLetter = PRE_RELEASE_LETTERS[label];
            preNumber = number();
        }
        if (peek() == '-' && isDigit(peek(1))) {
            at++;
            digits();
            postNumber = number();
        } else if (suffix(POST_RELEASE) != NONE) {
            postNumber = number();
        }
        if (suffix(DEV_RELEASE) != NONE) {
            devNumber = number();
        }
        return (!skip('+') || local()) && at == end;
    }

    /**
     * A label with an optional separator before it, and an optional separator and number behind it; or nothing.
     *
     * @return which label it is, or {@link #NONE}
     */
    private int suffix(String[] labels) {
        int start = at;
        separator();
        for (int i = 0; i < labels.length; i++) {
            String label = labels[i];
            if (text.regionMatches(true, at, label, 0, label.length()) && isAscii(at, label.length())) {
                at += label.length();
                separator();
                digits();
                return i;
            }
        }
        at = start;
        return NONE;
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
            String segment = text.substring(start, at).toLowerCase(Locale.ROOT);
            local.add(isNumber(segment) ? withoutLeadingZeros(segment) : segment);
        } while (separator());
        return true;
    }

    /** The digits that were passed over last; 0 where there were none. */
    private String number() {
        return withoutLeadingZeros(text.substring(digitsStart, at));
    }

    private static String withoutLeadingZeros(String digits) {
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        return start == digits.length() ? "0" : digits.substring(start);
    }

    private static boolean isNumber(String segment) {
        return segment.chars().allMatch(c -> isDigit((char) c));
    }

    private boolean digits() {
        digitsStart = at;
        while (isDigit(peek())) {
            at++;
        }
        return at > digitsStart;
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
