// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.id.AgentUrn;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: a host, which vouches for agents, and one agent of it. Immutable: each {@code with…} gives a copy.
 *
 * <pre>{@code
 * AgentIdentity identity = AgentIdentity.of(hostKey, Ed25519PrivateKey.generate(), AgentUrn.of("urn:asap:agent:shop"));
 * }</pre>
 *
 * <p>A host has one key for all its agents and keeps it; each agent has its own. Neither leaves this process: servers get to see
 * the public keys, and tokens that are signed with the private ones.
 *
 * @param hostKey the host's key
 * @param agentKey the agent's key
 * @param audience the server that the tokens are made for: the id in its manifest, unless it says otherwise
 * @param agentId the id that this server gave the agent; null before the agent is registered
 */
public record AgentIdentity(
        Ed25519PrivateKey hostKey,
        Ed25519PrivateKey agentKey,
        String audience,
        @Nullable String agentId) {
    private static final String HOST_URN = "urn:asap:host:";

    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException if the audience or the id is blank
     */
    public AgentIdentity {
        if (audience.isBlank()) {
            throw new IllegalArgumentException(
                    "audience must name the server that the tokens are for, got a blank text");
        }
        if (agentId != null && agentId.isBlank()) {
            throw new IllegalArgumentException(
                    "agentId must be the id from the registration, got a blank text; leave it out before the agent is registered");
        }
    }

    /** An identity that is not registered yet. */
    public static AgentIdentity of(Ed25519PrivateKey hostKey, Ed25519PrivateKey agentKey, AgentUrn server) {
        return new AgentIdentity(hostKey, agentKey, server.value(), null);
    }

    /** The same, registered under this id. */
    public AgentIdentity withAgentId(String value) {
        return new AgentIdentity(hostKey, agentKey, audience, value);
    }

    /** The same with another key of the agent. */
    public AgentIdentity withAgentKey(Ed25519PrivateKey value) {
        return new AgentIdentity(hostKey, value, audience, agentId);
    }

    /** What servers call the host: {@code urn:asap:host:} and the thumbprint of its key. */
    public String hostId() {
        return HOST_URN + hostKey.publicKey().thumbprint();
    }

    /** Leaves out the keys. */
    @Override
    public String toString() {
        return "AgentIdentity[hostId=" + hostId() + ", agentId=" + agentId + ", audience=" + audience + "]";
    }
}
