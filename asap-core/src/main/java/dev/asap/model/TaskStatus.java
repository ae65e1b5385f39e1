// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * The state of a task.
 *
 * @param value the text on the wire
 */
public record TaskStatus(String value) implements WireEnum {
    /** The known states, for a {@code switch}. */
    public enum Known {
        /** Accepted, not begun. */
        SUBMITTED,
        /** Being worked on. */
        WORKING,
        /** Ended with a result. */
        COMPLETED,
        /** Ended without a result. */
        FAILED,
        /** Ended because somebody asked for it. */
        CANCELLED,
        /** Waiting for the caller. */
        INPUT_REQUIRED,
        /** A state that this library does not know. */
        OTHER
    }

    /** Accepted, not begun. */
    public static final TaskStatus SUBMITTED = new TaskStatus("submitted");

    /** Being worked on. */
    public static final TaskStatus WORKING = new TaskStatus("working");

    /** Ended with a result. */
    public static final TaskStatus COMPLETED = new TaskStatus("completed");

    /** Ended without a result. */
    public static final TaskStatus FAILED = new TaskStatus("failed");

    /** Ended because somebody asked for it. */
    public static final TaskStatus CANCELLED = new TaskStatus("cancelled");

    /** Waiting for the caller. */
    public static final TaskStatus INPUT_REQUIRED = new TaskStatus("input_required");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The state as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return KNOWN.find(value);
    }

    @Override
    public boolean isKnown() {
        return known() != Known.OTHER;
    }

    /** Whether the task has ended: completed, failed or cancelled. */
    public boolean isTerminal() {
        return switch (known()) {
            case COMPLETED, FAILED, CANCELLED -> true;
            case SUBMITTED, WORKING, INPUT_REQUIRED, OTHER -> false;
        };
    }

    @Override
    public String toString() {
        return value;
    }
}
