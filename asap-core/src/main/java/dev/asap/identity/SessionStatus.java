// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.model.WireEnum;

/**
 * Whether a registered agent may act.
 *
 * @param value the text on the wire
 */
public record SessionStatus(String value) implements WireEnum {
    /** The known values, for a {@code switch}. */
    public enum Known {
        /** Someone has to approve it first. */
        PENDING,
        /** It may act. */
        ACTIVE,
        /** Its time is over; it can be reactivated. */
        EXPIRED,
        /** It was revoked, for good. */
        REVOKED,
        /** Whoever had to approve it refused. */
        REJECTED,
        /** A status that this library does not know. */
        OTHER
    }

    /** Someone has to approve it first. */
    public static final SessionStatus PENDING = new SessionStatus("pending");

    /** It may act. */
    public static final SessionStatus ACTIVE = new SessionStatus("active");

    /** Its time is over; it can be reactivated. */
    public static final SessionStatus EXPIRED = new SessionStatus("expired");

    /** It was revoked, for good. */
    public static final SessionStatus REVOKED = new SessionStatus("revoked");

    /** Whoever had to approve it refused. */
    public static final SessionStatus REJECTED = new SessionStatus("rejected");

    /** The status as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return switch (value) {
            case "pending" -> Known.PENDING;
            case "active" -> Known.ACTIVE;
            case "expired" -> Known.EXPIRED;
            case "revoked" -> Known.REVOKED;
            case "rejected" -> Known.REJECTED;
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
