// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.model.WireEnum;

/**
 * Which promise was not kept. The protocol lets any text pass.
 *
 * @param value the text on the wire
 */
public record BreachType(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** It was up for too little of the time. */
        AVAILABILITY,
        /** It took too long. */
        LATENCY,
        /** Too many tasks failed. */
        ERROR_RATE,
        /** A promise that this library does not know. */
        OTHER
    }

    /** It was up for too little of the time. */
    public static final BreachType AVAILABILITY = new BreachType("availability");

    /** It took too long. */
    public static final BreachType LATENCY = new BreachType("latency");

    /** Too many tasks failed. */
    public static final BreachType ERROR_RATE = new BreachType("error_rate");

    /** The type as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "availability" -> Known.AVAILABILITY;
            case "latency" -> Known.LATENCY;
            case "error_rate" -> Known.ERROR_RATE;
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
