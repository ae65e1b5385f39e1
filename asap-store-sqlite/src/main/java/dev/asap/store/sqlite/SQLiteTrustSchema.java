// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.JdbcAuditStore;
import dev.asap.store.jdbc.JdbcDelegationStore;
import dev.asap.store.jdbc.Migration;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables for who may act for whom, and for who did what. {@code revocations}, {@code issued_delegations} and {@code audit_log} are the
 * protocol's; the others are kept up to date by triggers, as {@link SQLiteSchema} has it.
 */
final class SQLiteTrustSchema {
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

    static final Migration DELEGATIONS = new Migration(
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

    static final Migration AUDIT = new Migration(
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

    private SQLiteTrustSchema() {}

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
