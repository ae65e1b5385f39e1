// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.RegistryHost.MANIFEST;
import static dev.asap.client.RegistryHost.MESSAGES;
import static dev.asap.client.RegistryHost.REGISTRY;
import static dev.asap.client.RegistryHost.REVOKED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingRequest;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.error.AgentRevokedException;
import dev.asap.error.ConnectionException;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.RegistryEntry;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.model.TrustLevel;
import dev.asap.testkit.SettableClock;
import dev.asap.validation.ValidationException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AgentRegistryTest {
    private final RegistryHost host = new RegistryHost();
    private final HandDrivenTime time = new HandDrivenTime();
    private final SettableClock clock = SettableClock.at("2026-03-01T00:00:00Z");
    private final List<Thread> threads = new ArrayList<>();
    private AgentRegistry registry =
            host.registry().ticker(time::nanos).timers(() -> time).clock(clock).build();

    @AfterEach
    void stop() throws InterruptedException {
        registry.close();
        host.close();
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        ClientTestThreads.assertNoneLeft();
    }

    private void rebuild(AgentRegistry.Builder builder) {
        registry.close();
        registry = builder.build();
    }

    // ---- Looking up

    @Test
    void find_andSearches_lookIntoTheRegistry() {
        assertThat(registry.find(Peer.ECHO)).contains(host.entry());
        assertThat(registry.find(Peer.CALLER)).isEmpty();
        assertThat(registry.bySkill("echo")).containsExactly(host.entry());
        assertThat(registry.bySkill("sing")).isEmpty();
        assertThat(registry.registry().version()).isEqualTo("1.0");
        assertThat(host.requests(REGISTRY)).hasSize(1);
    }

    @Test
    void registry_whenItsTimeIsOverOrInvalidated_isFetchedAgain() {
        registry.find(Peer.ECHO);
        time.advance(AgentRegistry.DEFAULT_CACHE_TTL.minusNanos(1));
        registry.find(Peer.ECHO);
        assertThat(host.requests(REGISTRY)).hasSize(1);

        time.advance(Duration.ofNanos(1));
        registry.find(Peer.ECHO);
        assertThat(host.requests(REGISTRY)).hasSize(2);

        registry.invalidate();
        registry.find(Peer.ECHO);
        assertThat(host.requests(REGISTRY)).hasSize(3);
    }

    @Test
    void registry_manyThreadsMissIt_isFetchedOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        byte[] body = ASAPCodec.strict().write(registry.registry());
        registry.invalidate();
        host.answer(REGISTRY, request -> {
            asked.countDown();
            awaitQuietly(release);
            return Peer.json(200, body);
        });
        List<FutureTask<List<RegistryEntry>>> calls = start(50, () -> registry.bySkill("echo"));
        awaitQuietly(asked);
        // The one that fetches waits for its socket, which is no waiting state to Java.
        await().until(() -> threads.stream()
                        .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                        .count()
                == 49);
        release.countDown();

        for (FutureTask<List<RegistryEntry>> call : calls) {
            assertThat(result(call)).containsExactly(host.entry());
        }
        assertThat(host.requests(REGISTRY)).hasSize(2);
    }

    @Test
    void registry_entriesThatBreakRulesAndUnknownMembers_arePassedOver() {
        JsonObject good =
                JsonObject.parse(ASAPCodec.strict().write(host.entry())).with("rating", 5);
        host.answer(
                REGISTRY,
                JsonObject.of(
                        "version",
                        "9.0",
                        "updated_at",
                        "2026-03-01T00:00:00Z",
                        "motto",
                        "more",
                        "agents",
                        JsonArray.of(good.with("id", "urn:asap:agent:NOBODY"), 7, good, good.without("endpoints"))));

        assertThat(registry.registry().agents()).containsExactly(host.entry());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "{\"version\":\"1\",\"updated_at\":\"2026-03-01T00:00:00Z\",\"agents\":{}}"})
    void registry_ofAnotherForm_namesItsUrl(String body) {
        host.answer(REGISTRY, body.getBytes(UTF_8));

        assertThatThrownBy(registry::registry)
                .isInstanceOf(ValidationException.class)
                .hasMessageStartingWith("Invalid registry from " + host.url(REGISTRY));
    }

    @Test
    void registry_notJson_isRemoteError() {
        host.answer(REGISTRY, "<html>".getBytes(UTF_8));

        assertThatThrownBy(registry::registry).isInstanceOf(RemoteErrorException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 404, 429, 500})
    void registry_otherStatus_isConnectionFailureAndNotRepeatedAndNotKept(int status) {
        host.answer(REGISTRY, request -> redirect(status));

        ConnectionException e = catchThrowableOfType(ConnectionException.class, registry::registry);
        assertThat(e.httpStatus()).hasValue(status);
        assertThat(host.requests(REGISTRY)).hasSize(1);
        assertThat(time.timers()).isZero();

        host.list(host.entry());
        assertThat(registry.find(Peer.ECHO)).isPresent();
    }

    @Test
    void registry_tooLarge_isRefused() {
        rebuild(host.registry().clients(client -> client.maxResponseBytes(100)));

        assertThatThrownBy(registry::registry).isInstanceOf(ResponseTooLargeException.class);
    }

    // ---- Resolving

    @Test
    void resolve_signedByTheAuthorityAndNotRevoked_givesTheAgent() {
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            assertThat(agent.id()).isEqualTo(Peer.ECHO);
            assertThat(agent.entry()).isEqualTo(host.entry());
            assertThat(agent.manifest()).isEqualTo(host.manifest());
            assertThat(agent.baseUrl()).isEqualTo(host.url("/agent"));
            assertThat(agent.client().getManifest()).isEqualTo(host.manifest());
            assertThat(agent).hasToString("ResolvedAgent[" + Peer.ECHO + "]");
        }
        Headers revoked = host.requests(REVOKED).get(0).getHeaders();
        assertThat(revoked.get("Cache-Control")).isEqualTo("no-cache");
        // The agent's own client found the manifest in the cache.
        assertThat(host.requests(MANIFEST)).hasSize(1);
    }

    @Test
    void resolve_again_asksForRevocationsOnly() {
        for (int i = 0; i < 3; i++) {
            registry.resolve(Peer.ECHO).close();
        }

        assertThat(host.requests(REGISTRY)).hasSize(1);
        assertThat(host.requests(MANIFEST)).hasSize(1);
        assertThat(host.requests(REVOKED)).hasSize(3);
    }

    @Test
    void resolve_notInTheRegistry_fetchesNothingElse() {
        AgentNotFoundException e =
                catchThrowableOfType(AgentNotFoundException.class, () -> registry.resolve(Peer.CALLER));

        assertThat(e).hasMessage("the registry " + host.url(REGISTRY) + " has no agent " + Peer.CALLER);
        assertThat(e.urn()).isEqualTo(Peer.CALLER);
        assertThat(e.retryable()).isFalse();
        assertThat(host.requests(REVOKED)).isEmpty();
    }

    @Test
    void resolve_entryWithoutManifestUrl_derivesItFromTheEndpoint() {
        for (String http : List.of(host.url("/agent/asap"), host.url("/agent/"))) {
            host.list(host.entry().toBuilder().endpoints(Map.of("http", http)).build());
            registry.invalidate();
            registry.resolve(Peer.ECHO).close();
        }
        assertThat(host.requests(MANIFEST)).hasSize(1);
    }

    @Test
    void resolve_registryPointsElsewhere_callsWhereTheSignedManifestSays() {
        host.list(host.entry().toBuilder()
                .endpoint("http", "https://attacker.example/asap")
                .build());

        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            assertThat(agent.baseUrl()).isEqualTo(host.url("/agent"));
        }
    }

    @Test
    void resolve_endpointsThatCannotBeUsed_areNamed() {
        assertUnusable(Map.of(), "endpoints.manifest: is required where 'http' is missing");
        assertUnusable(Map.of("manifest", "m.json"), "endpoints.manifest: the manifest's URL must begin with https://");
        assertUnusable(Map.of("http", "https://h/asap?x=1"), "endpoints.http: the base URL must have no query");
        assertUnusable(
                Map.of("manifest", "http://agent.example/m.json"),
                "endpoints.manifest: the manifest's URL must use https, got 'http://agent.example/m.json'");
        assertUnusable(
                Map.of("http", "http://agent.example/asap"),
                "endpoints.http: the manifest's URL must use https, got 'http://agent.example/.well-known/");
        assertThat(host.requests(REVOKED)).isEmpty();
    }

    private void assertUnusable(Map<String, String> endpoints, String message) {
        host.list(host.entry().toBuilder().endpoints(endpoints).build());
        registry.invalidate();
        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(ValidationException.class)
                .hasMessageStartingWith("Invalid registry entry of " + Peer.ECHO + ": " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://agent.example/asap", "/asap"})
    void resolve_manifestWithAnAddressThatCannotBeUsed_isRefused(String asap) {
        host.answer(
                MANIFEST,
                host.signed(
                        host.manifest().toBuilder().endpoints(Endpoint.of(asap)).build()));

        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(ValidationException.class)
                .hasMessageStartingWith("Invalid manifest of " + Peer.ECHO + ": endpoints.asap: the base URL must ");
    }

    // ---- Trust

    @Test
    void resolve_unsignedManifest_isRefused() {
        host.answer(MANIFEST, ASAPCodec.strict().write(host.manifest()));

        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessage("the manifest from " + host.url(MANIFEST)
                        + " is not signed, and only signed ones are trusted (ManifestTrust.authorities)");
    }

    @Test
    void resolve_signedBySomeoneElse_isRefused() {
        Ed25519PrivateKey other = Ed25519PrivateKey.generate();
        assertUntrusted(RegistryHost.signed(host.manifest(), other, TrustLevel.VERIFIED), "none of the 1 known");
        assertUntrusted(
                RegistryHost.signed(host.manifest(), host.authority, TrustLevel.SELF_SIGNED),
                "its trust level must be 'verified', got 'self-signed'");
        JsonObject forged = JsonObject.parse(RegistryHost.signed(host.manifest(), other, TrustLevel.VERIFIED))
                .with("public_key", host.authority.publicKey().toBase64());
        assertUntrusted(forged.toBytes(), "its signature is not one of the key");
        JsonObject changed = JsonObject.parse(host.signed(host.manifest()));
        assertUntrusted(
                changed.with("manifest", changed.getObject("manifest").with("name", "Evil"))
                        .toBytes(),
                "its signature is not one of the key");
    }

    @Test
    void resolve_signedManifestOfAnotherAgent_isRefused() {
        Manifest other = host.manifest().toBuilder().id(Peer.CALLER).build();
        assertUntrusted(
                host.signed(other),
                "the manifest from " + host.url(MANIFEST) + " is that of " + Peer.CALLER + ", expected that of "
                        + Peer.ECHO);
    }

    private void assertUntrusted(byte[] document, String message) {
        host.answer(MANIFEST, document);
        // A cache of its own: what was refused is not asked for again within a second.
        try (AgentRegistry fresh = host.registry().build()) {
            assertThatThrownBy(() -> fresh.resolve(Peer.ECHO))
                    .isInstanceOf(SignatureVerificationException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void resolve_withoutAuthority_saysWhatToSet() {
        rebuild(AgentRegistry.builder(host.url(REGISTRY)).environment(name -> null));

        assertThat(registry.find(Peer.ECHO)).isPresent();
        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("resolve needs the key of an authority to verify manifests, got none; set"
                        + " ASAP_CA_PUBLIC_KEY or authorities(…)");
    }

    // ---- Revocation

    @Test
    void resolve_revoked_isRefusedAlsoWhenItWasNotBefore() {
        registry.resolve(Peer.ECHO).close();
        host.revoke("urn:asap:agent:other", Peer.ECHO.value());

        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(AgentRevokedException.class)
                .hasMessage("Agent is revoked: " + Peer.ECHO);
        assertThatThrownBy(() -> registry.requireNotRevoked(Peer.ECHO)).isInstanceOf(AgentRevokedException.class);
        registry.requireNotRevoked(Peer.CALLER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html>", "[]", "null", "{}", "{\"revoked\":null}", "{\"revoked\":[{\"reason\":\"x\"}]}"})
    void resolve_revocationsThatAreNone_trustsNobody(String body) {
        host.answer(REVOKED, body.getBytes(UTF_8));

        assertThatThrownBy(() -> registry.resolve(Peer.ECHO))
                .isInstanceOf(ASAPException.class)
                .isNotInstanceOf(AgentRevokedException.class)
                .hasMessageContaining(host.url(REVOKED));
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 429, 503})
    void resolve_revocationsCannotBeFetched_trustsNobody(int status) {
        registry.resolve(Peer.ECHO).close();
        host.answer(REVOKED, request -> redirect(status));

        ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> registry.resolve(Peer.ECHO));
        assertThat(e.httpStatus()).hasValue(status);
    }

    @Test
    void resolve_revocations_areFetchedWhileTheManifestIs() {
        CountDownLatch revocationsAsked = new CountDownLatch(1);
        CountDownLatch manifestAsked = new CountDownLatch(1);
        byte[] manifest = host.signed(host.manifest());
        host.answer(MANIFEST, request -> {
            manifestAsked.countDown();
            awaitQuietly(revocationsAsked);
            return Peer.json(200, manifest);
        });
        host.answer(REVOKED, request -> {
            revocationsAsked.countDown();
            awaitQuietly(manifestAsked);
            return Peer.json(200, "{\"revoked\":[]}");
        });

        registry.resolve(Peer.ECHO).close();
    }

    // ---- A host that is asked too often

    @Test
    void resolve_hostAskedTooOften_waitsAsItAsksOrLongerEachTime() throws Exception {
        List<MockResponse> answers = List.of(
                tooOften("7"),
                tooOften(null),
                tooOften("Sun, 01 Mar 2026 00:01:00 GMT"),
                Peer.json(200, host.signed(host.manifest())));
        AtomicInteger next = new AtomicInteger();
        host.answer(MANIFEST, request -> answers.get(next.getAndIncrement()));
        FutureTask<ResolvedAgent> call =
                start(1, () -> registry.resolve(Peer.ECHO)).get(0);

        awaitThenAdvance(Duration.ofSeconds(7), 1);
        awaitThenAdvance(Duration.ofSeconds(2), 2);
        awaitThenAdvance(Duration.ofSeconds(60), 3);

        result(call).close();
        assertThat(host.requests(MANIFEST)).hasSize(4);
        assertThat(time.timers()).isZero();
    }

    /** The wait before a repetition ends exactly when it should. */
    private void awaitThenAdvance(Duration wait, int requestsBefore) {
        await().until(() -> time.timers() == 1);
        time.advance(wait.minusNanos(1));
        assertThat(time.timers()).isEqualTo(1);
        assertThat(host.requests(MANIFEST)).hasSize(requestsBefore);
        time.advance(Duration.ofNanos(1));
    }

    @Test
    void resolve_hostStaysBusy_endsWithItsRefusal() throws Exception {
        host.answer(MANIFEST, request -> tooOften(null));
        FutureTask<ResolvedAgent> call =
                start(1, () -> registry.resolve(Peer.ECHO)).get(0);
        for (int seconds : List.of(1, 2, 4)) {
            await().until(() -> time.timers() == 1);
            time.advance(Duration.ofSeconds(seconds));
        }

        assertThat(failure(call))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.httpStatus()).hasValue(429));
        assertThat(host.requests(MANIFEST)).hasSize(4);
    }

    @Test
    void resolve_waitThatDoesNotFitIn_endsAtOnce() {
        rebuild(host.registry().timers(() -> time).maxRetryWait(Duration.ofSeconds(10)));
        host.answer(MANIFEST, request -> tooOften("11"));

        ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> registry.resolve(Peer.ECHO));
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(11));
        assertThat(e.retryable()).isTrue();
        assertThat(host.requests(MANIFEST)).hasSize(1);
    }

    @Test
    void resolve_revokedWhileTheHostIsBusy_doesNotWaitForIt() {
        host.revoke(Peer.ECHO.value());
        host.answer(MANIFEST, request -> tooOften("100"));

        assertThatThrownBy(() -> registry.resolve(Peer.ECHO)).isInstanceOf(AgentRevokedException.class);
        await().until(() -> time.timers() == 0);
    }

    @Test
    void close_whileResolveWaits_cutsItOff() throws Exception {
        host.answer(MANIFEST, request -> tooOften("100"));
        FutureTask<ResolvedAgent> call =
                start(1, () -> registry.resolve(Peer.ECHO)).get(0);
        await().until(() -> time.timers() == 1);
        registry.close();

        assertThat(failure(call)).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> registry.resolve(Peer.ECHO)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void resolve_threadIsInterruptedWhileItWaits_isCutOff() throws Exception {
        host.answer(MANIFEST, request -> tooOften("100"));
        FutureTask<Boolean> call = start(1, () -> {
                    assertThatThrownBy(() -> registry.resolve(Peer.ECHO)).isInstanceOf(CallInterruptedException.class);
                    return Thread.currentThread().isInterrupted();
                })
                .get(0);
        await().until(() -> time.timers() == 1 && threads.get(0).getState() == Thread.State.WAITING);
        threads.get(0).interrupt();

        assertThat(result(call)).isTrue();
        await().until(() -> time.timers() == 0);
    }

    // ---- Running tasks

    @Test
    void run_completedTask_givesItsResult() {
        rebuild(host.registry().clients(client -> client.bearerToken("s3cret")));
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            assertThat(agent.run("echo", JsonObject.of("text", "hello"))).isEqualTo(JsonObject.of("text", "hello"));
            assertThat(agent.run(Peer.task())).isEqualTo(Peer.task().input());
        }

        Envelope sent = sent(0);
        assertThat(sent.sender()).isEqualTo(AgentRegistry.DEFAULT_SENDER);
        assertThat(sent.sender()).hasToString("urn:asap:agent:sdk-consumer");
        assertThat(sent.recipient()).isEqualTo(Peer.ECHO);
        assertThat(host.requests(MESSAGES).get(0).getHeaders().get("Authorization"))
                .isEqualTo("Bearer s3cret");
        for (String document : List.of(REGISTRY, REVOKED, MANIFEST)) {
            assertThat(host.requests(document).get(0).getHeaders().get("Authorization"))
                    .isNull();
        }
    }

    @Test
    void run_ownSender_isSent() {
        rebuild(host.registry().sender(Peer.CALLER));
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            agent.run(Peer.task());
        }

        assertThat(sent(0).sender()).isEqualTo(Peer.CALLER);
    }

    private Envelope sent(int index) {
        IncomingRequest.Call call = (IncomingRequest.Call) new JsonRpcCodec(Clock.systemUTC())
                .readRequest(host.requests(MESSAGES).get(index).getBody().toByteArray());
        return ((IncomingRequest.EnvelopeArgument.Valid) call.envelope()).envelope();
    }

    @Test
    void run_completedWithoutResult_givesAnEmptyOne() {
        answerTasksWith(new TaskResponse("t-1", TaskStatus.COMPLETED, null, null, null));
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            assertThat(agent.run(Peer.task())).isEqualTo(JsonObject.empty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "cancelled", "working", "input_required", "asleep"})
    void run_taskThatIsNotCompleted_failsWithTheResponse(String status) {
        TaskResponse response =
                new TaskResponse("t-1", new TaskStatus(status), JsonObject.of("error", "secret"), null, null);
        answerTasksWith(response);
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            TaskNotCompletedException e =
                    catchThrowableOfType(TaskNotCompletedException.class, () -> agent.run(Peer.task()));
            assertThat(e)
                    .hasMessage("the task 't-1' of " + Peer.ECHO + " is not completed: its status is '" + status + "'");
            assertThat(e.response()).isEqualTo(response);
            assertThat(e.retryable()).isFalse();
            assertThat(agent.request(Peer.task())).isEqualTo(response);
        }
    }

    @Test
    void run_answerThatIsNoTaskResponse_isRefused() {
        host.answer(MESSAGES, request -> Peer.answer(TaskStream.of("x"), "any"));
        try (ResolvedAgent agent = registry.resolve(Peer.ECHO)) {
            assertThatThrownBy(() -> agent.run(Peer.task())).isInstanceOf(MalformedEnvelopeException.class);
        }
    }

    @Test
    void close_ofTheAgent_closesItsClientAndOnlyThat() {
        ResolvedAgent agent = registry.resolve(Peer.ECHO);
        agent.close();
        agent.close();

        assertThatThrownBy(() -> agent.run(Peer.task())).isInstanceOf(ClientClosedException.class);
        try (ResolvedAgent again = registry.resolve(Peer.ECHO)) {
            registry.close();
            assertThat(again.run(Peer.task())).isEqualTo(Peer.task().input());
        }
    }

    private void answerTasksWith(TaskResponse response) {
        host.answer(MESSAGES, request -> {
            IncomingRequest.Call call = (IncomingRequest.Call) new JsonRpcCodec(Clock.systemUTC())
                    .readRequest(request.getBody().toByteArray());
            Envelope envelope = ((IncomingRequest.EnvelopeArgument.Valid) call.envelope()).envelope();
            return Peer.answer(response, envelope.id());
        });
    }

    // ---- Options

    @Test
    void builder_unencryptedUrlElsewhere_isRefusedUnlessAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AgentRegistry.builder("http://r.example/r.json").build())
                .withMessage("the registry's URL must use https, got 'http://r.example/r.json'; if the network in"
                        + " between is trusted, say so with requireHttps(false)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder()
                        .revocationUrl("http://r.example/revoked.json")
                        .build())
                .withMessageStartingWith("the revocation list's URL must use https");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder("registry.json"))
                .withMessageStartingWith("the registry's URL must begin with https://");
        AgentRegistry.builder("http://r.example/r.json")
                .revocationUrl("http://r.example/revoked.json")
                .requireHttps(false)
                .build()
                .close();
    }

    @Test
    void environment_values_applyUnlessSet() {
        Map<String, String> variables = Map.of(
                AgentRegistry.REVOCATION_URL_VARIABLE, " " + host.url(REVOKED) + " ",
                AgentRegistry.CACHE_TTL_VARIABLE, " 10\n",
                AgentRegistry.AUTHORITY_VARIABLE, host.authority.publicKey().toBase64() + "\n");
        rebuild(AgentRegistry.builder(host.url(REGISTRY))
                .environment(variables::get)
                .ticker(time::nanos));
        registry.resolve(Peer.ECHO).close();
        time.advance(Duration.ofSeconds(10));
        registry.resolve(Peer.ECHO).close();
        assertThat(host.requests(REGISTRY)).hasSize(2);

        host.revoke(Peer.ECHO.value());
        host.answer("/other.json", request -> Peer.json(200, "{\"revoked\":[]}"));
        rebuild(AgentRegistry.builder(host.url(REGISTRY))
                .environment(variables::get)
                .revocationUrl(host.url("/other.json"))
                .cacheTtl(Duration.ofHours(1))
                .authorities(Set.of(Ed25519PrivateKey.generate().publicKey(), host.authority.publicKey()))
                .ticker(time::nanos));
        registry.resolve(Peer.ECHO).close();
        time.advance(Duration.ofSeconds(10));
        registry.resolve(Peer.ECHO).close();
        assertThat(host.requests(REGISTRY)).hasSize(3);
    }

    @Test
    void environment_blankValues_countAsUnset() {
        rebuild(AgentRegistry.builder(host.url(REGISTRY)).environment(name -> " "));

        assertThat(registry.find(Peer.ECHO)).isPresent();
    }

    @Test
    void environment_valuesThatCannotBeUsed_areNamed() {
        assertRefused(
                AgentRegistry.CACHE_TTL_VARIABLE,
                "5 min",
                "ASAP_REGISTRY_CACHE_TTL must be a number of seconds, as '300', got '5 min'");
        assertRefused(
                AgentRegistry.CACHE_TTL_VARIABLE, "-1", "ASAP_REGISTRY_CACHE_TTL must be 0 to 365 days, got PT-1S");
        assertRefused(
                AgentRegistry.AUTHORITY_VARIABLE,
                "AAAA",
                "ASAP_CA_PUBLIC_KEY cannot be used: a public key must have 32 bytes, got 3");
        assertRefused(
                AgentRegistry.REVOCATION_URL_VARIABLE,
                "revoked.json",
                "the revocation list's URL must begin with https:// (or http://) and a host, got 'revoked.json';"
                        + " write it like https://agent.example");
    }

    private static void assertRefused(String variable, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder()
                        .environment(name -> name.equals(variable) ? value : null)
                        .build())
                .withMessage(message);
    }

    @Test
    void options_outOfBounds_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder().cacheTtl(Duration.ofSeconds(-1)))
                .withMessage("cacheTtl must be 0 to 365 days, got PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder().maxRetryWait(Duration.ofDays(2)))
                .withMessage("maxRetryWait must be 0 to 1 day, got PT48H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AgentRegistry.builder().timeout(Duration.ZERO))
                .withMessage("timeout must be 1 ms to 24 days, got PT0S");
    }

    // ---- What the tests need

    private static MockResponse redirect(int status) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Location", "/elsewhere.json")
                .build();
    }

    private static MockResponse tooOften(String retryAfter) {
        MockResponse.Builder response = new MockResponse.Builder().code(429);
        if (retryAfter != null) {
            response.setHeader("Retry-After", retryAfter);
        }
        return response.build();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private <T> List<FutureTask<T>> start(int count, Callable<T> call) {
        List<FutureTask<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<T> task = new FutureTask<>(call);
            Thread thread = new Thread(task, "registry-test-" + i);
            calls.add(task);
            threads.add(thread);
            thread.start();
        }
        return calls;
    }

    private static <T> T result(FutureTask<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(FutureTask<?> call) throws Exception {
        try {
            call.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
