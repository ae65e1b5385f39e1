// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The environment variables that set a server up. */
class EnvironmentTest {
    @Test
    void variables_setTheServerUp() throws IOException {
        Map<String, String> variables = Map.of(
                "ASAP_RATE_LIMIT", " 2/hour ",
                "ASAP_RATE_LIMIT_BACKEND", "memory://",
                "ASAP_MAX_REQUEST_SIZE", "1000",
                "ASAP_MAX_THREADS", "4",
                "ASAP_DEBUG", "Yes");
        try (TestAgent agent =
                TestAgent.start(builder -> builder.fromEnvironment(variables).skill("crash", task -> {
                    throw new IllegalStateException("boom");
                }))) {
            try (Response large = agent.exchange("POST", "/asap", RequestBody.create(new byte[1001], null))) {
                assertThat(large.code()).isEqualTo(413);
            }
            assertThat(agent.post(TestAgent.call(
                                    "task.request",
                                    JsonObject.of(
                                            "conversation_id", "c", "skill_id", "crash", "input", JsonObject.empty())))
                            .toString())
                    .contains("boom");
            agent.post(TestAgent.echo(JsonObject.empty()));
            assertThat(agent.post(TestAgent.echo(JsonObject.empty())).toString())
                    .contains("2 per 1 hour");
        }
    }

    @Test
    void blankVariables_changeNothing_andOptionsSetLaterGoFirst() throws IOException {
        Map<String, String> variables =
                Map.of("ASAP_RATE_LIMIT", " ", "ASAP_MAX_REQUEST_SIZE", "10", "ASAP_DEBUG", "off");
        try (TestAgent agent =
                TestAgent.start(builder -> builder.fromEnvironment(variables).maxRequestBytes(100_000))) {
            assertThat(agent.post(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void variables_setTheChecksOfTokensUp() {
        OAuth2 oauth2 = OAuth2.keys(() -> "")
                .fromEnvironment(Map.of(
                        "ASAP_AUTH_ISSUER", "https://login.example",
                        "ASAP_AUTH_AUDIENCE", "a, b,",
                        "ASAP_AUTH_CUSTOM_CLAIM", "agent",
                        "ASAP_AUTH_SUBJECT_MAP",
                                "{\"urn:asap:agent:x\":\"one\",\"urn:asap:agent:y\":[\"two\",\"three\"]}"))
                .build();

        assertThat(oauth2.issuer).isEqualTo("https://login.example");
        assertThat(oauth2.audience).containsExactlyInAnyOrder("a", "b");
        assertThat(oauth2.identityClaim).isEqualTo("agent");
        assertThat(oauth2.subjects)
                .isEqualTo(Map.of(
                        AgentUrn.of("urn:asap:agent:x"),
                        Set.of("one"),
                        AgentUrn.of("urn:asap:agent:y"),
                        Set.of("two", "three")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ASAP_RATE_LIMIT | lots | a limit as in '10/second;100/minute'",
                "ASAP_RATE_LIMIT_BACKEND | redis://cache:6379 | 'memory://': this server counts by itself, for itself alone",
                "ASAP_MAX_REQUEST_SIZE | 10MB | a number of bytes, 1 to 2147483639",
                "ASAP_MAX_REQUEST_SIZE | 0 | a number of bytes, 1 to 2147483639",
                "ASAP_MAX_THREADS | many | a number of handlers, 1 or more",
                "ASAP_MAX_THREADS | 0 | a number of handlers, 1 or more",
                "ASAP_DEBUG | perhaps | true or false"
            })
    void badValue_isRefusedWithTheRemedy(String variable, String value, String expected) {
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.fromEnvironment(Map.of(variable, value))))
                .isInstanceOf(ServerConfigurationException.class)
                .hasMessage("The environment variable " + variable + " must be " + expected + ", got '" + value
                        + "': correct it, or unset it for the default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"no json", "[]", "{\"urn:asap:agent:x\":1}", "{\"urn:asap:agent:x\":[1]}", "{\"somebody\":\"x\"}"
            })
    void badSubjectMap_isRefusedWithAnExample(String value) {
        assertThatThrownBy(() -> OAuth2.keys(() -> "").fromEnvironment(Map.of("ASAP_AUTH_SUBJECT_MAP", value)))
                .isInstanceOf(ServerConfigurationException.class)
                .hasMessageContaining("ASAP_AUTH_SUBJECT_MAP must be a JSON object of agents and their subjects");
    }
}
