// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.crypto.Ed25519PrivateKey;
import java.util.Optional;

/** Knows the keys that the server signs delegations with in the name of agents. Thread-safe. */
@FunctionalInterface
public interface DelegationKeys {
    /**
     * The key of an agent; empty where there is none, so that this agent cannot delegate here. Asked for each delegation; may block.
     *
     * @param delegator the agent's URN, as its credentials name it
     */
    Optional<Ed25519PrivateKey> keyOf(String delegator);
}
