// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.internal.ShortestDecimal;
import java.math.BigDecimal;

/** Numbers as ECMAScript writes them: the fewest digits that read back as the same double, and of those the nearest to it. */
final class EcmaNumber {
    /** Below and up to this, every whole number is a double of its own. */
    private static final long MAX_EXACT = 1L << 53;

    /** The powers of ten between which numbers are written without exponent. */
    private static final int MAX_PLAIN = 21;

    private static final int MIN_PLAIN = -6;

    private EcmaNumber() {}

    /** The text of a number that is neither infinite nor NaN. */
    static String of(double value) {
        long whole = (long) value;
        if (whole == value && Math.abs(whole) <= MAX_EXACT) {
            return Long.toString(whole);
        }
        String text = ofPositive(ShortestDecimal.of(Math.abs(value)));
        return value < 0 ? "-" + text : text;
    }

    private static String ofPositive(BigDecimal number) {
        String digits = number.unscaledValue().toString();
        // The number is 0.DIGITS times ten to the power of this.
        int power = digits.length() - number.scale();
        if (power > MAX_PLAIN || power <= MIN_PLAIN) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            return digits.charAt(0) + fraction + (power > 0 ? "e+" : "e-") + Math.abs(power - 1);
        } else if (power <= 0) {
            return "0." + "0".repeat(-power) + digits;
        } else if (power >= digits.length()) {
            return digits + "0".repeat(power - digits.length());
        }
        return digits.substring(0, power) + "." + digits.substring(power);
    }
}
