// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * What became of an envelope that asked to be acknowledged.
 *
 * @param value the text on the wire
 */
public record AckStatus(String value) implements WireEnum {
    /** The known statuses, for a {@code switch}. */
    public enum Known {
        /** It has arrived. */
        RECEIVED,
        /** It has been dealt with. */
        PROCESSED,
        /** It was refused. */
        REJECTED,
        /** A status that this library does not know. */
        OTHER
    }

    /** It has arrived. */
    public static final AckStatus RECEIVED = new AckStatus("received");

    /** It has been dealt with. */
    public static final AckStatus PROCESSED = new AckStatus("processed");

    /** It was refused. */
    public static final AckStatus REJECTED = new AckStatus("rejected");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The status as a constant; {@link Known#OTHER} where this library does not know it. */
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
