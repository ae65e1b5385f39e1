// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.crypto.EncryptedKey.UnsupportedEncryptionException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the private key of a PEM file: PKCS#8, plain or encrypted, and the older forms of RSA and EC keys. */
final class PrivateKeyFile {
    private static final String PKCS8 = "PRIVATE KEY";

    private static final String HOW_TO_CONVERT =
            "convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256'";

    private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};
    private static final byte[] RSA_ALGORITHM = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC_IDENTIFIER = HexFormat.of().parseHex("06072a8648ce3d0201");

    private final PemFile file;

    private PrivateKeyFile(PemFile file) {
        this.file = file;
    }

    /**
     * The private key of a file that holds one; certificates beside it are passed over.
     *
     * @param password opens an encrypted key; not needed for a plain one
     * @throws TlsConfigurationException if there is none, or none that can be read
     */
    static PrivateKey read(Path path, char @Nullable [] password) {
        PrivateKeyFile reader = new PrivateKeyFile(new PemFile("private key file", path));
        return reader.key(reader.block(), password);
    }

    private PemFile.Block block() {
        List<PemFile.Block> keys = file.blocks().stream()
                .filter(block -> block.label().endsWith(PKCS8))
                .toList();
        if (keys.size() != 1) {
            throw file.failure(
                    "must hold one private key, got " + keys.size() + " among its parts " + file.labels()
                            + "; give the file of the key, or leave only the right one in it",
                    null);
        }
        return keys.get(0);
    }

    private PrivateKey key(PemFile.Block block, char @Nullable [] password) {
        if (block.hasHeaders()) {
            throw file.failure(
                    "is encrypted in OpenSSL's old way, which protects little and is not supported; " + HOW_TO_CONVERT,
                    null);
        }
        try {
            return switch (block.label()) {
                case PKCS8 -> plain(file.decode(block));
                case "RSA PRIVATE KEY" -> plain(wrap(RSA_ALGORITHM, file.decode(block)));
                case "EC PRIVATE KEY" -> ellipticCurve(file.decode(block));
                case "ENCRYPTED PRIVATE KEY" -> encrypted(file.decode(block), password);
                default ->
                    throw file.failure(
                            "must hold an RSA, EC or Ed25519 key as PKCS#8, got a " + block.label() + "; "
                                    + HOW_TO_CONVERT,
                            null);
            };
        } catch (GeneralSecurityException e) {
            throw file.failure(
                    "holds a key that Java cannot read: it is damaged, or on a curve that Java does not have; copy it"
                            + " again, or make a new one with 'openssl genpkey'",
                    e);
        }
    }

    private PrivateKey plain(byte[] pkcs8) throws GeneralSecurityException {
        try {
            String algorithm = algorithmOf(pkcs8);
            return KeyFactory.getInstance(keyFactory(algorithm)).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    private static String algorithmOf(byte[] pkcs8) throws InvalidKeyException {
        Der key = new Der(pkcs8).sequence();
        int unusedVersion = key.number();
        return key.sequence().objectIdentifier();
    }

    private String keyFactory(String identifier) {
        return switch (identifier) {
            case "1.2.840.113549.1.1.1" -> "RSA";
            case "1.2.840.10045.2.1" -> "EC";
            case "1.3.101.112" -> "Ed25519";
            default ->
                throw file.failure(
                        "must hold an RSA, EC or Ed25519 key, got one of the algorithm " + identifier
                                + "; make a new one with 'openssl genpkey'",
                        null);
        };
    }

    private PrivateKey ellipticCurve(byte[] sec1) throws GeneralSecurityException {
        Der key = new Der(sec1).sequence();
        int unusedVersion = key.number();
        byte[] unusedNumber = key.read(Der.OCTET_STRING);
        if (!key.next(Der.CONTEXT_0)) {
            throw file.failure("holds an EC key that does not say its curve; " + HOW_TO_CONVERT, null);
        }
        byte[] curve = key.read(Der.CONTEXT_0);
        return plain(wrap(Der.encode(Der.SEQUENCE, EC_IDENTIFIER, curve), sec1));
    }

    /** PKCS#8 is the older forms with a head that says what they are. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        try {
            return Der.encode(Der.SEQUENCE, VERSION_0, algorithm, Der.encode(Der.OCTET_STRING, key));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private PrivateKey encrypted(byte[] encoded, char @Nullable [] password) throws InvalidKeyException {
        EncryptedKey key;
        try {
            key = new EncryptedKey(encoded);
        } catch (UnsupportedEncryptionException e) {
            throw file.failure(
                    "must be encrypted by PBES2 with PBKDF2, HMAC-SHA-2 and AES-CBC, got " + e.getMessage() + "; "
                            + HOW_TO_CONVERT,
                    null);
        }
        if (password == null) {
            throw file.failure("is encrypted; give its password to keyPassword", null);
        }
        try {
            return plain(key.decrypt(password));
        } catch (GeneralSecurityException e) {
            throw file.failure("cannot be decrypted with the given keyPassword; check the password", e);
        }
    }
}
