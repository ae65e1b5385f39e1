// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * Who speaks in a message.
 *
 * @param value the text on the wire
 */
public record MessageRole(String value) implements WireEnum {
    /** The known roles, for a {@code switch}. */
    public enum Known {
        /** The one who wants something done. */
        USER,
        /** The one who does it. */
        ASSISTANT,
        /** Instructions that stand above both. */
        SYSTEM,
        /** A role that this library does not know. */
        OTHER
    }

    /** The one who wants something done. */
    public static final MessageRole USER = new MessageRole("user");

    /** The one who does it. */
    public static final MessageRole ASSISTANT = new MessageRole("assistant");

    /** Instructions that stand above both. */
    public static final MessageRole SYSTEM = new MessageRole("system");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The role as a constant; {@link Known#OTHER} where this library does not know it. */
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
