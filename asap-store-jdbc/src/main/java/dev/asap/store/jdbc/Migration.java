// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a database's schema: runs once per database, and is never changed after a release.
 *
 * @param version its number; steps run in the order of their numbers
 * @param description what it brings, for people who look into the database
 * @param statements the SQL, in order
 * @param then what SQL alone cannot do, behind the statements in the same transaction; null where there is nothing
 */
public record Migration(
        int version,
        String description,
        List<String> statements,
        @Nullable SqlWork<?> then) {
    /**
     * Copies the statements.
     *
     * @throws IllegalArgumentException if {@code version} is below 1
     */
    public Migration {
        if (version < 1) {
            throw new IllegalArgumentException("version must be 1 or more, got " + version);
        }
        statements = List.copyOf(statements);
    }

    /** A step of SQL alone. */
    public Migration(int version, String description, List<String> statements) {
        this(version, description, statements, null);
    }
}
