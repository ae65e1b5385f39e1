// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.testkit.LeakChecks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, again and again: what it was told to be saved has to be there. */
@ExtendWith(LeakChecks.class)
class SQLiteDurabilityTest {
    private static final int KILLS = 20;
    private static final long SEED = 20_260_301;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void acknowledgedSnapshots_surviveTheKilledProcess() throws Exception {
        Path file = folder.resolve("asap_state.db");
        Random random = new Random(SEED);
        Set<String> acknowledged = new HashSet<>();
        for (int round = 0; round < KILLS; round++) {
            List<String> lines = saveUntilKilled(file, "round" + round, Duration.ofMillis(50 + random.nextInt(250)));
            assertThat(lines).as("acknowledged in round %d", round).isNotEmpty();
            acknowledged.addAll(lines);
            try (ForeignConnection inspector = ForeignConnection.to(file)) {
                assertThat(inspector.rows("PRAGMA integrity_check")).containsExactly("ok");
                assertThat(new HashSet<>(inspector.rows("SELECT task_id || ' ' || version FROM snapshots")))
                        .as("after round %d, seed %d", round, SEED)
                        .containsAll(acknowledged);
                assertThat(inspector.rows("SELECT value FROM asap_counts WHERE name = 'tasks'"))
                        .isEqualTo(inspector.rows("SELECT COUNT(DISTINCT task_id) FROM snapshots"));
            }
        }
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(file)) {
            for (String line : acknowledged) {
                String[] key = line.split(" ", 2);
                long version = Long.parseLong(key[1]);
                assertThat(store.get(key[0], version).orElseThrow().data().getLong("version"))
                        .isEqualTo(version);
            }
        }
    }

    private List<String> saveUntilKilled(Path file, String tasks, Duration life) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Dorg.sqlite.tmpdir=" + Files.createDirectories(folder.resolve("native")),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SaveUntilKilled.class.getName(),
                        file.toString(),
                        tasks)
                .redirectError(folder.resolve("stderr.txt").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            List<String> lines = new ArrayList<>();
            String first = out.readLine();
            assertThat(first)
                    .as(() -> "the child's first line; it said " + stderr())
                    .isNotNull();
            lines.add(first);
            Thread killer = new Thread(() -> {
                LockSupport.parkNanos(life.toNanos());
                // SIGKILL. Not by the Process, which would close the stream that is still to be read.
                process.toHandle().destroyForcibly();
            });
            killer.start();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
            killer.join();
            assertThat(process.waitFor()).as("killed, not ended").isNotZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private String stderr() {
        try {
            return Files.readString(folder.resolve("stderr.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
