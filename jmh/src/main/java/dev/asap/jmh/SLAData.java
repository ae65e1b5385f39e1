// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.json.WireTime;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Files with a year of service levels of 100 agents: as many periods as breaches. */
final class SLAData {
    static final int AGENTS = 100;
    static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
    private static final Duration YEAR = Duration.ofDays(365);

    /** As the protocol has them. */
    private static final List<String> TABLES = List.of(
            "CREATE TABLE sla_metrics (agent_id TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL,"
                    + " uptime_percent REAL NOT NULL, latency_p95_ms INTEGER NOT NULL, error_rate_percent REAL NOT NULL,"
                    + " tasks_completed INTEGER NOT NULL, tasks_failed INTEGER NOT NULL)",
            "CREATE TABLE sla_breaches (id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, breach_type TEXT NOT NULL,"
                    + " threshold TEXT NOT NULL, actual TEXT NOT NULL, severity TEXT NOT NULL, detected_at TEXT NOT NULL,"
                    + " resolved_at TEXT)");

    private SLAData() {}

    static String agent(int i) {
        return "urn:asap:agent:worker-" + i;
    }

    /** The file with so many periods and breaches. */
    static Path file(int rows) throws IOException, SQLException {
        return DataFile.of("sla", rows, SLAData::fill);
    }

    private static void fill(Connection connection, int rows) throws SQLException {
        Random random = new Random(rows);
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
        }
        try (PreparedStatement periods =
                        connection.prepareStatement("INSERT INTO sla_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement breaches =
                        connection.prepareStatement("INSERT INTO sla_breaches VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < rows; i++) {
                Instant time = BEGIN.plusMillis(YEAR.toMillis() * i / rows);
                bindPeriod(periods, random, time);
                periods.executeUpdate();
                bindBreach(breaches, i, random, time);
                breaches.executeUpdate();
            }
        }
    }

    /** Five minutes to an hour of an agent. */
    private static void bindPeriod(PreparedStatement insert, Random random, Instant start) throws SQLException {
        insert.setString(1, agent(random.nextInt(AGENTS)));
        insert.setString(2, WireTime.formatWithOffset(start));
        insert.setString(3, WireTime.formatWithOffset(start.plus(Duration.ofMinutes(5L * (1 + random.nextInt(12))))));
        insert.setDouble(4, 99 + random.nextDouble());
        insert.setInt(5, random.nextInt(2000));
        insert.setDouble(6, random.nextDouble());
        insert.setInt(7, random.nextInt(1000));
        insert.setInt(8, random.nextInt(10));
    }

    /** One in a thousand is open. */
    private static void bindBreach(PreparedStatement insert, int i, Random random, Instant time) throws SQLException {
        insert.setString(1, String.format(Locale.ROOT, "breach_01KQ0A2Y9M%016d", i));
        insert.setString(2, agent(random.nextInt(AGENTS)));
        insert.setString(3, "latency");
        insert.setString(4, "500ms");
        insert.setString(5, 500 + random.nextInt(1000) + "ms");
        insert.setString(6, random.nextBoolean() ? "warning" : "critical");
        insert.setString(7, WireTime.formatWithOffset(time));
        insert.setString(8, i % 1000 == 0 ? null : WireTime.formatWithOffset(time.plusSeconds(600)));
    }
}
