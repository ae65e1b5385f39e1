// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A public key of Ed25519: verifies signatures. Immutable and thread-safe.
 *
 * <p>Two keys are equal when their bytes are.
 */
public final class Ed25519PublicKey {
    /** The length of a key, in bytes. */
    public static final int LENGTH = 32;

    static final String ALGORITHM = "Ed25519";

    /** The field of the curve. */
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    /** One half of the points of order 8 has this as its y, the other half the negative of it. */
    private static final BigInteger ORDER_EIGHT =
            new BigInteger("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16);

    /** The y of every point of a small order: with such a key, signatures exist that fit many texts. */
    private static final Set<BigInteger> SMALL_ORDER =
            Set.of(BigInteger.ZERO, BigInteger.ONE, P.subtract(BigInteger.ONE), ORDER_EIGHT, P.subtract(ORDER_EIGHT));

    private final byte[] bytes;
    private final PublicKey key;

    private Ed25519PublicKey(byte[] bytes, PublicKey key) {
        this.bytes = bytes;
        this.key = key;
    }

    /**
     * A key of its raw bytes, which are copied.
     *
     * @throws IllegalArgumentException if they are not 32, no point of the curve, or a point of a small order
     */
    public static Ed25519PublicKey of(byte[] raw) {
        if (raw.length != LENGTH) {
            throw new IllegalArgumentException("a public key must have " + LENGTH + " bytes, got " + raw.length);
        }
        byte[] bigEndian = reversed(raw);
        boolean xIsOdd = bigEndian[0] < 0;
        bigEndian[0] &= 0x7f;
        BigInteger y = new BigInteger(1, bigEndian);
        if (y.compareTo(P) >= 0 || SMALL_ORDER.contains(y)) {
            throw notAKey(raw, null);
        }
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(xIsOdd, y)));
            // Whether there is a point with this y is looked at here and not before.
            newSignature().initVerify(key);
            return new Ed25519PublicKey(raw.clone(), key);
        } catch (GeneralSecurityException e) {
            throw notAKey(raw, e);
        }
    }

    /**
     * A key of its bytes in base64, as the protocol writes it.
     *
     * @throws IllegalArgumentException if the text is not base64 with padding, or as {@link #of}
     */
    public static Ed25519PublicKey ofBase64(String base64) {
        byte[] raw = StrictBase64.decode(base64);
        if (raw == null) {
            throw new IllegalArgumentException("a public key must be base64 with padding (44 characters), got "
                    + base64.length() + " characters that are not");
        }
        return of(raw);
    }

    /**
     * A key in the form of a JSON web key, {@code {"kty":"OKP","crv":"Ed25519","x":"…"}}; members beyond these are passed over.
     *
     * @throws IllegalArgumentException if the object is a key of another kind, or a private key, or as {@link #of}
     */
    public static Ed25519PublicKey ofJwk(JsonObject jwk) {
        return Ed25519Jwk.publicKey(jwk);
    }

    /** The raw bytes, in a new array. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The bytes in base64, as the protocol writes them. */
    public String toBase64() {
        return StrictBase64.encode(bytes);
    }

    /** The key as a JSON web key (RFC 8037). */
    public JsonObject toJwk() {
        return Ed25519Jwk.of(this);
    }

    /** The SHA-256 thumbprint of the JSON web key (RFC 7638), in base64url: 43 characters by which hosts are known. */
    public String thumbprint() {
        return Ed25519Jwk.thumbprint(this);
    }

    /**
     * Tells whether a signature is the key's own for these bytes. Signatures that are not 64 bytes, or have a second form of a
     * valid one's scalar, are not.
     */
    public boolean verifies(byte[] message, byte[] signature) {
        if (signature.length != Ed25519Scalar.SIGNATURE_LENGTH || !Ed25519Scalar.isReduced(signature)) {
            return false;
        }
        try {
            Signature verifier = newSignature();
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform verified with the key before and does not now", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ed25519PublicKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes in base64. */
    @Override
    public String toString() {
        return toBase64();
    }

    static Signature newSignature() throws NoSuchAlgorithmException {
        return Signature.getInstance(ALGORITHM);
    }

    static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static IllegalArgumentException notAKey(byte[] raw, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "not a usable public key of Ed25519: '" + StrictBase64.encode(raw)
                        + "'; it must be a point of the curve, in its one form, and not of a small order",
                cause);
    }
}
