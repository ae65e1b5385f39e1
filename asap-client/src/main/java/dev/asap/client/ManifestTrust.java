// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.crypto.ManifestVerifier;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Manifest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Which manifests a client believes. Immutable and thread-safe.
 *
 * <pre>{@code
 * ManifestTrust trust = ManifestTrust.strict(Map.of(
 *         "https://agent.example/.well-known/asap/manifest.json",
 *         Ed25519PublicKey.ofBase64("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")));
 * }</pre>
 *
 * <p>Unless it is that of an authority, a key is trusted for one URL, compared with its query, after host and scheme are written in small letters and a port that
 * goes without saying is left out. The key that a document names itself is never trusted for that alone.
 */
public final class ManifestTrust {
    private enum Mode {
        NONE,
        VERIFYING,
        STRICT,
        AUTHORITIES
    }

    private static final ManifestTrust NONE = new ManifestTrust(Mode.NONE, Map.of(), Set.of());

    private final Mode mode;
    private final Map<HttpUrl, Ed25519PublicKey> keys;
    private final Set<Ed25519PublicKey> authorities;

    private ManifestTrust(Mode mode, Map<HttpUrl, Ed25519PublicKey> keys, Set<Ed25519PublicKey> authorities) {
        this.mode = mode;
        this.keys = keys;
        this.authorities = authorities;
    }

    /** Believes every manifest, signed or not. Signatures are not looked at. */
    public static ManifestTrust none() {
        return NONE;
    }

    /**
     * Believes a signed manifest if the key for its URL has signed it, and every manifest that is not signed. So whoever can
     * change the answer can leave out the signature: take this for peers of which some do not sign yet, and {@link #strict} else.
     *
     * @param keys the trusted key for each manifest's URL
     * @throws IllegalArgumentException if a URL is none, or two of them are the same
     */
    public static ManifestTrust verifying(Map<String, Ed25519PublicKey> keys) {
        return new ManifestTrust(Mode.VERIFYING, byUrl(keys), Set.of());
    }

    /**
     * Believes a manifest only if the key for its URL has signed it.
     *
     * @param keys the trusted key for each manifest's URL
     * @throws IllegalArgumentException if a URL is none, or two of them are the same
     */
    public static ManifestTrust strict(Map<String, Ed25519PublicKey> keys) {
        return new ManifestTrust(Mode.STRICT, byUrl(keys), Set.of());
    }

    /**
     * Believes a manifest, wherever it is, only if a registry has signed it: its trust level must be {@code verified}, and it must
     * name one of these keys and be signed with it.
     *
     * @param keys the keys of the registries' authorities, at least one
     * @throws IllegalArgumentException if there is no key
     */
    public static ManifestTrust authorities(Set<Ed25519PublicKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("keys must have at least one key of an authority, got none");
        }
        return new ManifestTrust(Mode.AUTHORITIES, Map.of(), Set.copyOf(keys));
    }

    /**
     * Reads a manifest that was fetched, if it is to be believed.
     *
     * @throws SignatureVerificationException if it is not
     * @throws dev.asap.json.JsonException if it is not JSON
     * @throws dev.asap.validation.ValidationException if it breaks rules of the protocol
     */
    Manifest check(PeerAddress address, byte[] utf8) {
        if (mode == Mode.NONE) {
            return ASAPCodec.tolerant().readManifest(utf8);
        }
        if (ManifestVerifier.isSigned(JsonValue.parse(utf8))) {
            return verifier(address).verify(utf8);
        }
        if (mode == Mode.VERIFYING) {
            return ASAPCodec.tolerant().readManifest(utf8);
        }
        throw new SignatureVerificationException(
                "the manifest from " + address + " is not signed, and only signed ones are trusted (" + name() + ")",
                JsonObject.of("url", address.shown()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ManifestTrust that
                && mode == that.mode
                && keys.equals(that.keys)
                && authorities.equals(that.authorities);
    }

    @Override
    public int hashCode() {
        return Objects.hash(mode, keys, authorities);
    }

    /** How it trusts and how many keys. */
    @Override
    public String toString() {
        return mode == Mode.NONE ? name() : name() + " (keys: " + (keys.size() + authorities.size()) + ")";
    }

    private String name() {
        return "ManifestTrust." + mode.name().toLowerCase(Locale.ROOT);
    }

    private ManifestVerifier verifier(PeerAddress address) {
        return mode == Mode.AUTHORITIES
                ? ManifestVerifier.trustingAuthorities(authorities)
                : ManifestVerifier.trusting(keyFor(address));
    }

    private Ed25519PublicKey keyFor(PeerAddress address) {
        Ed25519PublicKey key = keys.get(address.url());
        if (key == null) {
            throw new SignatureVerificationException(
                    "the manifest from " + address
                            + " is signed, and no key is trusted for exactly this URL; add it to the"
                            + " ManifestTrust",
                    JsonObject.of("url", address.shown()));
        }
        return key;
    }

    private static Map<HttpUrl, Ed25519PublicKey> byUrl(Map<String, Ed25519PublicKey> keys) {
        Map<HttpUrl, Ed25519PublicKey> byUrl = new HashMap<>();
        keys.forEach((url, key) -> {
            PeerAddress address = PeerAddress.ofDocument(url);
            if (byUrl.put(address.url(), key) != null) {
                throw new IllegalArgumentException("a key is trusted for one URL, got two for " + address);
            }
        });
        return Map.copyOf(byUrl);
    }
}
