// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import dev.asap.metering.MeteringStore;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The application's own stores behind one handle. */
final class CustomStorage implements Storage {
    private final @Nullable SnapshotStore snapshots;
    private final @Nullable MeteringStore metering;

    CustomStorage(Builder builder) {
        this.snapshots = builder.snapshots;
        this.metering = builder.metering;
        if (snapshots == null && metering == null) {
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
    public void check() {
        if (snapshots != null) {
            snapshots.listTasks(PageRequest.first(1));
        }
        if (metering != null) {
            metering.stats();
        }
    }

    @Override
    public void close(Duration timeout) {
        // The application made the stores, and closes them.
    }
}
