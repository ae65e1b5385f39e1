// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.audit.AuditFilter;
import dev.asap.json.JsonObject;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.page.PageRequest;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageException;
import dev.asap.storage.StorageSettings;
import dev.asap.store.memory.InMemoryAuditStore;
import dev.asap.store.memory.InMemoryMeteringStore;
import dev.asap.store.memory.InMemorySnapshotStore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What messages leave behind, as their senders and operators see it. */
class MessageRecordsTest {
    private final Storage storage = Storage.open("memory", StorageSettings.defaults());

    @AfterEach
    void close() {
        storage.close();
    }

    private static RestAgent start(Storage storage, UnaryOperator<ASAPServer.Builder> options) {
        return RestAgent.start(
                storage,
                builder -> options.apply(builder.skill("ok", task -> task.completed(JsonObject.empty()))
                        .skill("failed", task -> task.failed(JsonObject.empty()))
                        .skill(
                                "long id",
                                task -> new TaskResponse("x".repeat(1001), TaskStatus.COMPLETED, null, null, null))
                        .skill(
                                "metered",
                                task -> new TaskResponse(
                                        "t1",
                                        TaskStatus.COMPLETED,
                                        null,
                                        null,
                                        new TaskMetrics(999_999L, 1L, 0L, 7L, 2L, JsonObject.empty())))
                        .skill("crash", task -> {
                            throw new IllegalStateException("no");
                        })));
    }

    private static String send(RestAgent agent, String skill) throws IOException {
        JsonObject task = JsonObject.of("conversation_id", "c", "skill_id", skill, "input", JsonObject.empty());
        return agent.post("/asap", TestAgent.call("TaskRequest", task).toString())
                .text();
    }

    private UsageEvent onlyUse() {
        assertThat(storage.metering()
                        .query(UsageFilter.all(), PageRequest.first())
                        .items())
                .hasSize(1);
        return storage.metering()
                .query(UsageFilter.all(), PageRequest.first())
                .items()
                .get(0);
    }

    @Test
    void task_isMeteredWithWhatItReports() throws IOException {
        try (RestAgent agent = start(storage, builder -> builder.metering(true))) {
            send(agent, "metered");
        }

        UsageEvent use = onlyUse();
        assertThat(use.taskId()).isEqualTo("t1");
        assertThat(use.agentId()).isEqualTo(TestAgent.URN.value());
        assertThat(use.consumerId()).isEqualTo("urn:asap:agent:caller");
        assertThat(use.metrics().tokensIn()).isEqualTo(1);
        assertThat(use.metrics().tokensOut()).isEqualTo(7);
        assertThat(use.metrics().apiCalls()).isEqualTo(2);
        assertThat(use.metrics().durationMs()).isLessThan(999_999);
        assertThat(use.status()).isEqualTo(TaskStatus.COMPLETED);
    }

    private List<String> outcomes() {
        return storage.metering().query(UsageFilter.all(), PageRequest.first()).items().stream()
                .map(use -> String.valueOf(use.status()))
                .toList();
    }

    @Test
    void everyTaskThatEnds_isMeteredWithItsOutcome() throws IOException {
        try (RestAgent agent = start(storage, builder -> builder.metering(true))) {
            send(agent, "ok");
            send(agent, "failed");
            send(agent, "crash");
        }

        assertThat(outcomes()).containsExactly("completed", "failed", "failed");
    }

    @Test
    void taskThatNobodyDoes_isNotMetered() throws IOException {
        try (RestAgent agent = start(storage, builder -> builder.metering(true))) {
            assertThat(send(agent, "unheard of")).contains("Unknown skill");
        }

        assertThat(outcomes()).isEmpty();
    }

    @Test
    void streamedTask_isMeteredWithItsOutcome() throws IOException {
        try (RestAgent agent = start(
                storage,
                builder -> builder.metering(true)
                        .streamingSkill("two pieces", (task, stream) -> {
                            stream.chunk("a");
                            stream.end("b");
                        })
                        .streamingSkill(
                                "given up", (task, stream) -> stream.send(TaskStream.last("no", TaskStatus.FAILED)))
                        .streamingSkill("crash halfway", (task, stream) -> {
                            stream.chunk("a");
                            throw new IllegalStateException("expected by the test");
                        })
                        .streamingSkill("left", (task, stream) -> {
                            throw new StreamClosedException("nobody listens", null);
                        }))) {
            stream(agent, "two pieces");
            stream(agent, "given up");
            stream(agent, "crash halfway");
            stream(agent, "left");
            stream(agent, "unheard of");
        }

        assertThat(outcomes()).containsExactly("completed", "failed", "failed", "cancelled");
    }

