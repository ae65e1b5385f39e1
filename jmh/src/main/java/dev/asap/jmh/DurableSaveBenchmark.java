// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Durable saves, each acknowledged when it is on the disk ({@code synchronous = FULL}): 64 callers of our store, which share
 * transactions, against one caller after the other with a transaction each. Both replace snapshots of the same 10,000 keys, so
 * that both files have the same size however fast they are written.
 */
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DurableSaveBenchmark {
    private static final int KEYS = 10_000;
    private static final JsonObject DATA =
            JsonObject.parse(JsonObject.of("step", 1, "note", "x".repeat(200)).toString());

    /** For JMH. */
    public DurableSaveBenchmark() {}

    private static StateSnapshot snapshot(long i) {
        return StateSnapshot.of("task_" + i % 1000, 1 + i / 1000 % 10, DATA);
    }

    /** Our store over a new file. */
    @State(Scope.Benchmark)
    public static class Ours {
        private Path folder = Path.of("");
        private Storage storage = Unset.storage();
        private final AtomicLong next = new AtomicLong();

        /** Opens the file and warms the writer up: with 64 threads on two cores the compiler gets too little time for it. */
        @Setup
        public void setUp() throws IOException {
            folder = Files.createTempDirectory("asap-jmh");
            storage = Storage.open("sqlite", new StorageSettings(folder.resolve("asap_state.db")));
            List<CompletableFuture<Void>> saves = new ArrayList<>();
            for (int i = 0; i < 200_000; i++) {
                saves.add(storage.snapshots().saveAsync(snapshot(i)));
            }
            saves.forEach(CompletableFuture::join);
        }

        /** Removes the file. */
        @TearDown
        public void tearDown() throws IOException {
            storage.close();
            Folders.delete(folder);
        }
    }

    /** A connection over a new file with the same settings. */
    @State(Scope.Benchmark)
    public static class OneByOne {
        private Path folder = Path.of("");
        private Connection connection = Unset.connection();
        private PreparedStatement insert = Unset.statement();
        private long next;

        /** Opens the file. */
        @Setup
        public void setUp() throws IOException, SQLException {
            folder = Files.createTempDirectory("asap-jmh");
            Path file = folder.resolve("asap_state.db");
            // The same tables and rows: our storage makes them.
            try (Storage storage = Storage.open("sqlite", new StorageSettings(file))) {
                List<CompletableFuture<Void>> saves = new ArrayList<>();
                for (int i = 0; i < KEYS; i++) {
                    saves.add(storage.snapshots().saveAsync(snapshot(i)));
                }
                saves.forEach(CompletableFuture::join);
            }
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement pragma = connection.createStatement()) {
                pragma.execute("PRAGMA journal_mode = WAL");
                pragma.execute("PRAGMA synchronous = FULL");
            }
            insert = connection.prepareStatement(
                    "INSERT OR REPLACE INTO snapshots (task_id, id, version, data, checkpoint, created_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?)");
        }

        /** Removes the file. */
        @TearDown
        public void tearDown() throws IOException, SQLException {
            connection.close();
            Folders.delete(folder);
        }
    }

    /** 64 callers, each waiting until its snapshot is durable. */
    @Benchmark
    @Threads(64)
    public void ours(Ours state) {
        long i = state.next.incrementAndGet();
        state.storage.snapshots().save(snapshot(i));
    }

    /** One caller, autocommit. */
    @Benchmark
    @Threads(1)
    public void oneByOne(OneByOne state, Blackhole blackhole) throws SQLException {
        long i = ++state.next;
        StateSnapshot snapshot = snapshot(i);
        state.insert.setString(1, snapshot.taskId());
        state.insert.setString(2, snapshot.id());
        state.insert.setLong(3, snapshot.version());
        state.insert.setString(4, snapshot.data().toString());
        state.insert.setInt(5, 0);
        state.insert.setString(6, WireTime.formatWithOffset(Instant.now()));
        blackhole.consume(state.insert.executeUpdate());
    }
}
