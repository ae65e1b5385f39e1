// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "https://agent.example, https://agent.example/asap",
        "https://agent.example/, https://agent.example/asap",
        "https://agent.example//, https://agent.example/asap",
        "HTTPS://Agent.Example:443, https://agent.example/asap",
        "https://agent.example:8443/a/b/, https://agent.example:8443/a/b/asap",
        "https://agent.example/asap, https://agent.example/asap",
        "https://agent.example/asap/, https://agent.example/asap",
        "https://agent.example/a/asap, https://agent.example/a/asap",
        "https://agent.example/myasap, https://agent.example/myasap/asap",
        "http://[::1]:8000, http://[::1]:8000/asap",
    })
    void baseUrl_inAnyForm_namesMessageEndpoint(String baseUrl, String endpoint) {
        assertThat(PeerAddress.ofAgent(baseUrl).messages().url()).hasToString(endpoint);
    }

    @Test
    void baseUrl_withPrefix_isKeptForEachPart() {
        PeerAddress agent = PeerAddress.ofAgent("https://agent.example/a/asap");
        assertThat(agent.manifest().shown()).isEqualTo("https://agent.example/a/.well-known/asap/manifest.json");
        assertThat(agent.health().shown()).isEqualTo("https://agent.example/a/.well-known/asap/health");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "agent.example",
                "//agent.example",
                "https:agent.example",
                "https:///agent.example",
                "https://?x",
                "ftp://agent.example",
                "/asap"
            })
    void baseUrl_withoutSchemeOrHost_isRefusedWithRemedy(String baseUrl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder(baseUrl))
                .withMessage("the base URL must begin with https:// (or http://) and a host, got '"
                        + baseUrl.replace("?x", "?…") + "'; write it like https://agent.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://agent example", "https://agent.example:99999", "https://[::1", "https://a%"})
    void baseUrl_withBrokenHostOrPort_isRefused(String baseUrl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder(baseUrl))
                .withMessageContaining("the base URL is not valid, got '" + baseUrl + "'; write it like");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://agent.example?key=s3cret", "https://agent.example/#s3cret"})
    void baseUrl_withQueryOrFragment_isRefusedWithoutShowingIt(String baseUrl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder(baseUrl))
                .withMessageContaining("no query and no fragment")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://user:s3cret@agent.example",
                "https://user:s3cr@s3cret@agent.example:x",
                "https://user:s3cret@agent.example?x"
            })
    void baseUrl_withPassword_isMaskedInRefusal(String baseUrl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder(baseUrl))
                .withMessageContaining("://user:***@agent.example")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cr"));
    }

    @Test
    void address_withSecrets_isShownWithoutThem() {
        assertThat(PeerAddress.ofDocument("https://user:s3cret@agent.example/m.json?key=s3cret#s3cret"))
                .hasToString("https://user:***@agent.example/m.json?…");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8000, false",
        "http://127.0.0.1, false",
        "http://[::1]:8000, false",
        "https://agent.example, false",
        "http://127.0.0.2, true",
        "http://localhost.example, true",
        "http://agent.example, true",
    })
    void address_isExposed_whenPlainAndNotThisMachine(String url, boolean exposed) {
        assertThat(PeerAddress.ofAgent(url).isExposed()).isEqualTo(exposed);
    }
}
