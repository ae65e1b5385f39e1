// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
import dev.asap.metering.MeteringStore;
import dev.asap.page.PageRequest;
import dev.asap.sla.SLAStore;
import dev.asap.state.SnapshotStore;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The application's own stores behind one handle. */
final class CustomStorage implements Storage {
    private final @Nullable SnapshotStore snapshots;
    private final @Nullable MeteringStore metering;
    private final @Nullable SLAStore sla;
    private final @Nullable DelegationStore delegations;
    private final @Nullable AuditStore audit;

    CustomStorage(Builder builder) {
        this.snapshots = builder.snapshots;
        this.metering = builder.metering;
        this.sla = builder.sla;
        this.delegations = builder.delegations;
        this.audit = builder.audit;
        if (Stream.of(snapshots, metering, sla, delegations, audit).allMatch(Objects::isNull)) {
            throw new StorageConfigurationException(
                    "A storage needs at least one store: hand one to its builder", null);
        }
    }

    @Override
    public String name() {
        return "custom";
    }

    @Override
    public SnapshotStore snapshots() {
        if (snapshots == null) {
            throw new StorageConfigurationException(
                    "The storage 'custom' keeps no snapshots: hand a store for them to its builder", null);
        }
        return snapshots;
    }

    @Override
    public MeteringStore metering() {
        return metering != null ? metering : Storage.super.metering();
    }

    @Override
    public SLAStore sla() {
        return sla != null ? sla : Storage.super.sla();
    }

    @Override
    public DelegationStore delegations() {
        return delegations != null ? delegations : Storage.super.delegations();
    }

    @Override
    public AuditStore audit() {
        return audit != null ? audit : Storage.super.audit();
    }

    @Override
    public void check() {
        if (snapshots != null) {
            snapshots.listTasks(PageRequest.first(1));
        }
        if (metering != null) {
            metering.stats();
        }
        if (sla != null) {
            sla.stats();
        }
        if (delegations != null) {
            delegations.isRevoked("");
        }
        if (audit != null) {
            audit.head();
        }
    }

    @Override
    public void close(Duration timeout) {
        // The application made the stores, and closes them.
    }
}
