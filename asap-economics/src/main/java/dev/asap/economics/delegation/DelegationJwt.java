// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token of a delegation: a JSON web token in its compact form, signed with Ed25519. What it claims is not to be believed before its
 * signature was verified. Immutable.
 */
final class DelegationJwt {
    static final int MAX_LENGTH = 16_384;

    /** The name of RFC 9864, which is issued, and the older one for the same. */
    static final Set<String> ALGORITHMS = Set.of("Ed25519", "EdDSA");

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private static final String CONSTRAINTS = "x-asap-constraints";
    private static final String MAX_TASKS = "max_tasks";
    private static final String PARENT = "prn";

    private final String signed;
    private final byte[] signature;
    private final JsonObject claims;

    private DelegationJwt(String signed, byte[] signature, JsonObject claims) {
        this.signed = signed;
        this.signature = signature;
        this.claims = claims;
    }

    /** The token of a delegation. */
    static String sign(
            IssuedDelegation delegation, String delegate, Instant expiresAt, String algorithm, Ed25519PrivateKey key) {
        JsonObject claims = JsonObject.of(
                "iss",
                delegation.delegator(),
                "aud",
                delegate,
                "jti",
                delegation.id(),
                "iat",
                delegation.createdAt().getEpochSecond(),
                "exp",
                expiresAt.getEpochSecond(),
                "scp",
                delegation.scopes());
        if (delegation.maxTasks() != null) {
            claims = claims.with(CONSTRAINTS, JsonObject.of(MAX_TASKS, delegation.maxTasks()));
        }
        if (delegation.parentId() != null) {
            claims = claims.with(PARENT, delegation.parentId());
        }
        JsonObject header = JsonObject.of("typ", "JWT", "alg", algorithm);
        String signed = BASE64.encodeToString(header.toBytes()) + "." + BASE64.encodeToString(claims.toBytes());
        return signed + "." + BASE64.encodeToString(key.sign(signed.getBytes(US_ASCII)));
    }

    /**
     * Takes a token apart.
     *
     * @throws DelegationRefusedException if it is none that is signed with Ed25519
     */
    static DelegationJwt parse(String text) {
        String[] parts = text.length() > MAX_LENGTH ? new String[0] : text.split("\\.", -1);
        if (parts.length != 3) {
            throw new DelegationRefusedException(DelegationRefusal.MALFORMED);
        }
        requireHeader(object(parts[0]));
        return new DelegationJwt(parts[0] + "." + parts[1], bytes(parts[2]), object(parts[1]));
    }

    private static void requireHeader(JsonObject header) {
        JsonValue type = header.find("typ").orElse(null);
        boolean ours =
                type == null || (type instanceof JsonString text && text.value().equalsIgnoreCase("JWT"));
        boolean known = header.find("alg").orElse(null) instanceof JsonString text && ALGORITHMS.contains(text.value());
        // Whoever does not understand what is critical must not accept the token, and we understand none of it.
        if (!ours || !known || header.has("crit")) {
            throw new DelegationRefusedException(DelegationRefusal.MALFORMED);
        }
    }

    private static JsonObject object(String part) {
        try {
            return JsonObject.parse(bytes(part));
        } catch (JsonException e) {
            throw new DelegationRefusedException(DelegationRefusal.MALFORMED);
        }
    }

    private static byte[] bytes(String part) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            // The decoder lets pass padding and bits that belong to no byte: a token is to have one text.
            if (BASE64.encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // No base64 at all: refused as the other.
        }
        throw new DelegationRefusedException(DelegationRefusal.MALFORMED);
    }

    boolean isSignedBy(Ed25519PublicKey key) {
        return key.verifies(signed.getBytes(US_ASCII), signature);
    }

    /** Who granted; what cannot be an agent's name is refused. */
    String delegator() {
        String issuer = text("iss");
        if (issuer == null || issuer.isBlank()) {
            throw new DelegationRefusedException(DelegationRefusal.MALFORMED);
        }
        return issuer;
    }

    /** Who was granted: the first where there are many, null where there is none. */
    @Nullable
    String delegate() {
        JsonValue audience = claims.find("aud").orElse(null);
        JsonValue first = audience instanceof JsonArray list && !list.values().isEmpty()
                ? list.values().get(0)
                : audience;
        return first instanceof JsonString text ? text.value() : null;
    }

    /** The token's id; null where it has none. */
    @Nullable
    String id() {
        return usableId("jti");
    }

    /** The id of the delegation above; null where there is none. */
    @Nullable
    String parentId() {
        return usableId(PARENT);
    }

    private @Nullable String usableId(String claim) {
        JsonValue value = claims.find(claim).orElse(null);
        if (value == null || value.isNull()) {
            return null;
        }
        String id = text(claim);
        if (id == null
                || id.isBlank()
                || !Checks.isWellFormed(id)
                || id.codePointCount(0, id.length()) > IssuedDelegation.MAX_ID_LENGTH) {
            throw malformed("it has no usable '" + claim + "'");
        }
        return id;
    }

    /** The seconds of its end; null where it has none. */
    @Nullable
    Double expiry() {
        return claims.find("exp").orElse(null) instanceof JsonNumber number ? number.asDouble() : null;
    }

    /** What was granted: texts of a list, and nothing where there is none. */
    List<String> scopes() {
        List<String> scopes = new ArrayList<>();
        if (claims.find("scp").orElse(null) instanceof JsonArray list) {
            for (JsonValue each : list) {
                if (each instanceof JsonString text) {
                    scopes.add(text.value());
                }
            }
        }
        return scopes;
    }

    /** How often it may be used; null for no bound. A bound that nobody understands is refused. */
    @Nullable
    Long maxTasks() {
        JsonValue constraints = claims.find(CONSTRAINTS).orElse(null);
        if (constraints == null || constraints.isNull()) {
            return null;
        }
        if (constraints instanceof JsonObject object) {
            JsonValue max = object.find(MAX_TASKS).orElse(null);
            if (max == null || max.isNull()) {
                return null;
            } else if (max instanceof JsonNumber number && number.isWhole() && isCount(number.asDouble())) {
                return number.asLong();
            }
        }
        throw malformed("its 'max_tasks' must be a whole number, 0 or more");
    }

    private static boolean isCount(double number) {
        return number >= 0 && number < 1e15;
    }

    static DelegationRefusedException malformed(String why) {
        return new DelegationRefusedException(
                DelegationRefusal.MALFORMED, DelegationRefusal.MALFORMED.text() + ": " + why);
    }

    private @Nullable String text(String claim) {
        return claims.find(claim).orElse(null) instanceof JsonString text ? text.value() : null;
    }
}
