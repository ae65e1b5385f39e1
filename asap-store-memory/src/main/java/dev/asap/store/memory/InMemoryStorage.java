// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
import dev.asap.metering.MeteringStore;
import dev.asap.sla.SLAStore;
import dev.asap.state.SnapshotStore;
import dev.asap.storage.Storage;
import java.time.Duration;

/**
 * All stores in the memory of this process; what they hold is gone when it ends or when the storage is closed.
 *
 * <p>Thread-safe. It has no threads and no files, so that closing it never waits.
 */
public final class InMemoryStorage implements Storage {
    /** The name of this kind of storage: {@value}. */
    public static final String NAME = "memory";

    private final InMemorySnapshotStore snapshots;
    private final InMemoryMeteringStore metering;
    private final InMemorySLAStore sla;
    private final InMemoryDelegationStore delegations;
    private final InMemoryAuditStore audit;

    /** Creates an empty storage of stores with their defaults. */
    public InMemoryStorage() {
        this(builder());
    }

    private InMemoryStorage(Builder builder) {
        this.snapshots = builder.snapshots;
        this.metering = builder.metering;
        this.sla = builder.sla;
        this.delegations = builder.delegations;
        this.audit = builder.audit;
    }

    /** Starts a storage of stores of which some have options. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public MeteringStore metering() {
        return metering;
    }

    @Override
    public SLAStore sla() {
        return sla;
    }

    @Override
    public DelegationStore delegations() {
        return delegations;
    }

    @Override
    public AuditStore audit() {
        return audit;
    }

    @Override
    public void check() {
        snapshots.requireOpen();
    }

    @Override
    public void close(Duration timeout) {
        requireNonNull(timeout, "timeout");
        snapshots.close();
        metering.close();
        sla.close();
        delegations.close();
        audit.close();
    }

    /** The stores of a storage, which are closed with it; those that are not set have their defaults. Not thread-safe. */
    public static final class Builder {
        private InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        private InMemoryMeteringStore metering = new InMemoryMeteringStore();
        private InMemorySLAStore sla = new InMemorySLAStore();
        private InMemoryDelegationStore delegations = new InMemoryDelegationStore();
        private InMemoryAuditStore audit = new InMemoryAuditStore();

        private Builder() {}

        /** Where snapshots are kept. */
        public Builder snapshots(InMemorySnapshotStore value) {
            snapshots = requireNonNull(value, "snapshots");
            return this;
        }

        /** Where usage is kept. */
        public Builder metering(InMemoryMeteringStore value) {
            metering = requireNonNull(value, "metering");
            return this;
        }

        /** Where figures and breaches of service levels are kept. */
        public Builder sla(InMemorySLAStore value) {
            sla = requireNonNull(value, "sla");
            return this;
        }

        /** Where delegations are kept. */
        public Builder delegations(InMemoryDelegationStore value) {
            delegations = requireNonNull(value, "delegations");
            return this;
        }

        /** Where the audit log is kept. */
        public Builder audit(InMemoryAuditStore value) {
            audit = requireNonNull(value, "audit");
            return this;
        }

        /** Creates the storage. */
        public InMemoryStorage build() {
            return new InMemoryStorage(this);
        }
    }
}
