// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.model.TaskResponse;
import dev.asap.server.ASAPServer;
import dev.asap.server.RequestContext;
import dev.asap.server.TaskContext;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An agent that reads a text paragraph by paragraph and saves a checkpoint after each: killed at any moment, it goes on from
 * the last paragraph that it finished.
 */
@Command(name = "text-agent", hidden = true, description = "The agent of the quickstart.")
final class TextAgent implements Callable<Integer> {
    static final AgentUrn URN = AgentUrn.of("urn:asap:agent:text-analyst");
    static final String SKILL = "text-analysis";

    @Option(names = "--path", required = true, description = "The database file.")
    private Path path = StorageSettings.DEFAULT_PATH;

    @Override
    public Integer call() throws InterruptedException {
        try (Storage storage = Storage.open("sqlite", new StorageSettings(path));
                ASAPServer server = start(storage)) {
            Agents.runUntilStopped(server);
        }
        return 0;
    }

    static ASAPServer start(Storage storage) {
        return ASAPServer.builder(manifest())
                .storage(storage)
                .skill(SKILL, TextAgent::analyse)
                .onRestore(TextAgent::resume)
                .start();
    }

    private static TaskResponse analyse(TaskContext task) throws InterruptedException {
        JsonObject input = task.input();
        return task.completed(work(task.storage().snapshots(), task.taskId(), input, 0, TextAnalysis.EMPTY));
    }

    private static void resume(StateSnapshot snapshot, RequestContext context) throws InterruptedException {
        JsonObject data = snapshot.data();
        work(
                context.storage().snapshots(),
                snapshot.taskId(),
                data.getObject("input"),
                snapshot.version(),
                TextAnalysis.fromData(data.getObject("analysis")));
    }

    /** Reads what is left of the text; the version of a snapshot is the number of paragraphs that it knows. */
    private static JsonObject work(
            SnapshotStore snapshots, String taskId, JsonObject input, long version, TextAnalysis known)
            throws InterruptedException {
        List<String> paragraphs = TextAnalysis.paragraphs(input.getString("text"));
        TextAnalysis analysis = known;
        for (int i = (int) version; i < paragraphs.size(); i++) {
            TimeUnit.MILLISECONDS.sleep(input.getLong("pause_ms", 0));
            analysis = analysis.read(paragraphs.get(i));
            boolean finished = i + 1 == paragraphs.size();
            JsonObject data = JsonObject.of(
                    "input",
                    input,
                    "steps",
                    paragraphs.size(),
                    "analysis",
                    analysis.toData(),
                    "result",
                    finished ? analysis.result() : null);
            snapshots.save(StateSnapshot.of(taskId, i + 1, data).asCheckpoint());
        }
        return analysis.result();
    }

    private static Manifest manifest() {
        return Manifest.builder(URN, "Text analyst", "1.0.0", Endpoint.of("http://127.0.0.1/asap"))
                .description("Counts the words of a text, paragraph by paragraph")
                .capabilities(Capability.builder()
                        .skill(Skill.of(SKILL, "Counts words and sentences and finds the most frequent words"))
                        .statePersistence(true)
                        .build())
                .build();
    }
}
