// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * A JSON number, kept as it was written: big integers stay intact and {@code 1.0} stays a fraction.
 *
 * <p>Two numbers are equal when both are whole or both have a fraction or exponent, and their values are equal.
 */
public final class JsonNumber implements JsonValue {
    private static final Pattern SYNTAX = Pattern.compile("-?(?:0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    /** Bounds the work that a number from outside can cause: its digits, and the size of its exponent. */
    private static final int MAX_LENGTH = 1000;

    private final String text;

    /**
     * A number with this text, as JSON writes numbers.
     *
     * @throws JsonException if the text is no JSON number or longer than 1,000 characters
     */
    public JsonNumber(String text) {
        if (text.length() > MAX_LENGTH || !SYNTAX.matcher(text).matches()) {
            throw new JsonException("not a JSON number: '" + text.substring(0, Math.min(40, text.length())) + "'");
        }
        this.text = text;
    }

    /** A whole number. */
    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /**
     * A number with a fraction, {@code 1.0} for one.
     *
     * @throws JsonException if the value is infinite or not a number, which JSON cannot say
     */
    public static JsonNumber of(double value) {
        if (!Double.isFinite(value)) {
            throw new JsonException("JSON has no number for " + value);
        }
        return new JsonNumber(Double.toString(value));
    }

    /** Whether the number is written without fraction and exponent. */
    public boolean isWhole() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String kind() {
        return "number";
    }

    @Override
    public int asInt() {
        long value = asLong();
        if (value != (int) value) {
            throw new JsonException("expected a whole number of 32 bits, got " + text);
        }
        return (int) value;
    }

    @Override
    public long asLong() {
        try {
            return isWhole() ? Long.parseLong(text) : asExactWhole();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new JsonException("expected a whole number of 64 bits, got " + text, e);
        }
    }

    @Override
    public double asDouble() {
        return Double.parseDouble(text);
    }

    @Override
    public BigDecimal asDecimal() {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new JsonException("the exponent is too large for a decimal: " + text, e);
        }
    }

    /** Exact, and cheap for exponents as large as a hostile text may have them. */
    private long asExactWhole() {
        BigDecimal value = asDecimal();
        if ((long) value.precision() - value.scale() > 20) {
            throw new ArithmeticException("out of range");
        }
        return value.longValueExact();
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof JsonNumber that
                && isWhole() == that.isWhole()
                && (text.equals(that.text) || hasValueOf(that));
    }

    private boolean hasValueOf(JsonNumber that) {
        if (isWhole()) {
            return new BigInteger(text).equals(new BigInteger(that.text));
        }
        try {
            return asDecimal().compareTo(that.asDecimal()) == 0;
        } catch (JsonException e) {
            // Exponents beyond every decimal: only the same text is surely the same number.
            return false;
        }
    }

    @Override
    public int hashCode() {
        return Double.hashCode(asDouble() + 0.0);
    }

    @Override
    public String toString() {
        return text;
    }
}
