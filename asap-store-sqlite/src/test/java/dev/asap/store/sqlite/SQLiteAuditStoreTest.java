// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.audit.AuditStore;
import dev.asap.testkit.AuditStoreContract;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakChecks.class)
class SQLiteAuditStoreTest extends AuditStoreContract {
    @TempDir
    Path folder;

    private @Nullable SQLiteStorage storage;

    @Override
    protected AuditStore createStore() {
        storage = SQLiteStorage.builder(folder.resolve("asap_state.db"))
                .durability(Durability.NORMAL)
                .open();
        return storage.audit();
    }

    @Override
    protected void closeStore(AuditStore store) {
        storage.close();
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }

    @Override
    protected Optional<AuditStore> reopen(AuditStore closed) {
        return Optional.of(createStore());
    }
}
