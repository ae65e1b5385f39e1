// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** What differs between the databases, as far as the stores of this module meet it. Thread-safe. */
public interface Dialect {
    /**
     * The SQL expression that makes text of a parameter set by {@code setBytes} to UTF-8, so that bytes need not become a
     * {@code String} first.
     *
     * @param parameter the parameter, {@code ?}
     */
    String textOfUtf8(String parameter);

    /** The text in a column as UTF-8, in an array that belongs to the caller. */
    byte[] utf8(ResultSet row, int column) throws SQLException;
}
