// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.storage.StorageException;
import dev.asap.testkit.DelegationStoreContract;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class InMemoryDelegationStoreTest extends DelegationStoreContract {
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30Z");

    @Override
    protected DelegationStore createStore(InstantSource clock) {
        return InMemoryDelegationStore.builder().clock(clock).build();
    }

    @Test
    void fullStore_refusesWhatIsNew_andKeepsWorking() {
        InMemoryDelegationStore store =
                InMemoryDelegationStore.builder().maxDelegations(2).build();
        store.register(IssuedDelegation.of("a", "boss", "worker", TIME).expiringAt(TIME));
        store.revoke("b", null);
        assertThatThrownBy(() -> store.register(IssuedDelegation.of("c", "boss", null, TIME)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("'c'")
                .hasMessageContaining("2 delegations");
        assertThatThrownBy(() -> store.revokeCascade("c", null)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.tryUse("c", 1)).isInstanceOf(StorageException.class);
        assertThat(store.isRevoked("c")).isFalse();
        assertThat(store.revoke("a", null)).isTrue();
        assertThat(store.tryUse("b", 1)).isTrue();
        store.register(IssuedDelegation.of("b", "boss", null, TIME));
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void purge_makesRoom() {
        InMemoryDelegationStore store =
                InMemoryDelegationStore.builder().maxDelegations(1).build();
        store.register(IssuedDelegation.of("a", "boss", "worker", TIME).expiringAt(TIME));
        assertThat(store.purgeExpired(TIME)).isEqualTo(1);
        assertThat(store.size()).isZero();
        assertThat(store.revoke("b", null)).isTrue();
    }

    @Test
    void bound_belowOne_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryDelegationStore.builder().maxDelegations(0))
                .withMessageContaining("0");
    }
}
