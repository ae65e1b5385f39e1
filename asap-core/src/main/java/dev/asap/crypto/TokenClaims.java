// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes, reads and checks the claims that both kinds of tokens have. */
final class TokenClaims {
    /** How far a token's clock may be ahead of ours. */
    static final Duration LEEWAY = Duration.ofMinutes(1);

    /** Later times are no times: seconds of the year 9999. */
    private static final double LAST_SECOND = 253_402_300_799.0;

    private final JsonObject claims;

    TokenClaims(JsonObject claims) {
        this.claims = claims;
    }

    /** The claims of both kinds of tokens, as they are written. */
    static JsonObject commonClaims(
            String issuer, List<String> audience, @Nullable Instant issuedAt, Instant expiresAt, String id) {
        JsonObject claims = JsonObject.of(
                "iss",
                issuer,
                "aud",
                audience.size() == 1 ? audience.get(0) : audience,
                "exp",
                expiresAt.getEpochSecond());
        return (issuedAt == null ? claims : claims.with("iat", issuedAt.getEpochSecond())).with("jti", id);
    }

    static List<String> checkedAudience(List<String> audience) {
        if (audience.isEmpty()) {
            throw new IllegalArgumentException("audience must name at least one server, got none");
        }
        audience.forEach(each -> requireNotBlank("audience", each));
        return List.copyOf(audience);
    }

    static void requireNotBlank(String component, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(component + " must not be blank, got '" + value + "'");
        }
    }

    /** The text of a claim that must be there and not blank. */
    String text(String name) {
        if (claims.find(name).orElse(null) instanceof JsonString text
                && !text.value().isBlank()) {
            return text.value();
        }
        throw new InvalidTokenException("the token must have the claim '" + name + "', a text that is not blank", null);
    }

    /** The texts of a claim that may be missing; one text counts as a list of one. */
    List<String> texts(String name) {
        JsonValue value = claims.find(name).orElse(null);
        if (value instanceof JsonString one) {
            return List.of(one.value());
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof JsonArray array) {
            for (JsonValue element : array.values()) {
                if (!(element instanceof JsonString text)) {
                    throw new InvalidTokenException("the token's claim '" + name + "' must hold texts only", null);
                }
                texts.add(text.value());
            }
        }
        return texts;
    }

    /** The time of a claim; null where it is missing. */
    @Nullable
    Instant time(String name) {
        JsonValue value = claims.find(name).orElse(null);
        if (value == null || value.isNull()) {
            return null;
        }
        if (value instanceof JsonNumber number && Math.abs(number.asDouble()) <= LAST_SECOND) {
            return Instant.ofEpochMilli((long) (number.asDouble() * 1000));
        }
        throw new InvalidTokenException("the token's claim '" + name + "' must be a time in seconds", null);
    }

    /** The key of a claim; null where it is missing. */
    @Nullable
    Ed25519PublicKey key(String name) {
        JsonValue value = claims.find(name).orElse(null);
        if (value == null || value.isNull()) {
            return null;
        }
        try {
            if (value instanceof JsonObject jwk) {
                return Ed25519PublicKey.ofJwk(jwk);
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidTokenException("the token's claim '" + name + "' is no public key: " + e.getMessage(), e);
        }
        throw new InvalidTokenException("the token's claim '" + name + "' must be a public key as JSON web key", null);
    }

    /** When the token ends, which must be after now. */
    Instant expiry(Instant now) {
        Instant expires = time("exp");
        if (expires == null) {
            throw new InvalidTokenException("the token must have the claim 'exp', when it ends", null);
        }
        if (!expires.isAfter(now)) {
            throw new InvalidTokenException("the token has expired", null);
        }
        return expires;
    }

    /** When the token was made, which must not be in the future; null where it does not say. */
    @Nullable
    Instant issue(Instant now) {
        Instant issued = time("iat");
        if (issued != null && issued.isAfter(now.plus(LEEWAY))) {
            throw new InvalidTokenException("the token's claim 'iat' lies in the future", null);
        }
        return issued;
    }

    /** For whom the token is, among which must be this server. */
    List<String> audience(String expected) {
        List<String> audience = texts("aud");
        if (!audience.contains(expected)) {
            throw new InvalidTokenException(
                    "the token was made for another server: its 'aud' must name " + expected, null);
        }
        if (audience.stream().anyMatch(String::isBlank)) {
            throw new InvalidTokenException("the token's claim 'aud' must not be blank", null);
        }
        return audience;
    }
}
