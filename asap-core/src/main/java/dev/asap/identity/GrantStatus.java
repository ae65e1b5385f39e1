// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.model.WireEnum;

/**
 * Whether an agent may use a capability.
 *
 * @param value the text on the wire
 */
public record GrantStatus(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** It may. */
        ACTIVE,
        /** Someone has to approve first. */
        PENDING,
        /** It may not; the grant says why. */
        DENIED,
        /** A status that this library does not know. */
        OTHER
    }

    /** It may. */
    public static final GrantStatus ACTIVE = new GrantStatus("active");

    /** Someone has to approve first. */
    public static final GrantStatus PENDING = new GrantStatus("pending");

    /** It may not; the grant says why. */
    public static final GrantStatus DENIED = new GrantStatus("denied");

    /** The status as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "active" -> Known.ACTIVE;
            case "pending" -> Known.PENDING;
            case "denied" -> Known.DENIED;
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
