// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.Manifest;
import java.util.Optional;

/** The JSON of manifests as it is signed. */
final class CanonicalManifest {
    private static final String SIGNATURE = "signature";
    private static final String CAPABILITIES = "capabilities";
    private static final String HARDWARE = "hardware";

    /** A member that is signed under another name than the one that it has on the wire. */
    private static final String WIRE_NAME = "class";

    private static final String SIGNED_NAME = "class_";

    private CanonicalManifest() {}

    /** Every member that this library knows, unset ones as {@code null} and defaults spelled out. */
    static JsonObject ofModel(Manifest manifest) {
        return renamed(ASAPCodec.strict().toJson(manifest, WireForm.FULL)).orElseThrow();
    }

    /** The members that came; empty if one of them came under both of its names. */
    static Optional<JsonObject> ofReceived(JsonObject manifest) {
        return renamed(manifest);
    }

    private static Optional<JsonObject> renamed(JsonObject manifest) {
        JsonObject signed = manifest.without(SIGNATURE);
        if (!(signed.find(CAPABILITIES).orElse(null) instanceof JsonObject capabilities)
                || !(capabilities.find(HARDWARE).orElse(null) instanceof JsonObject hardware)
                || !hardware.has(WIRE_NAME)) {
            return Optional.of(signed);
        }
        if (hardware.has(SIGNED_NAME)) {
            return Optional.empty();
        }
        JsonObject signedHardware = hardware.without(WIRE_NAME).with(SIGNED_NAME, hardware.get(WIRE_NAME));
        return Optional.of(signed.with(CAPABILITIES, capabilities.with(HARDWARE, signedHardware)));
    }
}
