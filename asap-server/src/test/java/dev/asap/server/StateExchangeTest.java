// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.state.StateSnapshot;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code state_query} and {@code state_restore}, answered from the snapshot store. */
@ExtendWith(LeakChecks.class)
class StateExchangeTest {
    private static final StateSnapshot FIRST = StateSnapshot.of("task_1", 1, JsonObject.of("step", 1));
    private static final StateSnapshot SECOND =
            StateSnapshot.of("task_1", 2, JsonObject.of("step", 2)).asCheckpoint();

    private final BlockingQueue<StateSnapshot> resumed = new LinkedBlockingQueue<>();

    private TestAgent start() {
        return start(TestAgent.start(builder -> builder.onRestore((snapshot, context) -> resumed.add(snapshot))));
    }

    private static TestAgent start(TestAgent agent) {
        agent.storage.snapshots().save(FIRST);
        agent.storage.snapshots().save(SECOND);
        return agent;
    }

    @Test
    void query_givesTheLatestSnapshotOrTheVersionThatIsAskedFor() throws IOException {
        try (TestAgent agent = start()) {
            for (String spelling : List.of("state_query", "state.query", "StateQuery")) {
                JsonObject answer = agent.payload(TestAgent.call(spelling, JsonObject.of("task_id", "task_1")));
                assertThat(answer.getBoolean("found")).isTrue();
                assertThat(ASAPCodec.strict().read(answer.getObject("snapshot"), StateSnapshot.class))
                        .isEqualTo(SECOND);
            }
            JsonObject first =
                    agent.payload(TestAgent.call("state_query", JsonObject.of("task_id", "task_1", "version", 1)));
            assertThat(first.getObject("snapshot").getInt("version")).isEqualTo(1);
        }
    }

    @Test
    void query_answersWithTypeAndCorrelation() throws IOException {
        try (TestAgent agent = start()) {
            JsonObject envelope = agent.post(TestAgent.call("state_query", JsonObject.of("task_id", "task_1")))
                    .getObject("result")
                    .getObject("envelope");
            assertThat(envelope.getString("payload_type")).isEqualTo("state_query.response");
            assertThat(envelope.getString("correlation_id")).isEqualTo("envelope-1");
        }
    }

    @Test
    void query_saysWhatIsNotThere() throws IOException {
        try (TestAgent agent = start()) {
            assertThat(agent.payload(TestAgent.call("state_query", JsonObject.of("task_id", "other"))))
                    .isEqualTo(JsonObject.of("found", false, "error", "snapshot not found"));
        }
    }

    @Test
    void restore_acknowledgesAndResumesFromAnyVersion() throws Exception {
        try (TestAgent agent = start()) {
            JsonObject answer = agent.payload(
                    TestAgent.call("state_restore", JsonObject.of("task_id", "task_1", "snapshot_id", FIRST.id())));

            assertThat(answer).isEqualTo(JsonObject.of("ok", true, "task_id", "task_1", "snapshot_id", FIRST.id()));
            assertThat(resumed.poll(10, TimeUnit.SECONDS)).isEqualTo(FIRST);
        }
    }

    @Test
    void restore_refusesWhatIsMissingOrOfAnotherTask() throws IOException {
        try (TestAgent agent = start()) {
            assertThat(agent.payload(TestAgent.call(
                            "state_restore", JsonObject.of("task_id", "task_1", "snapshot_id", "unknown"))))
                    .isEqualTo(JsonObject.of("ok", false, "error", "snapshot not found"));
            assertThat(agent.payload(TestAgent.call(
                            "state_restore", JsonObject.of("task_id", "task_2", "snapshot_id", FIRST.id()))))
                    .isEqualTo(JsonObject.of("ok", false, "error", "snapshot not found"));
            assertThat(agent.payload(
                            TestAgent.call("state_restore", JsonObject.of("task_id", "", "snapshot_id", FIRST.id()))))
                    .isEqualTo(JsonObject.of("ok", false, "error", "missing task_id or snapshot_id"));
        }
        assertThat(resumed).isEmpty();
    }

    @Test
    void authorizer_makesForeignStateLookAbsent() throws IOException {
        try (TestAgent agent = start(TestAgent.start(builder -> builder.stateAuthorizer(
                (context, taskId) -> !context.sender().value().equals("urn:asap:agent:caller"))))) {
            assertThat(agent.payload(TestAgent.call("state_query", JsonObject.of("task_id", "task_1")))
                            .getBoolean("found"))
                    .isFalse();
            assertThat(agent.payload(TestAgent.call(
                                    "state_restore", JsonObject.of("task_id", "task_1", "snapshot_id", FIRST.id())))
                            .getBoolean("ok"))
                    .isFalse();
        }
    }

    @Test
    void failingResume_isNoFailureOfTheRequest() throws IOException {
        try (TestAgent agent = start(TestAgent.start(builder -> builder.onRestore((snapshot, context) -> {
            throw new IOException("cannot resume");
        })))) {
            assertThat(agent.payload(TestAgent.call(
                                    "state_restore", JsonObject.of("task_id", "task_1", "snapshot_id", FIRST.id())))
                            .getBoolean("ok"))
                    .isTrue();
        }
    }

    @Test
    void switchedOff_itIsUnhandled() throws IOException {
        try (TestAgent agent = start(TestAgent.start(builder -> builder.stateExchange(false)))) {
            assertThat(agent.post(TestAgent.call("state_query", JsonObject.of("task_id", "task_1")))
                            .getObject("error")
                            .getInt("code"))
                    .isEqualTo(-32012);
        }
    }
}
