// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.json.JsonObject;
import dev.asap.state.StateSnapshot;
import dev.asap.store.sqlite.SQLiteSnapshotStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A holder in a process of its own: saves the version that each line of its input names, and says what came of it. */
final class SaveWhenTold {
    private SaveWhenTold() {}

    /** Arguments: the file, the task, the name of the holder. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (SQLiteSnapshotStore store = SQLiteSnapshotStore.open(Path.of(arguments[0]));
                BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            FencedSnapshotStore fenced = FencedSnapshotStore.of(store, arguments[2]);
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                long version = Long.parseLong(line);
                try {
                    fenced.save(StateSnapshot.of(arguments[1], version, JsonObject.of("step", version)));
                    out.println("saved " + version);
                } catch (StaleHolderException e) {
                    out.println("refused " + version);
                }
            }
        }
    }
}
