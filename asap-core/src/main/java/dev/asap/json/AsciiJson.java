// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import dev.asap.json.internal.ShortestDecimal;
import dev.asap.page.TextOrder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of a JSON object over which the protocol hashes and signs: members in the order of their names' code points at every level,
 * everything beyond ASCII escaped, whole numbers with all digits, others in the shortest form that reads back. Belongs to one text.
 */
public final class AsciiJson {
    private static final HexFormat HEX = HexFormat.of();

    /** The powers of ten between which numbers are written without exponent. */
    private static final int MAX_PLAIN = 16;

    private static final int MIN_PLAIN = -4;

    private final StringBuilder text = new StringBuilder();
    private final String comma;
    private final String colon;

    private AsciiJson(String comma, String colon) {
        this.comma = comma;
        this.colon = colon;
    }

    /**
     * The text with {@code ", "} and {@code ": "} between things: of the audit log and the manifest's tag.
     *
     * @throws JsonException if the object has none: a number with a fraction or exponent is beyond every double
     */
    public static String of(JsonObject object) {
        return new AsciiJson(", ", ": ").written(object);
    }

    /**
     * The text without blanks: of webhooks.
     *
     * @throws JsonException if the object has none: a number with a fraction or exponent is beyond every double
     */
    public static String compact(JsonObject object) {
        return new AsciiJson(",", ":").written(object);
    }

    private String written(JsonObject object) {
        append(object);
        return text.toString();
    }

    private void append(JsonValue value) {
        if (value instanceof JsonObject object) {
            appendMembers(object);
        } else if (value instanceof JsonArray array) {
            String separator = "";
            text.append('[');
            for (JsonValue element : array) {
                text.append(separator);
                append(element);
                separator = comma;
            }
            text.append(']');
        } else if (value instanceof JsonString string) {
            appendText(string.value());
        } else if (value instanceof JsonNumber number) {
            text.append(number.isWhole() ? new BigInteger(number.toString()).toString() : fraction(number));
        } else {
            text.append(value);
        }
    }

    private void appendMembers(JsonObject object) {
        Map<String, JsonValue> sorted = new TreeMap<>(TextOrder.CODE_POINTS);
        sorted.putAll(object.members());
        String separator = "";
        text.append('{');
        for (Map.Entry<String, JsonValue> member : sorted.entrySet()) {
            text.append(separator);
            appendText(member.getKey());
            text.append(colon);
            append(member.getValue());
            separator = comma;
        }
        text.append('}');
    }

    private void appendText(String value) {
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
                    if (c < ' ' || c > '~') {
                        text.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static String fraction(JsonNumber number) {
        double value = number.asDouble();
        if (!Double.isFinite(value)) {
            throw new JsonException("a number is beyond every double");
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        return value == 0 ? sign + "0.0" : sign + ofPositive(ShortestDecimal.of(Math.abs(value)));
    }

    private static String ofPositive(BigDecimal number) {
        String digits = number.unscaledValue().toString();
        // The number is D.IGITS times ten to the power of this.
        int power = digits.length() - number.scale() - 1;
        if (power >= MAX_PLAIN || power < MIN_PLAIN) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            String exponent = Math.abs(power) < 10 ? "0" + Math.abs(power) : "" + Math.abs(power);
            return digits.charAt(0) + fraction + (power < 0 ? "e-" : "e+") + exponent;
        } else if (power < 0) {
            return "0." + "0".repeat(-power - 1) + digits;
        }
        String whole = power + 1 >= digits.length()
                ? digits + "0".repeat(power + 1 - digits.length())
                : digits.substring(0, power + 1);
        return whole + "." + (power + 1 >= digits.length() ? "0" : digits.substring(power + 1));
    }
}
