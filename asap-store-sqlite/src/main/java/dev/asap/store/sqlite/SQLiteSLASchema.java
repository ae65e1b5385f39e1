// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.JdbcSLAStore;
import dev.asap.store.jdbc.Migration;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables about service levels. {@code sla_metrics} and {@code sla_breaches} are the protocol's; the rest is added to them.
 *
 * <p>{@code asap_sla_breach_keys} has what breaches are found and counted by. Other programs replace breaches by their id, for which
 * SQLite fires no delete trigger; here the row that goes is known.
 */
final class SQLiteSLASchema {
    private static final String KEEP_KEYS =
            """
            DELETE FROM asap_sla_breach_keys WHERE id = NEW.id;
            INSERT INTO asap_sla_breach_keys (id, agent_id, severity, agent_severity, detected_at, open)
                SELECT NEW.id, NEW.agent_id, NEW.severity, {agent_severity}, NEW.detected_at, NEW.resolved_at IS NULL
                WHERE NEW.id IS NOT NULL;
            """.replace("{agent_severity}", JdbcSLAStore.AGENT_AND_SEVERITY.replace("{row}", "NEW"));

    private static final List<String> TABLES = List.of(
            """
            CREATE TABLE IF NOT EXISTS sla_metrics (
                agent_id TEXT NOT NULL,
                period_start TEXT NOT NULL,
                period_end TEXT NOT NULL,
                uptime_percent REAL NOT NULL,
                latency_p95_ms INTEGER NOT NULL,
                error_rate_percent REAL NOT NULL,
                tasks_completed INTEGER NOT NULL,
                tasks_failed INTEGER NOT NULL)
            """,
            "CREATE INDEX IF NOT EXISTS idx_sla_metrics_agent_period ON sla_metrics (agent_id, period_start)",
            "CREATE INDEX asap_sla_metrics_start ON sla_metrics (period_start)",
            "CREATE INDEX asap_sla_metrics_end ON sla_metrics (period_end)",
            "CREATE INDEX asap_sla_metrics_agent_end ON sla_metrics (agent_id, period_end)",
            "CREATE INDEX asap_sla_metrics_backward ON sla_metrics (period_start) WHERE period_end < period_start",
            """
            CREATE TABLE IF NOT EXISTS sla_breaches (
                id TEXT PRIMARY KEY,
                agent_id TEXT NOT NULL,
                breach_type TEXT NOT NULL,
                threshold TEXT NOT NULL,
                actual TEXT NOT NULL,
                severity TEXT NOT NULL,
                detected_at TEXT NOT NULL,
                resolved_at TEXT)
            """,
            "CREATE INDEX IF NOT EXISTS idx_sla_breaches_agent_detected ON sla_breaches (agent_id, detected_at)",
            """
            CREATE TABLE asap_sla_breach_keys (
                id TEXT NOT NULL PRIMARY KEY,
                agent_id TEXT NOT NULL,
                severity TEXT NOT NULL,
                agent_severity TEXT NOT NULL,
                detected_at TEXT NOT NULL,
                open INTEGER NOT NULL) WITHOUT ROWID
            """,
            "INSERT INTO asap_sla_breach_keys (id, agent_id, severity, agent_severity, detected_at, open)"
                    + " SELECT id, agent_id, severity, " + JdbcSLAStore.AGENT_AND_SEVERITY.replace("{row}", "b")
                    + ", detected_at, resolved_at IS NULL FROM sla_breaches b WHERE id IS NOT NULL",
            "CREATE INDEX asap_sla_breach_time ON asap_sla_breach_keys (detected_at)",
            "CREATE INDEX asap_sla_breach_agent ON asap_sla_breach_keys (agent_id, detected_at)",
            "CREATE INDEX asap_sla_breach_severity ON asap_sla_breach_keys (severity, detected_at)",
            "CREATE INDEX asap_sla_breach_agent_severity ON asap_sla_breach_keys (agent_severity, detected_at)",
            "CREATE INDEX asap_sla_breach_open ON asap_sla_breach_keys (detected_at) WHERE open = 1",
            "CREATE INDEX asap_sla_breach_agent_open ON asap_sla_breach_keys (agent_id, detected_at) WHERE open = 1",
            "CREATE TRIGGER asap_sla_breach_keys_kept AFTER INSERT ON sla_breaches BEGIN " + KEEP_KEYS + " END",
            "CREATE TRIGGER asap_sla_breach_keys_changed AFTER UPDATE ON sla_breaches BEGIN"
                    + " DELETE FROM asap_sla_breach_keys WHERE id = OLD.id; " + KEEP_KEYS + " END",
            "CREATE TRIGGER asap_sla_breach_keys_removed AFTER DELETE ON sla_breaches BEGIN"
                    + " DELETE FROM asap_sla_breach_keys WHERE id = OLD.id; END");

    static final Migration MIGRATION = new Migration(
            3, "figures of service and breaches, with their numbers by agent, severity and time", statements());

    private SQLiteSLASchema() {}

    private static List<String> statements() {
        List<String> all = new ArrayList<>(TABLES);
        JdbcSLAStore.ROLL_UPS.forEach(rollUp -> all.addAll(rollUp.schema()));
        return all;
    }
}
