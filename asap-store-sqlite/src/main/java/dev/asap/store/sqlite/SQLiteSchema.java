// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.jdbc.Migration;
import dev.asap.store.jdbc.Migrations;
import java.util.List;

/**
 * The tables in the file, step by step.
 *
 * <p>{@code snapshots} is the protocol's table and never changes. Everything else is added to it, begins with {@code asap_}
 * and is kept up to date by triggers, so that rows count whoever writes them. Triggers are written so that the conflict
 * clause of the statement that fires them does not matter: with INSERT OR REPLACE, SQLite applies it inside of the trigger too,
 * and fires no delete trigger for the row that goes.
 */
final class SQLiteSchema {
    static final List<String> SNAPSHOT_COLUMNS =
            List.of("task_id", "id", "version", "data", "checkpoint", "created_at");
    static final List<String> SNAPSHOT_KEY = List.of("task_id", "version");

    private static final Migration SNAPSHOTS = new Migration(
            1,
            "snapshots, with their ids, checkpoints and tasks",
            List.of(
                    """
                    CREATE TABLE IF NOT EXISTS snapshots (
                        task_id TEXT NOT NULL,
                        id TEXT NOT NULL,
                        version INTEGER NOT NULL,
                        data TEXT NOT NULL,
                        checkpoint INTEGER NOT NULL,
                        created_at TEXT NOT NULL,
                        PRIMARY KEY (task_id, version))
                    """,
                    "CREATE INDEX asap_snapshots_id ON snapshots (id, task_id, version DESC)",
                    "CREATE INDEX asap_snapshots_checkpoint ON snapshots (task_id, version) WHERE checkpoint <> 0",
                    "CREATE TABLE asap_tasks (task_id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
                    "CREATE TABLE asap_counts (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
                    "INSERT INTO asap_tasks (task_id) SELECT DISTINCT task_id FROM snapshots",
                    "INSERT INTO asap_counts (name, value) SELECT 'tasks', COUNT(*) FROM asap_tasks",
                    """
                    CREATE TRIGGER asap_tasks_inserted AFTER INSERT ON asap_tasks BEGIN
                        UPDATE asap_counts SET value = value + 1 WHERE name = 'tasks';
                    END
                    """,
                    """
                    CREATE TRIGGER asap_tasks_deleted AFTER DELETE ON asap_tasks BEGIN
                        UPDATE asap_counts SET value = value - 1 WHERE name = 'tasks';
                    END
                    """,
                    """
                    CREATE TRIGGER asap_snapshots_inserted AFTER INSERT ON snapshots
                    WHEN NOT EXISTS (SELECT 1 FROM asap_tasks WHERE task_id = NEW.task_id) BEGIN
                        INSERT INTO asap_tasks (task_id) VALUES (NEW.task_id);
                    END
                    """,
                    """
                    CREATE TRIGGER asap_snapshots_deleted AFTER DELETE ON snapshots
                    WHEN NOT EXISTS (SELECT 1 FROM snapshots WHERE task_id = OLD.task_id) BEGIN
                        DELETE FROM asap_tasks WHERE task_id = OLD.task_id;
                    END
                    """,
                    """
                    CREATE TRIGGER asap_snapshots_moved AFTER UPDATE OF task_id ON snapshots BEGIN
                        DELETE FROM asap_tasks WHERE task_id = OLD.task_id
                        AND NOT EXISTS (SELECT 1 FROM snapshots WHERE task_id = OLD.task_id);
                        INSERT INTO asap_tasks (task_id) SELECT NEW.task_id
                        WHERE NOT EXISTS (SELECT 1 FROM asap_tasks WHERE task_id = NEW.task_id);
                    END
                    """));

    private static final Migration USAGE = JdbcMeteringStore.migration(
            2,
            List.of(
                    """
                            CREATE TABLE IF NOT EXISTS usage_events (
                                id TEXT NOT NULL PRIMARY KEY,
                                task_id TEXT NOT NULL,
                                agent_id TEXT NOT NULL,
                                consumer_id TEXT NOT NULL,
                                metrics TEXT NOT NULL,
                                timestamp TEXT NOT NULL)
                            """,
                    "CREATE INDEX IF NOT EXISTS idx_usage_agent_timestamp ON usage_events (agent_id, timestamp)",
                    "CREATE INDEX IF NOT EXISTS idx_usage_consumer_timestamp ON usage_events"
                            + " (consumer_id, timestamp)",
                    "ALTER TABLE usage_events ADD COLUMN asap_status TEXT",
                    "CREATE INDEX asap_usage_timestamp ON usage_events (timestamp)",
                    "CREATE INDEX asap_usage_task ON usage_events (task_id, timestamp)",
                    "CREATE INDEX asap_usage_agent_consumer ON usage_events (agent_id, consumer_id, timestamp)"));

    private static final Migration USAGE_JOURNAL = JdbcMeteringStore.journalMigration(7);

    static final Migrations MIGRATIONS = new Migrations(List.of(
            SNAPSHOTS,
            USAGE,
            SQLiteSLASchema.MIGRATION,
            SQLiteTrustSchema.DELEGATIONS,
            SQLiteTrustSchema.AUDIT,
            JdbcMeteringStore.migrationOfPairs(6),
            USAGE_JOURNAL));

    private SQLiteSchema() {}
}
