// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.HexFormat;
import java.util.Locale;

/**
 * JSON as the protocol's first implementation writes events: in one line, a blank behind each comma and colon, everything beyond ASCII
 * escaped. Stateless.
 */
final class SpacedJson {
    private static final HexFormat HEX = HexFormat.of();

    /** Of the letter and the digits. */
    private static final int UNICODE_ESCAPE_LENGTH = 5;

    private SpacedJson() {}

    /** The same JSON in that form. */
    static String of(String json) {
        StringBuilder out = new StringBuilder(json.length() + json.length() / 8);
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\') {
                i += appendEscape(out, json, i + 1);
            } else if (c == '"') {
                inString = !inString;
                out.append(c);
            } else if (inString) {
                appendText(out, c);
            } else {
                appendStructure(out, c);
            }
        }
        return out.toString();
    }

    /** Copies what follows a backslash and returns its length. */
    private static int appendEscape(StringBuilder out, String json, int at) {
        int length = json.charAt(at) == 'u' ? UNICODE_ESCAPE_LENGTH : 1;
        out.append('\\').append(json.substring(at, at + length).toLowerCase(Locale.ROOT));
        return length;
    }

    private static void appendText(StringBuilder out, char c) {
        if (c > '~') {
            out.append("\\u").append(HEX.toHexDigits(c));
        } else {
            out.append(c);
        }
    }

    private static void appendStructure(StringBuilder out, char c) {
        if (c == ',' || c == ':') {
            out.append(c).append(' ');
        } else if (c > ' ') {
            out.append(c);
        }
    }
}
