// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * The kind of machine that an agent runs on.
 *
 * @param value the text on the wire
 */
public record HardwareClass(String value) implements WireEnum {
    /** The known classes, for a {@code switch}. */
    public enum Known {
        /** A machine of a cloud provider. */
        CLOUD,
        /** A single-board computer. */
        SBC,
        /** A board with an accelerator for inference. */
        EDGE_ACCELERATOR,
        /** A microcontroller. */
        MICROCONTROLLER,
        /** A desktop computer. */
        DESKTOP,
        /** A class that this library does not know. */
        OTHER
    }

    /** A machine of a cloud provider. */
    public static final HardwareClass CLOUD = new HardwareClass("cloud");

    /** A single-board computer. */
    public static final HardwareClass SBC = new HardwareClass("sbc");

    /** A board with an accelerator for inference. */
    public static final HardwareClass EDGE_ACCELERATOR = new HardwareClass("edge_accelerator");

    /** A microcontroller. */
    public static final HardwareClass MICROCONTROLLER = new HardwareClass("microcontroller");

    /** A desktop computer. */
    public static final HardwareClass DESKTOP = new HardwareClass("desktop");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The class as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return KNOWN.find(value);
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
