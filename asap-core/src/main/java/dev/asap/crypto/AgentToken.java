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
 * What a registered agent claims about itself when it asks for capabilities and uses them: a JSON web token of the type
 * {@code agent+jwt}, signed with the agent's key. Immutable.
 *
 * @param issuer the thumbprint of the key of the agent's host
 * @param agentId the id that the server gave the agent
 * @param audience the servers that the token is for, at least one
 * @param issuedAt when it was made; null where the token does not say
 * @param expiresAt when it ends
 * @param id tells it from the agent's other tokens; no other may have the same
 * @param capabilities the capabilities that it is for; empty where it does not say
 */
public record AgentToken(
        String issuer,
        String agentId,
        List<String> audience,
        @Nullable Instant issuedAt,
        Instant expiresAt,
        String id,
        List<String> capabilities) {
    /** How long a token lasts that {@link #issue} makes. */
    public static final Duration LIFETIME = Duration.ofMinutes(1);

    static final String TYPE = "agent+jwt";

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no audience, or one of the texts is blank
     */
    public AgentToken {
        TokenClaims.requireNotBlank("issuer", issuer);
        TokenClaims.requireNotBlank("agentId", agentId);
        audience = TokenClaims.checkedAudience(audience);
        TokenClaims.requireNotBlank("id", id);
        capabilities = List.copyOf(capabilities);
    }

    /**
     * A token that begins now and lasts for {@link #LIFETIME}.
     *
     * @param hostKey the key of the agent's host
     * @param agentId the id that the server gave the agent
     * @param audience the server that it is for: the id in its manifest, unless it says otherwise
     * @param ids gives the token's id; the protocol's own peers use {@code jwt_} and a ULID
     */
    public static AgentToken issue(
            Ed25519PublicKey hostKey, String agentId, String audience, InstantSource clock, Supplier<String> ids) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return new AgentToken(
                hostKey.thumbprint(), agentId, List.of(audience), now, now.plus(LIFETIME), ids.get(), List.of());
    }

    /** The same token for these capabilities only. */
    public AgentToken withCapabilities(List<String> names) {
        return new AgentToken(issuer, agentId, audience, issuedAt, expiresAt, id, names);
    }

    /** The token's text. Whoever has it can act for the agent until it ends: it belongs into no log. */
    public String sign(Ed25519PrivateKey agentKey) {
        JsonObject claims = TokenClaims.commonClaims(issuer, audience, issuedAt, expiresAt, id)
                .with("sub", agentId);
        return CompactToken.sign(
                TYPE, capabilities.isEmpty() ? claims : claims.with("capabilities", capabilities), agentKey);
    }
}
