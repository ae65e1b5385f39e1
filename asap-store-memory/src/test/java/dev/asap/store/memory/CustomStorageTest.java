// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.metering.UsageFilter;
import dev.asap.page.PageRequest;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageConfigurationException;
import dev.asap.storage.StorageException;
import org.junit.jupiter.api.Test;

/** A storage of stores that somebody else made. */
class CustomStorageTest {
    private final InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
    private final InMemoryMeteringStore metering = new InMemoryMeteringStore();
    private final InMemorySLAStore sla = new InMemorySLAStore();
    private final InMemoryDelegationStore delegations = new InMemoryDelegationStore();
    private final InMemoryAuditStore audit = new InMemoryAuditStore();

    @Test
    void stores_areTheOnesThatWereHandedIn() {
        Storage storage = all();
        assertThat(storage.name()).isEqualTo("custom");
        assertThat(storage.snapshots()).isSameAs(snapshots);
        assertThat(storage.metering()).isSameAs(metering);
        assertThat(storage.sla()).isSameAs(sla);
        assertThat(storage.delegations()).isSameAs(delegations);
        assertThat(storage.audit()).isSameAs(audit);
    }

    @Test
    void storeThatIsMissing_isRefusedWithTheRemedy() {
        assertThatThrownBy(() -> Storage.of(snapshots).metering())
                .isInstanceOf(StorageConfigurationException.class)
                .hasMessageContaining("'custom' keeps no usage")
                .hasMessageContaining("Storage.builder()");
        Storage usageOnly = Storage.builder().metering(metering).build();
        usageOnly.check();
        assertThatThrownBy(usageOnly::snapshots)
                .isInstanceOf(StorageConfigurationException.class)
                .hasMessageContaining("'custom' keeps no snapshots");
        assertThatThrownBy(usageOnly::sla).hasMessageContaining("'custom' keeps no figures of service");
        assertThatThrownBy(usageOnly::delegations).hasMessageContaining("'custom' keeps no delegations");
        assertThatThrownBy(usageOnly::audit).hasMessageContaining("'custom' keeps no audit log");
        assertThatThrownBy(() -> Storage.builder().build()).isInstanceOf(StorageConfigurationException.class);
    }

    @Test
    void check_asksEveryStore() {
        all().check();
        metering.close();
        assertThatThrownBy(() -> all().check()).isInstanceOf(StorageException.class);
        sla.close();
        assertThatThrownBy(() -> Storage.builder().sla(sla).build().check()).isInstanceOf(StorageException.class);
        snapshots.close();
        assertThatThrownBy(() -> Storage.of(snapshots).check()).isInstanceOf(StorageException.class);
    }

    @Test
    void close_leavesTheStoresToTheirMaker() {
        all().close();
        assertThat(snapshots.listTasks(PageRequest.first()).total()).isZero();
        assertThat(metering.summary(UsageFilter.all()).agents()).isZero();
    }

    private Storage all() {
        return Storage.builder()
                .snapshots(snapshots)
                .metering(metering)
                .sla(sla)
                .delegations(delegations)
                .audit(audit)
                .build();
    }
}
