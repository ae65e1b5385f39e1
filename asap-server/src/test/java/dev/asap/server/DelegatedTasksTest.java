// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that come with delegation tokens. */
class DelegatedTasksTest {
    private static final String BOSS = "urn:asap:agent:boss";
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Ed25519PrivateKey KEY = Ed25519PrivateKey.generate();
    private static final Ed25519PrivateKey OTHER_KEY = Ed25519PrivateKey.generate();
    private static final DelegationGuard GUARD = DelegationGuard.of(
            urn -> Optional.ofNullable(Map.of(BOSS, KEY).get(urn)).map(Ed25519PrivateKey::publicKey));

    private final SettableClock clock = SettableClock.at(NOW);
    private TestAgent agent;

    @BeforeEach
    void start() {
        agent = TestAgent.start(builder -> builder.clock(clock).nonceCheck(true).delegationGuard(GUARD));
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private static JsonObject claims() {
        return JsonObject.of(
                "iss",
                BOSS,
                "aud",
                "urn:asap:agent:caller",
                "jti",
                "del_1",
                "iat",
                NOW.getEpochSecond(),
                "exp",
                NOW.getEpochSecond() + 3600,
                "scp",
                List.of("task.execute"));
    }

    private static String token(JsonObject claims) {
        return TestIssuer.sign(KEY, JsonObject.of("typ", "JWT", "alg", "Ed25519"), claims);
    }

    private static JsonObject limited(JsonObject claims, Object maxTasks) {
        return claims.with("x-asap-constraints", JsonObject.of("max_tasks", maxTasks));
    }

    private String outcome(String token) throws IOException {
        return outcome(TestAgent.echo(JsonObject.empty()), token);
    }

    /** {@code done}, or the error's message. */
    private String outcome(JsonObject message, String token) throws IOException {
        JsonObject answer = agent.postWith(message, DelegationGuard.HEADER, token);
        if (answer.has("result")) {
            return "done";
        }
        JsonObject error = answer.getObject("error");
        assertThat(error.getInt("code")).isEqualTo(-32058);
        assertThat(error.getObject("data").getString("code")).isEqualTo("asap:delegation/refused");
        return error.getString("message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "EdDSA"})
    void goodToken_isAccepted(String algorithm) throws IOException {
        assertThat(outcome(TestIssuer.sign(KEY, JsonObject.of("typ", "JWT", "alg", algorithm), claims())))
                .isEqualTo("done");
        assertThat(outcome(token(claims().with("scp", List.of("data.read", "*")))))
                .isEqualTo("done");
    }

    static Stream<Arguments> badTokens() {
        String malformed = "Invalid or malformed token";
        return Stream.of(
                Arguments.of("garbage", malformed),
                Arguments.of(token(claims().without("iss")), malformed),
                Arguments.of(token(claims()).replaceFirst("^[^.]*", "eyJhbGciOiJub25lIn0"), malformed),
                Arguments.of(
                        token(claims().with("iss", "urn:asap:agent:nobody")), "Delegator key not found or invalid"),
                Arguments.of(
                        TestIssuer.sign(OTHER_KEY, JsonObject.of("typ", "JWT", "alg", "Ed25519"), claims()),
                        "Invalid or expired token: its signature does not hold"),
                Arguments.of(token(claims().without("jti")), malformed + ": it has no usable 'jti'"),
                Arguments.of(token(claims().without("exp")), malformed + ": it must have an end, its claim 'exp'"),
                Arguments.of(token(claims().with("exp", NOW.getEpochSecond())), "Token expired"),
                Arguments.of(token(claims().with("exp", -1)), "Token expired"),
                Arguments.of(
                        token(claims().with("aud", "urn:asap:agent:other")),
                        "Token was issued to another agent than the sender"),
                Arguments.of(
                        token(claims().with("aud", List.of())), "Token was issued to another agent than the sender"),
                Arguments.of(token(claims().with("scp", List.of())), "Action not allowed by token scopes"),
                Arguments.of(
                        token(claims().with("scp", List.of("task", "task.cancel"))),
                        "Action not allowed by token scopes"),
                Arguments.of(token(limited(claims(), 0)), "Delegation task limit exceeded"),
                Arguments.of(
                        token(limited(claims(), "many")),
                        malformed + ": its 'max_tasks' must be a whole number, 0 or more"),
                Arguments.of(
                        token(limited(claims(), -1)),
                        malformed + ": its 'max_tasks' must be a whole number, 0 or more"));
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void badToken_isRefusedWithTheReason(String token, String reason) throws IOException {
        assertThat(outcome(token)).isEqualTo(reason);
    }

    @Test
    void cancelling_needsItsOwnScope() throws IOException {
        JsonObject cancel = TestAgent.call("task.cancel", JsonObject.of("task_id", "t"));

        assertThat(outcome(cancel, token(claims()))).isEqualTo("Action not allowed by token scopes");
    }

    @Test
    void token_isOptionalUnlessRequired() throws IOException {
        assertThat(agent.post(TestAgent.echo(JsonObject.empty())).has("result")).isTrue();

        try (TestAgent strict = TestAgent.start(builder -> builder.delegationGuard(GUARD.withRequired(true)))) {
            assertThat(strict.post(TestAgent.echo(JsonObject.empty()))
                            .getObject("error")
                            .getString("message"))
                    .isEqualTo("Delegation token required in the header X-ASAP-Delegation-Token");
        }
    }

    @Test
    void delegator_mustBeAllowed() throws IOException {
        try (TestAgent choosy = TestAgent.start(builder ->
                builder.clock(clock).delegationGuard(GUARD.withDelegators(Set.of("urn:asap:agent:chief"))))) {
            assertThat(choosy.postWith(TestAgent.echo(JsonObject.empty()), DelegationGuard.HEADER, token(claims()))
                            .getObject("error")
                            .getString("message"))
                    .isEqualTo("Delegator not allowed to issue delegations");
        }
    }

    @Test
    void token_endsAtItsEnd() throws IOException {
        String token = token(claims());
        JsonObject message = TestAgent.echo(JsonObject.empty());

        clock.advance(Duration.ofSeconds(3599));
        assertThat(outcome(message, token)).isEqualTo("done");
        clock.advance(Duration.ofSeconds(1));
        assertThat(outcome(message, token)).isEqualTo("Token expired");
    }

    @Test
    void revokedToken_isRefused() throws IOException {
        agent.storage.delegations().revoke("del_1", null);

        assertThat(outcome(token(claims()))).isEqualTo("Token revoked");
    }

    @Test
    void tokenOfARevokedAncestor_isRefused() throws IOException {
        agent.storage
                .delegations()
                .register(IssuedDelegation.of("del_0", "urn:asap:agent:chief", BOSS, NOW)
                        .withParent("del_00"));
        assertThat(outcome(token(claims().with("prn", "del_0")))).isEqualTo("done");

        agent.storage.delegations().revoke("del_00", null);
        assertThat(outcome(token(claims().with("prn", "del_0")))).isEqualTo("Token revoked");
    }

    @Test
    void token_allowsNoMoreThanItsParent() throws IOException {
        IssuedDelegation parent = IssuedDelegation.of("del_0", "urn:asap:agent:chief", BOSS, NOW)
                .withScopes(List.of("task.execute", "data.read"))
                .expiringAt(NOW.plusSeconds(3600));
        String more = "Token allows more than the one that it was issued on the strength of";
        agent.storage.delegations().register(parent);

        assertThat(outcome(token(claims().with("prn", "del_0")))).isEqualTo("done");
        assertThat(outcome(token(claims().with("prn", "del_0").with("scp", List.of("*")))))
                .isEqualTo(more);
        assertThat(outcome(token(claims().with("prn", "del_0").with("exp", NOW.getEpochSecond() + 3601))))
                .isEqualTo(more);
        agent.storage
                .delegations()
                .register(IssuedDelegation.of("del_0", "urn:asap:agent:chief", "urn:asap:agent:else", NOW));
        assertThat(outcome(token(claims().with("prn", "del_0")))).isEqualTo(more);
    }

    @Test
    void endlessChain_isRefused() throws IOException {
        agent.storage
                .delegations()
                .register(IssuedDelegation.of("del_a", BOSS, BOSS, NOW).withParent("del_b"));
        agent.storage
                .delegations()
                .register(IssuedDelegation.of("del_b", BOSS, BOSS, NOW).withParent("del_a"));

        assertThat(outcome(token(claims().with("prn", "del_a")))).isEqualTo("Token was delegated more than 50 times");
    }

    @Test
    void maxTasks_holdsWhenManyAskAtOnce() throws Exception {
        String token = token(limited(claims(), 5));
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Thread thread = new Thread(() -> {
                try {
                    if (outcome(token).equals("done")) {
                        done.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(done).hasValue(5);
        assertThat(agent.storage.delegations().uses("del_1")).isEqualTo(5);
        assertThat(outcome(token)).isEqualTo("Delegation task limit exceeded");
    }

    @Test
    void repetition_needsATokenThatStillStands_andUsesNothingUp() throws IOException {
        String token = token(limited(claims().with("exp", NOW.getEpochSecond() + 60), 1));
        JsonObject message = TestRequests.withKey(TestAgent.echo(JsonObject.empty()), "k");
        assertThat(outcome(message, token)).isEqualTo("done");

        assertThat(outcome(message, token)).isEqualTo("done");
        assertThat(agent.storage.delegations().uses("del_1")).isEqualTo(1);
        assertThat(outcome(message, token(claims().with("scp", List.of("data.read")))))
                .isEqualTo("Action not allowed by token scopes");
        clock.advance(Duration.ofMinutes(1));
        assertThat(outcome(message, token)).isEqualTo("Token expired");
        assertThat(outcome(message, token(limited(claims(), 1)))).isEqualTo("done");
        agent.storage.delegations().revoke("del_1", null);
        assertThat(outcome(message, token(limited(claims(), 1)))).isEqualTo("Token revoked");
        assertThat(agent.storage.delegations().uses("del_1")).isEqualTo(1);
    }

    @Test
    void repetitionWithoutItsToken_isRefusedWhereOneIsRequired() throws IOException {
        try (TestAgent strict =
                TestAgent.start(builder -> builder.clock(clock).delegationGuard(GUARD.withRequired(true)))) {
            JsonObject message = TestRequests.withKey(TestAgent.echo(JsonObject.empty()), "k");
            assertThat(strict.postWith(message, DelegationGuard.HEADER, token(claims()))
                            .has("result"))
                    .isTrue();

            assertThat(strict.post(message).getObject("error").getString("message"))
                    .isEqualTo("Delegation token required in the header X-ASAP-Delegation-Token");
        }
    }

    @Test
    void refusal_isNotRepeatedToABetterToken() throws IOException {
        JsonObject message = TestRequests.withKey(TestAgent.echo(JsonObject.empty()), "k");

        assertThat(outcome(message, token(claims().with("scp", List.of()))))
                .isEqualTo("Action not allowed by token scopes");
        assertThat(outcome(message, token(claims()))).isEqualTo("done");
    }

    @Test
    void replayedOrStaleMessage_usesNothingUp() throws IOException {
        String token = token(limited(claims(), 5));
        String message = TestAgent.echo(JsonObject.empty()).toString();
        JsonObject once = JsonObject.parse(
                message.replace("\"payload_type\"", "\"extensions\":{\"nonce\":\"n\"},\"payload_type\""));
        JsonObject stale = JsonObject.parse(
                message.replace("\"payload_type\"", "\"timestamp\":\"2020-01-01T00:00:00Z\",\"payload_type\""));

        agent.postWith(once, DelegationGuard.HEADER, token);
        agent.postWith(once, DelegationGuard.HEADER, token);
        agent.postWith(stale, DelegationGuard.HEADER, token);

        assertThat(agent.storage.delegations().uses("del_1")).isEqualTo(1);
    }
}
