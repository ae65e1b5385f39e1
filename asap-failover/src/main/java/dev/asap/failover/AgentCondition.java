// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/** How a {@link FailureDetector} sees an agent. */
public enum AgentCondition {
    /** It answers, or has not failed often enough to say otherwise. */
    UP,
    /** It has failed so often in a row that it counts as failed. */
    DOWN
}
