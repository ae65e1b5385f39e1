// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.sla.SLAStore;
import dev.asap.store.jdbc.JdbcSLAStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SLAStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
class SQLiteSLAStoreTest extends SLAStoreContract {
    @TempDir
    Path folder;

    private @Nullable SQLiteStorage storage;
    private int number;

    private SQLiteStorage open() {
        storage = SQLiteStorage.builder(folder.resolve("asap_state_" + number + ".db"))
                .durability(Durability.NORMAL)
                .open();
        return storage;
    }

    @Override
    protected SLAStore createStore() {
        number++;
        return open().sla();
    }

    @Override
    protected Optional<SLAStore> createStore(Duration retention, InstantSource clock) {
        number++;
        return Optional.of(new JdbcSLAStore(open().executor(), retention, clock));
    }

    @Override
    protected void closeStore(SLAStore store) {
        storage.close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Override
    protected Optional<SLAStore> reopen(SLAStore closed) {
        return Optional.of(open().sla());
    }
}
