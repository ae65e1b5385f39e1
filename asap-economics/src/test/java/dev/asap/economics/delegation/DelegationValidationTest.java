// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.storage.StorageException;
import dev.asap.store.memory.InMemoryDelegationStore;
import dev.asap.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens may be used, and why the others may not. */
class DelegationValidationTest {
    private static final String BOSS = "urn:asap:agent:boss";
    private static final String WORKER = "urn:asap:agent:worker";
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final Ed25519PrivateKey KEY = Ed25519PrivateKey.generate();
    private static final Ed25519PrivateKey OTHER_KEY = Ed25519PrivateKey.generate();
    private static final Map<String, Ed25519PublicKey> KEYS = Map.of(BOSS, KEY.publicKey());

    private final SettableClock clock = SettableClock.at(NOW);
    private final InMemoryDelegationStore store =
            InMemoryDelegationStore.builder().clock(clock).build();
    private final Delegations delegations = options().build();

    private Delegations.Builder options() {
        return Delegations.builder(store)
                .keys(urn -> Optional.ofNullable(KEYS.get(urn)))
                .clock(clock);
    }

    private static JsonObject claims() {
        return JsonObject.of(
                "iss",
                BOSS,
                "aud",
                WORKER,
                "jti",
                "del_1",
                "iat",
                NOW.getEpochSecond(),
                "exp",
                NOW.getEpochSecond() + 3600,
                "scp",
                List.of("task.execute", "data.read"));
    }

    private static JsonObject limited(JsonObject claims, @Nullable Object maxTasks) {
        return claims.with("x-asap-constraints", JsonObject.of("max_tasks", maxTasks));
    }

    private DelegationVerdict validate(JsonObject claims) {
        return delegations.validate(TestTokens.sign(KEY, claims), "task.execute", WORKER);
    }

