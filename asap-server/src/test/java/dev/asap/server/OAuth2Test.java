// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.AuthScheme;
import dev.asap.model.Manifest;
import dev.asap.server.http.CallerIdentity;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access tokens of OAuth2 before the message routes. */
class OAuth2Test {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final TestIssuer ISSUER = new TestIssuer();
    private static final RSAKey RSA = ISSUER.addRsa("rsa-1");
    private static final ECKey EC = ISSUER.addEc("ec-1");
    private static final Ed25519PrivateKey EDWARDS = ISSUER.addEdwards("ed-1");

    private static TestAgent agent;

    @BeforeAll
    static void start() {
        agent = start(options -> options.issuer("https://login.example").audience("agent-a", "agent-b"));
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    private static TestAgent start(UnaryOperator<OAuth2.Builder> options) {
        return TestAgent.start(builder -> builder.clock(SettableClock.at(NOW))
                .oauth2(options.apply(OAuth2.keys(ISSUER::keySet)).build())
                .routes(() -> List.of(
                        Route.get("/asap/who", request -> who(request.caller())),
                        Route.get("/asap/items/{id}", request -> who(request.caller())),
                        Route.get("/asap/agent/status", request -> who(request.caller())),
                        Route.get("/asap/capability/mine", request -> who(request.caller())),
                        Route.get("/usage/own", request -> who(request.caller())),
                        Route.get("/asapfoo", request -> who(request.caller())))));
    }

    private static HttpResponse who(@Nullable CallerIdentity caller) {
        return HttpResponse.json(
                200,
                caller == null
                        ? JsonObject.of("subject", null)
                        : JsonObject.of(
                                "subject",
                                caller.subject(),
                                "scopes",
                                caller.scopes().stream().sorted().toList()));
    }

    private static JsonObject claims() {
        return TestIssuer.claims().with("iss", "https://login.example/").with("aud", List.of("x", "agent-b"));
    }

    private static String answer(TestAgent agent, String path, @Nullable String authorization) throws IOException {
        String[] headers = authorization == null ? new String[0] : new String[] {"Authorization", authorization};
        try (Response response = agent.exchange("GET", path, (JsonObject) null, headers)) {
            return response.code() + " " + response.body().string();
        }
    }

    private static final String KNOWN_CALLER =
            "200 {\"subject\":\"urn:asap:agent:caller\",\"scopes\":[\"asap:execute\",\"asap:read\"]}";
    private static final String INVALID = "401 {\"detail\":\"Invalid authentication token\"}";
    private static final String MISMATCH =
            "403 {\"detail\":\"Identity mismatch: custom claim does not match agent manifest (expected: "
                    + TestAgent.URN + ")\"}";

    static Stream<Arguments> goodTokens() {
        return Stream.of(
                Arguments.of("RS256", TestIssuer.sign(RSA, claims())),
                Arguments.of("ES256", TestIssuer.sign(EC, claims())),
                Arguments.of("EdDSA", TestIssuer.sign(EDWARDS, JsonObject.of("alg", "EdDSA", "kid", "ed-1"), claims())),
                Arguments.of("no key named", TestIssuer.sign(EDWARDS, JsonObject.of("alg", "EdDSA"), claims())),
                Arguments.of(
                        "scopes as a list",
                        TestIssuer.sign(EC, claims().with("scope", List.of("asap:read", "asap:execute")))),
                Arguments.of("one audience", TestIssuer.sign(EC, claims().with("aud", "agent-a"))),
                Arguments.of(
                        "valid from now on", TestIssuer.sign(EC, claims().with("nbf", NOW.getEpochSecond() + 30))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodTokens")
    void goodToken_tellsTheRouteWhoCalls(String what, String token) throws IOException {
        assertThat(answer(agent, "/asap/who", "Bearer " + token)).isEqualTo(KNOWN_CALLER);
        assertThat(answer(agent, "/asap/items/7", "Bearer " + token)).isEqualTo(KNOWN_CALLER);
    }

    static Stream<Arguments> badTokens() throws Exception {
        JsonObject header = JsonObject.of("alg", "EdDSA", "kid", "ed-1");
        String good = TestIssuer.sign(RSA, claims());
        String[] parts = good.split("\\.", -1);
        return Stream.of(
                Arguments.of("no JWT", "abc.def.ghi", INVALID),
                Arguments.of("two parts", parts[0] + "." + parts[1], INVALID),
                Arguments.of("without signature", parts[0] + "." + parts[1] + ".", INVALID),
                Arguments.of(
                        "another body",
                        parts[0] + "."
                                + TestIssuer.sign(RSA, claims().with("sub", "x"))
                                        .split("\\.", -1)[1] + "." + parts[2],
                        INVALID),
                Arguments.of("unsigned", "eyJhbGciOiJub25lIn0." + parts[1] + ".", INVALID),
                Arguments.of(
                        "HMAC with the public key",
                        TestIssuer.sign(
                                JWSAlgorithm.HS256,
                                "rsa-1",
                                claims(),
                                new MACSigner(RSA.toRSAPublicKey().getEncoded())),
                        INVALID),
                Arguments.of("unknown key", TestIssuer.sign(new TestIssuer().addRsa("rsa-1"), claims()), INVALID),
                Arguments.of(
                        "key of another kind named",
                        TestIssuer.sign(EDWARDS, header.with("kid", "rsa-1"), claims()),
                        INVALID),
                Arguments.of(
                        "critical extension",
                        TestIssuer.sign(
                                EDWARDS, header.with("crit", List.of("b64")).with("b64", true), claims()),
                        INVALID),
                Arguments.of("over", TestIssuer.sign(EC, claims().with("exp", NOW.getEpochSecond())), INVALID),
                Arguments.of("without an end", TestIssuer.sign(EC, claims().without("exp")), INVALID),
                Arguments.of("end is no number", TestIssuer.sign(EC, claims().with("exp", "4102444800")), INVALID),
                Arguments.of(
                        "not yet valid", TestIssuer.sign(EC, claims().with("nbf", NOW.getEpochSecond() + 61)), INVALID),
                Arguments.of(
                        "another issuer", TestIssuer.sign(EC, claims().with("iss", "https://evil.example")), INVALID),
                Arguments.of("without issuer", TestIssuer.sign(EC, claims().without("iss")), INVALID),
                Arguments.of("another audience", TestIssuer.sign(EC, claims().with("aud", "agent-c")), INVALID),
                Arguments.of("without audience", TestIssuer.sign(EC, claims().without("aud")), INVALID),
                Arguments.of("without subject", TestIssuer.sign(EC, claims().without("sub")), INVALID),
                Arguments.of("blank subject", TestIssuer.sign(EC, claims().with("sub", " ")), INVALID),
                Arguments.of(
                        "another agent's",
                        TestIssuer.sign(EC, claims().with(TestIssuer.AGENT_CLAIM, "urn:asap:agent:other")),
                        MISMATCH),
                Arguments.of(
                        "without identity", TestIssuer.sign(EC, claims().without(TestIssuer.AGENT_CLAIM)), MISMATCH));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void badToken_isRefused(String what, String token, String answer) throws IOException {
        assertThat(answer(agent, "/asap/who", "Bearer " + token)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "bearer abc", "Bearer ", "abc"})
    void otherCredentials_countAsNone(String authorization) throws IOException {
        assertThat(answer(agent, "/asap/who", authorization)).isEqualTo("401 {\"detail\":\"Authentication required\"}");
    }

    @Test
    void message_isRefusedByHttpAndNotByJsonRpc() throws IOException {
        try (Response response = agent.exchange("POST", "/asap", TestAgent.echo(JsonObject.empty()))) {
            assertThat(response.code()).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(response.header("ASAP-Version")).isEqualTo("2.2");
        }
    }

    @Test
    void message_withAToken_mayHaveAnySender() throws IOException {
        JsonObject answer = agent.postWith(
                TestAgent.echo(JsonObject.empty()),
                "Authorization",
                "Bearer " + TestIssuer.sign(RSA, claims().with("sub", "somebody")));

        assertThat(answer.has("result")).isTrue();
    }

    @Test
    void firstAnswerOfOneClient_isNotGivenToAnother() throws IOException {
        JsonObject keyed = TestRequests.withKey(TestAgent.echo(JsonObject.empty()), "key");
        String ofOne = "Bearer " + TestIssuer.sign(RSA, claims().with("sub", "one"));
        String ofOther = "Bearer " + TestIssuer.sign(RSA, claims().with("sub", "other"));

        JsonObject first = agent.postWith(keyed, "Authorization", ofOne);

        assertThat(agent.postWith(keyed, "Authorization", ofOne)).isEqualTo(first);
        assertThat(agent.postWith(keyed, "Authorization", ofOther).has("result"))
                .isTrue();
        assertThat(agent.postWith(keyed, "Authorization", ofOther)).isNotEqualTo(first);
    }

    @Test
    void socketOfOneClient_doesNotGetTheFirstAnswerOfAnother() throws InterruptedException {
        JsonObject keyed = TestRequests.withKey(TestAgent.echo(JsonObject.empty()), "socket-key");
        try (TestSocket one = socketOf("one");
                TestSocket other = socketOf("other")) {
            JsonObject first = one.call(keyed);

            assertThat(one.call(keyed)).isEqualTo(first);
            assertThat(other.call(keyed)).isNotEqualTo(first);
        }
    }

    private static TestSocket socketOf(String subject) {
        String token = TestIssuer.sign(RSA, claims().with("sub", subject));
        return TestSocket.open(agent, "Authorization", "Bearer " + token);
    }

    @Test
    void socketWhoseTokenIsOver_isNotServedAnyMore() throws InterruptedException {
        SettableClock clock = SettableClock.at(NOW);
        String token = TestIssuer.sign(
                RSA, TestIssuer.claims().with("exp", NOW.plusSeconds(600).getEpochSecond()));
        try (TestAgent aging = TestAgent.start(builder ->
                        builder.clock(clock).oauth2(OAuth2.keys(ISSUER::keySet).build()));
                TestSocket socket = TestSocket.open(aging, "Authorization", "Bearer " + token)) {
            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();

            clock.advance(Duration.ofMinutes(20));

            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).toString())
                    .contains("Invalid authentication token");
        }
    }

    @Test
    void openRoutes_needNoToken() throws IOException {
        assertThat(answer(agent, "/health", null)).startsWith("200");
        assertThat(answer(agent, "/.well-known/asap/manifest.json", null)).startsWith("200");
        assertThat(answer(agent, "/asap/agent/status", null)).isEqualTo("200 {\"subject\":null}");
        assertThat(answer(agent, "/usage/own", null)).startsWith("200");
        assertThat(answer(agent, "/asapfoo", null)).startsWith("200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/asap/metrics", "/asap/nowhere", "/asap/agent/../who", "/./asap/who", "/%61sap/who"})
    void everythingBelowAsap_needsAToken(String path) throws Exception {
        assertThat(RawHttp.get(agent.server.port(), path)).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void pathThatHidesItsDots_isRefused() throws IOException {
        assertThat(RawHttp.get(agent.server.port(), "/asap/agent/%2e%2e/who")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void tokensThatDifferInCaseOnly_areNotTakenForEachOther() throws IOException {
        String token = TestIssuer.sign(EC, claims());
        String other = token.toUpperCase(Locale.ROOT);

        // Over one connection, as behind a proxy.
        assertThat(answer(agent, "/asap/who", "Bearer " + other)).isEqualTo(INVALID);
        assertThat(answer(agent, "/asap/who", "Bearer " + token)).isEqualTo(KNOWN_CALLER);
        assertThat(answer(agent, "/asap/who", "Bearer " + other)).isEqualTo(INVALID);
    }

    @Test
    void capabilityRoutes_nameTheManifest() throws IOException {
        try (Response response = agent.get("/asap/capability/mine")) {
            assertThat(response.header("WWW-Authenticate"))
                    .isEqualTo("Bearer, ASAP discovery=\"http://agent.example/.well-known/asap/manifest.json\"");
        }
    }

    @Test
    void requiredScope_isRequired() throws IOException {
        try (TestAgent scoped = start(options -> options.requiredScope("asap:execute"))) {
            assertThat(answer(scoped, "/asap/who", "Bearer " + TestIssuer.sign(EC, claims())))
                    .isEqualTo(KNOWN_CALLER);
            assertThat(answer(
                            scoped,
                            "/asap/who",
                            "Bearer " + TestIssuer.sign(EC, claims().with("scope", "asap:executer"))))
                    .isEqualTo("403 {\"detail\":\"Insufficient scope\"}");
        }
    }

    @Test
    void operatorRoutes_needTheScopeOfOperatorsAndNotTheOther() throws IOException {
        try (TestAgent operated = start(options -> options.operatorRoutes(true).requiredScope("asap:execute"))) {
            assertThat(answer(operated, "/usage/own", null)).isEqualTo("401 {\"detail\":\"Authentication required\"}");
            assertThat(answer(operated, "/usage/own", "Bearer " + TestIssuer.sign(EC, claims())))
                    .isEqualTo("403 {\"detail\":\"Insufficient scope\"}");
            assertThat(answer(
                            operated,
                            "/usage/own",
                            "Bearer " + TestIssuer.sign(EC, claims().with("scope", "asap:admin"))))
                    .startsWith("200");
        }
    }

    @Test
    void listedSubject_needsNoIdentityClaim() throws IOException {
        Map<AgentUrn, Set<String>> subjects = Map.of(TestAgent.URN, Set.of("client-1", "client-2"));
        JsonObject claims = claims().without(TestIssuer.AGENT_CLAIM);
        try (TestAgent listing = start(options -> options.subjects(subjects))) {
            assertThat(answer(listing, "/asap/who", "Bearer " + TestIssuer.sign(EC, claims.with("sub", "client-2"))))
                    .startsWith("200");
            assertThat(answer(listing, "/asap/who", "Bearer " + TestIssuer.sign(EC, claims.with("sub", "client-3"))))
                    .isEqualTo(MISMATCH);
        }
    }

    @Test
    void identityClaim_canHaveAnotherName() throws IOException {
        JsonObject claims = claims().without(TestIssuer.AGENT_CLAIM).with("agent", TestAgent.URN.value());
        try (TestAgent named = start(options -> options.identityClaim("agent"))) {
            assertThat(answer(named, "/asap/who", "Bearer " + TestIssuer.sign(EC, claims)))
                    .isEqualTo(KNOWN_CALLER);
        }
    }

    @Test
    void tokenWithoutEnd_isAcceptedWhereThatIsWanted() throws IOException {
        try (TestAgent lax = start(options -> options.requireExpiry(false))) {
            assertThat(answer(lax, "/asap/who", "Bearer " + TestIssuer.sign(EC, claims().without("exp"))))
                    .isEqualTo(KNOWN_CALLER);
        }
    }

    @Test
    void keysThatCannotBeHad_areNotTheCallersFault() throws IOException {
        KeySetSource away = () -> {
            throw new IOException("connection refused");
        };
        try (TestAgent cut =
                TestAgent.start(builder -> builder.oauth2(OAuth2.keys(away).build()))) {
            assertThat(answer(cut, "/asap/metrics", "Bearer " + TestIssuer.sign(EC, claims())))
                    .isEqualTo("503 {\"detail\":\"Authentication service unavailable\"}");
        }
    }

    @Test
    void manifestThatDeclaresBearer_isSatisfiedByOAuth2() {
        try (TestAgent declared = TestAgent.start(
                Manifest.builder(
                                TestAgent.URN,
                                "Under test",
                                "1.0.0",
                                TestAgent.manifest().endpoints())
                        .auth(AuthScheme.of("bearer"))
                        .build(),
                builder -> builder.oauth2(OAuth2.keys(ISSUER::keySet).build()))) {
            assertThat(declared.server.port()).isPositive();
        }
    }

    @Test
    void start_withATokenValidatorBesides_isRefused() {
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.tokenValidator(token -> null)
                        .oauth2(OAuth2.keys(ISSUER::keySet).build())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Both a tokenValidator and oauth2 are set")
                .hasMessageContaining("leave one of them out");
    }

    @Test
    void options_thatMakeNoSense_areRefused() {
        assertThatThrownBy(() -> OAuth2.jwks(URI.create("http://login.example/keys")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be https")
                .hasMessageContaining("http://login.example/keys");
        assertThatThrownBy(() -> OAuth2.keys(ISSUER::keySet).keysLifetime(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keysLifetime must be positive");
    }
}
