// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.ASAPException;
import dev.asap.client.ASAPClient;
import dev.asap.error.CircuitOpenException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.HealthStatus;

/** Looks once whether an agent is well: at its health endpoint, or at whatever the orchestration knows. */
@FunctionalInterface
public interface HealthProbe {
    /** Looks once. Must end within bounds of its own; an exception counts as a failure of the agent. */
    ProbeResult probe();

    /**
     * Asks the agent's health endpoint, for 10 s at most. Failed is an agent that is not reached, does not answer in time, answers
     * with a status from 500 on or with an error of the protocol, or says that it is unhealthy. Nothing follows from other answers, as
     * HTTP 404 where the URL is wrong, nor from a client that was closed.
     *
     * @param client calls the agent; stays the caller's to close
     */
    static HealthProbe of(ASAPClient client) {
        return () -> {
            try {
                HealthStatus status = client.healthCheck();
                return status.isHealthy()
                        ? ProbeResult.healthy()
                        : ProbeResult.failed("the agent says that it is " + status.status());
            } catch (ASAPException e) {
                String why = String.valueOf(e.getMessage());
                return isFailure(e) ? ProbeResult.failed(why) : ProbeResult.unknown(why);
            }
        };
    }

    private static boolean isFailure(ASAPException e) {
        if (e instanceof ConnectionException connection) {
            return connection.httpStatus().isEmpty() || connection.httpStatus().getAsInt() >= 500;
        }
        return e instanceof RequestTimeoutException
                || e instanceof UnknownOutcomeException
                || e instanceof CircuitOpenException
                || e instanceof RemoteErrorException;
    }
}
