// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers as ECMAScript writes them: the fewest digits that read back as the same double, and of those the nearest to it. */
final class EcmaNumber {
    /** Below and up to this, every whole number is a double of its own. */
    private static final long MAX_EXACT = 1L << 53;

    /** The powers of ten between which numbers are written without exponent. */
    private static final int MAX_PLAIN = 21;

    private static final int MIN_PLAIN = -6;

    private static final List<RoundingMode> ROUNDINGS =
            List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP);

    private EcmaNumber() {}

    /** The text of a number that is neither infinite nor NaN. */
    static String of(double value) {
        long whole = (long) value;
        if (whole == value && Math.abs(whole) <= MAX_EXACT) {
            return Long.toString(whole);
        }
        String text = ofPositive(shortest(Math.abs(value)));
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

    /** The fewest digits that read back as this positive number, and of those the nearest to it; without zeros at the end. */
    static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        // Never too few digits, and before JDK 19 now and then one too many.
        BigDecimal known = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int digits = known.precision();
        BigDecimal found = nearest(exact, value, digits);
        BigDecimal shorter = found;
        while (shorter != null) {
            found = shorter;
            digits--;
            shorter = digits == 0 ? null : nearest(exact, value, digits);
        }
        return found == null ? known : found.stripTrailingZeros();
    }

    /** The nearest number with so many digits that reads back as the value, of two the even one; null if none does. */
    private static @Nullable BigDecimal nearest(BigDecimal exact, double value, int digits) {
        // At a power of two the doubles below are closer than those above, so that the nearest may be the wrong one.
        for (RoundingMode rounding : ROUNDINGS) {
            BigDecimal rounded = exact.round(new MathContext(digits, rounding));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return null;
    }
}
