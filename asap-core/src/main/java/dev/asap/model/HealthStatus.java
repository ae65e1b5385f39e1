// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How an agent is doing, as its health route tells. Members that this library does not know are passed over by all readers.
 *
 * @param status {@value #HEALTHY} or {@value #UNHEALTHY}
 * @param agentId the agent
 * @param version the agent's version
 * @param asapVersion the version of the envelope that it speaks
 * @param uptimeSeconds how long it has been running
 * @param load how busy it is, or null
 */
public record HealthStatus(
        String status,
        String agentId,
        String version,
        String asapVersion,
        double uptimeSeconds,
        @Nullable HealthLoad load) {
    /** The agent works. */
    public static final String HEALTHY = "healthy";

    /** The agent does not work. */
    public static final String UNHEALTHY = "unhealthy";

    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not, or the time is infinite or no number
     */
    public HealthStatus {
        Checks.of("HealthStatus")
                .required("status", status)
                .required("agent_id", agentId)
                .required("version", version)
                .required("asap_version", asapVersion)
                .rule("uptime_seconds", Double.isFinite(uptimeSeconds), "must be finite", uptimeSeconds)
                .done();
    }

    /** Whether the agent works. */
    public boolean isHealthy() {
        return status.equals(HEALTHY);
    }
}
