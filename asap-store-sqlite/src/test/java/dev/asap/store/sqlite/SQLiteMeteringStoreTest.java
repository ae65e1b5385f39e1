// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.metering.MeteringStore;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.MeteringStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
class SQLiteMeteringStoreTest extends MeteringStoreContract {
    @TempDir
    Path folder;

    private SQLiteStorage storage;

    private SQLiteStorage openStorage() {
        storage = SQLiteStorage.builder(folder.resolve("asap_state.db"))
                .durability(Durability.NORMAL)
                .open();
        return storage;
    }

    @Override
    protected MeteringStore createStore() {
        return openStorage().metering();
    }

    @Override
    protected Optional<MeteringStore> createStore(Duration retention, InstantSource clock) {
        return Optional.of(new JdbcMeteringStore(openStorage().executor(), retention, clock));
    }

    @Override
    protected void closeStore(MeteringStore store) {
        storage.close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Override
    protected Optional<MeteringStore> reopen(MeteringStore closed) {
        return Optional.of(createStore());
    }
}
