// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

/**
 * Asks an agent how it is.
 *
 * <pre>{@code
 * HealthProbe probe = () -> client.healthCheck().isHealthy();
 * }</pre>
 *
 * <p>May block: it runs in a thread for probes and is interrupted when it takes longer than {@link SLAMonitor.Builder#probeTimeout}. No
 * agent is asked twice at the same time.
 */
@FunctionalInterface
public interface HealthProbe {
    /**
     * Whether the agent serves.
     *
     * @return false if it says that it does not
     * @throws Exception if it cannot be asked; that counts like false
     */
    boolean isHealthy() throws Exception;
}
