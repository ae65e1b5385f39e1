// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * What a task update tells.
 *
 * @param value the text on the wire
 */
public record UpdateType(String value) implements WireEnum {
    /** The known types of update, for a {@code switch}. */
    public enum Known {
        /** How far the task has got. */
        PROGRESS,
        /** The task waits for the caller. */
        INPUT_REQUIRED,
        /** The task has another state. */
        STATUS_CHANGE,
        /** A type of update that this library does not know. */
        OTHER
    }

    /** How far the task has got. */
    public static final UpdateType PROGRESS = new UpdateType("progress");

    /** The task waits for the caller. */
    public static final UpdateType INPUT_REQUIRED = new UpdateType("input_required");

    /** The task has another state. */
    public static final UpdateType STATUS_CHANGE = new UpdateType("status_change");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The type of update as a constant; {@link Known#OTHER} where this library does not know it. */
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
