// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.crypto.ManifestVerifier;
import dev.asap.json.JsonObject;
import dev.asap.model.TrustLevel;
import java.io.IOException;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** A manifest that is published with its signature. */
class SignedManifestTest {
    private static final String PATH = "/.well-known/asap/manifest.json";

    private final Ed25519PrivateKey key = Ed25519PrivateKey.generate();

    @Test
    void manifest_verifiesWithTheKey() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.manifestSigner(ManifestSigner.of(key)));
                Response response = agent.get(PATH)) {
            byte[] document = response.body().bytes();

            assertThat(ManifestVerifier.trusting(key.publicKey()).verify(document))
                    .isEqualTo(TestAgent.manifest());
            assertThat(JsonObject.parse(document).names()).containsExactly("manifest", "signature", "public_key");
        }
    }

    @Test
    void etag_isThatOfTheSignedDocument() throws IOException {
        ManifestSigner signer = ManifestSigner.of(key);
        String etag = etag(signer);

        assertThat(etag(signer)).isEqualTo(etag);
        assertThat(etag(signer.withTrustLevel(TrustLevel.VERIFIED))).isNotEqualTo(etag);
        try (TestAgent agent = TestAgent.start(builder -> builder.manifestSigner(signer));
                Response known = agent.exchange("GET", PATH, (JsonObject) null, "If-None-Match", etag)) {
            assertThat(known.code()).isEqualTo(304);
        }
        try (TestAgent unsigned = TestAgent.start();
                Response response = unsigned.get(PATH)) {
            assertThat(response.header("ETag")).isNotEqualTo(etag);
        }
    }

    private static String etag(ManifestSigner signer) throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.manifestSigner(signer));
                Response response = agent.get(PATH)) {
            return String.valueOf(response.header("ETag"));
        }
    }
}
