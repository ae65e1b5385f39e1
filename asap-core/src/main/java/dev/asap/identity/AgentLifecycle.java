// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long an agent's session lasts, and how long it has.
 *
 * @param mode on whose behalf the agent acts, {@code delegated} for instance, or null
 * @param sessionTtl how long it may do nothing; null for no limit
 * @param maxLifetime how long it lasts from its activation; null for no limit
 * @param absoluteLifetime how long it lasts from its registration, reactivations included; null for no limit
 * @param createdAt when it was registered, or null
 * @param activatedAt when it was activated last; null if it never was
 * @param lastUsedAt when it did something last, or null
 */
public record AgentLifecycle(
        @Nullable String mode,
        @Nullable Duration sessionTtl,
        @Nullable Duration maxLifetime,
        @Nullable Duration absoluteLifetime,
        @Nullable Instant createdAt,
        @Nullable Instant activatedAt,
        @Nullable Instant lastUsedAt) {}
