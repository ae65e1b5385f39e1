// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Statements that belong together.
 *
 * @param <T> what comes out
 */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object> {
    /**
     * Runs the statements. May be called again when a transaction had to be rolled back, so it has no effect outside of the
     * database and leaves its inputs alone.
     */
    T run(SqlSession session) throws SQLException;
}
