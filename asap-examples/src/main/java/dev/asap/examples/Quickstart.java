// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.client.ASAPClient;
import dev.asap.codec.ASAPCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.Payload;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.model.TaskRequest;
import dev.asap.page.PageRequest;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An agent answers, a client calls it, and its state survives that it is killed. */
@Command(
        name = "quickstart",
        description = "Starts an agent, gives it a text to analyse, kills it midway, and has a second one finish.",
        mixinStandardHelpOptions = true)
final class Quickstart implements Callable<Integer> {
    private static final AgentUrn CALLER = AgentUrn.of("urn:asap:agent:quickstart");
    private static final int ATTEMPTS = 600;
    private static final long BETWEEN_ATTEMPTS_MS = 50;

    @Option(names = "--file", description = "The text to analyse. Default: one that comes with the example.")
    private @Nullable Path file;

    @Option(
            names = "--pause",
            defaultValue = "200",
            description = "How long each step takes on top, in milliseconds, so that one can watch. Default: "
                    + "${DEFAULT-VALUE}.")
    private long pauseMillis = 200;

    private final PrintStream out = Agents.out();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String text = file == null ? defaultText() : Files.readString(file);
        int steps = TextAnalysis.paragraphs(text).size();
        if (steps < 2) {
            out.println(
                    "The text needs at least two paragraphs, with a blank line between them: an agent that is killed"
                            + " midway needs a middle.");
            return 2;
        }
        Path folder = Files.createTempDirectory("asap-quickstart");
        try (Storage storage = Storage.open("sqlite", new StorageSettings(folder.resolve("asap_state.db")))) {
            run(storage, folder.resolve("asap_state.db").toString(), text, steps);
        } finally {
            delete(folder);
        }
        return 0;
    }

    private void run(Storage storage, String database, String text, int steps)
            throws IOException, InterruptedException {
        String taskId;
        int killAfter = Math.max(1, steps / 2);
        try (AgentProcess agent = AgentProcess.start("text-agent", "--path", database);
                ASAPClient client = ASAPClient.builder(agent.url()).build()) {
            Manifest manifest = client.getManifest();
            say("An agent is up: %s, process %d, %s", manifest.name(), agent.pid(), agent.url());
            say("The client asks it to analyse a text of %d paragraphs.", steps);
            JsonObject input = JsonObject.of("text", text, "pause_ms", pauseMillis);
            CompletableFuture<Envelope> answer = client.sendAsync(
                    Envelope.of(CALLER, TextAgent.URN, TaskRequest.of("quickstart", TextAgent.SKILL, input)));
            taskId = watch(storage, killAfter, steps);
            agent.kill();
            say("Process %d is killed. It had no chance to tidy up.", agent.pid());
            say("The client is told: %s", failureOf(answer));
        }
        try (AgentProcess agent = AgentProcess.start("text-agent", "--path", database);
                ASAPClient client = ASAPClient.builder(agent.url()).build()) {
            say("A second agent starts on the same file: process %d, %s", agent.pid(), agent.url());
            StateSnapshot snapshot = query(client, taskId);
            say("It still knows the task: step %d of %d is done.", snapshot.version(), steps);
            ask(client, new StateRestore(taskId, snapshot.id()));
            say("The client asks it to go on from there.");
            JsonObject result = awaitResult(client, taskId, snapshot.version(), steps);
            say("Done: no step was lost, none was done twice.%n");
            result.members().forEach((name, value) -> say("    %-15s %s", name, value));
        }
    }

    /** Follows the checkpoints of the one task in the storage until there are enough. */
    private String watch(Storage storage, int enough, int steps) throws InterruptedException {
        long shown = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<String> tasks =
                    storage.snapshots().listTasks(PageRequest.first(1)).items();
            if (!tasks.isEmpty()) {
                long version = storage.snapshots()
                        .get(tasks.get(0))
                        .map(StateSnapshot::version)
                        .orElse(0L);
                shown = showSteps(shown, version, steps);
                if (version >= enough) {
                    return tasks.get(0);
                }
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_ATTEMPTS_MS);
        }
        throw new IllegalStateException("the agent saved no checkpoint in time");
    }

    private JsonObject awaitResult(ASAPClient client, String taskId, long from, int steps) throws InterruptedException {
        long shown = from;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StateSnapshot snapshot = query(client, taskId);
            shown = showSteps(shown, snapshot.version(), steps);
            if (snapshot.version() == steps) {
                return snapshot.data().getObject("result");
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_ATTEMPTS_MS);
        }
        throw new IllegalStateException("the second agent did not finish in time");
    }

    private long showSteps(long shown, long version, int steps) {
        for (long step = shown + 1; step <= version; step++) {
            say("    checkpoint %d of %d", step, steps);
        }
        return Math.max(shown, version);
    }

    private static StateSnapshot query(ASAPClient client, String taskId) {
        JsonObject answer = ask(client, new StateQuery(taskId, null));
        if (!answer.getBoolean("found")) {
            throw new IllegalStateException("the agent does not know task " + taskId);
        }
        return ASAPCodec.tolerant().read(answer.getObject("snapshot"), StateSnapshot.class);
    }

    private static JsonObject ask(ASAPClient client, Payload payload) {
        Envelope answer = client.send(Envelope.of(CALLER, TextAgent.URN, payload));
        return ((CustomPayload) answer.payload()).content();
    }

    private static String failureOf(CompletableFuture<Envelope> answer) {
        try {
            return "an answer, after all: " + answer.join().payload();
        } catch (CompletionException e) {
            Throwable failure = Optional.ofNullable(e.getCause()).orElse(e);
            return failure.getClass().getSimpleName() + ": " + failure.getMessage();
        }
    }

    private void say(String format, Object... arguments) {
        out.printf(format + "%n", arguments);
    }

    private static String defaultText() throws IOException {
        try (InputStream in = Objects.requireNonNull(Quickstart.class.getResourceAsStream("quickstart.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
