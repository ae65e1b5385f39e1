// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Keys as JSON web keys (RFC 7517, RFC 8037): the members {@code kty}, {@code crv}, {@code x} and, of a private key, {@code d}. */
final class Ed25519Jwk {
    private static final String TYPE = "OKP";
    private static final String CURVE = "Ed25519";

    private Ed25519Jwk() {}

    static JsonObject of(Ed25519PublicKey key) {
        return JsonObject.of("kty", TYPE, "crv", CURVE, "x", x(key));
    }

    static JsonObject of(Ed25519PublicKey key, byte[] seed) {
        return of(key).with("d", Base64Url.encode(seed));
    }

    /**
     * The public key.
     *
     * @throws IllegalArgumentException if the object is none, or holds a private key
     */
    static Ed25519PublicKey publicKey(JsonObject jwk) {
        if (jwk.has("d")) {
            throw new IllegalArgumentException(
                    "the JWK must be a public key, got one with the private part 'd' (not shown); a key that was sent like"
                            + " this is not secret any more: replace it");
        }
        return keyIn(jwk);
    }

    /**
     * The seed of a private key.
     *
     * @throws IllegalArgumentException if the object is none, or its public part belongs to another key
     */
    static Ed25519PrivateKey privateKey(JsonObject jwk) {
        Ed25519PublicKey publicKey = keyIn(jwk);
        byte[] seed = bytes(jwk, "d");
        if (seed == null || seed.length != Ed25519PrivateKey.SEED_LENGTH) {
            throw new IllegalArgumentException("the JWK must have a private key of " + Ed25519PrivateKey.SEED_LENGTH
                    + " bytes as its member 'd', in base64url without padding (not shown)");
        }
        Ed25519PrivateKey key = Ed25519PrivateKey.ofSeed(seed);
        if (!key.publicKey().equals(publicKey)) {
            throw new IllegalArgumentException("the members 'x' and 'd' of the JWK must belong together, got an 'x' of"
                    + " another key (not shown)");
        }
        return key;
    }

    /** The SHA-256 thumbprint of RFC 7638, in base64url. */
    static String thumbprint(Ed25519PublicKey key) {
        // The order of the members is part of the definition; all of them are plain ASCII.
        String canonical = "{\"crv\":\"" + CURVE + "\",\"kty\":\"" + TYPE + "\",\"x\":\"" + x(key) + "\"}";
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return Base64Url.encode(sha256.digest(canonical.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform has no SHA-256", e);
        }
    }

    private static String x(Ed25519PublicKey key) {
        return Base64Url.encode(key.toBytes());
    }

    private static Ed25519PublicKey keyIn(JsonObject jwk) {
        if (!TYPE.equals(text(jwk, "kty")) || !CURVE.equals(text(jwk, "crv"))) {
            throw new IllegalArgumentException("the JWK must have \"kty\":\"OKP\" and \"crv\":\"Ed25519\", got another"
                    + " kind of key; the protocol knows no other");
        }
        byte[] raw = bytes(jwk, "x");
        if (raw == null) {
            throw new IllegalArgumentException(
                    "the JWK must have the public key as its member 'x', in base64url without" + " padding");
        }
        return Ed25519PublicKey.of(raw);
    }

    private static byte @Nullable [] bytes(JsonObject jwk, String member) {
        String text = text(jwk, member);
        return text == null ? null : Base64Url.decode(text);
    }

    private static @Nullable String text(JsonObject jwk, String member) {
        return jwk.find(member).orElse(null) instanceof JsonString text ? text.value() : null;
    }
}
