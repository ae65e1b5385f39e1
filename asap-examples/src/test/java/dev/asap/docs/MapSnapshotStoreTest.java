// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import dev.asap.state.SnapshotStore;
import dev.asap.testkit.SnapshotStoreContract;

/** The store of the README keeps the contract. */
class MapSnapshotStoreTest extends SnapshotStoreContract {
    @Override
    protected SnapshotStore createStore() {
        return new MapSnapshotStore();
    }
}
