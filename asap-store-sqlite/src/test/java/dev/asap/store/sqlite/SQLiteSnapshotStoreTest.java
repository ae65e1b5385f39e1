// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.state.SnapshotStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SnapshotStoreContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
class SQLiteSnapshotStoreTest extends SnapshotStoreContract {
    @TempDir
    Path folder;

    @Override
    protected boolean savesConditionallyInOneStep() {
        return true;
    }

    @Override
    protected SnapshotStore createStore() {
        return SQLiteSnapshotStore.open(folder.resolve("asap_state.db"));
    }

    @Override
    protected void closeStore(SnapshotStore store) {
        ((SQLiteSnapshotStore) store).close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
        assertThat(folder).isDirectoryContaining("glob:**asap_state.db").isDirectoryNotContaining("glob:**-wal");
    }

    @Override
    protected Optional<SnapshotStore> reopen(SnapshotStore closed) {
        return Optional.of(createStore());
    }
}
