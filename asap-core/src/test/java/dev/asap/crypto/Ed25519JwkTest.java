// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519JwkTest {
    /** From appendix A of RFC 8037. */
    private static final JsonObject RFC_KEY = JsonObject.of(
            "kty",
            "OKP",
            "crv",
            "Ed25519",
            "x",
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "d",
            "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");

    @Test
    void thumbprint_keysOfTheRfcAndOfTheProtocol_areTheirs() {
        assertThat(Ed25519PublicKey.ofJwk(RFC_KEY.without("d")).thumbprint())
                .isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assertThat(Vectors.KEY.publicKey().thumbprint()).isEqualTo("1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y");
    }

    @Test
    void toJwk_publicKey_hasTheProtocolsForm() {
        assertThat(Vectors.KEY.publicKey().toJwk())
                .hasToString(
                        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\"}");
    }

    @Test
    void ofJwk_whatToJwkWrote_isTheSameKey() {
        assertThat(Ed25519PrivateKey.ofJwk(RFC_KEY).toJwk()).isEqualTo(RFC_KEY);
        assertThat(Ed25519PublicKey.ofJwk(Vectors.KEY.publicKey().toJwk().with("kid", "a")))
                .isEqualTo(Vectors.KEY.publicKey());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\"}",
                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":1}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbh\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"
            })
    void ofJwk_otherObjects_areRefused(String jwk) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519PublicKey.ofJwk(JsonObject.parse(jwk)));
    }

    @Test
    void ofJwk_privateKeyAsPublicOne_isRefusedWithoutShowingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ed25519PublicKey.ofJwk(RFC_KEY))
                .withMessageContaining("must be a public key")
                .withMessageNotContaining("nWGx");
    }

    @Test
    void ofJwk_privateKeyOfAnother_isRefused() {
        String otherX = Vectors.KEY.publicKey().toJwk().getString("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ed25519PrivateKey.ofJwk(RFC_KEY.with("x", otherX)))
                .withMessageContaining("must belong together");
        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519PrivateKey.ofJwk(RFC_KEY.without("d")));
        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519PrivateKey.ofJwk(RFC_KEY.with("d", "AAAA")));
    }
}
