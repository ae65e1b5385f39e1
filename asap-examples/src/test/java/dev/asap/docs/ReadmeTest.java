// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.page.PageRequest;
import dev.asap.server.ASAPServer;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.testkit.LeakChecks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The examples of the README do what they say. */
@ExtendWith(LeakChecks.class)
class ReadmeTest {
    private static ASAPServer startServer(int port) {
        AgentUrn id = AgentUrn.of("urn:asap:agent:greeter");
        Manifest manifest = Manifest.builder(id, "Greeter", "1.0.0", Endpoint.of("http://localhost:8080/asap"))
                .capabilities(Capability.builder()
                        .skill(Skill.of("greet", "Greets people"))
                        .build())
                .build();
        ASAPServer server = ASAPServer.builder(manifest)
                .port(port)
                .skill(
                        "greet",
                        task -> task.completed(
                                JsonObject.of("text", "Hello, " + task.input().getString("name"))))
                .start();
        return server;
    }

    private static String callServer(String url) {
        AgentUrn me = AgentUrn.of("urn:asap:agent:me");
        try (ASAPClient client = ASAPClient.builder(url).build()) {
            Manifest peer = client.getManifest();
            TaskRequest task = TaskRequest.of("conversation-1", "greet", JsonObject.of("name", "Ada"));
            TaskResponse answer = client.request(me, peer.id(), task);
            return answer.result().getString("text");
        }
    }

    @Test
    void clientAndServer_talk() {
        try (ASAPServer server = startServer(0)) {
            assertThat(callServer(server.url().toString())).isEqualTo("Hello, Ada");
        }
    }

    @Test
    void ownStore_isPluggedIn() {
        AgentUrn id = AgentUrn.of("urn:asap:agent:greeter");
        Manifest manifest = Manifest.builder(id, "Greeter", "1.0.0", Endpoint.of("http://localhost:8080/asap"))
                .build();
        SnapshotStore mine = new MapSnapshotStore();
        try (ASAPServer server = ASAPServer.builder(manifest)
                        .storage(Storage.of(mine))
                        .skill("greet", task -> {
                            task.checkpoint(
                                    1, JsonObject.of("greeted", task.input().getString("name")));
                            return task.completed(JsonObject.of("text", "Hello"));
                        })
                        .start();
                ASAPClient client = ASAPClient.builder(server.url()).build()) {
            TaskRequest task = TaskRequest.of("conversation-1", "greet", JsonObject.of("name", "Ada"));
            TaskResponse answer = client.request(AgentUrn.of("urn:asap:agent:me"), id, task);

            assertThat(mine.get(answer.taskId())).map(StateSnapshot::data).contains(JsonObject.of("greeted", "Ada"));
            assertThat(mine.listTasks(PageRequest.first()).total()).isEqualTo(1);
        }
    }
}
