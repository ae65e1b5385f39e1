// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Another program that uses the same file: plain SQL on a connection that knows nothing of this library. */
final class ForeignConnection implements AutoCloseable {
    /** The table as the protocol describes it. */
    static final String SNAPSHOTS = """
            CREATE TABLE IF NOT EXISTS snapshots (
                task_id TEXT NOT NULL,
                id TEXT NOT NULL,
                version INTEGER NOT NULL,
                data TEXT NOT NULL,
                checkpoint INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                PRIMARY KEY (task_id, version)
            )
            """;

    private final Connection connection;

    private ForeignConnection(Connection connection) {
        this.connection = connection;
    }

    static ForeignConnection to(Path file) throws SQLException {
        return new ForeignConnection(DriverManager.getConnection("jdbc:sqlite:" + file));
    }

    /** As the reference does it: the busy timeout, then the journal, then the table. */
    static ForeignConnection likeTheReference(Path file) throws SQLException {
        ForeignConnection connection = to(file);
        connection.run("PRAGMA busy_timeout = 15000");
        connection.run("PRAGMA journal_mode = WAL");
        connection.run("PRAGMA synchronous = NORMAL");
        connection.run(SNAPSHOTS);
        return connection;
    }

    void run(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }

    void replaceSnapshot(String task, String id, long version, String data, int checkpoint, String createdAt)
            throws SQLException {
        run(
                "INSERT OR REPLACE INTO snapshots (task_id, id, version, data, checkpoint, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                task,
                id,
                version,
                data,
                checkpoint,
                createdAt);
    }

    /** The rows of a query, their columns joined by {@code |}. */
    List<String> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(rows.getString(i));
                }
                found.add(String.join("|", columns));
            }
            return found;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
