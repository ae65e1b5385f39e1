// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.model.WireEnum;

/**
 * What has become of a request for approval.
 *
 * @param value the text on the wire
 */
public record ApprovalStatus(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** Nobody has decided yet. */
        PENDING,
        /** It was approved. */
        APPROVED,
        /** It was refused. */
        DENIED,
        /** Nobody decided in time. */
        EXPIRED,
        /** A status that this library does not know. */
        OTHER
    }

    /** Nobody has decided yet. */
    public static final ApprovalStatus PENDING = new ApprovalStatus("pending");

    /** It was approved. */
    public static final ApprovalStatus APPROVED = new ApprovalStatus("approved");

    /** It was refused. */
    public static final ApprovalStatus DENIED = new ApprovalStatus("denied");

    /** Nobody decided in time. */
    public static final ApprovalStatus EXPIRED = new ApprovalStatus("expired");

    /** The status as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "pending" -> Known.PENDING;
            case "approved" -> Known.APPROVED;
            case "denied" -> Known.DENIED;
            case "expired" -> Known.EXPIRED;
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
