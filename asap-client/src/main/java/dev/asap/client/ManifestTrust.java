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
 * <p>A key is trusted for one URL, compared with its query, after host and scheme are written in small letters and a port that
 * goes without saying is left out. The key that a document names itself is never trusted.
 */
public final class ManifestTrust {
    private enum Mode {
        NONE,
        VERIFYING,
        STRICT
    }

    private static final ManifestTrust NONE = new ManifestTrust(Mode.NONE, Map.of());

    private final Mode mode;
    private final Map<HttpUrl, Ed25519PublicKey> keys;

    private ManifestTrust(Mode mode, Map<HttpUrl, Ed25519PublicKey> keys) {
        this.mode = mode;
        this.keys = keys;
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
        return new ManifestTrust(Mode.VERIFYING, byUrl(keys));
    }

    /**
     * Believes a manifest only if the key for its URL has signed it.
     *
     * @param keys the trusted key for each manifest's URL
     * @throws IllegalArgumentException if a URL is none, or two of them are the same
     */
    public static ManifestTrust strict(Map<String, Ed25519PublicKey> keys) {
        return new ManifestTrust(Mode.STRICT, byUrl(keys));
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
            return ManifestVerifier.trusting(keyFor(address)).verify(utf8);
        }
        if (mode == Mode.STRICT) {
            throw new SignatureVerificationException(
                    "the manifest from " + address
                            + " is not signed, and only signed ones are trusted (ManifestTrust.strict)",
                    JsonObject.of("url", address.shown()));
        }
        return ASAPCodec.tolerant().readManifest(utf8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ManifestTrust that && mode == that.mode && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        return 31 * mode.hashCode() + keys.hashCode();
    }

    /** How it trusts and how many keys. */
    @Override
    public String toString() {
        String name = "ManifestTrust." + mode.name().toLowerCase(Locale.ROOT);
        return mode == Mode.NONE ? name : name + " (keys: " + keys.size() + ")";
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
