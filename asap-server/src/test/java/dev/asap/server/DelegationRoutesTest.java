// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.server.RestAgent.Answer;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelegationRoutesTest {
    private static final String ALICE = "urn:asap:agent:alice";
    private static final String BOB = "urn:asap:agent:bob";
    private static final String CAROL = "urn:asap:agent:carol";
    private static final String PATH = "/asap/delegations";

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final Ed25519PrivateKey EDWARDS = ISSUER.addEdwards("ed-1");
    private static final JsonObject HEADER = JsonObject.of("alg", "EdDSA", "kid", "ed-1");

    private final Ed25519PrivateKey key = Ed25519PrivateKey.generate();
    private final DelegationKeys keys = delegator -> delegator.equals(CAROL) ? Optional.empty() : Optional.of(key);
    private final SettableClock clock = SettableClock.at("2026-03-01T09:00:00.5Z");
    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final RestAgent agent = start(storage);

    private RestAgent start(Storage used) {
        return RestAgent.start(
                used,
                builder -> builder.delegationKeys(keys)
                        .oauth2(OAuth2.keys(ISSUER::keySet).build())
                        .rateLimit(RateLimit.none())
                        .clock(clock));
    }

    @AfterEach
    void close() {
        agent.close();
        storage.close();
    }

    private Answer as(@Nullable String caller, String method, String path, @Nullable String body) throws IOException {
        return agent.send(method, path, body, caller == null ? Headers.EMPTY : token(caller, "asap:execute"));
    }

    private static Headers token(String caller, String scope) {
        JsonObject claims = TestIssuer.claims().with("sub", caller).with("scope", scope);
        return Headers.of("Authorization", "Bearer " + TestIssuer.sign(EDWARDS, HEADER, claims));
    }

    private Answer create(String caller, String delegate) throws IOException {
        return as(
                caller,
                "POST",
                PATH,
                "{\"delegate\":\"" + delegate + "\",\"scopes\":[\"task.execute\",\"data.read\"]}");
    }

    private static JsonObject part(Answer created, int index) {
        String part = created.json().getString("token").split("\\.", -1)[index];
        return JsonObject.parse(Base64.getUrlDecoder().decode(part));
    }

    private static String id(Answer created) {
        return part(created, 1).getString("jti");
    }

    @Test
    void created_isASignedToken_andRegistered() throws IOException {
        Answer created = as(
                ALICE,
                "POST",
                PATH,
                "{\"delegate\":\"" + BOB + "\",\"scopes\":[\"*\"],\"expires_in_seconds\":60,\"max_tasks\":5}");

        assertThat(created.status()).isEqualTo(201);
        assertThat(part(created, 0)).isEqualTo(JsonObject.of("typ", "JWT", "alg", "Ed25519"));
        JsonObject claims = part(created, 1);
        String id = claims.getString("jti");
        assertThat(id).startsWith("del_").hasSize(30);
        assertThat(claims.toString())
                .isEqualTo(
                        "{\"iss\":\"" + ALICE + "\",\"aud\":\"" + BOB + "\",\"jti\":\"" + id
                                + "\",\"iat\":1772355600,\"exp\":1772355660,\"scp\":[\"*\"],\"x-asap-constraints\":{\"max_tasks\":5}}");
        String token = created.json().getString("token");
        int dot = token.lastIndexOf('.');
        assertThat(key.publicKey()
                        .verifies(
                                token.substring(0, dot).getBytes(US_ASCII),
                                Base64.getUrlDecoder().decode(token.substring(dot + 1))))
                .isTrue();
        assertThat(storage.delegations().get(id))
                .get()
                .isEqualTo(IssuedDelegation.of(id, ALICE, BOB, clock.instant())
                        .withScopes(List.of("*"))
                        .expiringAt(clock.instant().minusMillis(500).plusSeconds(60))
                        .limitedTo(5));
    }

    @Test
    void created_withoutALifetime_lastsADay() throws IOException {
        Answer created = as(
                ALICE,
                "POST",
                PATH,
                "{\"delegate\":\"" + BOB + "\",\"scopes\":[\"x\"],\"expires_in_seconds\":null,\"max_tasks\":null}");

        assertThat(part(created, 1).getLong("exp") - part(created, 1).getLong("iat"))
                .isEqualTo(86_400);
        assertThat(part(created, 1).has("x-asap-constraints")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"scopes\":[\"x\"]}                                             | missing            | delegate",
                "{\"delegate\":\"b\"}                                             | missing            | scopes",
                "{\"delegate\":\"b\",\"scopes\":[]}                               | too_short          | scopes",
                "{\"delegate\":\"b\",\"scopes\":\"x\"}                            | list_type          | scopes",
                "{\"delegate\":\"b\",\"scopes\":[\"x\",1]}                        | string_type        | scopes\",1",
                "{\"delegate\":1,\"scopes\":[\"x\"]}                              | string_type        | delegate",
                "{\"delegate\":\"\",\"scopes\":[\"x\"]}                           | value_error        | delegate",
                "{\"delegate\":\"b\",\"scopes\":[\"x\"],\"expires_in_seconds\":0} | greater_than_equal | expires_in_seconds",
                "{\"delegate\":\"b\",\"scopes\":[\"x\"],\"expires_in_seconds\":31536001} | less_than_equal | expires_in_seconds",
                "{\"delegate\":\"b\",\"scopes\":[\"x\"],\"max_tasks\":-1}         | greater_than_equal | max_tasks",
                "{\"delegate\":\"b\",\"scopes\":[\"x\"],\"zzz\":1}                | extra_forbidden    | zzz",
            })
    void wrongOrder_isListed(String body, String type, String place) throws IOException {
        Answer answer = as(ALICE, "POST", PATH, body);

        assertThat(answer.status()).isEqualTo(422);
        String end = place.contains("\"") ? "]" : "\"]";
        assertThat(answer.mistake()).isEqualTo("1 " + type + " [\"body\",\"" + place + end);
    }

    @Test
    void bodyThatIsNoJson_isListed() throws IOException {
        assertThat(as(ALICE, "POST", PATH, "nope").mistake()).isEqualTo("1 json_invalid [\"body\"]");
        assertThat(as(ALICE, "POST", PATH, "[]").mistake()).isEqualTo("1 model_type [\"body\"]");
        Answer tooLong = create(ALICE, "x".repeat(1001));
        assertThat(tooLong.mistake()).isEqualTo("1 string_too_long [\"body\",\"delegate\"]");
    }

    @Test
    void agentWithoutAKey_cannotDelegate() throws IOException {
        Answer answer = create(CAROL, BOB);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).isEqualTo("{\"detail\":\"Delegation key not configured for this agent\"}");
    }

    @Test
    void callerOfWhomNothingIsKnown_isSentAway() throws IOException {
        for (Answer answer : List.of(
                as(null, "POST", PATH, "{}"),
                as(null, "GET", PATH, null),
                as(null, "GET", PATH + "/x", null),
                as(null, "DELETE", PATH + "/x", null))) {
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.headers().get("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(answer.text()).isEqualTo("{\"detail\":\"Authentication required\"}");
        }
    }

    @Test
    void callerWithoutTheScope_isRefused() throws IOException {
        Answer answer = agent.send("GET", PATH, null, token(ALICE, "asap:read"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).isEqualTo("{\"detail\":\"Insufficient scope\"}");
    }

    @Test
    void list_isOfTheCaller_newestFirst_inPages() throws IOException {
        String first = id(create(ALICE, BOB));
        clock.advance(Duration.ofSeconds(1));
        String second = id(create(ALICE, BOB));
        clock.advance(Duration.ofSeconds(1));
        String third = id(create(ALICE, BOB));
        create(BOB, ALICE);

        Answer all = as(ALICE, "GET", PATH, null);
        assertThat(ids(all.array())).containsExactly(third, second, first);
        assertThat(all.headers().get("X-Total-Count")).isEqualTo("3");
        assertThat(all.headers().get("X-Next-Cursor")).isNull();
        assertThat(all.array().get(2).asObject().without("expires_at"))
                .isEqualTo(JsonObject.of(
                        "id",
                        first,
                        "delegator",
                        ALICE,
                        "delegate",
                        BOB,
                        "created_at",
                        "2026-03-01T09:00:00.500000Z",
                        "active",
                        true));

        Answer page = as(ALICE, "GET", PATH + "?limit=2", null);
        assertThat(ids(page.array())).containsExactly(third, second);
        assertThat(page.headers().get("X-Total-Count")).isEqualTo("3");
        String next = page.headers().get("X-Next-Cursor");
        assertThat(ids(as(ALICE, "GET", PATH + "?limit=2&cursor=" + next, null).array()))
                .containsExactly(first);
        assertThat(ids(as(ALICE, "GET", PATH + "?limit=2&offset=1", null).array()))
                .containsExactly(second, first);
        assertThat(as(ALICE, "GET", PATH + "?active=maybe", null).mistake())
                .isEqualTo("1 bool_parsing [\"query\",\"active\"]");
        assertThat(as(ALICE, "GET", PATH + "?cursor=kMTIz", null).status()).isEqualTo(422);
        assertThat(as(CAROL, "GET", PATH, null).text()).isEqualTo("[]");
    }

    private static List<String> ids(JsonArray list) {
        return list.stream()
                .map(JsonValue::asObject)
                .map(each -> each.getString("id"))
                .toList();
    }

    @Test
    void show_isForBothSides() throws IOException {
        String id = id(create(ALICE, BOB));

        assertThat(as(ALICE, "GET", PATH + "/" + id, null).json().getBoolean("active"))
                .isTrue();
        JsonObject seenByHolder = as(BOB, "GET", PATH + "/" + id, null).json();
        assertThat(seenByHolder.getString("delegator")).isEqualTo(ALICE);
        assertThat(seenByHolder.get("revoked_at").isNull()).isTrue();
        assertThat(as(CAROL, "GET", PATH + "/" + id, null).text())
                .isEqualTo("{\"detail\":\"Only the issuer or holder of this token can view it\"}");
        assertThat(as(ALICE, "GET", PATH + "/nope", null).text())
                .isEqualTo("{\"detail\":\"Delegation token not found\"}");

        clock.advance(Duration.ofDays(2));
        assertThat(as(ALICE, "GET", PATH + "/" + id, null).json().getBoolean("active"))
                .isFalse();
        assertThat(as(ALICE, "GET", PATH, null).text()).isEqualTo("[]");
        assertThat(ids(as(ALICE, "GET", PATH + "?active=false", null).array())).containsExactly(id);
    }

    @Test
    void revoke_isForTheIssuer_andTakesAlongWhatHangsOnIt() throws IOException {
        String parent = id(create(ALICE, BOB));
        String child = id(create(BOB, CAROL));

        Answer refused = as(BOB, "DELETE", PATH + "/" + parent, null);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text())
                .isEqualTo("{\"detail\":\"Only the delegator that issued this token can revoke it\"}");
        assertThat(as(ALICE, "DELETE", PATH + "/nope", null).text())
                .isEqualTo("{\"detail\":\"Delegation token not found or not issued via this server\"}");
        assertThat(as(ALICE, "DELETE", PATH + "/" + parent + "?reason=" + "x".repeat(1001), null)
                        .status())
                .isEqualTo(422);

        Answer revoked = as(ALICE, "DELETE", PATH + "/" + parent + "?reason=left+the+team", null);
        assertThat(revoked.status()).isEqualTo(204);
        assertThat(revoked.text()).isEmpty();
        assertThat(storage.delegations().isRevoked(child)).isTrue();
        assertThat(storage.delegations().get(parent).orElseThrow().revocationReason())
                .isEqualTo("left the team");

        JsonObject shown = as(ALICE, "GET", PATH + "/" + parent, null).json();
        assertThat(shown.getBoolean("active")).isFalse();
        String time = shown.getString("revoked_at");
        assertThat(as(ALICE, "DELETE", PATH + "/" + parent, null).status()).isEqualTo(204);
        assertThat(as(ALICE, "GET", PATH + "/" + parent, null).json().getString("revoked_at"))
                .isEqualTo(time);
        assertThat(as(ALICE, "GET", "/asap/metrics", null).text())
                .contains("asap_delegations_issued_total 2.0\n", "asap_delegations_revoked_total 2.0\n");
    }

    private Answer createOn(String parent, String caller, String terms) throws IOException {
        return as(caller, "POST", PATH, "{\"delegate\":\"" + CAROL + "\"," + terms + ",\"parent\":\"" + parent + "\"}");
    }

    @Test
    void holder_delegatesFurther_withinWhatItWasGranted() throws IOException {
        String parent = id(create(ALICE, BOB));
        String less = "\"scopes\":[\"data.read\"]";

        Answer child = createOn(parent, BOB, less);
        assertThat(child.status()).isEqualTo(201);
        assertThat(part(child, 1).getString("prn")).isEqualTo(parent);
        assertThat(storage.delegations().get(id(child)).orElseThrow().parentId())
                .isEqualTo(parent);

        assertThat(createOn(parent, BOB, "\"scopes\":[\"*\"]").mistake())
                .isEqualTo("1 value_error [\"body\",\"parent\"]");
        assertThat(createOn(parent, BOB, less + ",\"expires_in_seconds\":86401").mistake())
                .isEqualTo("1 value_error [\"body\",\"parent\"]");
        assertThat(createOn("nope", BOB, less).text()).contains("Delegation token not found");
        Answer stranger = createOn(parent, ALICE, less);
        assertThat(stranger.status()).isEqualTo(403);
        assertThat(stranger.text())
                .isEqualTo("{\"detail\":\"Only the holder of this token can delegate on its strength\"}");

        String spared = id(createOn(id(create(ALICE, BOB)), BOB, less));
        as(ALICE, "DELETE", PATH + "/" + parent, null);
        assertThat(storage.delegations().isRevoked(id(child))).isTrue();
        assertThat(storage.delegations().isRevoked(spared)).isFalse();
        assertThat(createOn(parent, BOB, less).text()).contains("Token revoked");
    }

    private void breach(String id, String agent, @Nullable Instant resolvedAt) {
        storage.sla()
                .recordBreach(new SLABreach(
                        id,
                        agent,
                        BreachType.LATENCY,
                        "500ms",
                        "900ms",
                        BreachSeverity.WARNING,
                        clock.instant(),
                        resolvedAt));
    }

    @Test
    void openBreachesOfTheDelegate_showOnItsActiveDelegations() throws IOException {
        String id = id(create(ALICE, BOB));
        breach("breach_1", CAROL, null);
        breach("breach_2", BOB, clock.instant());
        assertThat(as(ALICE, "GET", PATH + "/" + id, null).json().has("sla_breaches"))
                .isFalse();
        assertThat(as(ALICE, "GET", PATH, null).text()).doesNotContain("sla_breaches");

        breach("breach_3", BOB, null);
        JsonObject open = JsonObject.of("total", 1, "ids", List.of("breach_3"));
        assertThat(as(BOB, "GET", PATH + "/" + id, null).json().getObject("sla_breaches"))
                .isEqualTo(open);
        create(ALICE, BOB);
        create(ALICE, "urn:asap:agent:dave");
        List<JsonObject> listed = as(ALICE, "GET", PATH, null).array().stream()
                .map(JsonValue::asObject)
                .toList();
        assertThat(listed)
                .filteredOn(each -> each.getString("delegate").equals(BOB))
                .hasSize(2)
                .allMatch(each -> each.getObject("sla_breaches").equals(open));
        assertThat(listed).filteredOn(each -> each.has("sla_breaches")).hasSize(2);

        for (int i = 0; i < DelegateBreaches.MAX_IDS; i++) {
            breach("breach_4" + i, BOB, null);
        }
        JsonObject many = as(ALICE, "GET", PATH + "/" + id, null).json().getObject("sla_breaches");
        assertThat(many.getInt("total")).isEqualTo(DelegateBreaches.MAX_IDS + 1);
        assertThat(many.getArray("ids").size()).isEqualTo(DelegateBreaches.MAX_IDS);

        as(ALICE, "DELETE", PATH + "/" + id, null);
        assertThat(as(ALICE, "GET", PATH + "/" + id, null).json().has("sla_breaches"))
                .isFalse();
    }

    @Test
    void withoutAStore_nothingIsIssued() throws IOException {
        try (RestAgent other = start(Storage.of(new InMemorySnapshotStore()))) {
            Headers caller = token(ALICE, "asap:execute");
            for (Answer answer : List.of(
                    other.send("POST", PATH, "{\"delegate\":\"b\",\"scopes\":[\"x\"]}", caller),
                    other.send("GET", PATH, null, caller),
                    other.send("GET", PATH + "/x", null, caller),
                    other.send("DELETE", PATH + "/x", null, caller))) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.text())
                        .isEqualTo(
                                "{\"detail\":\"Delegation revocation not configured (delegation_storage not set)\"}");
            }
        }
    }

    @Test
    void routes_areThereOnlyWhereCallersAreKnown() throws IOException {
        try (RestAgent other = RestAgent.start(storage, builder -> builder.delegationKeys(keys))) {
            assertThat(other.get(PATH).status()).isEqualTo(404);
        }
    }
}
