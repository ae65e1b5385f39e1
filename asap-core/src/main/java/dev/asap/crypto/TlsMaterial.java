// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What TLS needs on one side of a connection: the certificate and key that this side shows, and the authorities whose
 * certificates it accepts. With both on both sides it is mutual TLS. Immutable and thread-safe.
 *
 * <pre>{@code
 * TlsMaterial tls = TlsMaterial.builder()
 *         .identity(Path.of("agent.crt"), Path.of("agent.key"))
 *         .keyPassword(password)
 *         .trust(Path.of("ca.crt"))
 *         .build();
 * }</pre>
 *
 * <p>Files are PEM, at most 1 MiB each, and read once, by {@link Builder#build}: after a renewal build it anew. Keys are RSA, EC
 * or Ed25519, and may stand there as PKCS#8 ({@code PRIVATE KEY}), as PKCS#8 encrypted with AES ({@code ENCRYPTED PRIVATE KEY}), or
 * in the older forms {@code RSA PRIVATE KEY} and {@code EC PRIVATE KEY}, these without encryption.
 *
 * <p>Nothing here looks at host names: whoever connects has to, as HTTP clients do. Revocation lists are not asked.
 */
public final class TlsMaterial {
    private final @Nullable TlsIdentity identity;
    private final boolean ownTrust;
    private final X509TrustManager trustManager;
    private final SSLContext sslContext;

    private TlsMaterial(@Nullable TlsIdentity identity, boolean ownTrust, X509TrustManager trustManager)
            throws GeneralSecurityException {
        this.identity = identity;
        this.ownTrust = ownTrust;
        this.trustManager = trustManager;
        this.sslContext = SSLContext.getInstance("TLS");
        KeyManager[] keys =
                identity == null ? new KeyManager[0] : new KeyManager[] {new OneIdentityKeyManager(identity)};
        sslContext.init(keys, new TrustManager[] {trustManager}, null);
    }

    /** Collects what there is. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes sockets and engines with this identity and this trust, with the protocols that the JDK allows: TLS 1.3 and 1.2,
     * unless it was told otherwise. The same one each time, so that sessions are resumed.
     */
    public SSLContext sslContext() {
        return sslContext;
    }

    /** Decides whose certificates are accepted; the one that {@link #sslContext} uses, for what needs both. */
    public X509TrustManager trustManager() {
        return trustManager;
    }

    /** Whether there is a certificate to show. A server cannot do without. */
    public boolean hasIdentity() {
        return identity != null;
    }

    /**
     * Whether only the authorities that were given are trusted, rather than those of the platform. A server asks its clients
     * for certificates if so: a certificate of just any public authority proves nothing about a client.
     */
    public boolean hasOwnTrust() {
        return ownTrust;
    }

    /** The subject of the certificate and the kind of trust; no key. */
    @Override
    public String toString() {
        return "TlsMaterial[" + (identity == null ? "no identity" : identity) + "; trusts "
                + (ownTrust ? trustManager.getAcceptedIssuers().length + " given" : "the platform's") + "]";
    }

    /** Collects what there is, of which each setting replaces an earlier one of its kind. Not thread-safe. */
    public static final class Builder {
        private TlsIdentity.@Nullable Source identity;
        private @Nullable Supplier<List<X509Certificate>> trust;
        private char @Nullable [] keyPassword;

        private Builder() {}

        /**
         * Shows the certificate of a PEM file, whose key is in another one, or in the same.
         *
         * @param certificateChain the key's own certificate first, then those that lead to the authority
         * @param privateKey one private key; if it is encrypted, {@link #keyPassword} opens it
         */
        public Builder identity(Path certificateChain, Path privateKey) {
            identity = password -> TlsIdentity.ofFiles(certificateChain, privateKey, password);
            return this;
        }

        /**
         * Shows a certificate that was loaded elsewhere. The key may live in a device that does not give it away.
         *
         * @param certificateChain the key's own certificate first, then those that lead to the authority
         */
        public Builder identity(PrivateKey privateKey, List<X509Certificate> certificateChain) {
            List<X509Certificate> chain = List.copyOf(certificateChain);
            identity = password -> TlsIdentity.ofKey(privateKey, chain);
            return this;
        }

        /** Shows the certificate of the only key in a loaded key store; {@link #keyPassword} opens the key. */
        public Builder identity(KeyStore keyStore) {
            identity = password -> TlsIdentity.ofKeyStore(keyStore, null, password);
            return this;
        }

        /** Shows the certificate of one key in a loaded key store; {@link #keyPassword} opens the key. */
        public Builder identity(KeyStore keyStore, String alias) {
            identity = password -> TlsIdentity.ofKeyStore(keyStore, alias, password);
            return this;
        }

        /**
         * The password of an encrypted key; a key without encryption ignores it. It is copied, so that the caller may wipe the
         * array at once, and the copy is wiped by {@link #build}: to build again, give it again.
         */
        public Builder keyPassword(char[] password) {
            forgetPassword();
            keyPassword = password.clone();
            return this;
        }

        /** Accepts certificates of the authorities in a PEM file, and no others; those of the platform unless set. */
        public Builder trust(Path authorities) {
            trust = () -> new PemFile("CA file", authorities).certificates();
            return this;
        }

        /** Accepts certificates of these authorities, and no others; those of the platform unless set. */
        public Builder trust(List<X509Certificate> authorities) {
            List<X509Certificate> copy = List.copyOf(authorities);
            trust = () -> copy;
            return this;
        }

        /**
         * Accepts certificates of the authorities in a loaded key store, and no others; those of the platform unless set. Its
         * keys are passed over.
         */
        public Builder trust(KeyStore authorities) {
            trust = () -> authoritiesOf(authorities);
            return this;
        }

        /**
         * Reads the files and checks that everything fits.
         *
         * @throws TlsConfigurationException if a file or key store cannot be used, or the key does not belong to the first
         *     certificate
         * @throws IllegalArgumentException if neither an identity nor trust was given
         */
        public TlsMaterial build() {
            try {
                if (identity == null && trust == null) {
                    throw new IllegalArgumentException(
                            "TlsMaterial must have an identity or trust, got neither; without both, use no TlsMaterial");
                }
                TlsIdentity loaded = identity == null ? null : identity.load(keyPassword);
                return new TlsMaterial(loaded, trust != null, trustManager(trust == null ? null : trust.get()));
            } catch (GeneralSecurityException | IOException e) {
                throw new TlsConfigurationException(
                        "TLS cannot be set up; check the security settings of this Java", e);
            } finally {
                forgetPassword();
            }
        }

        private void forgetPassword() {
            if (keyPassword != null) {
                Arrays.fill(keyPassword, '\0');
                keyPassword = null;
            }
        }

        private static X509TrustManager trustManager(@Nullable List<X509Certificate> authorities)
                throws GeneralSecurityException, IOException {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities == null ? null : keyStoreOf(authorities));
            X509TrustManager manager = Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow(() -> new KeyStoreException("no trust manager for X.509"));
            if (manager.getAcceptedIssuers().length == 0) {
                throw new TlsConfigurationException(
                        authorities == null
                                ? "the platform's trust store is empty or missing; name the authorities with trust"
                                : "trust must have a certificate, got none; leave it out to trust the platform's",
                        null);
            }
            return manager;
        }

        private static KeyStore keyStoreOf(List<X509Certificate> authorities)
                throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            return store;
        }

        private static List<X509Certificate> authoritiesOf(KeyStore store) {
            List<X509Certificate> authorities = new ArrayList<>();
            try {
                for (String alias : Collections.list(store.aliases())) {
                    if (store.isCertificateEntry(alias)
                            && store.getCertificate(alias) instanceof X509Certificate certificate) {
                        authorities.add(certificate);
                    }
                }
            } catch (KeyStoreException e) {
                throw new TlsConfigurationException("the key store cannot be read; load it before it is handed in", e);
            }
            return authorities;
        }
    }
}
