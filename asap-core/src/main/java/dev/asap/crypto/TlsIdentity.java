// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A private key and the certificates that vouch for it, its own first; they fit. Immutable. */
record TlsIdentity(PrivateKey privateKey, List<X509Certificate> certificateChain) {
    private static final byte[] SAMPLE =
            "Does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);

    /** Where an identity comes from; the password opens the key if it needs one. */
    @FunctionalInterface
    interface Source {
        TlsIdentity load(char @Nullable [] password);
    }

    static TlsIdentity ofFiles(Path certificateFile, Path keyFile, char @Nullable [] password) {
        PemFile certificates = new PemFile("certificate file", certificateFile);
        List<X509Certificate> chain = certificates.certificates();
        PrivateKey key = PrivateKeyFile.read(keyFile, password);
        return checked(key, chain, "the private key file '" + keyFile.toAbsolutePath() + "'", certificates.toString());
    }

    static TlsIdentity ofKey(PrivateKey key, List<X509Certificate> chain) {
        return checked(key, chain, "the given private key", "the given certificate chain");
    }

    static TlsIdentity ofKeyStore(KeyStore keyStore, @Nullable String alias, char @Nullable [] password) {
        try {
            String entry = alias != null ? alias : onlyKeyEntry(keyStore);
            Key key = keyStore.getKey(entry, password);
            Certificate[] chain = keyStore.getCertificateChain(entry);
            if (!(key instanceof PrivateKey privateKey) || chain == null) {
                throw new TlsConfigurationException(
                        "the key store's entry '" + entry + "' must be a private key with its certificates, got none; "
                                + "it has the entries " + Collections.list(keyStore.aliases()),
                        null);
            }
            String shown = "the key store's entry '" + entry + "'";
            return checked(privateKey, x509(chain), shown, shown);
        } catch (UnrecoverableKeyException e) {
            throw new TlsConfigurationException(
                    "the key store's key cannot be opened; give the password of the key to keyPassword", e);
        } catch (GeneralSecurityException e) {
            throw new TlsConfigurationException("the key store cannot be read; load it before it is handed in", e);
        }
    }

    private static String onlyKeyEntry(KeyStore keyStore) throws KeyStoreException {
        List<String> keys = new ArrayList<>();
        for (String alias : Collections.list(keyStore.aliases())) {
            if (keyStore.isKeyEntry(alias)) {
                keys.add(alias);
            }
        }
        if (keys.size() != 1) {
            throw new TlsConfigurationException(
                    "the key store must have one key when no alias is given, got " + keys + "; name the alias", null);
        }
        return keys.get(0);
    }

    private static List<X509Certificate> x509(Certificate[] chain) {
        return Arrays.stream(chain)
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList();
    }

    private static TlsIdentity checked(
            PrivateKey key, List<X509Certificate> chain, String keyShown, String certificateShown) {
        if (chain.isEmpty()) {
            throw new TlsConfigurationException(
                    certificateShown + " must have a certificate, got none; give the one that was issued for the key",
                    null);
        }
        String algorithm = signatureAlgorithm(key);
        if (algorithm == null) {
            throw new TlsConfigurationException(
                    keyShown + " must be RSA, EC or Ed25519, got " + key.getAlgorithm()
                            + "; make a new one with 'openssl genpkey'",
                    null);
        }
        if (!isSignedBy(chain.get(0), algorithm, signature(key, algorithm, keyShown))) {
            throw new TlsConfigurationException(
                    keyShown + " does not belong to the first certificate of " + certificateShown
                            + "; give the key that the certificate was issued for, and put its certificate first",
                    null);
        }
        return new TlsIdentity(key, List.copyOf(chain));
    }

    private static @Nullable String signatureAlgorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" ->
                key instanceof EdECKey edwards && !edwards.getParams().getName().equals("Ed25519") ? null : "Ed25519";
            default -> null;
        };
    }

    /** Not every private key shows what it is made of; all of them sign. */
    private static byte[] signature(PrivateKey key, String algorithm, String keyShown) {
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(SAMPLE);
            return signing.sign();
        } catch (GeneralSecurityException e) {
            throw new TlsConfigurationException(
                    keyShown
                            + " cannot sign: it is on a curve that Java does not have, or too small; make a new one with"
                            + " 'openssl genpkey'",
                    e);
        }
    }

    private static boolean isSignedBy(X509Certificate certificate, String algorithm, byte[] signature) {
        try {
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(SAMPLE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            // A certificate for a key of another kind or size.
            return false;
        }
    }

    /** Leaves out the key. */
    @Override
    public String toString() {
        X509Certificate own = certificateChain.get(0);
        return own.getSubjectX500Principal() + ", " + privateKey.getAlgorithm() + ", valid until "
                + own.getNotAfter().toInstant();
    }
}
