// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.AuthScheme;
import dev.asap.model.Manifest;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages with bearer tokens, each of which belongs to one agent. */
class BearerTest {
    private static final Map<String, AgentUrn> TOKENS = Map.of(
            "token-of-caller",
            AgentUrn.of("urn:asap:agent:caller"),
            "token-of-other",
            AgentUrn.of("urn:asap:agent:other"));

    private static TestAgent agent;

    @BeforeAll
    static void start() {
        agent = TestAgent.start(
                manifest("bearer"),
                builder -> builder.tokenValidator(token -> {
                    if (token.equals("broken")) {
                        throw new IllegalStateException("the directory of tokens is away");
                    }
                    return TOKENS.get(token);
                }));
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    private static Manifest manifest(String... schemes) {
        return Manifest.builder(
                        TestAgent.URN,
                        "Under test",
                        "1.0.0",
                        TestAgent.manifest().endpoints())
                .auth(AuthScheme.of(schemes))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"Bearer token-of-caller", "bearer token-of-caller", "BEARER  token-of-caller"})
    void message_withTheSendersToken_isAnswered(String authorization) throws IOException {
        JsonObject answer = agent.postWith(TestAgent.echo(JsonObject.of("a", 1)), "Authorization", authorization);

        assertThat(answer.getObject("result").toString()).contains("\"echoed\":{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource({
        "Basic YTpi, Authentication required",
        "Bearer, Authentication required",
        "token-of-caller, Authentication required",
        "Bearer nobodys, Invalid authentication token"
    })
    void message_withoutAValidToken_isRefusedInsideJsonRpc(String authorization, String text) throws IOException {
        JsonObject answer = agent.postWith(TestAgent.echo(JsonObject.empty()), "Authorization", authorization);

        assertThat(answer)
                .isEqualTo(JsonObject.of(
                        "jsonrpc",
                        "2.0",
                        "error",
                        JsonObject.of(
                                "code",
                                -32600,
                                "message",
                                "Invalid request",
                                "data",
                                JsonObject.of("error", text, "status_code", 401)),
                        "id",
                        "req-1"));
    }

    @Test
    void message_withAnotherAgentsToken_isRefused() throws IOException {
        JsonObject error = agent.postWith(TestAgent.echo(JsonObject.empty()), "Authorization", "Bearer token-of-other")
                .getObject("error");

        assertThat(error.getInt("code")).isEqualTo(-32602);
        assertThat(error.getObject("data"))
                .isEqualTo(JsonObject.of("error", "Sender does not match authenticated identity", "status_code", 403));
    }

    @Test
    void validator_thatFails_letsNobodyInAndTellsNothing() throws IOException {
        JsonObject error = agent.postWith(TestAgent.echo(JsonObject.empty()), "Authorization", "Bearer broken")
                .getObject("error");

        assertThat(error.getInt("code")).isEqualTo(-32603);
        assertThat(error.toString()).doesNotContain("directory");
    }

    @Test
    void refusals_areCountedByTheirReason() throws IOException {
        agent.postWith(TestAgent.echo(JsonObject.empty()), "Authorization", "Bearer nobodys");

        try (var response = agent.get("/asap/metrics")) {
            assertThat(response.body().string()).contains("error_type=\"auth_failed\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"bearer", "basic"})
    void start_withAManifestWhoseAuthenticationNothingChecks_saysHowToMendIt(String scheme) {
        assertThatThrownBy(() -> TestAgent.start(manifest(scheme), builder -> builder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("declares the authentication [" + scheme + "]")
                .hasMessageContaining("set a tokenValidator");
    }

    @Test
    void start_withAValidatorThatTheManifestDoesNotDeclare_saysHowToMendIt() {
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.tokenValidator(TOKENS::get)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AuthScheme.of(\"bearer\")");
    }
}
