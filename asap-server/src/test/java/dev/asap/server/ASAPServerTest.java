// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageConfigurationException;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an agent offers over HTTP, and how it starts and ends. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class ASAPServerTest {
    private static final JsonObject CANCEL = JsonObject.of("task_id", "task_1", "reason", "enough");

    @Test
    void skill_answersOverHttp1() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            JsonObject payload = agent.payload(TestAgent.echo(JsonObject.of("text", "hi")));

            assertThat(payload.getString("status")).isEqualTo("completed");
            assertThat(payload.getObject("result")).isEqualTo(JsonObject.of("echoed", JsonObject.of("text", "hi")));
            assertThat(payload.getString("task_id")).startsWith("task_");
        }
    }

    @Test
    void skill_answersOverCleartextHttp2OnTheSamePort() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder, TestAgent.h2cClient());
                Response health = agent.get("/health")) {
            assertThat(health.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
            assertThat(agent.payload(TestAgent.echo(JsonObject.empty())).getString("status"))
                    .isEqualTo("completed");
        }
    }

    @Test
    void skill_answersOverTlsWithHttp2() throws IOException {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        HandshakeCertificates serverSide =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        HandshakeCertificates clientSide = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        SSLContext tls = serverSide.sslContext();
        OkHttpClient http = new OkHttpClient.Builder()
                .sslSocketFactory(clientSide.sslSocketFactory(), clientSide.trustManager())
                .build();
        try (TestAgent agent = TestAgent.start(builder -> builder.tls(tls), http);
                Response health = agent.get("/health")) {
            assertThat(agent.server.url().getScheme()).isEqualTo("https");
            assertThat(health.protocol()).isEqualTo(Protocol.HTTP_2);
            assertThat(agent.payload(TestAgent.echo(JsonObject.empty())).getString("status"))
                    .isEqualTo("completed");
        }
    }

    /** {@link LeakChecks} finds what is left behind. */
    @Test
    void start_withAStorageThatLacksWhatIsNeeded_leavesNothingBehind() {
        Storage snapshotsOnly = Storage.of(new InMemorySnapshotStore());

        assertThatThrownBy(() -> ASAPServer.builder(TestAgent.manifest())
                        .storage(snapshotsOnly)
                        .usageRoutes(true)
                        .delegationGuard(DelegationGuard.of(delegator -> Optional.empty()))
                        .start())
                .isInstanceOf(StorageConfigurationException.class)
                .hasMessageContaining("delegation");
    }

    @Test
    void unknownSkill_isRefusedByName() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            JsonObject error = agent.post(TestAgent.call(
                            "task.request",
                            JsonObject.of("conversation_id", "c", "skill_id", "nope", "input", JsonObject.empty())))
                    .getObject("error");

            assertThat(error.getObject("data").getString("code")).isEqualTo("asap:skill/not_found");
            assertThat(error.getString("message")).contains("nope");
        }
    }

    @Test
    void otherSkills_catchWhatNoSkillDoes() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.otherSkills(
                task -> task.failed(JsonObject.of("why", task.request().skillId()))))) {
            JsonObject payload = agent.payload(TestAgent.call(
                    "task.request",
                    JsonObject.of("conversation_id", "c", "skill_id", "nope", "input", JsonObject.empty())));

            assertThat(payload.getString("status")).isEqualTo("failed");
            assertThat(payload.getObject("result")).isEqualTo(JsonObject.of("why", "nope"));
        }
    }

    @Test
    void payloadHandlers_areFoundInAnySpelling() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.on(
                        PayloadType.TASK_CANCEL,
                        TaskCancel.class,
                        (cancel, context) -> new TaskResponse(cancel.taskId(), TaskStatus.CANCELLED, null, null, null))
                .onCustom(
                        "weather.alert",
                        (alert, context) -> CustomPayload.of(
                                "weather.ack",
                                alert.content().with("from", context.sender().value()))))) {
            for (String spelling : List.of("task.cancel", "TaskCancel", "TASK_CANCEL")) {
                assertThat(agent.payload(TestAgent.call(spelling, CANCEL)).getString("status"))
                        .as(spelling)
                        .isEqualTo("cancelled");
            }
            assertThat(agent.payload(TestAgent.call("weather.alert", JsonObject.of("storm", true))))
                    .isEqualTo(JsonObject.of("storm", true, "from", "urn:asap:agent:caller"));
        }
    }

    @Test
    void exactMatching_takesTheSpellingAsItIs() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.payloadTypeMatching(PayloadTypeMatching.EXACT))) {
            JsonObject payload = JsonObject.of("conversation_id", "c", "skill_id", "echo", "input", JsonObject.empty());

            assertThat(agent.post(TestAgent.call("task.request", payload)).has("result"))
                    .isTrue();
            assertThat(agent.post(TestAgent.call("TaskRequest", payload))
                            .getObject("error")
                            .getInt("code"))
                    .isEqualTo(-32012);
        }
    }

    @Test
    void secondHandlerForTheSame_isRefusedAtOnce() {
        ASAPServer.Builder builder = ASAPServer.builder(TestAgent.manifest())
                .skill("echo", task -> task.completed(JsonObject.empty()))
                .onCustom("a.b", (payload, context) -> payload);

        assertThatThrownBy(() -> builder.skill("echo", task -> task.completed(JsonObject.empty())))
                .hasMessageContaining("echo");
        assertThatThrownBy(() -> builder.onCustom("a.b", (payload, context) -> payload))
                .hasMessageContaining("a.b");
    }

    @Test
    void ownRoutes_answerBesideTheProtocols() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.routes(() -> List.of(
                        Route.get("/hello", request -> HttpResponse.json(200, JsonObject.of("query", request.query()))),
                        Route.post("/hello", request -> HttpResponse.empty(204)),
                        Route.get("/broken", request -> {
                            throw new IOException("secret detail");
                        }))));
                Response hello = agent.get("/hello?x=1");
                Response slash = agent.get("/hello/?x=1");
                Response missing = agent.get("/nope");
                Response broken = agent.get("/broken")) {
            assertThat(hello.body().string()).isEqualTo("{\"query\":\"x=1\"}");
            assertThat(slash.code()).isEqualTo(307);
            assertThat(slash.header("Location")).isEqualTo("/hello?x=1");
            assertThat(missing.code()).isEqualTo(404);
            assertThat(broken.code()).isEqualTo(500);
            assertThat(broken.body().string()).isEqualTo("{\"detail\":\"Internal Server Error\"}");
            try (Response deleted = agent.exchange("DELETE", "/hello", null)) {
                assertThat(deleted.code()).isEqualTo(405);
                assertThat(deleted.header("Allow")).isEqualTo("GET, POST");
            }
        }
    }

    @Test
    void staleAndEarlyEnvelopes_areRefusedAtTheSecond() throws IOException {
        Instant now = Instant.parse("2026-01-02T03:04:05Z");
        SettableClock clock = SettableClock.at(now);
        try (TestAgent agent = TestAgent.start(builder -> builder.clock(clock))) {
            assertThat(errorCode(agent, now.minusSeconds(300))).isNull();
            assertThat(errorCode(agent, now.minusSeconds(300).minusNanos(1000))).isEqualTo(-32002);
            assertThat(errorCode(agent, now.plusSeconds(30))).isNull();
            assertThat(errorCode(agent, now.plusSeconds(30).plusNanos(1000))).isEqualTo(-32002);
        }
    }

    private static @Nullable Integer errorCode(TestAgent agent, Instant timestamp) throws IOException {
        JsonObject request = TestAgent.echo(JsonObject.empty());
        JsonObject envelope = request.getObject("params").getObject("envelope").with("timestamp", timestamp);
        JsonObject answer = agent.post(request.with("params", JsonObject.of("envelope", envelope)));
        return answer.has("error") ? Integer.valueOf(answer.getObject("error").getInt("code")) : null;
    }

    @Test
    void metricsPage_countsByTypeAndOutcome() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            agent.post(TestAgent.echo(JsonObject.empty()));
            agent.post("not json");
            agent.post(TestAgent.call(
                    "TASK--request",
                    JsonObject.of("conversation_id", "c", "skill_id", "echo", "input", JsonObject.empty())));
            agent.post(TestAgent.call("in\"vented", JsonObject.empty()));
            try (Response page = agent.get("/asap/metrics")) {
                assertThat(page.body().string())
                        .contains(
                                "asap_requests_success_total{payload_type=\"task.request\"} 2.0",
                                "asap_requests_error_total{error_type=\"parse_error\",payload_type=\"other\"} 1.0",
                                "asap_requests_error_total{error_type=\"asap:transport/handler_not_found\",payload_type=\"other\"} 1.0")
                        .doesNotContain("vented", "TASK")
                        .endsWith("# EOF\n");
            }
        }
    }

    @Test
    void readiness_dependsOnTheStorage() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            try (Response ready = agent.get("/ready")) {
                assertThat(ready.code()).isEqualTo(200);
            }
            agent.storage.close();
            try (Response ready = agent.get("/ready")) {
                assertThat(ready.code()).isEqualTo(503);
            }
        }
    }

    @Test
    void portInUse_isAClearErrorAndLeavesNothingBehind() {
        try (TestAgent agent = TestAgent.start()) {
            assertThatThrownBy(() -> TestAgent.start(builder -> builder.port(agent.server.port())))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("127.0.0.1:" + agent.server.port());
        }
    }

    @Test
    void close_letsRunningRequestsEnd() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<JsonObject> answer = new AtomicReference<>();
        try (TestAgent agent = TestAgent.start(builder -> builder.skill("slow", task -> {
            entered.countDown();
            release.await();
            return task.completed(JsonObject.of("late", true));
        }))) {
            Thread caller = new Thread(() -> {
                try {
                    answer.set(agent.payload(TestAgent.call(
                            "task.request",
                            JsonObject.of("conversation_id", "c", "skill_id", "slow", "input", JsonObject.empty()))));
                } catch (IOException e) {
                    answer.set(JsonObject.of("failure", e.toString()));
                }
            });
            caller.start();
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            Thread closer = new Thread(() -> agent.server.close(Duration.ofSeconds(30)));
            closer.start();
            release.countDown();
            closer.join();
            caller.join();

            assertThat(answer.get()).extracting(JsonObject::toString).asString().contains("\"late\":true");
        }
    }

    @Test
    void close_isBoundedWhenAHandlerHangs() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (TestAgent agent = TestAgent.start(builder -> builder.skill("hang", task -> {
            entered.countDown();
            never.await();
            return task.completed(JsonObject.empty());
        }))) {
            Thread caller = new Thread(() -> {
                try {
                    agent.post(TestAgent.call(
                            "task.request",
                            JsonObject.of("conversation_id", "c", "skill_id", "hang", "input", JsonObject.empty())));
                } catch (IOException expected) {
                    assertThat(expected).isNotNull();
                }
            });
            caller.start();
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

            agent.server.close(Duration.ofMillis(200));
            caller.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void close_takesAnyTimeout() throws Exception {
        for (Duration timeout : List.of(
                Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MIN_VALUE), Duration.ofMillis(-1))) {
            try (TestAgent agent = TestAgent.start()) {
                agent.server.close(timeout);

                agent.server.awaitClose();
                assertThatThrownBy(() -> agent.get("/health")).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void closedServer_closesOnceAndFreesItsPort() {
        TestAgent agent = TestAgent.start();
        int port = agent.server.port();
        agent.close();
        agent.server.close();

        try (TestAgent next = TestAgent.start(builder -> builder.port(port))) {
            assertThat(next.server.port()).isEqualTo(port);
        }
    }

    @Test
    void storageOfTheEnvironment_isOpenedAndClosedWithTheServer() {
        AtomicReference<Storage> used = new AtomicReference<>();
        try (ASAPServer server = ASAPServer.builder(TestAgent.manifest())
                        .skill("storage", task -> {
                            used.set(task.storage());
                            return task.completed(JsonObject.empty());
                        })
                        .start();
                TestAgent caller = TestAgent.start()) {
            assertThat(server.port()).isPositive();
            caller.http
                    .newCall(new okhttp3.Request.Builder()
                            .url(server.url() + "/asap")
                            .post(okhttp3.RequestBody.create(
                                    TestAgent.call(
                                                    "task.request",
                                                    JsonObject.of(
                                                            "conversation_id", "c",
                                                            "skill_id", "storage",
                                                            "input", JsonObject.empty()))
                                            .toBytes(),
                                    null))
                            .build())
                    .execute()
                    .close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(used.get().name()).isEqualTo("memory");
        assertThatThrownBy(() -> used.get().check()).hasMessageContaining("closed");
    }
}
