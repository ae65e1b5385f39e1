// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import dev.asap.codec.ASAPCodec;
import dev.asap.model.Capability;
import dev.asap.model.HardwareCapability;
import dev.asap.model.HardwareClass;
import dev.asap.model.Manifest;
import dev.asap.model.SignedManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;

/** The protocol's test vectors. */
final class Vectors {
    static final byte[] SEED =
            HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    static final Ed25519PrivateKey KEY = Ed25519PrivateKey.ofSeed(SEED);
    static final String PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

    static final String CANONICAL = "{\"auth\":null,\"capabilities\":{\"asap_version\":\"0.1\",\"hardware\":null,"
            + "\"inference\":null,\"mcp_tools\":[],\"skills\":[{\"description\":\"Echo\",\"id\":\"echo\","
            + "\"input_schema\":null,\"output_schema\":null}],\"state_persistence\":false,\"streaming\":true},"
            + "\"description\":\"Test vector café\",\"endpoints\":{\"asap\":\"https://vector.example/asap\","
            + "\"events\":null},\"id\":\"urn:asap:agent:vector\",\"name\":\"Vector\",\"sla\":{\"availability\":"
            + "\"99.5%\",\"max_error_rate\":null,\"max_latency_p95_ms\":500,\"support_hours\":null},"
            + "\"supported_versions\":[\"2.2\"],\"ttl_seconds\":300,\"verification\":null,\"version\":\"1.0.0\"}";
    static final String CANONICAL_SHA256 = "26833655b8d240c2bfc2aea59f1acaf780617dda28f42e43333c5330b6053ef9";
    static final String SIGNATURE =
            "EPWOion7px7ivp/g6G0wIAsNuW6Z/RmMkzmuYMPMbhRM7i2LpM1L1G3xCmoqbiMgitd3RfvYbmx/FgU04mE/DA==";

    static final String HARDWARE_FRAGMENT =
            "\"capabilities\":{\"asap_version\":\"0.1\",\"hardware\":{\"class_\":\"sbc\","
                    + "\"io\":[],\"model\":null},\"inference\":null,\"mcp_tools\":[],\"skills\":[],\"state_persistence\":false,"
                    + "\"streaming\":false}";
    static final String HARDWARE_SIGNATURE =
            "ZzOu2impLPMrh3jrXA6dhkpTRUhRICmGNibCH2l7ai11g05BKRrTzHTU9AjgvUXBdvcSdI4OC8vww97CINiIDg==";

    static final String RELEASE_1_3_SHA256 = "b887c7e4eb0029fb3d6688e12f1ca866d94e1edcbb45c7e1bc4fea047ffda22a";
    static final String RELEASE_1_3_SIGNATURE =
            "j7erYjpsaSGtON4s5Ezw+6RXwEjmf737r+RlLxSGTNB4B1d8MxpiFWYz2WZGMz3fU51IzpssFDZLty82nHQmBQ==";

    private Vectors() {}

    /** The signed manifest as it is published. */
    static byte[] document() {
        return resource("vector_manifest.json");
    }

    static Manifest manifest() {
        return ASAPCodec.strict().read(document(), SignedManifest.class).manifest();
    }

    static Manifest withHardware() {
        return manifest().toBuilder()
                .capabilities(Capability.builder()
                        .hardware(new HardwareCapability(HardwareClass.SBC, null, List.of()))
                        .build())
                .build();
    }

    static byte[] resource(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
