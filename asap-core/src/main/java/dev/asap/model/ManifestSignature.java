// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a manifest.
 *
 * @param alg the algorithm, always {@value #ED25519}
 * @param signature the signature in base64
 * @param trustLevel who vouches for the manifest, as it claims itself; not covered by the signature
 */
public record ManifestSignature(String alg, String signature, TrustLevel trustLevel) {
    /** The only algorithm. */
    public static final String ED25519 = "ed25519";

    /**
     * Checks the algorithm and the characters of the signature; whether it is right is not looked at.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or breaks its rule
     */
    public ManifestSignature {
        Checks checks = Checks.of("ManifestSignature")
                .required("alg", alg)
                .required("signature", signature)
                .required("trust_level", trustLevel);
        if (alg != null && !alg.equals(ED25519)) {
            checks.violation("literal_error", "alg", "must be '" + ED25519 + "', got '" + alg + "'");
        }
        checkBase64(checks, "signature", signature);
        checks.done();
    }

    /** A signature made with the agent's own key. */
    public static ManifestSignature selfSigned(String signature) {
        return new ManifestSignature(ED25519, signature, TrustLevel.SELF_SIGNED);
    }

    static void checkBase64(Checks checks, String member, @Nullable String text) {
        if (text != null && (text.isEmpty() || !text.chars().allMatch(ManifestSignature::isBase64))) {
            checks.violation("string_pattern_mismatch", member, "must be base64");
        }
    }

    private static boolean isBase64(int c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '=';
    }
}
