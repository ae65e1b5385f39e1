// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.model.WireEnum;

/**
 * How bad a breach is. The protocol lets any text pass.
 *
 * @param value the text on the wire
 */
public record BreachSeverity(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** A promise is not kept. */
        WARNING,
        /** It is missed by far. */
        CRITICAL,
        /** A severity that this library does not know. */
        OTHER
    }

    /** A promise is not kept. */
    public static final BreachSeverity WARNING = new BreachSeverity("warning");

    /** It is missed by far. */
    public static final BreachSeverity CRITICAL = new BreachSeverity("critical");

    /** The severity as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "warning" -> Known.WARNING;
            case "critical" -> Known.CRITICAL;
            default -> Known.OTHER;
        };
    }

    @Override
    public boolean isKnown() {
        return known() != Known.OTHER;
    }

    @Override
    public String toString() {
        return value;
    }
}
