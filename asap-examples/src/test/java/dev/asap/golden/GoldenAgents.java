// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.asap.examples.GoldenAgent;
import dev.asap.json.WireTime;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The agents of the recordings, started when they are first needed. */
final class GoldenAgents implements AutoCloseable {
    private static final Path RECORDINGS = Path.of("src/test/resources/golden");

    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final Map<GoldenAgent.Profile, ASAPServer> agents = new EnumMap<>(GoldenAgent.Profile.class);

    ASAPServer of(Recording recording) {
        return agents.computeIfAbsent(
                GoldenAgent.Profile.valueOf(recording.profile()), profile -> GoldenAgent.start(profile, 0, storage));
    }

    /** The recordings of one folder. */
    static List<Recording> recordings(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(RECORDINGS.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Recording::read)
                    .toList();
        }
    }

    /** Sets the times of a recording anew. */
    static void refresh(Recording recording) {
        Instant now = WireTime.toPrecision(Instant.now());
        recording
                .root()
                .path("time_offsets")
                .properties()
                .forEach(offset -> Recording.put(
                        recording.root(),
                        JsonPointer.compile(offset.getKey()),
                        TextNode.valueOf(WireTime.format(
                                now.plusMillis((long) (offset.getValue().asDouble() * 1000))))));
    }

    /** An envelope without its trace context, which is the server's own affair. */
    static JsonNode withoutTrace(JsonNode envelope) {
        if (envelope instanceof ObjectNode object) {
            object.remove(List.of("trace_id", "extensions"));
        }
        return envelope;
    }

    @Override
    public void close() {
        agents.values().forEach(ASAPServer::close);
        storage.close();
    }
}
