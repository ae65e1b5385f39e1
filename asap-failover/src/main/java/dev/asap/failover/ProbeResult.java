// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/**
 * What one look at an agent's health has shown.
 *
 * @param verdict what it says about the agent
 * @param detail why, for people
 */
public record ProbeResult(Verdict verdict, String detail) {
    /** What a probe says about an agent. */
    public enum Verdict {
        /** The agent answered that it is well. */
        HEALTHY,
        /** The agent is not reached, does not answer in time, or says that it does not work. */
        FAILED,
        /** The probe says nothing: it neither counts as a failure nor ends a row of them. */
        UNKNOWN
    }

    /** The agent is well. */
    public static ProbeResult healthy() {
        return new ProbeResult(Verdict.HEALTHY, "healthy");
    }

    /** The agent has failed. */
    public static ProbeResult failed(String detail) {
        return new ProbeResult(Verdict.FAILED, detail);
    }

    /** Nothing can be said. */
    public static ProbeResult unknown(String detail) {
        return new ProbeResult(Verdict.UNKNOWN, detail);
    }
}
