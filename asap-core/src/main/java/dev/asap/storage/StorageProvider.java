// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

/**
 * Opens storages of one kind; found by {@link java.util.ServiceLoader}. Implement and register it to make a storage of
 * one's own available to {@link Storage#fromEnvironment()}.
 */
public interface StorageProvider {
    /** The name of the kind as {@code ASAP_STORAGE_BACKEND} has it: lower-case letters, as in {@code sqlite}. */
    String name();

    /**
     * Opens a storage.
     *
     * @throws StorageConfigurationException if it cannot be used as configured; it is found out here, not later
     */
    Storage open(StorageSettings settings);
}
