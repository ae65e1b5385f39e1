// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a server's capability does.
 *
 * @param name its name
 * @param description what it does, in words; null where the server does not say
 * @param inputSchema the JSON schema of its arguments; null in lists, and where there is none
 * @param outputSchema the JSON schema of its result; null in lists, and where there is none
 * @param location where it is executed, a URL, or null
 * @param grantStatus whether the agent that asked may use it; null for who asked without a token, and where nothing was granted
 */
public record CapabilityDescription(
        String name,
        @Nullable String description,
        @Nullable JsonObject inputSchema,
        @Nullable JsonObject outputSchema,
        @Nullable String location,
        @Nullable GrantStatus grantStatus) {}
