// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.store.memory.InMemoryDelegationStore;
import dev.asap.testkit.SettableClock;
import dev.asap.validation.ValidationException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Issuing, looking and taking back. */
class DelegationsTest {
    private static final String BOSS = "urn:asap:agent:boss";
    private static final String WORKER = "urn:asap:agent:worker";
    private static final String HELPER = "urn:asap:agent:helper";
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00.5Z");
    private static final Instant SECOND = Instant.parse("2026-03-01T09:00:00Z");
    private static final Map<String, Ed25519PrivateKey> KEYS =
            Map.of(BOSS, Ed25519PrivateKey.generate(), WORKER, Ed25519PrivateKey.generate());

    private final SettableClock clock = SettableClock.at(NOW);
    private final InMemoryDelegationStore store =
            InMemoryDelegationStore.builder().clock(clock).build();
    private final AtomicInteger ids = new AtomicInteger();
    private final Delegations delegations = options().build();

    private Delegations.Builder options() {
        return Delegations.builder(store)
                .keys(urn -> Optional.ofNullable(KEYS.get(urn)).map(Ed25519PrivateKey::publicKey))
                .clock(clock)
                .ids(() -> "del_" + ids.incrementAndGet());
    }

    private SignedDelegation create(String delegator, DelegationTerms terms) {
        return delegations.create(delegator, KEYS.get(delegator), terms);
    }

    private static DelegationTerms toWorker() {
        return DelegationTerms.of(WORKER, List.of("task.execute", "data.read"));
    }

    private static DelegationTerms toHelper() {
        return DelegationTerms.of(HELPER, List.of("task.execute"));
    }

