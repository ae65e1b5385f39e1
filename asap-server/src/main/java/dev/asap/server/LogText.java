// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Text from the wire as it may stand in a log line: short, and unable to begin a line of its own. */
final class LogText {
    static final int MAX_CHARACTERS = 100;

    private LogText() {}

    static String of(String text) {
        int shown = Math.min(text.length(), MAX_CHARACTERS);
        StringBuilder clean = new StringBuilder(shown + 1);
        for (int i = 0; i < shown; i++) {
            char c = text.charAt(i);
            clean.append(isHarmless(c) ? c : '?');
        }
        return text.length() > shown ? clean.append('…').toString() : clean.toString();
    }

    /** Separators of lines count as control characters here, and so does what turns the direction of a line. */
    private static boolean isHarmless(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
