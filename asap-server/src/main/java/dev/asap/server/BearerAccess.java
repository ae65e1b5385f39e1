// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.model.Envelope;
import dev.asap.server.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who has an agent's bearer token may send messages in that agent's name, and in no other's. */
final class BearerAccess implements MessageAccess {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final String SCHEME = "bearer";

    private record Agent(AgentUrn urn) implements Caller {}

    private final TokenValidator tokens;

    BearerAccess(TokenValidator tokens) {
        this.tokens = tokens;
    }

    @Override
    public Caller authenticate(HttpRequest request) {
        String token = token(request.header("Authorization"));
        if (token == null) {
            throw AccessRefusedException.missing();
        }
        AgentUrn agent;
        try {
            agent = tokens.validate(token);
        } catch (RuntimeException e) {
            LOG.error("The token validator failed", e);
            throw AccessRefusedException.undecided();
        }
        if (agent == null) {
            throw AccessRefusedException.invalid();
        }
        return new Agent(agent);
    }

    @Override
    public void admit(Caller caller, Envelope envelope) {
        if (!(caller instanceof Agent agent) || !agent.urn().equals(envelope.sender())) {
            throw AccessRefusedException.otherSender();
        }
    }

    /** The token of the header; null if there is none, or credentials of another scheme. */
    private static @Nullable String token(@Nullable String authorization) {
        if (authorization == null) {
            return null;
        }
        int end = authorization.indexOf(' ');
        if (end < 0 || !authorization.substring(0, end).equalsIgnoreCase(SCHEME)) {
            return null;
        }
        String token = authorization.substring(end + 1).strip();
        return token.isEmpty() ? null : token;
    }
}
