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
import java.util.Locale;
import java.util.Random;

/** Files with a year of usage events, of 100 agents for 1,000 consumers. */
final class UsageData {
    static final int AGENTS = 100;
    static final int CONSUMERS = 1000;
    static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");
    static final Duration YEAR = Duration.ofDays(365);

    /** As the protocol has it; what we keep beside it comes when the file is opened. */
    private static final String TABLE =
            "CREATE TABLE usage_events (id TEXT NOT NULL PRIMARY KEY, task_id TEXT NOT NULL,"
                    + " agent_id TEXT NOT NULL, consumer_id TEXT NOT NULL, metrics TEXT NOT NULL, timestamp TEXT NOT NULL)";

    private UsageData() {}

    static String agent(int i) {
        return "urn:asap:agent:worker-" + i;
    }

    static String consumer(int i) {
        return "urn:asap:agent:caller-" + i;
    }

    static String task(int i) {
        return "task_" + i;
    }

    /** The file with so many events. */
    static Path file(int events) throws IOException, SQLException {
        return DataFile.of("usage", events, UsageData::fill);
    }

    private static void fill(Connection connection, int events) throws SQLException {
        Random random = new Random(events);
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO usage_events"
                + " (id, task_id, agent_id, consumer_id, metrics, timestamp) VALUES (?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < events; i++) {
                bind(insert, i, random, BEGIN.plusMillis(YEAR.toMillis() * i / events));
                insert.executeUpdate();
            }
        }
    }

    private static void bind(PreparedStatement insert, int i, Random random, Instant time) throws SQLException {
        insert.setString(1, String.format(Locale.ROOT, "evt_01KQ0A2Y9M%016d", i));
        insert.setString(2, task(i));
        insert.setString(3, agent(random.nextInt(AGENTS)));
        insert.setString(4, consumer(random.nextInt(CONSUMERS)));
        insert.setString(5, metrics(random));
        insert.setString(6, WireTime.formatWithOffset(time));
    }

    private static String metrics(Random random) {
        return "{\"tokens_in\": " + random.nextInt(4000) + ", \"tokens_out\": " + random.nextInt(1000)
                + ", \"duration_ms\": " + (long) (500 * Math.exp(random.nextGaussian())) + ", \"api_calls\": "
                + random.nextInt(5) + "}";
    }
}
