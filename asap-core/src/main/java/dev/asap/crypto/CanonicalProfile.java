// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.json.JsonNull;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Manifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which members a manifest is signed with. A signature covers every member that the signer's release knows, unset ones too, so
 * each release that brought a new member has a canonical form of its own, and peers verify only what is signed in theirs.
 */
public enum CanonicalProfile {
    /** Releases 1.2. */
    RELEASE_1_2,
    /** Releases 1.3 and 1.4. */
    RELEASE_1_3,
    /** Releases 2.0 and 2.1. */
    RELEASE_2_0,
    /** Releases 2.2 and 2.3. */
    RELEASE_2_2,
    /** Releases 2.4 and 2.5: everything that this library knows. */
    RELEASE_2_4;

    private static final String CAPABILITIES = "capabilities";
    private static final JsonValue DEFAULT_VERSIONS = JsonValue.of(Manifest.DEFAULT_SUPPORTED_VERSIONS);

    /** The members that came with later releases, in the order in which they did. */
    private static final List<String> LATER =
            List.of("sla", "verification", "supported_versions", "capabilities.hardware", "capabilities.inference");

    /** A member that is set and that this profile does not know, so that a signature in it would not cover it; else null. */
    @Nullable
    String uncovered(JsonObject manifest) {
        for (String path : unknown()) {
            JsonValue value = owner(manifest, path).find(name(path)).orElse(JsonNull.INSTANCE);
            if (!value.isNull() && !value.equals(DEFAULT_VERSIONS)) {
                return path;
            }
        }
        return null;
    }

    /** The manifest with the members that this profile knows. */
    JsonObject of(JsonObject manifest) {
        JsonObject known = manifest;
        for (String path : unknown()) {
            JsonObject owner = owner(known, path).without(name(path));
            known = isNested(path) ? known.with(CAPABILITIES, owner) : owner;
        }
        return known;
    }

    private List<String> unknown() {
        int known = switch (this) {
            case RELEASE_1_2 -> 0;
            case RELEASE_1_3 -> 1;
            case RELEASE_2_0 -> 2;
            case RELEASE_2_2 -> 3;
            case RELEASE_2_4 -> LATER.size();
        };
        return LATER.subList(known, LATER.size());
    }

    private static JsonObject owner(JsonObject manifest, String path) {
        return isNested(path) ? manifest.getObject(CAPABILITIES) : manifest;
    }

    private static boolean isNested(String path) {
        return path.startsWith(CAPABILITIES);
    }

    private static String name(String path) {
        return path.substring(path.indexOf('.') + 1);
    }
}
