// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonObject;
import dev.asap.rpc.JsonRpcId;
import dev.asap.server.ASAPServer;
import dev.asap.server.RateLimit;
import dev.asap.server.SocketOptions;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.store.memory.InMemoryMeteringStore;
import dev.asap.store.memory.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A server as one runs it, with everything that a message passes, and limits that nobody reaches. */
final class FullServer implements AutoCloseable {
    /** More than all callers together reach. */
    private static final RateLimit LIMIT = RateLimit.parse("100000/second");

    private final Path folder;
    private final Storage storage;
    private final ASAPServer server;

    private FullServer(String storageName, int maxSockets, boolean metering) throws IOException {
        folder = Files.createTempDirectory("asap-jmh");
        storage = storageName.equals("memory")
                ? smallMemory()
                : Storage.open(storageName, new StorageSettings(folder.resolve("asap_state.db")));
        server = ASAPServer.builder(Samples.manifest())
                .storage(storage)
                .rateLimit(LIMIT)
                .usageRoutes(true)
                .metering(metering)
                .sockets(SocketOptions.defaults()
                        .withHeartbeat(Duration.ofHours(1))
                        .withMessagesPerSecond(0)
                        .withMaxConnections(maxSockets))
                .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                .start();
    }

    /** Full before anything is measured: what is evicted belongs to what an event costs. */
    private static Storage smallMemory() {
        return Storage.builder()
                .snapshots(new InMemorySnapshotStore())
                .metering(InMemoryMeteringStore.builder().maxEvents(100_000).build())
                .build();
    }

    /** Starts one over the storage of this name. */
    static FullServer over(String storageName) throws IOException {
        return new FullServer(storageName, 1000, true);
    }

    /** Starts one that keeps nothing of what tasks used. */
    static FullServer unmetered() throws IOException {
        return new FullServer("memory", 1000, false);
    }

    /** Starts one that takes so many sockets. */
    static FullServer withSockets(int maxSockets) throws IOException {
        return new FullServer("memory", maxSockets, true);
    }

    /** An echo request with a new id and a new idempotency key each time. */
    static byte[] request() {
        // Without a time, which the server then sets: the request stays fresh for as long as the benchmark runs.
        String full = new String(
                new JsonRpcCodec(Clock.systemUTC())
                        .writeRequest(
                                JsonRpcId.of("req-" + Numbers.PLACE), Samples.echoRequest(), "key-" + Numbers.PLACE),
                StandardCharsets.UTF_8);
        return full.replaceFirst("\"timestamp\":\"[^\"]*\",", "").getBytes(StandardCharsets.UTF_8);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        server.close();
        storage.close();
        Folders.delete(folder);
    }
}
