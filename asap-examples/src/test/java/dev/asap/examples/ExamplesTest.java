// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.TaskRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples run as processes, as a user runs them. */
@Timeout(120)
class ExamplesTest {
    private record Run(int status, String output) {}

    private static Run run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), arguments);
    }

    private static Run run(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Examples.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }

    @Test
    void showcase_tellsOfAGrantThatIsMeteredWatchedAndLimited() throws Exception {
        Run run = run("showcase");

        assertThat(run.output())
                .containsSubsequence(
                        "1 Delegation",
                        "Token del_",
                        " created for urn:asap:agent:analyst with max_tasks=5",
                        "2 Metering",
                        "Task 2 executed",
                        "3 Transparency",
                        "GET /usage: 2 tasks of urn:asap:agent:analyst",
                        "- task_id=",
                        "4 Service levels",
                        "Promised: 99% available, p95 within 500 ms, 1% failures.",
                        "Task 5 executed",
                        "BREACH ALERT: latency, threshold=500ms actual=",
                        "It affects the delegation del_",
                        "5 of 5 tasks are used",
                        "BREACH RESOLVED: latency, at ",
                        "5 The limit",
                        "Task 6 is refused by the archive: ",
                        "Delegation task limit exceeded",
                        "Showcase complete");
        assertThat(run.status()).isZero();
    }

    @Test
    void showcase_servesOnWhereAskedTo() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Examples.class.getName(),
                        "showcase",
                        "--keep-running")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.startsWith(Agents.LISTENING)) {
                line = output.readLine();
            }
            assertThat(line).isNotNull();
            URI console = URI.create(line.substring(Agents.LISTENING.length()) + "/asap/console");
            try (InputStream page = console.toURL().openStream()) {
                assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("<html");
            }
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void quickstart_tellsHowATaskSurvivesItsAgent() throws Exception {
        Run run = run("quickstart", "--pause", "100");

        assertThat(run.output())
                .containsSubsequence(
                        "An agent is up: Text analyst",
                        "checkpoint 1 of 8",
                        "is killed",
                        "The client is told: UnknownOutcomeException",
                        "A second agent starts on the same file",
                        "It still knows the task",
                        "checkpoint 8 of 8",
                        "Done",
                        "paragraphs",
                        "8",
                        "most_frequent");
        assertThat(run.status()).isZero();
    }

    @Test
    void quickstart_countsEveryParagraphOnce(@TempDir Path folder) throws Exception {
        Path text = Files.writeString(
                folder.resolve("text.txt"), "apple apple.\n\napple pear.\n\npear!\n\napple? apple\n\nplum plum");

        Run run = run("quickstart", "--pause", "100", "--file", text.toString());

        assertThat(run.output())
                .contains("[\"apple (5)\",\"pear (2)\",\"plum (2)\"]")
                .containsPattern("words +9");
        assertThat(run.status()).isZero();
    }

    @Test
    void quickstart_saysWhatATextNeeds(@TempDir Path folder) throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "one paragraph");

        assertThat(run("quickstart", "--file", text.toString()).output()).contains("at least two paragraphs");
    }

    @Test
    void storageBackends_keepsInMemoryByDefault() throws Exception {
        Run run = run("storage-backends");

        assertThat(run.output())
                .contains(
                        "Backend: memory",
                        "Saved and retrieved task_id=task_demo_01, data={\"example\":true,\"backend\":\"memory\"}");
        assertThat(run.status()).isZero();
    }

    @Test
    void storageBackends_findsInAFileWhatAnEarlierRunLeft(@TempDir Path folder) throws Exception {
        Map<String, String> sqlite = Map.of(
                "ASAP_STORAGE_BACKEND",
                "sqlite",
                "ASAP_STORAGE_PATH",
                folder.resolve("state.db").toString());

        assertThat(run(sqlite, "storage-backends").output())
                .containsSubsequence("Backend: sqlite", "Snapshots of earlier runs: 0", "\"backend\":\"sqlite\"");
        assertThat(run(sqlite, "storage-backends").output()).contains("Snapshots of earlier runs: 1");
    }

    @Test
    void storageBackends_explainsABackendThatThereIsNot() throws Exception {
        Run run = run(Map.of("ASAP_STORAGE_BACKEND", "redis"), "storage-backends");

        assertThat(run.output()).contains("Unknown ASAP_STORAGE_BACKEND='redis'. Use 'memory' or 'sqlite'.");
        assertThat(run.status()).isEqualTo(1);
    }

    @Test
    void noName_listsTheExamples() throws Exception {
        assertThat(run().output())
                .contains("showcase", "quickstart", "echo-agent", "storage-backends", "golden-agent")
                .doesNotContain("text-agent");
    }

    @Test
    void echoAgent_answersUntilItIsStopped(@TempDir Path folder) throws Exception {
        try (AgentProcess agent = AgentProcess.start(
                        "echo-agent",
                        "--port",
                        "0",
                        "--storage",
                        "sqlite",
                        "--path",
                        folder.resolve("state.db").toString());
                ASAPClient client = ASAPClient.builder(agent.url()).build()) {
            TaskRequest task = TaskRequest.of("c", "echo", JsonObject.of("n", 1));

            assertThat(client.request(AgentUrn.of("urn:asap:agent:test"), AgentUrn.of("urn:asap:agent:echo"), task)
                            .result())
                    .isEqualTo(JsonObject.of("echoed", JsonObject.of("n", 1)));
        }
        assertThat(folder.resolve("state.db")).exists();
    }

    @Test
    void goldenAgent_runsAProfile() throws Exception {
        try (AgentProcess agent = AgentProcess.start("golden-agent", "--port", "0", "--profile", "nonce");
                ASAPClient client = ASAPClient.builder(agent.url()).build()) {
            assertThat(client.getManifest().name()).isEqualTo("Golden Reference Agent");
            assertThat(URI.create("http://127.0.0.1:" + agent.url().getPort())).isEqualTo(agent.url());
        }
    }

    @Test
    void goldenAgent_endsWhenItIsAskedTo() throws Exception {
        AgentProcess agent = AgentProcess.start("golden-agent", "--port", "0", "--profile", "full");
        assertThat(agent.url().getHost()).isEqualTo("127.0.0.1");

        ProcessHandle process = ProcessHandle.of(agent.pid()).orElseThrow();
        assertThat(process.destroy()).isTrue();

        assertThat(process.onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    @Test
    void goldenAgent_refusesAProfileThatIsNone() throws Exception {
        Run run = run("golden-agent", "--port", "0", "--profile", "nope");

        assertThat(run.output())
                .contains("Invalid value for option '--profile'", "expected one of [full, unary,", "but was 'nope'")
                .doesNotContain("\tat ");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void wrongBackend_isExplainedInOneLine() throws Exception {
        Run run = run("echo-agent", "--port", "0", "--storage", "postgres");

        assertThat(run.output())
                .contains("Unknown ASAP_STORAGE_BACKEND='postgres'. Use 'memory' or 'sqlite'.")
                .doesNotContain("\tat ");
        assertThat(run.status()).isEqualTo(1);
    }
}
