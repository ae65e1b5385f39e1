// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * A manifest with its signature. Reading one does not verify it.
 *
 * @param manifest the manifest
 * @param signature its signature
 * @param publicKey the key to verify it with, in base64, or null
 */
public record SignedManifest(
        Manifest manifest,
        ManifestSignature signature,
        @Nullable String publicKey) {
    /**
     * Checks that what is required is there, and the characters of the key.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or the key is not base64
     */
    public SignedManifest {
        Checks checks =
                Checks.of("SignedManifest").required("manifest", manifest).required("signature", signature);
        ManifestSignature.checkBase64(checks, "public_key", publicKey);
        checks.done();
    }
}
