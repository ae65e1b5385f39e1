// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.SqlSession;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * One connection to the file and the statements that were prepared on it. Not thread-safe: it belongs to whoever holds it, and
 * is handed on by something that orders memory.
 */
final class SQLiteSession implements SqlSession, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(SQLiteSession.class);

    /** More texts than this are not kept: the stores have a few dozen. */
    private static final int MAX_STATEMENTS = 256;

    private final Connection connection;
    // By least recent use.
    private final LinkedHashMap<String, PreparedStatement> statements = new LinkedHashMap<>(64, 0.75f, true);

    private SQLiteSession(Connection connection) {
        this.connection = connection;
    }

    /** Opens a connection, which makes the file where there is none. The busy timeout is set before anything else. */
    static SQLiteSession open(Path path, Duration busyTimeout) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        config.setGetGeneratedKeys(false);
        // As a URI, because the driver takes a '?' in a plain name for the beginning of its settings.
        Connection connection =
                config.createConnection("jdbc:sqlite:" + path.toAbsolutePath().toUri());
        SQLiteSession session = new SQLiteSession(connection);
        try {
            session.leaveTransactionsToSQL();
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /**
     * Ends the driver's own care for transactions, which steps a BEGIN and a COMMIT behind every statement. What counts from here
     * on is SQLite's rule: a statement outside of BEGIN and COMMIT is a transaction of its own.
     */
    private void leaveTransactionsToSQL() throws SQLException {
        connection.setAutoCommit(false);
        execute("COMMIT");
    }

    @Override
    public PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        PreparedStatement statement = connection.prepareStatement(sql);
        statements.put(sql, statement);
        if (statements.size() > MAX_STATEMENTS) {
            evictEldest();
        }
        return statement;
    }

    private void evictEldest() throws SQLException {
        Map.Entry<String, PreparedStatement> eldest =
                statements.entrySet().iterator().next();
        statements.remove(eldest.getKey());
        eldest.getValue().close();
    }

    /** Prepares everything anew after a failure: the driver ends a statement in which one happened, and does not say so. */
    void forgetStatements() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOGGER.debug("closing a statement failed", e);
            }
        }
        statements.clear();
    }

    /** Runs a statement of a kind that is run again and again. */
    void execute(String sql) throws SQLException {
        prepare(sql).execute();
    }

    /** Runs a statement once and gives the first column of its first row, or nothing where it has none. */
    String ask(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        }
    }

    @Override
    public void close() {
        try {
            // Closes the statements too.
            connection.close();
        } catch (SQLException e) {
            LOGGER.debug("closing a connection failed", e);
        }
    }
}
