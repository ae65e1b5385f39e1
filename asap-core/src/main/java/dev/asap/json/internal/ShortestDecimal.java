// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decimal number with the fewest digits that reads back as a double, and of those the nearest to it. Stateless. */
public final class ShortestDecimal {
    private static final List<RoundingMode> ROUNDINGS =
            List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP);

    private ShortestDecimal() {}

    /** The number for a double that is finite and greater than 0; without zeros at the end. */
    public static BigDecimal of(double value) {
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
