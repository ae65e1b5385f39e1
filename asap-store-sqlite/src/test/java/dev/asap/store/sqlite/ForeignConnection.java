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

    /** The table of the usage events as the protocol describes it, with its indexes. */
    static final List<String> USAGE_EVENTS = List.of(
            """
            CREATE TABLE IF NOT EXISTS usage_events (
                id TEXT PRIMARY KEY,
                task_id TEXT NOT NULL,
                agent_id TEXT NOT NULL,
                consumer_id TEXT NOT NULL,
                metrics TEXT NOT NULL,
                timestamp TEXT NOT NULL
            )
            """,
            "CREATE INDEX IF NOT EXISTS idx_usage_agent_timestamp ON usage_events (agent_id, timestamp)",
            "CREATE INDEX IF NOT EXISTS idx_usage_consumer_timestamp ON usage_events (consumer_id, timestamp)");

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

    /** As the reference has it: it names its own columns, and knows no other. */
    void insertUsage(String id, String task, String agent, String consumer, String metrics, String timestamp)
            throws SQLException {
        run(
                "INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                id,
                task,
                agent,
                consumer,
                metrics,
                timestamp);
    }

    /** Usage events with well-formed figures, in one transaction: of 7 agents and 40 consumers, so many seconds apart. */
    void insertManyUsages(String prefix, int count, String first, int secondsApart) throws SQLException {
        run("""
                WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?)
                INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp)
                SELECT ? || i, 'task_' || (i % 900), 'agent_' || (i * i % 7), 'consumer_' || (i % 40),
                    json_object('tokens_in', i % 100, 'tokens_out', i % 10, 'duration_ms', i * 7919 % 20011, 'api_calls', i % 3),
                    strftime('%Y-%m-%dT%H:%M:%S+00:00', ?, '+' || (i * ?) || ' seconds')
                FROM numbers
                """, count, prefix, first, secondsApart);
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).get(0));
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

    /** Takes the file a step back: as it was before there was a journal. Nothing waits in it, and nobody has the file open. */
    void removeJournal() throws SQLException {
        String trigger = rows("SELECT sql FROM sqlite_master WHERE name = 'asap_usage_events_inserted'")
                .get(0);
        run("DROP TRIGGER asap_usage_events_inserted");
        run(trigger.replace(" WHEN NOT EXISTS (SELECT 1 FROM asap_usage_moving)", ""));
        run("DROP TABLE asap_usage_journal");
        run("DROP TABLE asap_usage_moving");
        run("DELETE FROM asap_schema WHERE version = 7");
    }
}
