// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An issued delegation as it stands in a list.
 *
 * @param id the token's id
 * @param delegator who granted
 * @param delegate who was granted; empty where that is not known
 * @param createdAt when it was issued
 * @param active whether it may be used: it is not revoked, nor, as far as the answering side knows, expired
 * @param expiresAt when it ends, or null where that is not said; no part of what older peers answer
 */
public record DelegationSummary(
        String id,
        String delegator,
        String delegate,
        Instant createdAt,
        boolean active,
        @Nullable Instant expiresAt) {
    /**
     * Checks that everything is there.
     *
     * @throws dev.asap.validation.ValidationException if the id, a party or the time of issue is missing
     */
    public DelegationSummary {
        Checks.of("DelegationSummary")
                .required("id", id)
                .required("delegator", delegator)
                .required("delegate", delegate)
                .required("created_at", createdAt)
                .done();
    }
}
