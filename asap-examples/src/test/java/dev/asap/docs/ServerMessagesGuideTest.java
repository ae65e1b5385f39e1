// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.client.EnvelopeStream;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskStream;
import dev.asap.server.ASAPServer;
import dev.asap.server.IdempotencyOptions;
import dev.asap.server.SocketOptions;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The code of the guide about what a server does with messages. */
@ExtendWith(LeakChecks.class)
class ServerMessagesGuideTest {
    private static final AgentUrn ID = AgentUrn.of("urn:asap:agent:writer");

    private static ASAPServer.Builder server(Storage storage) {
        return ASAPServer.builder(Manifest.builder(ID, "Writer", "1.0.0", Endpoint.of("http://localhost:8080/asap"))
                        .build())
                .storage(storage);
    }

    @Test
    void streamingSkill_writesInPieces() {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults())) {
            ASAPServer.Builder builder = server(storage);
            builder.streamingSkill("poem", (task, stream) -> {
                List<String> lines = List.of("Over the wire\n", "a line at a time\n");
                for (int i = 0; i < lines.size(); i++) {
                    stream.chunk(lines.get(i), (i + 1.0) / (lines.size() + 1));
                }
                stream.end("comes the answer.\n");
            });
            try (ASAPServer server = builder.start();
                    ASAPClient client =
                            ASAPClient.builder(server.url()).requireHttps(false).build();
                    EnvelopeStream pieces = client.stream(Envelope.of(
                            AgentUrn.of("urn:asap:agent:reader"),
                            ID,
                            TaskRequest.of("conversation-1", "poem", JsonObject.empty())))) {
                StringBuilder poem = new StringBuilder();
                pieces.forEach(piece -> poem.append(((TaskStream) piece.payload()).chunk()));
                assertThat(poem).asString().endsWith("comes the answer.\n");
            }
        }
    }

    @Test
    void streamOfATypeAndOptions_startAServer() {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults())) {
            ASAPServer.Builder builder = server(storage);
            builder.onStream(PayloadType.TASK_REQUEST, TaskRequest.class, (request, context, stream) -> {
                while (stream.isOpen() && workIsLeft()) {
                    stream.chunk(nextPart());
                }
                stream.end("");
            });
            builder.maxBatchSize(100)
                    .maxConcurrentHandlers(64)
                    .idempotency(IdempotencyOptions.defaults().withLifetime(Duration.ofHours(1)))
                    .sockets(SocketOptions.defaults().withMessagesPerSecond(100).withMaxConnections(5000));
            try (ASAPServer server = builder.start()) {
                SLABreach breach = new SLABreach(
                        "breach_1",
                        ID.value(),
                        BreachType.LATENCY,
                        "500ms",
                        "700ms",
                        BreachSeverity.WARNING,
                        Instant.now(),
                        null);
                server.breaches().publish(breach);
                assertThat(server.breaches().subscribers()).isZero();
            }
        }
    }

    private static boolean workIsLeft() {
        return false;
    }

    private static String nextPart() {
        return "";
    }
}
