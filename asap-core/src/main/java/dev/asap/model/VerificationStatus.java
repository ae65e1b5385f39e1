// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a registry has verified an agent.
 *
 * @param status how far that has got
 * @param verifiedAt when the agent was verified, in whole microseconds, or null
 */
public record VerificationStatus(
        VerificationState status, @Nullable Instant verifiedAt) {
    /**
     * Checks that what is required is there, and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public VerificationStatus {
        Checks.of("VerificationStatus").required("status", status).done();
        verifiedAt = verifiedAt == null ? null : WireTime.toPrecision(verifiedAt);
    }
}