    private static String reason(DelegationVerdict verdict) {
        return verdict instanceof DelegationVerdict.Refused refused
                ? refused.reason().name()
                : "VALID";
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "EdDSA"})
    void goodToken_isValidUnderBothNamesOfItsSignature(String algorithm) {
        String token = TestTokens.sign(KEY, JsonObject.of("alg", algorithm), limited(claims(), 5));

        assertThat(delegations.validate(token, "data.read", WORKER))
                .isEqualTo(new DelegationVerdict.Valid(
                        BOSS, WORKER, "del_1", List.of("task.execute", "data.read"), NOW.plusSeconds(3600), 5L));
        assertThat(store.uses("del_1")).isZero();
    }

    @Test
    void tokenWithoutLimit_hasNoRemainder_andIsNotCounted() {
        assertThat(delegations.use(TestTokens.sign(KEY, claims()), "task.execute", WORKER))
                .isInstanceOfSatisfying(
                        DelegationVerdict.Valid.class,
                        valid -> assertThat(valid.remaining()).isNull());
        assertThat(store.uses("del_1")).isZero();
        assertThat(reason(validate(claims().with("x-asap-constraints", null)))).isEqualTo("VALID");
        assertThat(reason(validate(limited(claims(), null)))).isEqualTo("VALID");
    }

    /** A token in which everything is wrong is refused for the first thing; with that mended, for the next. */
    @Test
    void checks_areMadeInTheOrderOfTheProtocol() {
        Delegations choosy =
                options().delegators(Set.of(BOSS, "urn:asap:agent:keyless")).build();
        store.tryUse("del_1", 1);
        store.revoke("del_1", null);
        JsonObject wrong = limited(claims(), 1)
                .without("jti")
                .with("iss", "urn:asap:agent:stranger")
                .with("exp", NOW.getEpochSecond())
                .with("aud", "urn:asap:agent:other")
                .with("scp", "task.execute")
                .with("prn", "del_0");
        store.register(
                IssuedDelegation.of("del_0", "urn:asap:agent:chief", BOSS, NOW).withScopes(List.of("data.read")));
        List<String> reasons = new ArrayList<>();

        JsonObject broken = TestTokens.HEADER.with("alg", "none");
        reasons.add(reason(choosy.validate(TestTokens.sign(OTHER_KEY, broken, wrong), "task.execute", WORKER)));
        reasons.add(reason(choosy.validate(TestTokens.sign(OTHER_KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("iss", "urn:asap:agent:keyless");
        reasons.add(reason(choosy.validate(TestTokens.sign(OTHER_KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("iss", BOSS);
        reasons.add(reason(choosy.validate(TestTokens.sign(OTHER_KEY, wrong), "task.execute", WORKER)));
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("jti", "del_1");
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("exp", NOW.getEpochSecond() + 1);
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("aud", List.of(WORKER, "urn:asap:agent:other"));
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("scp", List.of("task.execute"));
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.with("jti", "del_2");
        store.tryUse("del_2", 1);
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.without("prn");
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));
        wrong = wrong.without("x-asap-constraints");
        reasons.add(reason(choosy.validate(TestTokens.sign(KEY, wrong), "task.execute", WORKER)));

        assertThat(reasons)
                .containsExactly(
                        "MALFORMED",
                        "DELEGATOR_NOT_ALLOWED",
                        "KEY_NOT_FOUND",
                        "SIGNATURE_INVALID",
                        "MALFORMED",
                        "EXPIRED",
                        "OTHER_PRESENTER",
                        "SCOPE_MISSING",
                        "REVOKED",
                        "MORE_THAN_PARENT",
                        "LIMIT_REACHED",
                        "VALID");
    }

    @Test
    void refusals_haveTheTextsOfTheProtocol() {
        assertThat(Arrays.stream(DelegationRefusal.values()).map(DelegationRefusal::text))
                .contains(
                        "Invalid or malformed token",
                        "Delegator not allowed to issue delegations",
                        "Delegator key not found or invalid",
                        "Token expired",
                        "Action not allowed by token scopes",
                        "Token revoked",
                        "Delegation task limit exceeded");
        assertThat(DelegationRefusal.SIGNATURE_INVALID.text()).startsWith("Invalid or expired token: ");
    }

    static Stream<String> malformed() {
        String good = TestTokens.sign(KEY, claims());
        String[] parts = good.split("\\.", -1);
        String header = TestTokens.HEADER.toString();
        return Stream.of(
                "",
                "..",
                "garbage",
                "a.b.c",
                parts[0] + "." + parts[1],
                good + ".x",
                good + "=",
                " " + good,
                parts[0] + "=." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + "." + parts[2].substring(0, 85) + "_",
                TestTokens.signText(KEY, "[]", claims().toString()),
                TestTokens.signText(KEY, "{\"alg\":\"Ed25519\"", claims().toString()),
                TestTokens.signText(KEY, "{}", claims().toString()),
                TestTokens.signText(KEY, "{\"alg\":1}", claims().toString()),
                TestTokens.signText(KEY, "{\"alg\":\"none\"}", claims().toString()),
                TestTokens.signText(KEY, "{\"alg\":\"HS256\"}", claims().toString()),
                TestTokens.signText(KEY, "{\"alg\":\"ed25519\"}", claims().toString()),
                TestTokens.sign(KEY, TestTokens.HEADER.with("crit", List.of("exp")), claims()),
                TestTokens.sign(KEY, TestTokens.HEADER.with("crit", null), claims()),
                TestTokens.sign(KEY, TestTokens.HEADER.with("typ", "agent+jwt"), claims()),
                TestTokens.sign(KEY, TestTokens.HEADER.with("typ", null), claims()),
                TestTokens.signText(KEY, header, "no json"),
                TestTokens.signText(KEY, header, "[]"),
                TestTokens.signText(KEY, header, "{\"iss\":\"" + BOSS + "\"} {}"),
                TestTokens.signText(KEY, header, "[".repeat(3000)),
                TestTokens.sign(KEY, claims().without("iss")),
                TestTokens.sign(KEY, claims().with("iss", " ")),
                TestTokens.sign(KEY, claims().with("iss", 7)),
                TestTokens.sign(KEY, claims().with("more", "x".repeat(20_000))));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedToken_isRefused(String token) {
        assertThat(delegations.validate(token, "task.execute", WORKER))
                .isEqualTo(new DelegationVerdict.Refused(DelegationRefusal.MALFORMED, "Invalid or malformed token"));
    }

    static Stream<Arguments> badClaims() {
        String malformed = "Invalid or malformed token: ";
        String count = malformed + "its 'max_tasks' must be a whole number, 0 or more";
        return Stream.of(
                Arguments.of(claims().without("jti"), malformed + "it has no usable 'jti'"),
                Arguments.of(claims().with("jti", null), malformed + "it has no usable 'jti'"),
                Arguments.of(claims().with("jti", " "), malformed + "it has no usable 'jti'"),
                Arguments.of(claims().with("jti", 1), malformed + "it has no usable 'jti'"),
                Arguments.of(claims().with("jti", "x".repeat(1001)), malformed + "it has no usable 'jti'"),
                Arguments.of(claims().with("prn", "x".repeat(1001)), malformed + "it has no usable 'prn'"),
                Arguments.of(claims().with("prn", List.of("del_0")), malformed + "it has no usable 'prn'"),
                Arguments.of(claims().without("exp"), malformed + "it must have an end, its claim 'exp'"),
                Arguments.of(claims().with("exp", "later"), malformed + "it must have an end, its claim 'exp'"),
                Arguments.of(claims().with("exp", -1), "Token expired"),
                Arguments.of(claims().with("exp", 0), "Token expired"),
                Arguments.of(claims().without("aud"), "Token was issued to another agent than the sender"),
                Arguments.of(claims().with("aud", List.of()), "Token was issued to another agent than the sender"),
                Arguments.of(
                        claims().with("aud", List.of(BOSS, WORKER)),
                        "Token was issued to another agent than the sender"),
                Arguments.of(claims().without("scp"), "Action not allowed by token scopes"),
                Arguments.of(claims().with("scp", "*"), "Action not allowed by token scopes"),
                Arguments.of(claims().with("scp", List.of("task", "task.*")), "Action not allowed by token scopes"),
                Arguments.of(limited(claims(), 0), "Delegation task limit exceeded"),
                Arguments.of(limited(claims(), -1), count),
                Arguments.of(limited(claims(), 1.5), count),
                Arguments.of(limited(claims(), "many"), count),
                Arguments.of(limited(claims(), 2_000_000_000_000_000L), count),
                Arguments.of(claims().with("x-asap-constraints", 5), count));
    }

    @ParameterizedTest
    @MethodSource("badClaims")
    void badClaim_isRefusedWithTheReason(JsonObject claims, String text) {
        assertThat(validate(claims))
                .isInstanceOfSatisfying(
                        DelegationVerdict.Refused.class,
                        refused -> assertThat(refused.text()).isEqualTo(text));
    }

    @Test
    void idThatIsNoUnicode_isRefusedAndNotThrown() {
        String half = claims().toString().replace("\"del_1\"", "\"\\ud83d\"");
        String token = TestTokens.signText(KEY, TestTokens.HEADER.toString(), half);

        assertThat(reason(delegations.use(token, "task.execute", WORKER))).isEqualTo("MALFORMED");
    }

    @Test
    void endsFarAway_areEnds() {
        String header = TestTokens.HEADER.toString();
        String exp = "\"exp\":" + (NOW.getEpochSecond() + 3600);
        for (String end : List.of("1e300", "1e-300", "-1e300", "1" + "0".repeat(400))) {
            String text = claims().toString().replace(exp, "\"exp\":" + end);
            String reason = reason(delegations.validate(TestTokens.signText(KEY, header, text), "data.read", WORKER));
            assertThat(reason).as(end).isEqualTo(end.startsWith("1e-") || end.startsWith("-") ? "EXPIRED" : "VALID");
        }
    }

    /** Seeded, so that a failure can be looked at. */
    @Test
    void damagedTokens_neverThrow_andAreNeverValid() {
        String good = TestTokens.sign(KEY, limited(claims(), 5));
        Random random = new Random(20260301);
        for (int i = 0; i < 400; i++) {
            StringBuilder damaged = new StringBuilder(good);
            int place = random.nextInt(good.length());
            char other = (char) (random.nextInt(10) == 0 ? random.nextInt(0x10000) : 33 + random.nextInt(94));
            if (random.nextBoolean()) {
                damaged.setCharAt(place, other);
            } else {
                damaged.insert(place, other);
            }
            if (!damaged.toString().equals(good)) {
                assertThat(reason(delegations.use(damaged.toString(), "task.execute", WORKER)))
                        .as(damaged.toString())
                        .isNotEqualTo("VALID");
            }
        }
        assertThat(store.size()).isZero();
    }

    @Test
    void lastOfTwoEqualClaims_counts() {
        String twice = claims().toString().replaceFirst("^\\{", "{\"iss\":\"urn:asap:agent:stranger\",");

        assertThat(reason(delegations.validate(
                        TestTokens.signText(KEY, TestTokens.HEADER.toString(), twice), "task.execute", WORKER)))
                .isEqualTo("VALID");
    }

    @Test
    void token_endsAtItsEnd_andALeewayLater() {
        String token = TestTokens.sign(KEY, claims());
        Delegations patient = options().leeway(Duration.ofSeconds(30)).build();

        clock.advance(Duration.ofHours(1).minusNanos(1));
        assertThat(reason(delegations.validate(token, "task.execute", WORKER))).isEqualTo("VALID");
        clock.advance(Duration.ofNanos(1));
        assertThat(reason(delegations.validate(token, "task.execute", WORKER))).isEqualTo("EXPIRED");
        clock.advance(Duration.ofSeconds(29));
        assertThat(reason(patient.validate(token, "task.execute", WORKER))).isEqualTo("VALID");
        clock.advance(Duration.ofSeconds(1));
        assertThat(reason(patient.validate(token, "task.execute", WORKER))).isEqualTo("EXPIRED");
    }

    @Test
    void everything_isEverything() {
        assertThat(reason(validate(claims().with("scp", List.of("data.write", "*")))))
                .isEqualTo("VALID");
    }

    @Test
    void use_countsUpToTheLimit_andARepetitionDoesNot() {
        String token = TestTokens.sign(KEY, limited(claims(), 2));

        assertThat(((DelegationVerdict.Valid) delegations.use(token, "task.execute", WORKER)).remaining())
                .isEqualTo(1);
        assertThat(((DelegationVerdict.Valid) delegations.use(token, "task.execute", WORKER)).remaining())
                .isZero();
        assertThat(reason(delegations.use(token, "task.execute", WORKER))).isEqualTo("LIMIT_REACHED");
        assertThat(reason(delegations.validate(token, "task.execute", WORKER))).isEqualTo("LIMIT_REACHED");
        assertThat(reason(delegations.validateRepeated(token, "task.execute", WORKER)))
                .isEqualTo("VALID");
        assertThat(store.uses("del_1")).isEqualTo(2);

        store.revoke("del_1", null);
        assertThat(reason(delegations.validateRepeated(token, "task.execute", WORKER)))
                .isEqualTo("REVOKED");
    }

    @Test
    void refusedUse_isNotCounted() {
        String token = TestTokens.sign(KEY, limited(claims(), 2));

        delegations.use(token, "task.cancel", WORKER);
        delegations.use(token, "task.execute", BOSS);

        assertThat(store.uses("del_1")).isZero();
    }

    @Test
    void compatibleJudgement_isThatOfTheFirstImplementation() {
        Delegations compatible = options().compatible(true).build();
        String bare = TestTokens.sign(
                KEY, limited(claims().without("jti").without("exp").without("aud"), 0));

        assertThat(compatible.use(bare, "task.execute", WORKER))
                .isEqualTo(
                        new DelegationVerdict.Valid(BOSS, "", null, List.of("task.execute", "data.read"), null, null));
        assertThat(reason(compatible.validate(
                        TestTokens.sign(KEY, claims().with("exp", 0)), "task.execute", "urn:asap:agent:anyone")))
                .isEqualTo("VALID");
        assertThat(reason(compatible.validate(TestTokens.sign(KEY, claims().with("exp", 1)), "task.execute", WORKER)))
                .isEqualTo("EXPIRED");
        store.revoke("del_1", null);
        assertThat(reason(compatible.validate(TestTokens.sign(KEY, claims()), "task.execute", WORKER)))
                .isEqualTo("REVOKED");
    }

    @Test
    void nameThatTheKeysDoNotTake_hasNoKey_otherFailuresReachTheCaller() {
        Delegations strict = options()
                .keys(urn -> Optional.ofNullable(KEYS.get(AgentUrn.of(urn).value())))
                .build();
        String token = TestTokens.sign(KEY, claims().with("iss", "no urn"));
        assertThat(reason(strict.validate(token, "task.execute", WORKER))).isEqualTo("KEY_NOT_FOUND");

        Delegations failing = options()
                .keys(urn -> {
                    throw new StorageException("no directory", true, null);
                })
                .build();
        assertThatThrownBy(() -> failing.validate(TestTokens.sign(KEY, claims()), "task.execute", WORKER))
                .isInstanceOf(StorageException.class);
        assertThat(reason(Delegations.builder(store).build().validate(token, "task.execute", WORKER)))
                .isEqualTo("KEY_NOT_FOUND");
    }

    @Test
    void options_areChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().leeway(Duration.ofSeconds(301)))
                .withMessageContaining("got PT5M1S");
        assertThatIllegalArgumentException().isThrownBy(() -> options().leeway(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().algorithm("RS256"))
                .withMessageContaining("got 'RS256'");
    }

    // ---- Chains

    /** Registers a chain of so many delegations, each to the boss by the boss, and gives the id of the lowest. */
    private String chain(int length) {
        for (int i = 0; i < length; i++) {
            IssuedDelegation each = IssuedDelegation.of("del_c" + i, BOSS, BOSS, NOW);
            store.register(i == 0 ? each : each.withParent("del_c" + (i - 1)));
        }
        return "del_c" + (length - 1);
    }

    @Test
    void chain_maybeFiftyDeep() {
        assertThat(reason(validate(claims().with("prn", chain(50))))).isEqualTo("VALID");
        assertThat(reason(validate(claims().with("prn", chain(51))))).isEqualTo("CHAIN_TOO_LONG");
    }

    @Test
    void revocationAnywhereAbove_isSeen() {
        JsonObject claims = claims().with("prn", chain(50));

        store.revoke("del_c0", null);

        assertThat(reason(validate(claims))).isEqualTo("REVOKED");
    }

    @Test
    void parentThatIsNotKnown_canBeRevoked() {
        JsonObject claims = claims().with("prn", "del_elsewhere");
        assertThat(reason(validate(claims))).isEqualTo("VALID");

        store.revoke("del_elsewhere", null);

        assertThat(reason(validate(claims))).isEqualTo("REVOKED");
    }

    @Test
    void circle_isTooLong_andRevokedWhereItIs() {
        store.register(IssuedDelegation.of("del_a", BOSS, BOSS, NOW).withParent("del_b"));
        store.register(IssuedDelegation.of("del_b", BOSS, BOSS, NOW).withParent("del_a"));
        assertThat(reason(validate(claims().with("prn", "del_a")))).isEqualTo("CHAIN_TOO_LONG");

        store.revoke("del_b", null);
        assertThat(reason(validate(claims().with("prn", "del_a")))).isEqualTo("REVOKED");
    }

    static Stream<Arguments> parents() {
        IssuedDelegation parent = IssuedDelegation.of("del_0", "urn:asap:agent:chief", BOSS, NOW);
        return Stream.of(
                Arguments.of(parent, "VALID"),
                Arguments.of(IssuedDelegation.of("del_0", BOSS, null, NOW), "VALID"),
                Arguments.of(IssuedDelegation.of("del_0", BOSS, WORKER, NOW), "MORE_THAN_PARENT"),
                Arguments.of(parent.withScopes(List.of("*")), "VALID"),
                Arguments.of(parent.withScopes(List.of("data.read", "task.execute", "x")), "VALID"),
                Arguments.of(parent.withScopes(List.of("task.execute")), "MORE_THAN_PARENT"),
                Arguments.of(parent.expiringAt(NOW.plusSeconds(3600)), "VALID"),
                Arguments.of(parent.expiringAt(NOW.plusSeconds(3599)), "MORE_THAN_PARENT"),
                Arguments.of(parent.limitedTo(5), "VALID"),
                Arguments.of(parent.limitedTo(4), "MORE_THAN_PARENT"));
    }

    @ParameterizedTest
    @MethodSource("parents")
    void token_allowsNoMoreThanItsParent(IssuedDelegation parent, String reason) {
        store.register(parent);

        assertThat(reason(validate(limited(claims(), 5).with("prn", "del_0")))).isEqualTo(reason);
    }

    @Test
    void tokenWithoutLimit_allowsMoreThanAParentWithOne() {
        store.register(
                IssuedDelegation.of("del_0", "urn:asap:agent:chief", BOSS, NOW).limitedTo(4));

        assertThat(reason(validate(claims().with("prn", "del_0")))).isEqualTo("MORE_THAN_PARENT");
    }

    @Test
    void everyLink_isLookedAt() {
        store.register(IssuedDelegation.of("del_00", "urn:asap:agent:chief", "urn:asap:agent:head", NOW)
                .withScopes(List.of("data.read")));
        store.register(IssuedDelegation.of("del_0", "urn:asap:agent:head", BOSS, NOW)
                .withScopes(List.of("*"))
                .withParent("del_00"));

        assertThat(reason(validate(claims().with("prn", "del_0")))).isEqualTo("MORE_THAN_PARENT");
    }
}
