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
    private static final int KILLS = Integer.getInteger("asap.kills", 20);
    private static final long SEED = Long.getLong("asap.seed", 20_260_301L);

    /** With more kills than this, another file: what all rows say takes the longer, the more there are. */
    private static final int KILLS_OF_A_FILE = 20;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS) // For a thousand kills; twenty take seconds, and each child is killed.
    void acknowledgedWrites_surviveTheKilledProcess() throws Exception {
        Random random = new Random(SEED);
        for (int first = 0; first < KILLS; first += KILLS_OF_A_FILE) {
            killAgainAndAgain(
                    folder.resolve("asap_state_" + first + ".db"), Math.min(KILLS - first, KILLS_OF_A_FILE), random);
        }
    }

    private void killAgainAndAgain(Path file, int kills, Random random) throws Exception {
        Set<String> acknowledged = new HashSet<>();
        for (int round = 0; round < kills; round++) {
            List<String> lines = saveUntilKilled(file, "round" + round, Duration.ofMillis(50 + random.nextInt(250)));
            assertThat(lines).as("acknowledged in round %d", round).isNotEmpty();
            acknowledged.addAll(lines);
            try (ForeignConnection inspector = ForeignConnection.to(file)) {
                assertThat(inspector.rows("PRAGMA integrity_check")).containsExactly("ok");
                assertThat(new HashSet<>(inspector.rows("SELECT 'snapshot ' || task_id || ' ' || version FROM snapshots"
                                + " UNION ALL SELECT 'usage ' || task_id || ' ' || COUNT(*) FROM (SELECT task_id FROM usage_events"
                                + " UNION ALL SELECT task_id FROM asap_usage_journal) GROUP BY task_id")))
                        .as("after round %d of %s, seed %d", round, file, SEED)
                        .containsAll(acknowledged);
                assertThat(inspector.rows("SELECT value FROM asap_counts WHERE name = 'tasks'"))
                        .isEqualTo(inspector.rows("SELECT COUNT(DISTINCT task_id) FROM snapshots"));
                UsageTruth.requireRollUp(inspector);
            }
        }
        try (SQLiteStorage storage = SQLiteStorage.open(file);
                ForeignConnection inspector = ForeignConnection.to(file)) {
            for (String line : acknowledged) {
                String[] key = line.split(" ", 3);
                if (key[0].equals("snapshot")) {
                    long version = Long.parseLong(key[2]);
                    assertThat(storage.snapshots()
                                    .get(key[1], version)
                                    .orElseThrow()
                                    .data()
                                    .getLong("version"))
                            .isEqualTo(version);
                }
            }
            UsageTruth.requireAgreement(storage.metering(), inspector);
            // Each batch whole, also those that nobody was told of.
            assertThat(inspector.rows("SELECT task_id FROM usage_events GROUP BY task_id"
                            + " HAVING COUNT(*) <> 1 + MAX(json_extract(metrics, '$.tokens_in')) % 7"))
                    .isEmpty();
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