    private static void stream(RestAgent agent, String skill) throws IOException {
        JsonObject task = JsonObject.of("conversation_id", "c", "skill_id", skill, "input", JsonObject.empty());
        agent.post("/asap/stream", TestAgent.call("task.request", task).toString());
    }

    @Test
    void socketTask_isMetered() throws InterruptedException {
        JsonObject task = JsonObject.of("conversation_id", "c", "skill_id", "echo", "input", JsonObject.empty());
        try (TestAgent agent =
                        TestAgent.start(builder -> builder.storage(storage).metering(true));
                TestSocket socket = TestSocket.open(agent)) {
            socket.call(TestAgent.call("task.request", task));
        }

        assertThat(outcomes()).containsExactly("completed");
    }

    @Test
    void storeThatFailsForTheMoment_harmsNoTaskAndLosesNothing() throws IOException {
        AtomicBoolean away = new AtomicBoolean(true);
        Storage failing = Storage.builder()
                .snapshots(new InMemorySnapshotStore())
                .metering(failingWhile(away, storage.metering()))
                .build();
        try (RestAgent agent = start(failing, builder -> builder.metering(true))) {
            assertThat(send(agent, "ok")).contains("\"result\"");
            await().untilAsserted(() ->
                    assertThat(agent.get("/ready").text()).isEqualTo("{\"status\":\"ok\",\"failing\":[\"metering\"]}"));
            assertThat(send(agent, "failed")).contains("\"result\"");
            assertThat(agent.get("/asap/metrics").text()).contains("asap_records_waiting 1.0\n");

            away.set(false);
        }

        assertThat(outcomes()).containsExactly("completed", "failed");
    }

    private static MeteringStore failingWhile(AtomicBoolean away, MeteringStore store) {
        return (MeteringStore) Proxy.newProxyInstance(
                MeteringStore.class.getClassLoader(), new Class<?>[] {MeteringStore.class}, (proxy, method, args) -> {
                    if (away.get() && method.getName().equals("recordAll")) {
                        throw new StorageException("the disk is away", true, null);
                    }
                    return method.invoke(store, args);
                });
    }

    @Test
    void answeredMessages_areInTheAuditLog() throws IOException {
        try (RestAgent agent = start(storage, builder -> builder.auditRoutes(true))) {
            send(agent, "crash");
            send(agent, "ok");

            JsonObject log = agent.get("/audit").json();
            assertThat(log.getInt("total")).isEqualTo(1);
            JsonObject entry = log.getArray("entries").get(0).asObject();
            assertThat(entry.getString("operation")).isEqualTo("TaskRequest");
            assertThat(entry.getString("agent_urn")).isEqualTo("urn:asap:agent:caller");
            assertThat(entry.getObject("details").getString("envelope_id")).isEqualTo("envelope-1");
            assertThat(storage.audit().verify().isIntact()).isTrue();
        }
    }

    @Test
    void nothingIsKept_unlessItIsAskedFor() throws IOException {
        try (RestAgent agent = start(storage, builder -> builder)) {
            send(agent, "ok");
        }
        try (RestAgent agent = start(
                storage,
                builder -> builder.usageRoutes(true)
                        .auditRoutes(true)
                        .metering(false)
                        .auditLog(false))) {
            send(agent, "ok");
        }

        assertThat(storage.metering().stats().events()).isZero();
        assertThat(storage.audit().count()).isZero();
    }

    @Test
    void whatCannotBeKept_isCounted_andTheAnswerArrives() throws IOException {
        Storage custom = Storage.builder()
                .snapshots(new InMemorySnapshotStore())
                .metering(new InMemoryMeteringStore())
                .audit(new InMemoryAuditStore())
                .build();
        try (RestAgent agent = start(custom, builder -> builder.metering(true).auditLog(true))) {
            assertThat(send(agent, "long id")).contains("\"result\"");
            assertThat(send(agent, "ok")).contains("\"result\"");

            // Who asks for what is kept waits for it.
            agent.get("/audit");
            agent.get("/usage");
            assertThat(agent.get("/asap/metrics").text())
                    .contains(
                            "asap_usage_records_total{outcome=\"dropped\"} 1.0\n",
                            "asap_usage_records_total{outcome=\"written\"} 1.0\n",
                            "asap_audit_entries_total{outcome=\"written\"} 2.0\n",
                            "asap_handler_executions_total{payload_type=\"task.request\"} 2.0\n",
                            "asap_request_duration_seconds_count{payload_type=\"task.request\",status=\"success\"} 2.0\n");
        }
        assertThat(custom.audit().query(AuditFilter.all(), PageRequest.first()).total())
                .isEqualTo(2);
    }
}
