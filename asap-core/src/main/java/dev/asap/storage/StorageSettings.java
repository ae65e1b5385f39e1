// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import java.nio.file.Path;

/**
 * What a {@link StorageProvider} is told.
 *
 * @param path the database file, for storages that keep one; others ignore it
 */
public record StorageSettings(Path path) {
    /** The file that is used when nobody names another: {@code asap_state.db} in the working directory. */
    public static final Path DEFAULT_PATH = Path.of("asap_state.db");

    /** The settings when nobody says otherwise. */
    public static StorageSettings defaults() {
        return new StorageSettings(DEFAULT_PATH);
    }
}
