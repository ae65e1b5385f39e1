// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What came of a capability that was executed.
 *
 * @param capability the capability's name
 * @param status {@code executed}, or what else the server says
 * @param agentId the agent that had it executed, or null
 * @param others the answer's further members, such as a result; may be empty
 */
public record ExecutedCapability(
        String capability, String status, @Nullable String agentId, JsonObject others) {}
