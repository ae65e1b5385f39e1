// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.json.JsonObject;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.store.jdbc.JdbcMeteringStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Saves snapshots and records usage from several threads, moves and folds it, and prints each write that is acknowledged, until
 * somebody kills the process.
 */
final class SaveUntilKilled {
    private static final int WRITERS = 3;
    private static final int MAX_BATCH = 7;
    private static final Instant TIME = Instant.parse("2026-03-01T00:00:00Z");

    private SaveUntilKilled() {}

    /** Arguments: the file, and what the names of the tasks begin with. */
    public static void main(String[] arguments) {
        SQLiteStorage storage = SQLiteStorage.open(Path.of(arguments[0]));
        for (int i = 0; i < WRITERS; i++) {
            String task = arguments[1] + "_" + i;
            new Thread(() -> saveFrom(storage.snapshots(), task)).start();
            new Thread(() -> recordFrom(storage.metering(), task)).start();
        }
        new Thread(() -> foldAgainAndAgain(storage)).start();
    }

    private static void saveFrom(SnapshotStore store, String task) {
        // One unbuffered write per line: what is printed has reached the parent.
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            for (long version = 1; ; version++) {
                store.save(StateSnapshot.of(task, version, JsonObject.of("version", version, "pad", "x".repeat(500))));
                print(out, "snapshot " + task + " " + version);
            }
        } catch (IOException e) {
            // The parent is gone, or about to kill us.
            return;
        }
    }

    private static void recordFrom(MeteringStore store, String prefix) {
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            for (int i = 1; ; i++) {
                String task = prefix + "_" + i;
                store.recordAll(batch(task, i));
                print(out, "usage " + task + " " + size(i));
            }
        } catch (IOException e) {
            return;
        }
    }

    private static int size(int i) {
        return 1 + i % MAX_BATCH;
    }

    private static List<UsageEvent> batch(String task, int i) {
        List<UsageEvent> batch = new ArrayList<>();
        for (int k = 0; k < size(i); k++) {
            // Some seconds of one hour and some hours far apart: dense and thin buckets.
            Instant time =
                    TIME.plusSeconds(i % 2 == 0 ? i % 97 : 3600L * (i % 1009)).plusMillis(k);
            batch.add(UsageEvent.of(
                    task, "agent_" + i % 3, "consumer_" + k, new UsageMetrics(i, k, i * 7919L % 20_011, 1), time));
        }
        return batch;
    }

    private static void foldAgainAndAgain(SQLiteStorage storage) {
        while (true) {
            storage.executor().write(JdbcMeteringStore.ROLL_UP::fold);
            storage.executor().write(JdbcMeteringStore::moveJournal);
        }
    }

    private static void print(FileOutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
