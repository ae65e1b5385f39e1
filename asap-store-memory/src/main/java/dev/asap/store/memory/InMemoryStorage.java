// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
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
    private final InMemoryDelegationStore delegations;
    private final InMemoryAuditStore audit;

    /** Creates an empty storage without bounds. */
    public InMemoryStorage() {
        this(new InMemorySnapshotStore());
    }

    /** Creates a storage of this store, which is closed with it. */
    public InMemoryStorage(InMemorySnapshotStore snapshots) {
        this(snapshots, new InMemoryDelegationStore(), new InMemoryAuditStore());
    }

    /** Creates a storage of these stores, which are closed with it. */
    public InMemoryStorage(
            InMemorySnapshotStore snapshots, InMemoryDelegationStore delegations, InMemoryAuditStore audit) {
        this.snapshots = requireNonNull(snapshots, "snapshots");
        this.delegations = requireNonNull(delegations, "delegations");
        this.audit = requireNonNull(audit, "audit");
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
        delegations.close();
        audit.close();
    }
}
