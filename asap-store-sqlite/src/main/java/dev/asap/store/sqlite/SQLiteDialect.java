// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What is SQLite's own in the SQL of the stores. Stateless. */
final class SQLiteDialect implements Dialect {
    /** Casting a blob makes text of its bytes without looking at them; bound as a blob they would stay one in the column. */
    @Override
    public String textOfUtf8(String parameter) {
        return "CAST(" + parameter + " AS TEXT)";
    }

    /** A text's bytes are its UTF-8: databases with another encoding are not opened. */
    @Override
    public byte[] utf8(ResultSet row, int column) throws SQLException {
        return row.getBytes(column);
    }
}
