// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What bounds a delegation.
 *
 * @param maxCostUsd the most that may be spent, in US dollars, 0 or more; reserved, nobody looks at it
 * @param maxTasks the most tasks, 0 or more, or null for no bound
 * @param expiresAt when it ends, in whole microseconds
 */
public record DelegationConstraints(
        @Nullable BigDecimal maxCostUsd, @Nullable Long maxTasks, Instant expiresAt) {
    /**
     * Checks the rules and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if {@code expiresAt} is missing, its year is not 1 to 9999, or a bound is
     *     negative
     */
    public DelegationConstraints {
        Checks.of("DelegationConstraints")
                .rule("max_cost_usd", maxCostUsd == null || maxCostUsd.signum() >= 0, "must be 0 or more", maxCostUsd)
                .atLeast("max_tasks", maxTasks, 0)
                .required("expires_at", expiresAt)
                .rule(
                        "expires_at",
                        expiresAt == null || WireTime.isWritable(expiresAt),
                        "must be in the years 1 to 9999")
                .done();
        expiresAt = WireTime.toPrecision(expiresAt);
    }
}
