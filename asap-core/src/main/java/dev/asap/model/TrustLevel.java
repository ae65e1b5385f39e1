// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * Who vouches for a signed manifest, as the manifest itself claims: the level is not covered by the signature.
 *
 * @param value the text on the wire
 */
public record TrustLevel(String value) implements WireEnum {
    /** The known levels, for a {@code switch}. */
    public enum Known {
        /** The agent itself. */
        SELF_SIGNED,
        /** A registry. */
        VERIFIED,
        /** An organisation. */
        ENTERPRISE,
        /** A level that this library does not know. */
        OTHER
    }

    /** The agent itself. */
    public static final TrustLevel SELF_SIGNED = new TrustLevel("self-signed");

    /** A registry. */
    public static final TrustLevel VERIFIED = new TrustLevel("verified");

    /** An organisation. */
    public static final TrustLevel ENTERPRISE = new TrustLevel("enterprise");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '-');

    /** The level as a constant; {@link Known#OTHER} where this library does not know it. */
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
