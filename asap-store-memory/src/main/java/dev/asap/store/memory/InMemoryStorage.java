// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.metering.MeteringStore;
import dev.asap.sla.SLAStore;
import dev.asap.state.SnapshotStore;
import dev.asap.storage.Storage;
import java.time.Duration;

/**
 * All stores in the memory of this process: for tests and for what may be lost. Gone when the process ends.
 *
 * <p>Thread-safe. It has no threads and no files, so that closing it never waits.
 */
public final class InMemoryStorage implements Storage {
    /** The name of this kind of storage: {@value}. */
    public static final String NAME = "memory";

    private final InMemorySnapshotStore snapshots;
    private final InMemoryMeteringStore metering;
    private final InMemorySLAStore sla;

    /** Creates an empty storage of stores with their defaults. */
    public InMemoryStorage() {
        this(builder());
    }

    private InMemoryStorage(Builder builder) {
        this.snapshots = builder.snapshots;
        this.metering = builder.metering;
        this.sla = builder.sla;
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
    public void check() {
        snapshots.requireOpen();
    }

    @Override
    public void close(Duration timeout) {
        requireNonNull(timeout, "timeout");
        snapshots.close();
        metering.close();
        sla.close();
    }

    /** The stores of a storage, which are closed with it; those that are not set have their defaults. Not thread-safe. */
    public static final class Builder {
        private InMemorySnapshotStore snapshots = new InMemorySnapshotStore();
        private InMemoryMeteringStore metering = new InMemoryMeteringStore();
        private InMemorySLAStore sla = new InMemorySLAStore();

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

        /** Creates the storage. */
        public InMemoryStorage build() {
            return new InMemoryStorage(this);
        }
    }
}
