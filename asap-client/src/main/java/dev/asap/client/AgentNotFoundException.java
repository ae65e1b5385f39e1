// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.id.AgentUrn;

/** The registry has no agent with this URN. */
public final class AgentNotFoundException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final transient AgentUrn urn;

    AgentNotFoundException(AgentUrn urn, String registry) {
        super("the registry " + registry + " has no agent " + urn, null);
        this.urn = urn;
    }

    /** Who was looked for. */
    public AgentUrn urn() {
        return urn;
    }
}
