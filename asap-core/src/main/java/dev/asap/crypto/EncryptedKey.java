// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * An encrypted private key by PBES2 (RFC 8018): a key derived from the password by PBKDF2, and AES.
 *
 * <p>Read by hand: the JDK's own class cannot name the algorithm on every JDK, takes only ASCII passwords, and derives the key
 * in as many rounds as the file says.
 */
final class EncryptedKey {
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final String PBKDF2 = "1.2.840.113549.1.5.12";

    /** Some ten seconds; OpenSSL takes 2048 rounds unless told otherwise, and 600,000 are recommended. */
    private static final int MAX_ROUNDS = 10_000_000;

    private static final int AES_BLOCK_BYTES = 16;

    private final String derivation;
    private final byte[] salt;
    private final int rounds;
    private final int keyBits;
    private final byte[] initialVector;
    private final byte[] encrypted;

    /**
     * Reads the structure.
     *
     * @throws InvalidKeyException if it is damaged
     * @throws UnsupportedEncryptionException if it is encrypted in another way
     */
    EncryptedKey(byte[] encoded) throws InvalidKeyException, UnsupportedEncryptionException {
        Der whole = new Der(encoded).sequence();
        Der algorithm = whole.sequence();
        encrypted = whole.read(Der.OCTET_STRING);
        require(PBES2, algorithm.objectIdentifier());
        Der parameters = algorithm.sequence();

        Der keyDerivation = parameters.sequence();
        require(PBKDF2, keyDerivation.objectIdentifier());
        Der derivationParameters = keyDerivation.sequence();
        salt = derivationParameters.read(Der.OCTET_STRING);
        rounds = derivationParameters.number();
        if (derivationParameters.next(Der.INTEGER)) {
            // The length of the key, which the cipher tells as well.
            int unused = derivationParameters.number();
        }
        derivation = derivationParameters.next(Der.SEQUENCE)
                ? derivation(derivationParameters.sequence().objectIdentifier())
                : "PBKDF2WithHmacSHA1";

        Der cipher = parameters.sequence();
        keyBits = keyBits(cipher.objectIdentifier());
        initialVector = cipher.read(Der.OCTET_STRING);
        if (rounds < 1 || rounds > MAX_ROUNDS || salt.length == 0 || initialVector.length != AES_BLOCK_BYTES) {
            throw new UnsupportedEncryptionException("PBKDF2 with " + rounds + " rounds and " + salt.length
                    + " bytes of salt, AES with an initial vector of " + initialVector.length + " bytes");
        }
    }

    /**
     * The encoded private key.
     *
     * @throws GeneralSecurityException if the password is wrong; one in 256 wrong passwords gives garbage instead
     */
    byte[] decrypt(char[] password) throws GeneralSecurityException {
        PBEKeySpec specification = new PBEKeySpec(password, salt, rounds, keyBits);
        byte[] key = {};
        try {
            key = SecretKeyFactory.getInstance(derivation)
                    .generateSecret(specification)
                    .getEncoded();
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(initialVector));
            return cipher.doFinal(encrypted);
        } finally {
            specification.clearPassword();
            Arrays.fill(key, (byte) 0);
        }
    }

    private static void require(String expected, String found) throws UnsupportedEncryptionException {
        if (!found.equals(expected)) {
            throw new UnsupportedEncryptionException(found);
        }
    }

    private static String derivation(String identifier) throws UnsupportedEncryptionException {
        return switch (identifier) {
            case "1.2.840.113549.2.7" -> "PBKDF2WithHmacSHA1";
            case "1.2.840.113549.2.9" -> "PBKDF2WithHmacSHA256";
            case "1.2.840.113549.2.10" -> "PBKDF2WithHmacSHA384";
            case "1.2.840.113549.2.11" -> "PBKDF2WithHmacSHA512";
            default -> throw new UnsupportedEncryptionException(identifier);
        };
    }

    private static int keyBits(String identifier) throws UnsupportedEncryptionException {
        return switch (identifier) {
            case "2.16.840.1.101.3.4.1.2" -> 128;
            case "2.16.840.1.101.3.4.1.22" -> 192;
            case "2.16.840.1.101.3.4.1.42" -> 256;
            default -> throw new UnsupportedEncryptionException(identifier);
        };
    }

    /** The message is the identifier of the algorithm, or what is out of bounds. */
    static final class UnsupportedEncryptionException extends Exception {
        private static final long serialVersionUID = 1L;

        UnsupportedEncryptionException(String what) {
            super(what);
        }
    }
}
