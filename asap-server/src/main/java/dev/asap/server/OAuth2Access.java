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
        AccessTokens.Decision decision = decide(handshake);
        if (decision instanceof AccessTokens.Decision.Refused refused) {
            // Where HTTP says "Invalid authentication token", the protocol's close reason is shorter.
            return Optional.of(decision == AccessTokens.INVALID ? "Invalid token" : refused.detail());
        }
        return Optional.empty();
    }

    /** Over a socket, the token of the handshake is looked at for each message: it may be over by now. */
    @Override
    public Caller authenticate(HttpRequest request) {
        CallerIdentity known = request.caller();
        if (known != null) {
            return new Client(known.subject());
        }
        AccessTokens.Decision decision = decide(request);
        if (decision instanceof AccessTokens.Decision.Allowed allowed) {
            return new Client(allowed.caller().subject());
        }
        throw ((AccessTokens.Decision.Refused) decision).status() == 503
                ? AccessRefusedException.undecided()
                : AccessRefusedException.invalid();
    }

    private AccessTokens.Decision decide(HttpRequest request) {
        return tokens.decide(request.header("Authorization"), requiredScope);
    }

    @Override
    public void admit(Caller caller, Envelope envelope) {}
}
