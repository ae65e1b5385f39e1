// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.storage.Storage;
import dev.asap.storage.StorageProvider;
import dev.asap.storage.StorageSettings;

/** Opens {@link SQLiteStorage} under the name {@code sqlite}, with the options' defaults. */
public final class SQLiteStorageProvider implements StorageProvider {
    /** For {@link java.util.ServiceLoader}. */
    public SQLiteStorageProvider() {}

    @Override
    public String name() {
        return SQLiteStorage.NAME;
    }

    @Override
    public Storage open(StorageSettings settings) {
        return SQLiteStorage.open(settings.path());
    }
}
