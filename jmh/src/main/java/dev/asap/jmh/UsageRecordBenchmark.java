// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.json.WireTime;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
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
 * Usage events one by one, each acknowledged when it is on the disk ({@code synchronous = FULL}): 64 callers of our store, which share
 * transactions, against one caller after the other with a transaction each, into the same tables.
 */
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class UsageRecordBenchmark {
    /** For JMH. */
    public UsageRecordBenchmark() {}

    private static UsageEvent event(long i) {
        return UsageEvent.of(
                "task_" + i,
                UsageData.agent((int) (i % UsageData.AGENTS)),
                UsageData.consumer((int) (i % UsageData.CONSUMERS)),
                new UsageMetrics(i % 4000, i % 1000, i % 2000, 1),
                Instant.now());
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
            List<CompletableFuture<Void>> records = new ArrayList<>();
            for (int i = 0; i < 50_000; i++) {
                records.add(storage.metering().recordAllAsync(List.of(event(i))));
            }
            records.forEach(CompletableFuture::join);
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
            Storage.open("sqlite", new StorageSettings(file)).close();
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement pragma = connection.createStatement()) {
                pragma.execute("PRAGMA journal_mode = WAL");
                pragma.execute("PRAGMA synchronous = FULL");
                pragma.execute("PRAGMA wal_autocheckpoint = 16000");
                pragma.execute("PRAGMA cache_size = -16000");
            }
            insert = connection.prepareStatement(
                    "INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp) VALUES (?, ?, ?, ?, ?, ?)");
        }

        /** Removes the file. */
        @TearDown
        public void tearDown() throws IOException, SQLException {
            connection.close();
            Folders.delete(folder);
        }
    }

    /** 64 callers, each waiting until its event is durable. */
    @Benchmark
    @Threads(64)
    public void ours(Ours state) {
        state.storage.metering().record(event(state.next.incrementAndGet()));
    }

    /** One caller, autocommit. */
    @Benchmark
    @Threads(1)
    public void oneByOne(OneByOne state, Blackhole blackhole) throws SQLException {
        UsageEvent event = event(++state.next);
        UsageMetrics used = event.metrics();
        state.insert.setString(1, "evt_01KQ0A2Y9M" + state.next);
        state.insert.setString(2, event.taskId());
        state.insert.setString(3, event.agentId());
        state.insert.setString(4, event.consumerId());
        state.insert.setString(
                5,
                "{\"tokens_in\": " + used.tokensIn() + ", \"tokens_out\": " + used.tokensOut() + ", \"duration_ms\": "
                        + used.durationMs() + ", \"api_calls\": " + used.apiCalls() + "}");
        state.insert.setString(6, WireTime.formatWithOffset(event.timestamp()));
        blackhole.consume(state.insert.executeUpdate());
    }
}
