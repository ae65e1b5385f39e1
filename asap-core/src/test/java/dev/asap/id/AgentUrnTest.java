// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentUrnTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:asap:agent:a",
                "urn:asap:agent:-",
                "urn:asap:agent:echo-2",
                "urn:asap:agent:acme:echo",
                "urn:asap:agent:0:0"
            })
    void urn_wellFormed_isKept(String text) {
        assertThat(AgentUrn.of(text)).hasToString(text).isEqualTo(new AgentUrn(text));
        assertThat("urn:asap:agent:" + AgentUrn.of(text).name()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "urn:asap:agent:",
                "urn:asap:agent::a",
                "urn:asap:agent:a:",
                "urn:asap:agent:a:b:c",
                "urn:asap:agent:A",
                "URN:asap:agent:a",
                "urn:asap:agent:a_b",
                "urn:asap:agent:a.b",
                "urn:asap:agent:ä",
                "urn:asap:agent:a\n",
                " urn:asap:agent:a",
                "urn:asap:host:a"
            })
    void urn_malformed_isRefusedWithItsText(String text) {
        assertThatThrownBy(() -> AgentUrn.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void urn_tooLong_isRefusedWithItsLength() {
        String longest = "urn:asap:agent:" + "a".repeat(AgentUrn.MAX_LENGTH - 15);

        assertThat(AgentUrn.of(longest).value()).hasSize(256);
        assertThatThrownBy(() -> AgentUrn.of(longest + "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Agent URN must be at most 256 characters, got 257");
    }

    @Test
    void urns_areOrderedByText() {
        assertThat(AgentUrn.of("urn:asap:agent:a")).isLessThan(AgentUrn.of("urn:asap:agent:b"));
    }
}
