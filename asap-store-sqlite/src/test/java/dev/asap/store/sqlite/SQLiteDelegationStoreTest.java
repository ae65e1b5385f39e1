// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.delegation.DelegationStore;
import dev.asap.store.jdbc.JdbcDelegationStore;
import dev.asap.testkit.DelegationStoreContract;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
class SQLiteDelegationStoreTest extends DelegationStoreContract {
    @TempDir
    Path folder;

    private @Nullable SQLiteStorage storage;

    @Override
    protected DelegationStore createStore(InstantSource clock) {
        storage = SQLiteStorage.builder(folder.resolve("asap_state.db"))
                .durability(Durability.NORMAL)
                .open();
        return new JdbcDelegationStore(storage.executor(), clock);
    }

    @Override
    protected void closeStore(DelegationStore store) {
        storage.close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Override
    protected Optional<DelegationStore> reopen(DelegationStore closed, InstantSource clock) {
        return Optional.of(createStore(clock));
    }
}
