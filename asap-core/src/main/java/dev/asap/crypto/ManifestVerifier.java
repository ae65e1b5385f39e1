// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.Manifest;
import dev.asap.model.SignedManifest;
import dev.asap.model.TrustLevel;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies signed manifests and hands out what was signed. Immutable and thread-safe.
 *
 * <pre>{@code
 * Ed25519PublicKey key = Ed25519PublicKey.ofBase64("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
 * Manifest manifest = ManifestVerifier.trusting(key).verify(document);
 * }</pre>
 *
 * <p>A signature may be made in the form of any release: over all members that this library knows, over the members as they
 * came (also those of later releases), or over those that an older release knew, if no other is set. So everything in the
 * manifest that is handed out was signed; what was not is left out. {@code trust_level} is not covered and proves nothing.
 */
public final class ManifestVerifier {
    /** The largest document that is verified, in bytes. */
    public static final int MAX_BYTES = 262_144;

    /** Enough for a key. */
    private static final int SHOWN_CHARACTERS = 60;

    private static final String TRUST_LEVEL = "trust_level";

    /** Says which key has to have signed. */
    @FunctionalInterface
    private interface KeyChoice {
        Ed25519PublicKey choose(SignedManifest signed);
    }

    private final KeyChoice keys;

    private ManifestVerifier(KeyChoice keys) {
        this.keys = keys;
    }

    /** Accepts what was signed with this key, whatever key the document itself names. */
    public static ManifestVerifier trusting(Ed25519PublicKey key) {
        return new ManifestVerifier(signed -> key);
    }

    /**
     * Accepts what one of these registries has signed: the trust level must be {@code verified}, and the document must name the
     * key of one of them.
     */
    public static ManifestVerifier trustingAuthorities(Set<Ed25519PublicKey> keys) {
        Set<Ed25519PublicKey> known = Set.copyOf(keys);
        return new ManifestVerifier(signed -> authority(signed, known));
    }

    /**
     * Accepts what was signed with the key that the document itself names. This proves that the document is intact, and nothing
     * about who made it.
     */
    public static ManifestVerifier trustingEmbeddedKey() {
        return new ManifestVerifier(ManifestVerifier::embedded);
    }

    /** Whether a document is a signed manifest: an object with both members {@code manifest} and {@code signature}. */
    public static boolean isSigned(JsonValue document) {
        return document instanceof JsonObject object && object.has("manifest") && object.has("signature");
    }

    /**
     * Verifies a document and gives the manifest that was signed, without its member {@code signature}. Members that this library
     * does not know are passed over.
     *
     * @param utf8 the document as it was received
     * @throws SignatureVerificationException if it is not signed, or not with the right key, or larger than {@link #MAX_BYTES}
     * @throws JsonException if it is not JSON
     * @throws dev.asap.validation.ValidationException if it breaks rules of the protocol, of which the algorithm is one
     */
    public Manifest verify(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new SignatureVerificationException(
                    "a signed manifest must have at most " + MAX_BYTES + " bytes, got " + utf8.length,
                    JsonObject.empty());
        }
        // Parsed to the last value first: of a member that occurs twice, all that follows sees the same one.
        JsonValue document = JsonValue.parse(utf8);
        if (!isSigned(document)) {
            throw new SignatureVerificationException(
                    "the manifest has no signature: a signed one is an object with the members 'manifest' and 'signature'",
                    JsonObject.empty());
        }
        SignedManifest signed = ASAPCodec.tolerant().read(document.asObject(), SignedManifest.class);
        requireSignature(signed, document.asObject().getObject("manifest"));
        Manifest manifest = signed.manifest();
        return manifest.signature() == null
                ? manifest
                : manifest.toBuilder().signature(null).build();
    }

    /**
     * Verifies a manifest that is at hand as a record, see {@link #verify(byte[])}. Prefer the bytes where there are any: members
     * of later releases are signed, and the record does not have them.
     *
     * @throws SignatureVerificationException as there
     */
    public Manifest verify(SignedManifest signed) {
        return verify(ASAPCodec.tolerant().write(signed, WireForm.FULL));
    }

    private void requireSignature(SignedManifest signed, JsonObject received) {
        byte[] signature = signatureOf(signed);
        Ed25519PublicKey key = keys.choose(signed);
        boolean covered;
        try {
            covered = covers(key, signature, CanonicalManifest.ofModel(signed.manifest()), received);
        } catch (JsonException e) {
            throw failure(signed, String.valueOf(e.getMessage()), JsonObject.of("cause", "no canonical form"));
        }
        if (!covered) {
            String named = signed.publicKey() == null || signed.publicKey().equals(key.toBase64())
                    ? ""
                    : "; the document names another key, '" + shortened(signed.publicKey()) + "'";
            throw failure(
                    signed,
                    "its signature is not one of the key '" + key + "' for this content" + named,
                    JsonObject.of("alg", signed.signature().alg(), "cause", "signature mismatch"));
        }
    }

    /** Whether the signature is over the content in the form of any release. */
    private static boolean covers(Ed25519PublicKey key, byte[] signature, JsonObject model, JsonObject received) {
        byte[] current = CanonicalJson.of(model);
        if (key.verifies(current, signature)) {
            return true;
        }
        Optional<byte[]> asReceived = CanonicalManifest.ofReceived(received).map(CanonicalJson::of);
        if (asReceived.isPresent()
                && !Arrays.equals(asReceived.get(), current)
                && key.verifies(asReceived.get(), signature)) {
            return true;
        }
        for (CanonicalProfile profile : CanonicalProfile.values()) {
            if (profile != CanonicalProfile.RELEASE_2_4
                    // Otherwise members could be added to an old document, and nobody would notice.
                    && profile.uncovered(model) == null
                    && key.verifies(CanonicalJson.of(profile.of(model)), signature)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] signatureOf(SignedManifest signed) {
        byte[] signature = StrictBase64.decode(signed.signature().signature());
        if (signature == null) {
            throw failure(signed, "its signature is not base64 with padding", JsonObject.of("cause", "not base64"));
        }
        if (signature.length != Ed25519Scalar.SIGNATURE_LENGTH) {
            throw failure(
                    signed,
                    "its signature must have " + Ed25519Scalar.SIGNATURE_LENGTH + " bytes, got " + signature.length,
                    JsonObject.of("signature_length", signature.length));
        }
        if (!Ed25519Scalar.isReduced(signature)) {
            throw failure(
                    signed,
                    "the scalar of its signature is not below the order of the group",
                    JsonObject.of("s_value_hex", Ed25519Scalar.toHex(signature)));
        }
        return signature;
    }

    private static Ed25519PublicKey embedded(SignedManifest signed) {
        if (signed.publicKey() == null) {
            throw failure(signed, "the document names no key (public_key)", JsonObject.of("cause", "no key"));
        }
        try {
            return Ed25519PublicKey.ofBase64(signed.publicKey());
        } catch (IllegalArgumentException e) {
            throw failure(signed, String.valueOf(e.getMessage()), JsonObject.of("cause", "unusable key"));
        }
    }

    private static Ed25519PublicKey authority(SignedManifest signed, Set<Ed25519PublicKey> known) {
        TrustLevel level = signed.signature().trustLevel();
        if (!level.equals(TrustLevel.VERIFIED)) {
            throw failure(
                    signed,
                    "its trust level must be '" + TrustLevel.VERIFIED + "', got '" + shortened(level.value()) + "'",
                    JsonObject.of(TRUST_LEVEL, shortened(level.value())));
        }
        Ed25519PublicKey key = embedded(signed);
        if (!known.contains(key)) {
            throw failure(
                    signed,
                    "the document names the key '" + key + "', which is none of the " + known.size()
                            + " known registries'",
                    JsonObject.of(TRUST_LEVEL, level.value(), "cause", "unknown authority"));
        }
        return key;
    }

    /** What came from outside is bounded when it is shown. */
    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }

    private static SignatureVerificationException failure(SignedManifest signed, String reason, JsonObject details) {
        return new SignatureVerificationException(
                "the manifest of " + signed.manifest().id() + " is not verified: " + reason, details);
    }
}
