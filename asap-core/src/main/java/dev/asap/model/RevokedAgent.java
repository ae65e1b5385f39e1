// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An agent that must not be trusted any more.
 *
 * @param urn its URN, as the list has it
 * @param reason why, for people, or null
 * @param revokedAt since when, in whole microseconds, or null
 */
public record RevokedAgent(
        String urn, @Nullable String reason, @Nullable Instant revokedAt) {
    /**
     * Checks that what is required is there, and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public RevokedAgent {
        Checks.of("RevokedAgent").required("urn", urn).done();
        revokedAt = revokedAt == null ? null : WireTime.toPrecision(revokedAt);
    }
}
