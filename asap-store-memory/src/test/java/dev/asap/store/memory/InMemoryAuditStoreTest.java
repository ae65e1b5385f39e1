// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
import dev.asap.json.JsonObject;
import dev.asap.storage.StorageException;
import dev.asap.testkit.AuditStoreContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryAuditStoreTest extends AuditStoreContract {
    @Override
    protected AuditStore createStore() {
        return new InMemoryAuditStore();
    }

    @Test
    void fullStore_refusesTheEntryTooMany_andKeepsTheOthers() {
        InMemoryAuditStore store = InMemoryAuditStore.builder().maxEntries(2).build();
        store.append(AuditEntry.of("op", "agent", JsonObject.empty()));
        List<AuditEntry> two = List.of(
                AuditEntry.of("op", "agent", JsonObject.empty()), AuditEntry.of("op", "agent", JsonObject.empty()));
        assertThatThrownBy(() -> store.appendAll(two))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("its bound is 2");
        assertThat(store.count()).isEqualTo(1);
        store.append(two.get(0));
        assertThat(store.verify().isIntact()).isTrue();
    }

    @Test
    void bound_belowOne_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryAuditStore.builder().maxEntries(0))
                .withMessageContaining("0");
    }

    @Test
    void storage_whenClosed_endsDelegationsAndAudit() {
        InMemoryStorage storage = new InMemoryStorage();
        AuditStore audit = storage.audit();
        DelegationStore delegations = storage.delegations();
        audit.append(AuditEntry.of("op", "agent", JsonObject.empty()));
        delegations.revoke("id", null);
        storage.close();
        assertThatThrownBy(audit::count).isInstanceOf(StorageException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> delegations.isRevoked("id"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("closed");
    }
}
