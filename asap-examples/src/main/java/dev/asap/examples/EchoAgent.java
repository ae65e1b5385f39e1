// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An agent with one skill that gives back what it is given. */
@Command(
        name = "echo-agent",
        description = "Runs an agent that echoes its input, until it is stopped.",
        mixinStandardHelpOptions = true)
final class EchoAgent implements Callable<Integer> {
    @Option(names = "--port", required = true, description = "The port to listen on; 0 for any free one.")
    private int port;

    @Option(
            names = "--storage",
            defaultValue = "memory",
            description = "Where snapshots are kept: memory or sqlite. Default: ${DEFAULT-VALUE}.")
    private String backend = "memory";

    @Option(
            names = "--path",
            defaultValue = "asap_state.db",
            description = "The database file of --storage sqlite. Default: ${DEFAULT-VALUE}.")
    private Path path = StorageSettings.DEFAULT_PATH;

    @Override
    public Integer call() throws InterruptedException {
        try (Storage storage = Storage.open(backend, new StorageSettings(path));
                ASAPServer server = ASAPServer.builder(manifest(port))
                        .port(port)
                        .storage(storage)
                        .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                        .start()) {
            Agents.runUntilStopped(server);
        }
        return 0;
    }

    private static Manifest manifest(int port) {
        Endpoint endpoint = Endpoint.of("http://127.0.0.1:" + port + "/asap");
        return Manifest.builder(AgentUrn.of("urn:asap:agent:echo"), "Echo", "1.0.0", endpoint)
                .description("Gives back what it is given")
                .capabilities(Capability.builder()
                        .skill(Skill.of("echo", "Gives back its input"))
                        .statePersistence(true)
                        .build())
                .build();
    }
}
