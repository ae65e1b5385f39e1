// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonObject;
import dev.asap.model.Manifest;
import dev.asap.model.ManifestSignature;
import dev.asap.model.SignedManifest;
import dev.asap.model.TrustLevel;

/**
 * Signs manifests. Immutable and thread-safe.
 *
 * <pre>{@code
 * SignedManifest signed = ManifestSigner.of(key).sign(manifest);
 * byte[] document = ASAPCodec.strict().write(signed);
 * }</pre>
 *
 * <p>Publish the full form, which {@code write} gives: peers of other releases can verify only that. Signs for releases from 2.4
 * on unless told otherwise, see {@link #withProfile}.
 */
public final class ManifestSigner {
    private final Ed25519PrivateKey key;
    private final TrustLevel trustLevel;
    private final CanonicalProfile profile;

    private ManifestSigner(Ed25519PrivateKey key, TrustLevel trustLevel, CanonicalProfile profile) {
        this.key = key;
        this.trustLevel = trustLevel;
        this.profile = profile;
    }

    /** Signs with an agent's own key, as self-signed. */
    public static ManifestSigner of(Ed25519PrivateKey key) {
        return new ManifestSigner(key, TrustLevel.SELF_SIGNED, CanonicalProfile.RELEASE_2_4);
    }

    /** The same that claims another trust level: {@link TrustLevel#VERIFIED} where a registry signs. The signature does not cover it. */
    public ManifestSigner withTrustLevel(TrustLevel value) {
        return new ManifestSigner(key, value, profile);
    }

    /** The same for peers of other releases. */
    public ManifestSigner withProfile(CanonicalProfile value) {
        return new ManifestSigner(key, trustLevel, value);
    }

    /**
     * Signs a manifest. Its own member {@code signature} is not covered.
     *
     * @throws IllegalArgumentException if the profile does not know a member that the manifest sets, or if the manifest says when
     *     it was verified: the protocol has no canonical form of that time
     * @throws dev.asap.json.JsonException if a schema in the manifest has no canonical form: a number is beyond every double, or a
     *     text is no Unicode
     */
    public SignedManifest sign(Manifest manifest) {
        if (manifest.verification() != null && manifest.verification().verifiedAt() != null) {
            throw new IllegalArgumentException("cannot sign the manifest of " + manifest.id()
                    + ": verification.verified_at is set, for which peers have no canonical form; leave it out");
        }
        JsonObject model = CanonicalManifest.ofModel(manifest);
        String uncovered = profile.uncovered(model);
        if (uncovered != null) {
            throw new IllegalArgumentException("cannot sign the manifest of " + manifest.id() + ": " + uncovered
                    + " is set, which " + profile + " does not know; leave it out or sign with a later profile");
        }
        byte[] signature = key.sign(CanonicalJson.of(profile.of(model)));
        return new SignedManifest(
                manifest,
                new ManifestSignature(ManifestSignature.ED25519, StrictBase64.encode(signature), trustLevel),
                key.publicKey().toBase64());
    }
}
