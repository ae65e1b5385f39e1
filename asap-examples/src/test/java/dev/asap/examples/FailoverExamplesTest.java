// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.client.ASAPClient;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.StateQuery;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** FO-50 to FO-52: the examples of failover and migration run as processes, tell their story, and leave nothing behind. */
@Timeout(120)
class FailoverExamplesTest {
    @TempDir
    private Path temporary;

    private record Run(int status, List<String> lines) {
        String last() {
            return lines.get(lines.size() - 1);
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Examples.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temporary
                        .resolveSibling(temporary.getFileName() + ".out")
                        .toFile())
                .start();
    }

    private List<String> printed() throws IOException {
        return Files.readAllLines(temporary.resolveSibling(temporary.getFileName() + ".out"), StandardCharsets.UTF_8);
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Run(process.exitValue(), printed());
        } finally {
            process.destroyForcibly();
        }
    }

    /** The processes that the example has started: they unpack into its folder. */
    private List<ProcessHandle> workers() {
        String mark = "-Dorg.sqlite.tmpdir=" + temporary;
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(mark))
                .toList();
    }

    private void assertNothingIsLeft() throws IOException {
        await().atMost(Duration.ofSeconds(20)).until(() -> workers().isEmpty());
        try (Stream<Path> left = Files.list(temporary)) {
            // The driver's lock on its native library, which the ending process removes on its own.
            assertThat(left.filter(path -> !path.getFileName().toString().startsWith("sqlite-")))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("FO-50 FO-51 FO-52 agent-failover: the primary is killed, the backup finishes, the primary is refused")
    void agentFailover_primaryIsKilled_backupFinishes() throws Exception {
        Run run = run("agent-failover");

        assertThat(String.join("\n", run.lines()))
                .containsSubsequence(
                        "Two workers share one SQLite file: primary (process ",
                        "Step 1 of 2 is done by the primary: snapshot ",
                        "The primary is killed.",
                        "The coordinator finds the primary DOWN",
                        "The routing of the task leads to the backup now",
                        "The backup has acknowledged snapshot ",
                        ": version 1, epoch 2",
                        "Step 2 of 2 is done by the backup, and the task is complete: version 2 in its file",
                        "The primary comes back and tries step 2 once more: refused, stale_holder");
        assertThat(run.last())
                .isEqualTo("Failover demo complete: primary crashed, coordinator restored state on backup.");
        assertThat(run.status()).isZero();
        assertNothingIsLeft();
    }

    @Test
    @DisplayName("FO-50 FO-51 FO-52 agent-failover --planned: the living primary is asked")
    void agentFailover_planned_primaryIsAsked() throws Exception {
        Run run = run("agent-failover", "--planned");

        assertThat(String.join("\n", run.lines()))
                .containsSubsequence(
                        "Two workers with a file each: primary (process ",
                        "Step 1 of 2 is done by the primary: snapshot ",
                        "The coordinator asks it for the state.",
                        "The routing of the task leads to the backup now",
                        ": version 1, epoch 2",
                        "Step 2 of 2 is done by the backup, and the task is complete: version 2 in its file");
        assertThat(run.last())
                .isEqualTo(
                        "Handover demo complete: primary answered a state query, coordinator restored state on backup.");
        assertThat(run.status()).isZero();
        assertNothingIsLeft();
    }

    @Test
    @DisplayName("FO-52 agent-failover that is told to end takes its workers and files with it")
    void agentFailover_isStopped_leavesNothing() throws Exception {
        Process process = start("agent-failover");
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> workers().size() >= 2);
            assertThat(process.toHandle().destroy()).isTrue();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            assertNothingIsLeft();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("FO-52 workers end with a coordinator that is killed")
    void agentFailover_isKilled_workersEnd() throws Exception {
        Process process = start("agent-failover", "--planned");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> printed().stream().anyMatch(line -> line.startsWith("Two workers")));

        process.destroyForcibly().waitFor();

        await().atMost(Duration.ofSeconds(30)).until(() -> workers().isEmpty());
    }

    @Test
    @DisplayName("FO-50 a worker does its skill, keeps its state, and says which skills it has not")
    void failoverWorker_doesItsSkillOnly() throws Exception {
        AgentUrn caller = AgentUrn.of("urn:asap:agent:test");
        try (AgentProcess worker = AgentProcess.start("failover-worker", "--name", "w");
                ASAPClient client = ASAPClient.builder(worker.url()).build()) {
            assertThat(client.getManifest().capabilities().statePersistence()).isTrue();

            JsonObject input = JsonObject.of("task_id", "task_1");
            TaskResponse done =
                    client.request(caller, FailoverWorker.URN, TaskRequest.of("c", FailoverWorker.SKILL, input));
            assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(done.result().getInt("step")).isEqualTo(1);

            Envelope state = client.send(Envelope.of(caller, FailoverWorker.URN, StateQuery.latest("task_1")));
            JsonObject snapshot = ((CustomPayload) state.payload()).content().getObject("snapshot");
            assertThat(snapshot.getString("id")).isEqualTo(done.result().getString("snapshot_id"));
            assertThat(snapshot.getObject("data").members())
                    .containsEntry("step", JsonValue.of(1))
                    .containsEntry("task_id", JsonValue.of("task_1"))
                    .containsEntry("agent", JsonValue.of("w"));

            TaskResponse unknown =
                    client.request(caller, FailoverWorker.URN, TaskRequest.of("c", "juggle", JsonObject.empty()));
            assertThat(unknown.status()).isEqualTo(TaskStatus.FAILED);
            assertThat(unknown.result()).isEqualTo(JsonObject.of("error", "unknown_skill", "skill_id", "juggle"));
        }
    }

    @Test
    @DisplayName("FO-50 the examples are listed, the worker is not")
    void noName_listsTheExamples() throws Exception {
        assertThat(String.join("\n", run().lines()))
                .contains("agent-failover", "state-migration", "long-running")
                .doesNotContain("failover-worker");
    }

    @Test
    @DisplayName("FO-50 FO-51 state-migration: the events in order")
    void stateMigration_eventsInOrder() throws Exception {
        Run run = run("state-migration", "--target-task", "task_other");

        assertThat(run.lines())
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactly(
                        "asap.state_migration.saved_on_source",
                        "asap.state_migration.state_query_envelope",
                        "asap.state_migration.moved",
                        "asap.state_migration.state_restore_envelope",
                        "asap.state_migration.demo_complete");
        assertThat(run.lines().get(2))
                .isEqualTo("asap.state_migration.moved source_task_id=task_migration_01 target_task_id=task_other"
                        + " snapshot_version=1");
        assertThat(run.last()).isEqualTo("asap.state_migration.demo_complete target_has_state=true");
        assertThat(run.status()).isZero();
    }

    @Test
    @DisplayName("FO-50 state-migration without a state fails, and says so")
    void stateMigration_nothingSaved_fails() throws Exception {
        Run run = run("state-migration", "--nothing-saved");

        assertThat(run.last()).isEqualTo("asap.state_migration.no_snapshot level=warning task_id=task_migration_01");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    @DisplayName("FO-50 FO-51 long-running: after a crash it goes on with the next step")
    void longRunning_crashes_goesOn() throws Exception {
        Run run = run("long-running", "--crash-after", "3");

        assertThat(String.join("\n", run.lines()))
                .containsSubsequence(
                        "Step 1 of 5: 20 %",
                        "Step 3 of 5: 60 %",
                        "Crash after step 3",
                        "is gone. Another one resumes the task.",
                        "Resuming after step 3 of 5",
                        "Step 4 of 5: 80 %",
                        "Step 5 of 5: 100 %");
        assertThat(run.last())
                .isEqualTo(
                        "completed=true progress_pct=100 partial_result={\"items\":[\"item_1\",\"item_2\",\"item_3\","
                                + "\"item_4\",\"item_5\"],\"last_step\":5}");
        assertThat(run.status()).isZero();
        assertNothingIsLeft();
    }

    @Test
    @DisplayName("FO-50 long-running over a file of one's own: crash, resume, and nothing to do any more")
    void longRunning_ownFile_isResumedAndStaysComplete(@TempDir Path folder) throws Exception {
        String file = folder.resolve("state.db").toString();

        assertThat(run("long-running", "--steps", "3", "--path", file, "--crash-after", "1")
                        .status())
                .isEqualTo(137);
        Run resumed = run("long-running", "--steps", "3", "--path", file);
        assertThat(resumed.lines()).first().isEqualTo("Resuming after step 1 of 3");
        assertThat(resumed.status()).isZero();
        Run again = run("long-running", "--steps", "3", "--path", file);
        assertThat(again.lines()).first().isEqualTo("The task is complete already: nothing is done again.");
        assertThat(again.last()).isEqualTo(resumed.last());
        assertThat(again.status()).isZero();
    }

    @Test
    @DisplayName("FO-50 long-running says what it cannot do")
    void longRunning_impossibleCrash_isRefused() throws Exception {
        Run run = run("long-running", "--crash-after", "5");

        assertThat(run.lines()).first().isEqualTo("--crash-after must be 1 to 4, got 5");
        assertThat(run.status()).isEqualTo(2);
    }
}