    private static void assertRefused(ThrowingCallable call, DelegationRefusal reason, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(DelegationRefusedException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e.retryable()).isFalse();
                })
                .hasMessage(text);
    }

    // ---- Issuing

    @Test
    void created_isSigned_registered_andCanBeUsed() {
        SignedDelegation created =
                create(BOSS, toWorker().lasting(Duration.ofMinutes(1)).limitedTo(5));

        assertThat(TestTokens.part(created.token(), 0).toString()).isEqualTo("{\"typ\":\"JWT\",\"alg\":\"Ed25519\"}");
        assertThat(TestTokens.part(created.token(), 1).toString())
                .isEqualTo("{\"iss\":\"" + BOSS + "\",\"aud\":\"" + WORKER
                        + "\",\"jti\":\"del_1\",\"iat\":1772355600,\"exp\":1772355660,\"scp\":[\"task.execute\",\"data.read\"],"
                        + "\"x-asap-constraints\":{\"max_tasks\":5}}");
        int dot = created.token().lastIndexOf('.');
        assertThat(KEYS.get(BOSS)
                        .publicKey()
                        .verifies(
                                created.token().substring(0, dot).getBytes(US_ASCII),
                                Base64.getUrlDecoder().decode(created.token().substring(dot + 1))))
                .isTrue();
        assertThat(created.delegation())
                .isEqualTo(IssuedDelegation.of("del_1", BOSS, WORKER, NOW)
                        .withScopes(List.of("task.execute", "data.read"))
                        .expiringAt(SECOND.plusSeconds(60))
                        .limitedTo(5));
        assertThat(store.get("del_1")).contains(created.delegation());
        assertThat(created.toString()).doesNotContain(created.token());
        assertThat(delegations.use(created.token(), "task.execute", WORKER))
                .isInstanceOf(DelegationVerdict.Valid.class);
    }

    @Test
    void created_lastsADay_withoutConstraintsAndParent() {
        JsonObject claims = TestTokens.part(create(BOSS, toWorker()).token(), 1);

        assertThat(claims.getLong("exp") - claims.getLong("iat")).isEqualTo(86_400);
        assertThat(claims.names()).containsExactly("iss", "aud", "jti", "iat", "exp", "scp");
    }

    @Test
    void olderNameOfTheSignature_canBeIssued() {
        SignedDelegation created = options().algorithm("EdDSA").build().create(BOSS, KEYS.get(BOSS), toWorker());

        assertThat(TestTokens.part(created.token(), 0).getString("alg")).isEqualTo("EdDSA");
        assertThat(delegations.validate(created.token(), "data.read", WORKER))
                .isInstanceOf(DelegationVerdict.Valid.class);
    }

    @Test
    void terms_areChecked() {
        assertThatThrownBy(() -> DelegationTerms.of("", List.of()))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("delegate: must name an agent")
                .hasMessageContaining("scopes");
        assertThatThrownBy(() -> toWorker().lasting(Duration.ofMillis(999)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("expires_in_seconds: must be 1 or more, got 0");
        assertThatThrownBy(() -> toWorker().lasting(Duration.ofDays(366))).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> toWorker().limitedTo(-1)).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> new DelegationTerms(WORKER, List.of("x"), null, null, "id", "token"))
                .isInstanceOf(ValidationException.class);
        assertThat(toWorker().lasting(Duration.ofMillis(1999)).lifetime()).isEqualTo(Duration.ofSeconds(1));
        assertThat(toWorker().onStrengthOfToken("secret").toString()).doesNotContain("secret");
    }

    @Test
    void whatCannotBeATokenOrKept_isNotIssued() {
        List<String> many = IntStream.range(0, 2000).mapToObj(i -> "scope." + i).toList();
        assertThatThrownBy(() -> create(BOSS, DelegationTerms.of(WORKER, many)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("scopes: must fit into a token of 16384 characters");
        Ed25519PrivateKey key = KEYS.get(BOSS);
        assertThatThrownBy(() -> delegations.create(" ", key, toWorker())).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> delegations.create("x".repeat(1001), key, toWorker()))
                .isInstanceOf(ValidationException.class);
        assertThat(store.size()).isZero();
    }

    // ---- Delegating further

    @Test
    void child_namesItsParent_byIdAndByToken() {
        SignedDelegation parent = create(BOSS, toWorker().limitedTo(5));

        for (DelegationTerms terms : List.of(
                toHelper().limitedTo(5).onStrengthOf("del_1"),
                toHelper().limitedTo(2).onStrengthOfToken(parent.token()))) {
            SignedDelegation child = create(WORKER, terms);

            assertThat(TestTokens.part(child.token(), 1).getString("prn")).isEqualTo("del_1");
            assertThat(child.delegation().parentId()).isEqualTo("del_1");
            assertThat(delegations.validate(child.token(), "task.execute", HELPER))
                    .isInstanceOf(DelegationVerdict.Valid.class);
        }
    }

    @Test
    void childWithoutLifetime_endsWithItsParent() {
        create(BOSS, toWorker().lasting(Duration.ofHours(1)));
        clock.advance(Duration.ofMinutes(10));

        assertThat(create(WORKER, toHelper().onStrengthOf("del_1")).delegation().expiresAt())
                .isEqualTo(SECOND.plusSeconds(3600));
    }

    static Stream<Arguments> tooMuch() {
        return Stream.of(
                Arguments.of(DelegationTerms.of(HELPER, List.of("task.execute", "data.write"))
                        .limitedTo(5)),
                Arguments.of(DelegationTerms.of(HELPER, List.of("*")).limitedTo(5)),
                Arguments.of(toHelper().limitedTo(6)),
                Arguments.of(toHelper()),
                Arguments.of(toHelper().limitedTo(5).lasting(Duration.ofSeconds(3601))));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void childThatAllowsMore_isNotIssued(DelegationTerms terms) {
        SignedDelegation parent =
                create(BOSS, toWorker().lasting(Duration.ofHours(1)).limitedTo(5));
        String text = "Token allows more than the one that it was issued on the strength of";

        assertRefused(() -> create(WORKER, terms.onStrengthOf("del_1")), DelegationRefusal.MORE_THAN_PARENT, text);
        assertRefused(
                () -> create(WORKER, terms.onStrengthOfToken(parent.token())),
                DelegationRefusal.MORE_THAN_PARENT,
                text);
        // Also where only the token tells.
        InMemoryDelegationStore elsewhere = new InMemoryDelegationStore();
        Delegations others = Delegations.builder(elsewhere)
                .keys(urn -> Optional.ofNullable(KEYS.get(urn)).map(Ed25519PrivateKey::publicKey))
                .clock(clock)
                .build();
        assertRefused(
                () -> others.create(WORKER, KEYS.get(WORKER), terms.onStrengthOfToken(parent.token())),
                DelegationRefusal.MORE_THAN_PARENT,
                text);
        assertThat(store.size()).isEqualTo(1);
        assertThat(elsewhere.size()).isZero();
    }

    @Test
    void onlyTheHolder_delegatesFurther() {
        SignedDelegation parent = create(BOSS, toWorker());
        String text = "Only the holder of this token can delegate on its strength";

        assertRefused(() -> create(BOSS, toHelper().onStrengthOf("del_1")), DelegationRefusal.NOT_THE_HOLDER, text);
        assertRefused(
                () -> create(BOSS, toHelper().onStrengthOfToken(parent.token())),
                DelegationRefusal.NOT_THE_HOLDER,
                text);
        assertRefused(
                () -> create(WORKER, toHelper().onStrengthOf("del_9")),
                DelegationRefusal.UNKNOWN,
                "Delegation token not found");
    }

    @Test
    void parentThatDoesNotStand_givesNothing() {
        SignedDelegation parent = create(BOSS, toWorker().lasting(Duration.ofHours(1)));
        String forged = TestTokens.sign(KEYS.get(WORKER), TestTokens.part(parent.token(), 1));
        assertRefused(
                () -> create(WORKER, toHelper().onStrengthOfToken(forged)),
                DelegationRefusal.SIGNATURE_INVALID,
                DelegationRefusal.SIGNATURE_INVALID.text());
        SignedDelegation child = create(WORKER, toHelper().onStrengthOf("del_1"));
        assertThat(child.delegation().id()).isEqualTo("del_2");

        store.revoke("del_1", null);
        for (DelegationTerms terms :
                List.of(toHelper().onStrengthOf("del_1"), toHelper().onStrengthOfToken(parent.token()))) {
            assertRefused(() -> create(WORKER, terms), DelegationRefusal.REVOKED, "Token revoked");
        }
        clock.advance(Duration.ofHours(1));
        for (DelegationTerms terms :
                List.of(toHelper().onStrengthOf("del_1"), toHelper().onStrengthOfToken(parent.token()))) {
            assertRefused(() -> create(WORKER, terms), DelegationRefusal.EXPIRED, "Token expired");
        }
    }

    @Test
    void chain_isNotIssuedBeyondItsDepth() {
        IssuedDelegation top = IssuedDelegation.of("c0", WORKER, WORKER, NOW);
        store.register(top);
        for (int i = 1; i < 51; i++) {
            store.register(IssuedDelegation.of("c" + i, WORKER, WORKER, NOW).withParent("c" + (i - 1)));
        }

        assertThat(create(WORKER, toHelper().onStrengthOf("c49")).delegation().parentId())
                .isEqualTo("c49");
        assertRefused(
                () -> create(WORKER, toHelper().onStrengthOf("c50")),
                DelegationRefusal.CHAIN_TOO_LONG,
                "Token was delegated more than 50 times");
    }

    @Test
    void parentRevokedWhileItsChildIsIssued_takesTheChildAlong() {
        create(BOSS, toWorker());
        DelegationStore inBetween = (DelegationStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DelegationStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("register")) {
                        store.revokeCascade("del_1", null);
                    }
                    return method.invoke(store, arguments);
                });
        Delegations late = Delegations.builder(inBetween)
                .clock(clock)
                .ids(() -> "del_late")
                .build();

        assertRefused(
                () -> late.create(WORKER, KEYS.get(WORKER), toHelper().onStrengthOf("del_1")),
                DelegationRefusal.REVOKED,
                "Token revoked");
        assertThat(store.isRevoked("del_late")).isTrue();
    }

    // ---- Looking and taking back

    @Test
    void revocation_goesFromTokenToToken() {
        create(BOSS, toWorker());
        store.register(IssuedDelegation.of("friend", "urn:asap:agent:friend", WORKER, NOW));
        String child =
                create(WORKER, toHelper().onStrengthOf("del_1")).delegation().id();
        SignedDelegation spared = create(WORKER, toHelper().onStrengthOf("friend"));

        assertThat(delegations.revokeBy(BOSS, "del_1", "left")).containsExactly("del_1", child);

        assertThat(delegations.find(child).orElseThrow().revocationReason()).isEqualTo("left");
        assertThat(delegations.validate(spared.token(), "task.execute", HELPER))
                .isInstanceOf(DelegationVerdict.Valid.class);
        assertThat(delegations.revokeBy(BOSS, "del_1", null)).isEmpty();
    }

    @Test
    void revocation_isForTheDelegator_orForOperators() {
        create(BOSS, toWorker());

        assertRefused(
                () -> delegations.revokeBy(WORKER, "del_1", null),
                DelegationRefusal.NOT_THE_DELEGATOR,
                "Only the delegator that issued this token can revoke it");
        assertRefused(
                () -> delegations.revokeBy(BOSS, "del_9", null),
                DelegationRefusal.UNKNOWN,
                "Delegation token not found or not issued via this server");
        assertThat(delegations.revoke("del_1", null)).containsExactly("del_1");
        assertThat(delegations.revoke("never issued", "lost")).containsExactly("never issued");
        assertThatIllegalArgumentException().isThrownBy(() -> delegations.revoke("x".repeat(1001), null));
    }

    @Test
    void delegation_isShownToItsParties() {
        IssuedDelegation issued = create(BOSS, toWorker()).delegation();

        assertThat(delegations.showTo(BOSS, "del_1")).isEqualTo(issued);
        assertThat(delegations.showTo(WORKER, "del_1")).isEqualTo(issued);
        assertRefused(
                () -> delegations.showTo(HELPER, "del_1"),
                DelegationRefusal.NOT_A_PARTY,
                "Only the issuer or holder of this token can view it");
        assertRefused(() -> delegations.showTo(BOSS, "nope"), DelegationRefusal.UNKNOWN, "Delegation token not found");
        assertThat(delegations
                        .list(DelegationFilter.issuedBy(BOSS), PageRequest.first())
                        .items())
                .containsExactly(issued);
        assertThat(delegations.find("nope")).isEmpty();
    }
}
