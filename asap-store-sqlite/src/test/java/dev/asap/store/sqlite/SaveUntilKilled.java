// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Saves from several threads and prints each snapshot that is acknowledged, until somebody kills the process. */
final class SaveUntilKilled {
    private static final int WRITERS = 4;

    private SaveUntilKilled() {}

    /** Arguments: the file, and what the names of the tasks begin with. */
    public static void main(String[] arguments) {
        SnapshotStore store = SQLiteStorage.open(Path.of(arguments[0])).snapshots();
        for (int i = 0; i < WRITERS; i++) {
            String task = arguments[1] + "_" + i;
            new Thread(() -> saveFrom(store, task)).start();
        }
    }

    private static void saveFrom(SnapshotStore store, String task) {
        // One unbuffered write per line: what is printed has reached the parent.
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            for (long version = 1; ; version++) {
                store.save(StateSnapshot.of(task, version, JsonObject.of("version", version, "pad", "x".repeat(500))));
                out.write((task + " " + version + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The parent is gone, or about to kill us.
            return;
        }
    }
}
