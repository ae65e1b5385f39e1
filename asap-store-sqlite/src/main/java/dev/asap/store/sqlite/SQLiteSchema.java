// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.JdbcAuditStore;
import dev.asap.store.jdbc.JdbcDelegationStore;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.jdbc.Migration;
import dev.asap.store.jdbc.Migrations;
import java.util.ArrayList;
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

    private static final Migration USAGE = new Migration(
            2,
            "usage events, with their totals by agent, consumer and time",
            statements(
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
                            "CREATE INDEX asap_usage_agent_consumer ON usage_events (agent_id, consumer_id, timestamp)"),
                    JdbcMeteringStore.ROLL_UP.schema()));

    /** What asap_delegations has of a row of issued_delegations: its parties, marked by whether it is revoked. */
    private static final String DELEGATION_OF = """
            SELECT {row}.id, {row}.delegator_urn, COALESCE({row}.delegate_urn, ''), {row}.created_at,
                CASE WHEN EXISTS (SELECT 1 FROM revocations r WHERE r.id = {row}.id) THEN '-' ELSE '+' END
                    || {row}.delegator_urn,
                CASE WHEN EXISTS (SELECT 1 FROM revocations r WHERE r.id = {row}.id) THEN '-' ELSE '+' END
                    || COALESCE({row}.delegate_urn, '')
            """;

    private static final String DELEGATION_COLUMNS =
            "(id, delegator_urn, delegate_urn, created_at, delegator_mark, delegate_mark)";

    /** Updates what is there, so that what only asap_delegations knows stays when the other row is replaced. */
    private static final String COPY_DELEGATION = "UPDATE asap_delegations SET " + DELEGATION_COLUMNS + " = ("
            + DELEGATION_OF.replace("{row}", "NEW") + ") WHERE id = NEW.id;" + "INSERT INTO asap_delegations "
            + DELEGATION_COLUMNS + " " + DELEGATION_OF.replace("{row}", "NEW")
            + " WHERE NEW.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM asap_delegations WHERE id = NEW.id);";

    private static final Migration DELEGATIONS = new Migration(
            4,
            "delegations, with their bounds, uses and totals",
            statements(
                    List.of(
                            """
                            CREATE TABLE IF NOT EXISTS revocations (
                                id TEXT PRIMARY KEY,
                                revoked_at TEXT NOT NULL,
                                reason TEXT)
                            """,
                            "CREATE INDEX IF NOT EXISTS idx_revocations_revoked_at ON revocations (revoked_at)",
                            """
                            CREATE TABLE IF NOT EXISTS issued_delegations (
                                id TEXT PRIMARY KEY,
                                delegator_urn TEXT NOT NULL,
                                delegate_urn TEXT,
                                created_at TEXT NOT NULL)
                            """,
                            "CREATE INDEX IF NOT EXISTS idx_issued_delegator ON issued_delegations (delegator_urn)",
                            "CREATE TABLE asap_delegation_uses (id TEXT NOT NULL PRIMARY KEY, uses INTEGER NOT NULL)"
                                    + " WITHOUT ROWID",
                            """
                            CREATE TABLE asap_delegations (
                                id TEXT NOT NULL PRIMARY KEY,
                                delegator_urn TEXT NOT NULL,
                                delegate_urn TEXT NOT NULL,
                                created_at TEXT NOT NULL,
                                delegator_mark TEXT NOT NULL,
                                delegate_mark TEXT NOT NULL,
                                ends_at TEXT NOT NULL DEFAULT '~',
                                parent_id TEXT,
                                scopes TEXT,
                                max_tasks INTEGER)
                            """,
                            "INSERT INTO asap_delegations " + DELEGATION_COLUMNS + " "
                                    + DELEGATION_OF.replace("{row}", "i")
                                    + " FROM issued_delegations i WHERE i.id IS NOT NULL",
                            "CREATE INDEX asap_delegations_delegator ON asap_delegations"
                                    + " (delegator_urn, created_at, id)",
                            "CREATE INDEX asap_delegations_delegate ON asap_delegations (delegate_urn, created_at, id)",
                            "CREATE INDEX asap_delegations_delegator_mark ON asap_delegations"
                                    + " (delegator_mark, created_at, id, ends_at)",
                            "CREATE INDEX asap_delegations_delegate_mark ON asap_delegations"
                                    + " (delegate_mark, created_at, id, ends_at)",
                            "CREATE INDEX asap_delegations_parent ON asap_delegations (parent_id)"
                                    + " WHERE parent_id IS NOT NULL",
                            "CREATE INDEX asap_delegations_ends ON asap_delegations (ends_at)",
                            "CREATE INDEX asap_delegations_delegator_ends ON asap_delegations"
                                    + " (delegator_mark, ends_at)",
                            "CREATE INDEX asap_delegations_delegate_ends ON asap_delegations (delegate_mark, ends_at)"),
                    JdbcDelegationStore.ROLL_UP.schema(),
                    List.of(
                            "CREATE TRIGGER asap_issued_inserted AFTER INSERT ON issued_delegations BEGIN "
                                    + COPY_DELEGATION + " END",
                            """
                            CREATE TRIGGER asap_issued_deleted AFTER DELETE ON issued_delegations BEGIN
                                DELETE FROM asap_delegations WHERE id = OLD.id;
                            END
                            """,
                            "CREATE TRIGGER asap_issued_updated AFTER UPDATE ON issued_delegations BEGIN"
                                    + " DELETE FROM asap_delegations WHERE id = OLD.id AND OLD.id IS NOT NEW.id; "
                                    + COPY_DELEGATION + " END",
                            markTrigger("inserted", "INSERT", "NEW"),
                            markTrigger("deleted", "DELETE", "OLD"),
                            markTrigger("updated", "UPDATE OF id", "OLD", "NEW"))));

    /** Widens the part of the log in which the entries of an hour stand; it never gets narrower. */
    private static final String WIDEN_HOUR = """
            UPDATE asap_audit_hours SET first = MIN(first, NEW.rowid), last = MAX(last, NEW.rowid)
            WHERE hour = substr(NEW.timestamp, 1, 13);
            INSERT INTO asap_audit_hours (hour, first, last) SELECT substr(NEW.timestamp, 1, 13), NEW.rowid, NEW.rowid
            WHERE NOT EXISTS (SELECT 1 FROM asap_audit_hours WHERE hour = substr(NEW.timestamp, 1, 13));
            """;

    private static final Migration AUDIT = new Migration(
            5,
            "the audit log, with its totals by agent and time",
            statements(
                    List.of(
                            """
                            CREATE TABLE IF NOT EXISTS audit_log (
                                rowid INTEGER PRIMARY KEY AUTOINCREMENT,
                                id TEXT UNIQUE NOT NULL,
                                timestamp TEXT NOT NULL,
                                operation TEXT NOT NULL,
                                agent_urn TEXT NOT NULL,
                                details TEXT NOT NULL DEFAULT '{}',
                                prev_hash TEXT NOT NULL DEFAULT '',
                                hash TEXT NOT NULL DEFAULT '')
                            """,
                            "CREATE INDEX IF NOT EXISTS idx_audit_urn ON audit_log (agent_urn)",
                            "CREATE INDEX IF NOT EXISTS idx_audit_ts ON audit_log (timestamp)",
                            "CREATE INDEX asap_audit_urn_ts ON audit_log (agent_urn, timestamp)",
                            "CREATE TABLE asap_audit_hours (hour TEXT NOT NULL PRIMARY KEY, first INTEGER NOT NULL,"
                                    + " last INTEGER NOT NULL) WITHOUT ROWID",
                            "INSERT INTO asap_audit_hours (hour, first, last)"
                                    + " SELECT substr(timestamp, 1, 13), MIN(rowid), MAX(rowid) FROM audit_log GROUP BY 1",
                            "CREATE TRIGGER asap_audit_hours_inserted AFTER INSERT ON audit_log BEGIN " + WIDEN_HOUR
                                    + " END",
                            "CREATE TRIGGER asap_audit_hours_updated AFTER UPDATE ON audit_log BEGIN " + WIDEN_HOUR
                                    + " END"),
                    JdbcAuditStore.ROLL_UP.schema()));

    static final Migrations MIGRATIONS = new Migrations(List.of(SNAPSHOTS, USAGE, DELEGATIONS, AUDIT));

    private SQLiteSchema() {}

    @SafeVarargs
    private static List<String> statements(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    /** Marks a delegation anew when its revocation comes or goes. */
    private static String markTrigger(String name, String event, String... rows) {
        StringBuilder trigger = new StringBuilder(
                "CREATE TRIGGER asap_revocations_" + name + " AFTER " + event + " ON revocations BEGIN");
        for (String row : rows) {
            trigger.append("""
                     UPDATE asap_delegations SET (delegator_mark, delegate_mark) = (
                        SELECT mark || delegator_urn, mark || delegate_urn FROM (SELECT CASE WHEN EXISTS
                            (SELECT 1 FROM revocations r WHERE r.id = {row}.id) THEN '-' ELSE '+' END AS mark))
                    WHERE id = {row}.id;
                    """.replace("{row}", row));
        }
        return trigger.append(" END").toString();
    }
}
