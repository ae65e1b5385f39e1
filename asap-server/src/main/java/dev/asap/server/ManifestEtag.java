// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.AsciiJson;
import dev.asap.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The ETag of a manifest: the SHA-256 of its JSON with sorted members, a blank behind commas and colons, and non-ASCII
 * characters escaped. Any server of the protocol gives the same tag for the same manifest, whichever replica is asked.
 */
final class ManifestEtag {
    private ManifestEtag() {}

    static String of(JsonObject manifest) {
        try {
            byte[] text = AsciiJson.of(manifest).getBytes(StandardCharsets.US_ASCII);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
            return '"' + HexFormat.of().formatHex(digest) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
