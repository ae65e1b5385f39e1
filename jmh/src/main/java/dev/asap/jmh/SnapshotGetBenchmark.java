// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.json.JsonObject;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Reading one snapshot by task and version out of 10,000: our SQLite store against the same statement in bare JDBC. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SnapshotGetBenchmark {
    private static final int TASKS = 1000;
    private static final int VERSIONS = 10;

    private Path folder = Path.of("");
    private Storage storage = Unset.storage();
    private Connection connection = Unset.connection();
    private PreparedStatement select = Unset.statement();
    private int next;

    /** Fills the file. */
    @Setup
    public void setUp() throws IOException, SQLException {
        folder = Files.createTempDirectory("asap-jmh");
        Path file = folder.resolve("asap_state.db");
        storage = Storage.open("sqlite", new StorageSettings(file));
        List<CompletableFuture<Void>> saves = new ArrayList<>();
        for (int task = 0; task < TASKS; task++) {
            for (int version = 1; version <= VERSIONS; version++) {
                JsonObject data = JsonObject.of("step", version, "note", "x".repeat(200));
                saves.add(storage.snapshots().saveAsync(StateSnapshot.of("task_" + task, version, data)));
            }
        }
        saves.forEach(CompletableFuture::join);
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement pragma = connection.createStatement()) {
            pragma.execute("PRAGMA query_only = 1");
        }
        select = connection.prepareStatement(
                "SELECT id, task_id, version, data, checkpoint, created_at FROM snapshots WHERE task_id = ? AND version = ?");
    }

    /** Removes the file. */
    @TearDown
    public void tearDown() throws IOException, SQLException {
        connection.close();
        storage.close();
        Folders.delete(folder);
    }

    /** Our store: a snapshot with its data checked and its time read. */
    @Benchmark
    public Optional<StateSnapshot> ours() {
        int i = next++;
        return storage.snapshots().get("task_" + i % TASKS, 1 + i % VERSIONS);
    }

    /** Bare JDBC on a prepared statement: the columns as they are. */
    @Benchmark
    public void bareJdbc(Blackhole blackhole) throws SQLException {
        int i = next++;
        select.setString(1, "task_" + i % TASKS);
        select.setLong(2, 1 + i % VERSIONS);
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                blackhole.consume(row.getString(1));
                blackhole.consume(row.getString(2));
                blackhole.consume(row.getLong(3));
                blackhole.consume(row.getString(4));
                blackhole.consume(row.getInt(5));
                blackhole.consume(row.getString(6));
            }
        }
    }
}
