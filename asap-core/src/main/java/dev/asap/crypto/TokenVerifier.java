// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Verifies host and agent tokens that were made for one server. Immutable and thread-safe.
 *
 * <p>Checks the type, the algorithm, the signature, the issuer, the audience and the times. Whether the host and the agent are
 * known and not revoked, and whether a token was seen before, is for the caller to check.
 */
public final class TokenVerifier {
    private final String audience;
    private final InstantSource clock;

    private TokenVerifier(String audience, InstantSource clock) {
        this.audience = audience;
        this.clock = clock;
    }

    /** Accepts tokens for this server, by the system's clock. */
    public static TokenVerifier forAudience(String audience) {
        TokenClaims.requireNotBlank("audience", audience);
        return new TokenVerifier(audience, Clock.systemUTC());
    }

    /** The same with another clock. */
    public TokenVerifier withClock(InstantSource other) {
        return new TokenVerifier(audience, other);
    }

    /**
     * Verifies a host token with the key that it carries: it proves that the sender has that key. Whether the key may do anything
     * is for the caller to decide.
     *
     * @throws InvalidTokenException if it is not to be believed
     */
    public HostToken verifyHost(String token) {
        CompactToken parsed = CompactToken.parse(HostToken.TYPE, token);
        TokenClaims claims = parsed.claims();
        Ed25519PublicKey hostKey = claims.key("host_public_key");
        if (hostKey == null) {
            throw new InvalidTokenException("the token must have the claim 'host_public_key'", null);
        }
        parsed.requireSignedBy(hostKey);
        if (!claims.text("iss").equals(hostKey.thumbprint())) {
            throw new InvalidTokenException("the token's 'iss' must be the thumbprint of its 'host_public_key'", null);
        }
        Instant now = clock.instant();
        Instant expires = claims.expiry(now);
        Instant issued = claims.issue(now);
        return new HostToken(
                hostKey,
                claims.audience(audience),
                issued,
                expires,
                claims.text("jti"),
                claims.key("agent_public_key"));
    }

    /**
     * Verifies an agent token.
     *
     * @param keys gives the key of the agent that the claims name, empty where there is no such agent of that host; the claims
     *     are not verified yet
     * @throws InvalidTokenException if it is not to be believed
     */
    public AgentToken verifyAgent(String token, Function<AgentToken, Optional<Ed25519PublicKey>> keys) {
        CompactToken parsed = CompactToken.parse(AgentToken.TYPE, token);
        TokenClaims claims = parsed.claims();
        Instant now = clock.instant();
        Instant expires = claims.expiry(now);
        Instant issued = claims.issue(now);
        AgentToken claimed = new AgentToken(
                claims.text("iss"),
                claims.text("sub"),
                claims.audience(audience),
                issued,
                expires,
                claims.text("jti"),
                claims.texts("capabilities"));
        Ed25519PublicKey key = keys.apply(claimed)
                .orElseThrow(() -> new InvalidTokenException("the token names an agent that is not known", null));
        parsed.requireSignedBy(key);
        return claimed;
    }
}
