// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** The agent is on the list of revoked agents. */
public final class AgentRevokedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public AgentRevokedException(String urn) {
        super(builder(ErrorCode.AGENT_REVOKED, "Agent is revoked: " + urn).details(JsonObject.of("urn", urn)));
    }
}
