// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonException;
import dev.asap.model.Manifest;
import dev.asap.model.TrustLevel;
import dev.asap.validation.ValidationException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManifestTrustTest {
    private static final String URL = CacheSetup.URL;
    private static final PeerAddress ADDRESS = PeerAddress.ofDocument(URL);
    private static final PeerAddress ELSEWHERE =
            PeerAddress.ofDocument("https://user:secret@other.example/m.json?token=t");

    private static final Ed25519PrivateKey KEY = Ed25519PrivateKey.generate();
    private static final Ed25519PrivateKey ATTACKER = Ed25519PrivateKey.generate();

    private static final Manifest MANIFEST = CacheSetup.manifest("A");
    private static final byte[] PLAIN = ASAPCodec.strict().write(MANIFEST);
    private static final byte[] SIGNED = signedWith(KEY);
    private static final byte[] FORGED = signedWith(ATTACKER);

    private static final ManifestTrust NONE = ManifestTrust.none();
    private static final ManifestTrust VERIFYING = ManifestTrust.verifying(Map.of(URL, KEY.publicKey()));
    private static final ManifestTrust STRICT = ManifestTrust.strict(Map.of(URL, KEY.publicKey()));

    @Test
    void check_none_believesPlainAndSignedUnverified() {
        for (byte[] document : List.of(PLAIN, SIGNED, FORGED)) {
            assertThat(NONE.check(ADDRESS, document)).isEqualTo(MANIFEST);
            assertThat(NONE.check(ELSEWHERE, document)).isEqualTo(MANIFEST);
        }
    }

    @Test
    void check_signedByTheKeyOfItsUrl_isBelieved() {
        assertThat(VERIFYING.check(ADDRESS, SIGNED)).isEqualTo(MANIFEST);
        assertThat(STRICT.check(ADDRESS, SIGNED)).isEqualTo(MANIFEST);
    }

    @Test
    void check_signedByAnotherKey_isRefusedAlthoughItNamesThatKey() {
        for (ManifestTrust trust : List.of(VERIFYING, STRICT)) {
            assertThatThrownBy(() -> trust.check(ADDRESS, FORGED))
                    .isInstanceOf(SignatureVerificationException.class)
                    .hasMessageContaining("the document names another key");
        }
    }

    @Test
    void check_signedWithoutKeyForTheExactUrl_isRefusedWithoutSecrets() {
        for (ManifestTrust trust : List.of(VERIFYING, STRICT)) {
            assertThatThrownBy(() -> trust.check(ELSEWHERE, SIGNED))
                    .isInstanceOf(SignatureVerificationException.class)
                    .hasMessage(
                            "the manifest from " + ELSEWHERE + " is signed, and no key is trusted for exactly this URL;"
                                    + " add it to the ManifestTrust")
                    .hasMessageNotContaining("secret")
                    .hasMessageNotContaining("token");
            assertThatThrownBy(() -> trust.check(PeerAddress.ofDocument(URL + "?v=1"), SIGNED))
                    .isInstanceOf(SignatureVerificationException.class);
        }
    }

    @Test
    void check_plain_passesUnlessStrict() {
        assertThat(VERIFYING.check(ADDRESS, PLAIN)).isEqualTo(MANIFEST);
        assertThat(VERIFYING.check(ELSEWHERE, PLAIN)).isEqualTo(MANIFEST);
        assertThatThrownBy(() -> STRICT.check(ADDRESS, PLAIN))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessage("the manifest from " + URL
                        + " is not signed, and only signed ones are trusted (ManifestTrust.strict)");
    }

    @Test
    void check_authorities_believesWhatOneOfThemSignedAsVerifiedWhereverItIs() {
        ManifestTrust trust = ManifestTrust.authorities(Set.of(KEY.publicKey()));
        byte[] verified = ASAPCodec.strict()
                .write(ManifestSigner.of(KEY)
                        .withTrustLevel(TrustLevel.VERIFIED)
                        .sign(MANIFEST));

        assertThat(trust.check(ADDRESS, verified)).isEqualTo(MANIFEST);
        assertThat(trust.check(ELSEWHERE, verified)).isEqualTo(MANIFEST);
        for (byte[] document : List.of(SIGNED, FORGED, PLAIN)) {
            assertThatThrownBy(() -> trust.check(ADDRESS, document)).isInstanceOf(SignatureVerificationException.class);
        }
        assertThat(trust)
                .isEqualTo(ManifestTrust.authorities(Set.of(KEY.publicKey())))
                .isNotEqualTo(ManifestTrust.authorities(Set.of(ATTACKER.publicKey())))
                .hasToString("ManifestTrust.authorities (keys: 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestTrust.authorities(Set.of()))
                .withMessage("keys must have at least one key of an authority, got none");
    }

    @Test
    void check_notAManifest_failsAsReadingDoes() {
        for (ManifestTrust trust : List.of(NONE, VERIFYING)) {
            assertThatThrownBy(() -> trust.check(ADDRESS, "{".getBytes(UTF_8))).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> trust.check(ADDRESS, "{}".getBytes(UTF_8)))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> trust.check(ADDRESS, "{\"manifest\":{},\"signature\":{}}".getBytes(UTF_8)))
                    .isInstanceOf(ValidationException.class);
        }
    }

    @Test
    void keys_urlWithDefaultsSpelledOut_isTheSameUrl() {
        ManifestTrust trust =
                ManifestTrust.strict(Map.of(URL.replace("agent.example", "Agent.Example:443"), KEY.publicKey()));

        assertThat(trust.check(ADDRESS, SIGNED)).isEqualTo(MANIFEST);
        assertThat(trust).isEqualTo(STRICT).hasSameHashCodeAs(STRICT).isNotEqualTo(VERIFYING);
        assertThat(trust).isNotEqualTo(ManifestTrust.strict(Map.of(URL, ATTACKER.publicKey())));
        assertThat(trust).hasToString("ManifestTrust.strict (keys: 1)");
        assertThat(NONE).hasToString("ManifestTrust.none");
    }

    @Test
    void keys_wrongOrTwice_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestTrust.verifying(Map.of("agent.example", KEY.publicKey())))
                .withMessageStartingWith("the manifest's URL must begin with https://");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestTrust.strict(Map.of(
                        "https://agent.example/m",
                        KEY.publicKey(),
                        "https://agent.example:443/m",
                        ATTACKER.publicKey())))
                .withMessage("a key is trusted for one URL, got two for https://agent.example/m");
    }

    private static byte[] signedWith(Ed25519PrivateKey key) {
        return ASAPCodec.strict().write(ManifestSigner.of(key).sign(MANIFEST));
    }
}
