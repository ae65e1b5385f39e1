// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private key of Ed25519, with the public key that belongs to it: makes signatures. Immutable and thread-safe.
 *
 * <pre>{@code
 * Ed25519PrivateKey key = Ed25519PrivateKey.ofPem(Files.readString(Path.of("agent-key.pem")));
 * String publicKey = key.publicKey().toBase64();
 * }</pre>
 *
 * <p>{@code toString()} and the messages of exceptions never show it.
 */
public final class Ed25519PrivateKey {
    /** The length of a seed, in bytes. */
    public static final int SEED_LENGTH = 32;

    private static final int MAX_PEM_LENGTH = 4096;
    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*");

    private final PrivateKey key;
    private final Ed25519PublicKey publicKey;

    private Ed25519PrivateKey(PrivateKey key, Ed25519PublicKey publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /** A new key. */
    public static Ed25519PrivateKey generate() {
        return generate(new SecureRandom());
    }

    /** A new key of 32 bytes from this source. */
    public static Ed25519PrivateKey generate(SecureRandom random) {
        byte[] seed = new byte[SEED_LENGTH];
        random.nextBytes(seed);
        return ofSeed(seed);
    }

    /**
     * The key of a seed: the 32 bytes that RFC 8032 calls the private key. They are copied.
     *
     * @throws IllegalArgumentException if there are not 32
     */
    public static Ed25519PrivateKey ofSeed(byte[] seed) {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("a seed must have " + SEED_LENGTH + " bytes, got " + seed.length);
        }
        try {
            // The platform computes a public key nowhere else than where it makes a pair.
            KeyPairGenerator generator = KeyPairGenerator.getInstance(Ed25519PublicKey.ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new GivenBytes(seed.clone()));
            KeyPair pair = generator.generateKeyPair();
            if (!(pair.getPrivate() instanceof EdECPrivateKey made)
                    || !Arrays.equals(made.getBytes().orElse(null), seed)) {
                throw new IllegalStateException("the security provider '"
                        + generator.getProvider().getName()
                        + "' makes Ed25519 keys of more than the seed; put SunEC in front of it");
            }
            return new Ed25519PrivateKey(pair.getPrivate(), Ed25519PublicKey.of(rawOf(pair.getPublic())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
    }

    /**
     * Reads a key in the protocol's form for files: PKCS#8, not encrypted, in PEM.
     *
     * @throws IllegalArgumentException if the text is something else, such as an encrypted key or a key of another algorithm
     */
    public static Ed25519PrivateKey ofPem(String pem) {
        Matcher matcher = PEM.matcher(pem);
        if (pem.length() > MAX_PEM_LENGTH || !matcher.matches()) {
            throw notAKey(null);
        }
        try {
            byte[] pkcs8 = Base64.getMimeDecoder().decode(matcher.group(1));
            PrivateKey key =
                    KeyFactory.getInstance(Ed25519PublicKey.ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            byte[] seed =
                    key instanceof EdECPrivateKey ed25519 ? ed25519.getBytes().orElse(null) : null;
            if (seed == null) {
                throw notAKey(null);
            }
            return ofSeed(seed);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw notAKey(e);
        }
    }

    /**
     * Reads a key in the form of a JSON web key, {@code {"kty":"OKP","crv":"Ed25519","x":"…","d":"…"}}; members beyond these are
     * passed over.
     *
     * @throws IllegalArgumentException if the object is something else, or its two parts do not belong together
     */
    public static Ed25519PrivateKey ofJwk(JsonObject jwk) {
        return Ed25519Jwk.privateKey(jwk);
    }

    /** The key that verifies what this one signs. */
    public Ed25519PublicKey publicKey() {
        return publicKey;
    }

    /** The signature of these bytes: 64 bytes, the same each time. */
    public byte[] sign(byte[] message) {
        try {
            Signature signer = Ed25519PublicKey.newSignature();
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform made the key and does not sign with it", e);
        }
    }

    /** The key as {@link #ofPem} reads it. Secret: whoever has this text can sign. */
    public String toPem() {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
    }

    /** The key as a JSON web key with its member {@code d}. Secret, as {@link #toPem} is. */
    public JsonObject toJwk() {
        byte[] seed = ((EdECPrivateKey) key)
                .getBytes()
                .orElseThrow(() -> new IllegalStateException("this Java platform made the key of a seed and hides it"));
        return Ed25519Jwk.of(publicKey, seed);
    }

    /** The public key. */
    @Override
    public String toString() {
        return "Ed25519PrivateKey[publicKey=" + publicKey + "]";
    }

    private static byte[] rawOf(PublicKey key) throws InvalidKeyException {
        if (!(key instanceof EdECPublicKey ed25519)) {
            throw new InvalidKeyException("a public key that does not show its point");
        }
        EdECPoint point = ed25519.getPoint();
        byte[] bigEndian = new byte[Ed25519PublicKey.LENGTH];
        // At most 32 bytes: y is below 2^255.
        byte[] y = point.getY().toByteArray();
        System.arraycopy(y, 0, bigEndian, bigEndian.length - y.length, y.length);
        if (point.isXOdd()) {
            bigEndian[0] |= (byte) 0x80;
        }
        return Ed25519PublicKey.reversed(bigEndian);
    }

    private static IllegalArgumentException notAKey(@Nullable Exception cause) {
        return new IllegalArgumentException(
                "not a private key of Ed25519 in PKCS#8, unencrypted, in PEM (the text is not shown); one that is begins with"
                        + " -----BEGIN PRIVATE KEY-----, and openssl genpkey -algorithm ed25519 makes one",
                cause);
    }

    /** Gives these bytes wherever random ones are asked for. */
    private static final class GivenBytes extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] given;

        GivenBytes(byte[] given) {
            super(null, null);
            this.given = given;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(given, 0, bytes, 0, bytes.length);
        }
    }
}
