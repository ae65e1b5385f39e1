// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import dev.asap.storage.Storage;
import dev.asap.storage.StorageProvider;
import dev.asap.storage.StorageSettings;

/** Opens {@link InMemoryStorage} under the name {@code memory}; a path is ignored. */
public final class InMemoryStorageProvider implements StorageProvider {
    /** For {@link java.util.ServiceLoader}. */
    public InMemoryStorageProvider() {}

    @Override
    public String name() {
        return InMemoryStorage.NAME;
    }

    @Override
    public Storage open(StorageSettings settings) {
        return new InMemoryStorage();
    }
}
