// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.model.WireEnum;

/**
 * How someone is asked to approve.
 *
 * @param value the text on the wire
 */
public record ApprovalMethod(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** A person opens a page and types in a code. */
        DEVICE_AUTHORIZATION,
        /** The server asks a person it knows on a device of theirs. */
        CIBA,
        /** A method that this library does not know. */
        OTHER
    }

    /** A person opens a page and types in a code. */
    public static final ApprovalMethod DEVICE_AUTHORIZATION = new ApprovalMethod("device_authorization");

    /** The server asks a person it knows on a device of theirs. */
    public static final ApprovalMethod CIBA = new ApprovalMethod("ciba");

    /** The method as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "device_authorization" -> Known.DEVICE_AUTHORIZATION;
            case "ciba" -> Known.CIBA;
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
