// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import dev.asap.server.http.CallerIdentity;
import dev.asap.server.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens sockets to whoever has a valid access token; a message over HTTP has passed the {@link OAuth2Gate} before. Thread-safe. */
final class OAuth2Access implements MessageAccess {
    private record Client(String name) implements Caller {}

    private final AccessTokens tokens;
    private final @Nullable String requiredScope;

    OAuth2Access(AccessTokens tokens, OAuth2 options) {
        this.tokens = tokens;
        this.requiredScope = options.requiredScope;
    }

    @Override
    public Optional<String> refusal(HttpRequest handshake) {
        AccessTokens.Decision decision = tokens.decide(handshake.header("Authorization"), requiredScope);
        if (decision instanceof AccessTokens.Decision.Refused refused) {
            // Where HTTP says "Invalid authentication token", the protocol's close reason is shorter.
            return Optional.of(decision == AccessTokens.INVALID ? "Invalid token" : refused.detail());
        }
        return Optional.empty();
    }

    @Override
    public Caller authenticate(HttpRequest request) {
        CallerIdentity caller = request.caller();
        return caller == null ? Caller.ANYONE : new Client(caller.subject());
    }

    @Override
    public void admit(Caller caller, Envelope envelope) {}
}
