// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import java.time.Duration;

/** The application's own stores behind one handle. */
record CustomStorage(SnapshotStore snapshots) implements Storage {
    @Override
    public String name() {
        return "custom";
    }

    @Override
    public void check() {
        snapshots.listTasks(PageRequest.first(1));
    }

    @Override
    public void close(Duration timeout) {
        // The application made the stores, and closes them.
    }
}
