// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTokenTest {
    private static final String SHOP = "urn:asap:agent:shop";
    private static final String AGENT_ID = "01JZ3V00A1B2C3D4E5F6G7H8J9";
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Ed25519PrivateKey HOST = Vectors.KEY;
    private static final Ed25519PrivateKey AGENT = Ed25519PrivateKey.ofSeed(
            HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));

    /** Both made by another implementation of Ed25519, whose JSON has blanks and another order. */
    private static final String FOREIGN_HOST_TOKEN =
            "eyJhbGciOiAiRWREU0EiLCAidHlwIjogImhvc3Qrand0In0.eyJpc3MiOiAiMUlHMnRNSDdKMndiSlpuT2Y4TEp6UWl0S2Y3TE12b0FFbHN1RE1WTTU0WSIsICJhdWQiOiBbInVybjphc2FwOmFnZW50Om90aGVyIiwgInVybjphc2FwOmFnZW50OnNob3AiXSwgImlhdCI6IDE3NzI2MDA3NjcsICJleHAiOiAxNzcyNjAxMDY3LCAianRpIjogImp3dF8wMUtHRTAwMDAwMDAwMDAwMDAwMDAwMDIwMSIsICJob3N0X3B1YmxpY19rZXkiOiB7Imt0eSI6ICJPS1AiLCAiY3J2IjogIkVkMjU1MTkiLCAieCI6ICJBNkVIdl9QT0VMNGRjTjBZNTB2QW1XZmsxakNicFExZkhkeUdaQkpWTWJnIn19.dVPnkdewn4w9oUQSpQjkXWK0Q9wyNQD7nbi5UTTCCnxOh0VRK8LN6ics9PBydkHg-Wx1VWUWsiZHBwkYCRaWDg";

    private static final String FOREIGN_AGENT_TOKEN =
            "eyJhbGciOiAiRWREU0EiLCAidHlwIjogImFnZW50K2p3dCJ9.eyJpc3MiOiAiMUlHMnRNSDdKMndiSlpuT2Y4TEp6UWl0S2Y3TE12b0FFbHN1RE1WTTU0WSIsICJzdWIiOiAiMDFKWjNWMDBBMUIyQzNENEU1RjZHN0g4SjkiLCAiYXVkIjogInVybjphc2FwOmFnZW50OnNob3AiLCAiaWF0IjogMTc3MjYwMDc2NywgImV4cCI6IDE3NzI2MDA4MjcsICJqdGkiOiAiand0XzAxS0dFMDAwMDAwMDAwMDAwMDAwMDAwMjAyIiwgImNhcGFiaWxpdGllcyI6IFsicGF5Il19.QHCv_h5YzPeMPlT4vNPwB_YzNxpza0vzASYwXtAR9AYggATgIXrHxWgiS9AfEbJdWUh3kq5jOZkbIB059apXAg";

    private final InstantSource clock = InstantSource.fixed(NOW.plusMillis(700));
    private final TokenVerifier verifier = TokenVerifier.forAudience(SHOP).withClock(clock);

    private HostToken hostToken() {
        return HostToken.issue(HOST.publicKey(), SHOP, clock, () -> "jwt_1");
    }

    private AgentToken agentToken() {
        return AgentToken.issue(HOST.publicKey(), AGENT_ID, SHOP, clock, () -> "jwt_2");
    }

    private AgentToken verifyAgent(String token) {
        return verifier.verifyAgent(token, claims -> Optional.of(AGENT.publicKey()));
    }

    private static JsonObject part(String token, int index) {
        return JsonObject.parse(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]));
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    private static String signed(String header, String claims, Ed25519PrivateKey key) {
        String signed = encoded(header) + "." + encoded(claims);
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(key.sign(signed.getBytes(UTF_8)));
    }

    /** A host token that is signed as it should be, with other claims. */
    private String hostTokenWith(UnaryOperator<JsonObject> change) {
        JsonObject claims = part(hostToken().sign(HOST), 1);
        return signed(
                "{\"alg\":\"EdDSA\",\"typ\":\"host+jwt\"}", change.apply(claims).toString(), HOST);
    }

    // ---- Making

    @Test
    void hostToken_forRegistration_hasTheProtocolsHeaderAndClaims() {
        String token = hostToken().withAgentKey(AGENT.publicKey()).sign(HOST);

        assertThat(part(token, 0)).hasToString("{\"alg\":\"EdDSA\",\"typ\":\"host+jwt\"}");
        assertThat(part(token, 1))
                .isEqualTo(JsonObject.of(
                        "iss",
                        "1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y",
                        "aud",
                        SHOP,
                        "exp",
                        NOW.getEpochSecond() + 300,
                        "iat",
                        NOW.getEpochSecond(),
                        "jti",
                        "jwt_1",
                        "host_public_key",
                        HOST.publicKey().toJwk(),
                        "agent_public_key",
                        AGENT.publicKey().toJwk()));
        assertThat(token).doesNotContain("=");
    }

    @Test
    void hostToken_signedWithAnotherKey_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hostToken().sign(AGENT))
                .withMessageContaining("must be signed with the host's own key");
    }

    @Test
    void agentToken_withCapabilities_hasTheProtocolsHeaderAndClaims() {
        String token = agentToken().withCapabilities(List.of("pay")).sign(AGENT);

        assertThat(part(token, 0)).hasToString("{\"alg\":\"EdDSA\",\"typ\":\"agent+jwt\"}");
        assertThat(part(token, 1))
                .isEqualTo(JsonObject.of(
                        "iss",
                        HOST.publicKey().thumbprint(),
                        "aud",
                        SHOP,
                        "exp",
                        NOW.getEpochSecond() + 60,
                        "iat",
                        NOW.getEpochSecond(),
                        "jti",
                        "jwt_2",
                        "sub",
                        AGENT_ID,
                        "capabilities",
                        List.of("pay")));
        assertThat(part(agentToken().sign(AGENT), 1).has("capabilities")).isFalse();
    }

    @Test
    void tokens_ofBlankTextsOrNoAudience_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostToken.issue(HOST.publicKey(), " ", clock, () -> "jwt_1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostToken.issue(HOST.publicKey(), SHOP, clock, () -> ""))
                .withMessage("id must not be blank, got ''");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HostToken(HOST.publicKey(), List.of(), null, NOW, "jwt_1", null))
                .withMessage("audience must name at least one server, got none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentToken.issue(HOST.publicKey(), "", SHOP, clock, () -> "jwt_1"));
    }

    // ---- Verifying

    @Test
    void verifyHost_whatWasSigned_givesTheSameClaims() {
        HostToken token = hostToken().withAgentKey(AGENT.publicKey());
        assertThat(verifier.verifyHost(token.sign(HOST))).isEqualTo(token);
        assertThat(verifier.verifyHost(hostToken().sign(HOST))).isEqualTo(hostToken());
    }

    @Test
    void verifyAgent_whatWasSigned_givesTheSameClaims() {
        AgentToken token = agentToken().withCapabilities(List.of("pay", "report.read"));
        assertThat(verifyAgent(token.sign(AGENT))).isEqualTo(token);
    }

    @Test
    void verify_tokensOfAnotherImplementation_areUnderstood() {
        HostToken host = verifier.verifyHost(FOREIGN_HOST_TOKEN);
        assertThat(host.issuer()).isEqualTo("1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y");
        assertThat(host.audience()).containsExactly("urn:asap:agent:other", SHOP);
        assertThat(host.id()).isEqualTo("jwt_01KGE000000000000000000201");
        assertThat(host.agentKey()).isNull();

        AgentToken agent = verifyAgent(FOREIGN_AGENT_TOKEN);
        assertThat(agent.agentId()).isEqualTo(AGENT_ID);
        assertThat(agent.issuer()).isEqualTo(host.issuer());
        assertThat(agent.expiresAt()).isEqualTo(NOW.plusSeconds(60));
        assertThat(agent.capabilities()).containsExactly("pay");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "Ed25519"})
    void verifyHost_bothNamesOfTheAlgorithm_areAccepted(String algorithm) {
        String claims = part(hostToken().sign(HOST), 1).toString();
        String token = signed("{\"typ\":\"host+jwt\",\"alg\":\"" + algorithm + "\",\"kid\":\"1\"}", claims, HOST);
        assertThat(verifier.verifyHost(token)).isEqualTo(hostToken());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"alg\":\"none\",\"typ\":\"host+jwt\"}",
                "{\"alg\":\"HS256\",\"typ\":\"host+jwt\"}",
                "{\"alg\":\"EdDSA\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"agent+jwt\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"host+jwt\",\"crit\":[\"b64\"],\"b64\":false}",
                "[]",
                "no JSON"
            })
    void verifyHost_otherHeaders_areRefused(String header) {
        String token = signed(header, part(hostToken().sign(HOST), 1).toString(), HOST);
        assertThatThrownBy(() -> verifier.verifyHost(token)).isInstanceOf(InvalidTokenException.class);
    }

    static Stream<Arguments> brokenClaims() {
        long now = NOW.getEpochSecond();
        return Stream.of(
                broken("'exp'", claims -> claims.without("exp")),
                broken("'exp'", claims -> claims.with("exp", "soon")),
                broken("'exp'", claims -> claims.with("exp", 1e300)),
                broken("expired", claims -> claims.with("exp", now)),
                broken("'iat'", claims -> claims.with("iat", now + 62)),
                broken("'iat'", claims -> claims.with("iat", List.of())),
                broken("another server", claims -> claims.without("aud")),
                broken("another server", claims -> claims.with("aud", "urn:asap:agent:other")),
                broken("another server", claims -> claims.with("aud", 7)),
                broken("'aud'", claims -> claims.with("aud", List.of(SHOP, 7))),
                broken("'aud'", claims -> claims.with("aud", List.of(SHOP, " "))),
                broken("'jti'", claims -> claims.without("jti")),
                broken("'jti'", claims -> claims.with("jti", " ")),
                broken(
                        "thumbprint",
                        claims -> claims.with("iss", AGENT.publicKey().thumbprint())),
                broken("'iss'", claims -> claims.without("iss")),
                broken("'host_public_key'", claims -> claims.without("host_public_key")),
                broken("'host_public_key'", claims -> claims.with("host_public_key", "key")),
                broken("'agent_public_key'", claims -> claims.with("agent_public_key", AGENT.toJwk())),
                broken(
                        "signature does not hold",
                        claims ->
                                claims.with("host_public_key", AGENT.publicKey().toJwk())));
    }

    private static Arguments broken(String reason, UnaryOperator<JsonObject> change) {
        return Arguments.of(reason, change);
    }

    @ParameterizedTest
    @MethodSource("brokenClaims")
    void verifyHost_brokenClaims_areRefusedWithTheReason(String reason, UnaryOperator<JsonObject> change) {
        String token = hostTokenWith(change);
        assertThatThrownBy(() -> verifier.verifyHost(token))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void verifyHost_fractionsOfSecondsAndALeewayOfAMinute_areAccepted() {
        HostToken token = verifier.verifyHost(hostTokenWith(
                claims -> claims.with("iat", NOW.getEpochSecond() + 60).with("exp", NOW.getEpochSecond() + 0.75)));
        assertThat(token.expiresAt()).isEqualTo(NOW.plusMillis(750));
        assertThat(verifier.verifyHost(hostTokenWith(claims -> claims.without("iat")))
                        .issuedAt())
                .isNull();
    }

    @Test
    void verifyHost_changedText_isRefused() {
        String token = hostToken().sign(HOST);
        String[] parts = token.split("\\.", -1);
        String otherClaims = encoded(part(token, 1).with("jti", "jwt_9").toString());
        for (String changed : List.of(
                "",
                "a.b",
                token + ".x",
                token + "=",
                parts[0] + "." + otherClaims + "." + parts[2],
                parts[0] + "." + parts[1] + ".",
                parts[0] + ".*." + parts[2],
                token.substring(0, token.length() - 4) + "AAAA",
                "x".repeat(20_000))) {
            assertThatThrownBy(() -> verifier.verifyHost(changed)).isInstanceOf(InvalidTokenException.class);
        }
    }

    @Test
    void verifyAgent_unknownAgentOrOtherKey_isRefused() {
        String token = agentToken().sign(AGENT);
        assertThatThrownBy(() -> verifier.verifyAgent(token, claims -> Optional.empty()))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("not known");
        assertThatThrownBy(() -> verifier.verifyAgent(token, claims -> Optional.of(HOST.publicKey())))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessageContaining("signature does not hold");
        assertThatThrownBy(() -> verifyAgent(hostToken().sign(HOST))).hasMessageContaining("'typ'");
    }

    @Test
    void verifyAgent_looksTheKeyUpByTheClaims() {
        AgentToken token = agentToken();
        assertThat(verifier.verifyAgent(
                        token.sign(AGENT),
                        claims -> claims.equals(token) ? Optional.of(AGENT.publicKey()) : Optional.empty()))
                .isEqualTo(token);
    }

    @Test
    void verifyAgent_expired_isRefusedBeforeTheKeyIsLookedUp() {
        TokenVerifier later = verifier.withClock(InstantSource.fixed(NOW.plusSeconds(60)));
        assertThatThrownBy(() -> later.verifyAgent(agentToken().sign(AGENT), claims -> {
                    throw new AssertionError("asked for the key");
                }))
                .isInstanceOf(InvalidTokenException.class)
                .hasMessage("the token has expired");
    }
}
