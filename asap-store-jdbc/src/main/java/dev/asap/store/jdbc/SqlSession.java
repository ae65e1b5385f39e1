// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One connection, lent to one piece of {@link SqlWork}. Not thread-safe, and not to be kept beyond the work.
 */
public interface SqlSession {
    /**
     * The prepared statement for a text, kept by the connection for the next time: do not close it, close its result sets.
     * The same text asked for twice in one piece of work is the same statement.
     */
    PreparedStatement prepare(String sql) throws SQLException;
}
