// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The steps that lead to the schema this version of the library works with. Immutable and thread-safe.
 *
 * <p>Which steps a database has seen is kept in its table {@code asap_schema}, one row per step. It is the library's own:
 * other programs' tables are never renamed, rebuilt or emptied by a step.
 */
public final class Migrations {
    private final List<Migration> steps;

    /**
     * The steps in order.
     *
     * @throws IllegalArgumentException if their numbers do not rise
     */
    public Migrations(List<Migration> steps) {
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i).version() <= steps.get(i - 1).version()) {
                throw new IllegalArgumentException("migration " + steps.get(i).version() + " stands behind "
                        + steps.get(i - 1).version());
            }
        }
        this.steps = List.copyOf(steps);
    }

    /** The number of the last step: the version of the schema that this library works with. */
    public int latest() {
        return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).version();
    }

    /**
     * Runs the steps that the database has not seen. The caller brings a transaction that excludes other writers, so that two
     * processes which open a database at once do not both run a step. Costs two statements when there is nothing to do.
     *
     * @return how many steps were run
     */
    public int apply(SqlSession session) throws SQLException {
        session.prepare("""
                        CREATE TABLE IF NOT EXISTS asap_schema (
                            version INTEGER NOT NULL PRIMARY KEY,
                            description TEXT NOT NULL,
                            applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)
                        """).execute();
        int current = current(session);
        int applied = 0;
        for (Migration step : steps) {
            if (step.version() > current) {
                for (String statement : step.statements()) {
                    session.prepare(statement).execute();
                }
                SqlWork<?> then = step.then();
                if (then != null) {
                    then.run(session);
                }
                PreparedStatement note =
                        session.prepare("INSERT INTO asap_schema (version, description) VALUES (?, ?)");
                note.setInt(1, step.version());
                note.setString(2, step.description());
                note.executeUpdate();
                applied++;
            }
        }
        return applied;
    }

    /** The number of the last step that the database has seen; its table {@code asap_schema} must be there. */
    public static int current(SqlSession session) throws SQLException {
        try (ResultSet row = session.prepare("SELECT COALESCE(MAX(version), 0) FROM asap_schema")
                .executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }
}
