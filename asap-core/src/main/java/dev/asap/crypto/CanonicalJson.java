// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.validation.Checks;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The canonical text of JSON objects by RFC 8785: what signatures are made over. */
final class CanonicalJson {
    private static final HexFormat HEX = HexFormat.of();

    private CanonicalJson() {}

    /**
     * The canonical text in UTF-8. Whole numbers beyond 2^53 are rounded to the nearest double, as the RFC demands.
     *
     * @throws JsonException if the object has none: a number is beyond every double, or a text is no Unicode
     */
    static byte[] of(JsonObject object) {
        StringBuilder text = new StringBuilder();
        append(text, object);
        return text.toString().getBytes(UTF_8);
    }

    private static void append(StringBuilder text, JsonValue value) {
        if (value instanceof JsonObject object) {
            appendMembers(text, object);
        } else if (value instanceof JsonArray array) {
            String separator = "";
            text.append('[');
            for (JsonValue element : array) {
                append(text.append(separator), element);
                separator = ",";
            }
            text.append(']');
        } else if (value instanceof JsonString string) {
            appendText(text, string.value());
        } else if (value instanceof JsonNumber number) {
            appendNumber(text, number);
        } else {
            text.append(value);
        }
    }

    private static void appendMembers(StringBuilder text, JsonObject object) {
        String separator = "";
        text.append('{');
        // Java compares texts as the RFC does, by UTF-16 code units.
        for (Map.Entry<String, JsonValue> member : new TreeMap<>(object.members()).entrySet()) {
            appendText(text.append(separator), member.getKey());
            append(text.append(':'), member.getValue());
            separator = ",";
        }
        text.append('}');
    }

    private static void appendNumber(StringBuilder text, JsonNumber number) {
        double value = number.asDouble();
        if (!Double.isFinite(value)) {
            throw new JsonException("no canonical form: a number is beyond every double");
        }
        text.append(EcmaNumber.of(value));
    }

    private static void appendText(StringBuilder text, String value) {
        if (!Checks.isWellFormed(value)) {
            // UTF-8 would have a question mark for each, and so one form for several texts.
            throw new JsonException("no canonical form: a text has half of a surrogate pair in it");
        }
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < ' ') {
                        text.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
