// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * How far the verification of an agent has got.
 *
 * @param value the text on the wire
 */
public record VerificationState(String value) implements WireEnum {
    /** The known states, for a {@code switch}. */
    public enum Known {
        /** The agent was verified. */
        VERIFIED,
        /** The verification is under way. */
        PENDING,
        /** The agent did not pass. */
        REJECTED,
        /** A state that this library does not know. */
        OTHER
    }

    /** The agent was verified. */
    public static final VerificationState VERIFIED = new VerificationState("verified");

    /** The verification is under way. */
    public static final VerificationState PENDING = new VerificationState("pending");

    /** The agent did not pass. */
    public static final VerificationState REJECTED = new VerificationState("rejected");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The state as a constant; {@link Known#OTHER} where this library does not know it. */
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
