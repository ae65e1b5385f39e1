// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a host claims about itself when it registers and manages agents: a JSON web token of the type {@code host+jwt}, signed with
 * the host's key, which it carries. Immutable.
 *
 * <pre>{@code
 * String token = HostToken.issue(hostKey.publicKey(), "urn:asap:agent:shop", Clock.systemUTC(), () -> Ulid.next("jwt_"))
 *         .withAgentKey(agentKey.publicKey())
 *         .sign(hostKey);
 * }</pre>
 *
 * @param hostKey the host's key; its thumbprint is the claim {@code iss}
 * @param audience the servers that the token is for, at least one
 * @param issuedAt when it was made; null where the token does not say
 * @param expiresAt when it ends
 * @param id tells it from the host's other tokens; no other may have the same
 * @param agentKey the key of the agent that is to be registered; null for any other call
 */
public record HostToken(
        Ed25519PublicKey hostKey,
        List<String> audience,
        @Nullable Instant issuedAt,
        Instant expiresAt,
        String id,
        @Nullable Ed25519PublicKey agentKey) {
    /** How long a token lasts that {@link #issue} makes. */
    public static final Duration LIFETIME = Duration.ofMinutes(5);

    static final String TYPE = "host+jwt";

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if there is no audience, or the id is blank
     */
    public HostToken {
        audience = TokenClaims.checkedAudience(audience);
        TokenClaims.requireNotBlank("id", id);
    }

    /**
     * A token that begins now and lasts for {@link #LIFETIME}.
     *
     * @param audience the server that it is for: the id in its manifest, unless it says otherwise
     * @param ids gives the token's id; the protocol's own peers use {@code jwt_} and a ULID
     */
    public static HostToken issue(
            Ed25519PublicKey hostKey, String audience, InstantSource clock, Supplier<String> ids) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new HostToken(hostKey, List.of(audience), now, now.plus(LIFETIME), ids.get(), null);
    }

    /** The same token for the registration of the agent with this key. */
    public HostToken withAgentKey(Ed25519PublicKey key) {
        return new HostToken(hostKey, audience, issuedAt, expiresAt, id, key);
    }

    /** The thumbprint of the host's key, by which servers know the host. */
    public String issuer() {
        return hostKey.thumbprint();
    }

    /**
     * The token's text. Whoever has it can act for the host until it ends: it belongs into no log.
     *
     * @throws IllegalArgumentException if the key is not the one that the token names
     */
    public String sign(Ed25519PrivateKey key) {
        if (!key.publicKey().equals(hostKey)) {
            throw new IllegalArgumentException("a host token must be signed with the host's own key " + hostKey
                    + ", got the key of " + key.publicKey());
        }
        JsonObject claims = TokenClaims.commonClaims(issuer(), audience, issuedAt, expiresAt, id)
                .with("host_public_key", hostKey.toJwk());
        return CompactToken.sign(
                TYPE, agentKey == null ? claims : claims.with("agent_public_key", agentKey.toJwk()), key);
    }
}
