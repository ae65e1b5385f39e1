// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A JSON web token in its compact form (RFC 7515), signed with Ed25519: header, claims and signature in base64url, joined by
 * dots. Immutable.
 */
final class CompactToken {
    /** Far beyond what the protocol's claims take. */
    static final int MAX_LENGTH = 16_384;

    private static final String ALGORITHM = "EdDSA";

    /** The name of RFC 9864 for the same. */
    private static final String ALGORITHM_BY_CURVE = "Ed25519";

    private final JsonObject claims;
    /** The text that the signature is over. */
    private final String signed;

    private final byte[] signature;

    private CompactToken(JsonObject claims, String signed, byte[] signature) {
        this.claims = claims;
        this.signed = signed;
        this.signature = signature;
    }

    /** The token's text. */
    static String sign(String type, JsonObject claims, Ed25519PrivateKey key) {
        JsonObject header = JsonObject.of("alg", ALGORITHM, "typ", type);
        String signed = Base64Url.encode(header.toBytes()) + "." + Base64Url.encode(claims.toBytes());
        return signed + "." + Base64Url.encode(key.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * Takes a token apart. Nothing of it is verified then but the header.
     *
     * @param type the type that the header must have
     * @throws InvalidTokenException if it is none of this type and algorithm
     */
    static CompactToken parse(String type, String text) {
        if (text.length() > MAX_LENGTH) {
            throw invalid("the token must have at most " + MAX_LENGTH + " characters, got " + text.length());
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw invalid("the token must have three parts joined by dots, got " + parts.length);
        }
        requireHeader(type, object("header", parts[0]));
        byte[] signature = Base64Url.decode(parts[2]);
        if (signature == null) {
            throw invalid("the token's signature is not base64url without padding");
        }
        return new CompactToken(object("claims", parts[1]), parts[0] + "." + parts[1], signature);
    }

    /** What is claimed, whether the signature holds or not. */
    TokenClaims claims() {
        return new TokenClaims(claims);
    }

    /**
     * Verifies the signature.
     *
     * @throws InvalidTokenException if it is not the key's
     */
    void requireSignedBy(Ed25519PublicKey key) {
        if (!key.verifies(signed.getBytes(StandardCharsets.US_ASCII), signature)) {
            throw invalid("the token's signature does not hold");
        }
    }

    private static void requireHeader(String type, JsonObject header) {
        String algorithm = text(header, "alg");
        if (!ALGORITHM.equals(algorithm) && !ALGORITHM_BY_CURVE.equals(algorithm)) {
            throw invalid("the token must be signed with EdDSA: its 'alg' says otherwise");
        }
        if (!type.equals(text(header, "typ"))) {
            throw invalid("the token must be of the type '" + type + "': its 'typ' says otherwise");
        }
        // Whoever does not understand what is named there must not accept the token, and we understand none.
        if (header.has("crit")) {
            throw invalid("the token has critical extensions ('crit'), of which the protocol knows none");
        }
    }

    private static JsonObject object(String what, String part) {
        byte[] utf8 = Base64Url.decode(part);
        if (utf8 == null) {
            throw invalid("the token's " + what + " are not base64url without padding");
        }
        try {
            return JsonObject.parse(utf8);
        } catch (JsonException e) {
            throw new InvalidTokenException("the token's " + what + " are no JSON object", e);
        }
    }

    private static @Nullable String text(JsonObject header, String member) {
        return header.find(member).orElse(null) instanceof JsonString text ? text.value() : null;
    }

    private static InvalidTokenException invalid(String message) {
        return new InvalidTokenException(message, null);
    }
}
