// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.page.Cursor;
import dev.asap.page.PageRequest;
import dev.asap.store.sqlite.SQLiteStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/** What usage costs in a file of a million events: times are medians of calls that take turns. */
final class UsageCounts {
    private static final int BATCHES = 100;
    private static final int BATCH = 1000;

    private static final Instant FROM = UsageData.BEGIN.plus(Duration.ofHours(1000));
    private static final Instant UNTIL = UsageData.BEGIN.plus(Duration.ofHours(7000));

    private UsageCounts() {}

    /** The filters under which pages are read, by name. */
    static Map<String, UsageFilter> filters() {
        Map<String, UsageFilter> filters = new LinkedHashMap<>();
        filters.put("all", UsageFilter.all());
        filters.put("agent", UsageFilter.all().agent(UsageData.agent(7)));
        filters.put("consumer", UsageFilter.all().consumer(UsageData.consumer(7)));
        filters.put("time", UsageFilter.all().from(FROM).until(UNTIL));
        filters.put("agent-time", filters.get("agent").from(FROM).until(UNTIL));
        filters.put("agent-consumer", filters.get("agent").consumer(UsageData.consumer(7)));
        filters.put("task", UsageFilter.all().task(UsageData.task(DataFile.SMALL / 2)));
        return filters;
    }

    private static UsageFilter filter(String name) {
        UsageFilter filter = filters().get(name);
        if (filter == null) {
            throw new IllegalArgumentException(
                    "there is no filter '" + name + "', only " + filters().keySet());
        }
        return filter;
    }

    /** How much longer a page takes of a million events than of ten thousand. */
    static Tally pages(String name) throws Exception {
        UsageFilter filter = filter(name);
        try (SQLiteStorage small = SQLiteStorage.open(UsageData.file(DataFile.SMALL));
                SQLiteStorage large = SQLiteStorage.open(UsageData.file(DataFile.LARGE))) {
            return PageCounts.ratio(
                    request -> small.metering().query(filter, request),
                    request -> large.metering().query(filter, request));
        }
    }

    /** The slowest page of a million events, in parts of five milliseconds. */
    static Tally pageTimes() throws Exception {
        try (SQLiteStorage storage = SQLiteStorage.open(UsageData.file(DataFile.LARGE))) {
            Map<String, PageCounts.Listing> listings = new LinkedHashMap<>();
            filters()
                    .forEach((name, filter) ->
                            listings.put(name, request -> storage.metering().query(filter, request)));
            return PageCounts.slowest(listings);
        }
    }

    /** The slowest sum of a million events, in parts of five milliseconds. */
    static Tally sumTimes() throws Exception {
        Map<String, Callable<?>> calls = new LinkedHashMap<>();
        try (SQLiteStorage storage = SQLiteStorage.open(UsageData.file(DataFile.LARGE))) {
            MeteringStore store = storage.metering();
            UsageFilter all = UsageFilter.all();
            UsageFilter agent = filter("agent");
            calls.put("summary", () -> store.summary(all));
            calls.put(
                    "summary_of_an_agent", () -> store.summary(agent.from(FROM).until(FROM.plus(Duration.ofDays(30)))));
            UsageFilter window = filter("time");
            UsageFilter week = all.from(FROM).until(FROM.plus(Duration.ofDays(7)));
            // Bounds within a day and an hour, as far apart as can be.
            UsageFilter cut = all.from(UsageData.BEGIN.plus(Duration.ofMinutes(30)))
                    .until(UsageData.BEGIN.plus(UsageData.YEAR).minus(Duration.ofMinutes(30)));
            UsageFilter agentCut = agent.from(FROM.plus(Duration.ofMinutes(30))).until(UNTIL);
            UsageFilter consumer = filter("consumer");
            UsageFilter both = filter("agent-consumer");
            calls.put("summary_of_a_window", () -> store.summary(window));
            calls.put("by_agent_of_a_window", () -> store.byAgent(window));
            calls.put("by_consumer_of_a_window", () -> store.byConsumer(window));
            calls.put("by_month", () -> store.byPeriod(UsagePeriod.MONTH, all));
            calls.put("by_week", () -> store.byPeriod(UsagePeriod.WEEK, all));
            calls.put("by_day", () -> store.byPeriod(UsagePeriod.DAY, all));
            calls.put("by_week_of_a_window", () -> store.byPeriod(UsagePeriod.WEEK, cut));
            calls.put("by_day_of_a_window", () -> store.byPeriod(UsagePeriod.DAY, cut));
            calls.put("by_hour_of_a_week", () -> store.byPeriod(UsagePeriod.HOUR, week));
            calls.put("by_hour", () -> store.byPeriod(UsagePeriod.HOUR, all));
            calls.put("by_hour_of_a_window", () -> store.byPeriod(UsagePeriod.HOUR, cut));
            calls.put("durations_of_a_window", () -> store.durations(window));
            calls.put("by_agent", () -> store.byAgent(all));
            calls.put("by_consumer", () -> store.byConsumer(all));
            calls.put("durations", () -> store.durations(all));
            calls.put("durations_of_a_cut_window", () -> store.durations(cut));
            calls.put("summary_of_all_of_an_agent", () -> store.summary(agent));
            calls.put("by_agent_of_an_agent", () -> store.byAgent(agent));
            calls.put("by_consumer_of_an_agent", () -> store.byConsumer(agent));
            calls.put("by_day_of_an_agent", () -> store.byPeriod(UsagePeriod.DAY, agent));
            calls.put("by_week_of_an_agent", () -> store.byPeriod(UsagePeriod.WEEK, agent));
            calls.put("by_month_of_an_agent", () -> store.byPeriod(UsagePeriod.MONTH, agent));
            calls.put("durations_of_an_agent", () -> store.durations(agent));
            calls.put("summary_of_a_window_of_an_agent", () -> store.summary(agentCut));
            calls.put("by_consumer_of_a_window_of_an_agent", () -> store.byConsumer(agentCut));
            calls.put("by_day_of_a_window_of_an_agent", () -> store.byPeriod(UsagePeriod.DAY, agentCut));
            calls.put("by_week_of_a_window_of_an_agent", () -> store.byPeriod(UsagePeriod.WEEK, agentCut));
            calls.put("durations_of_a_window_of_an_agent", () -> store.durations(agentCut));
            calls.put("summary_of_a_consumer", () -> store.summary(consumer));
            calls.put("by_agent_of_a_consumer", () -> store.byAgent(consumer));
            calls.put("by_consumer_of_a_consumer", () -> store.byConsumer(consumer));
            calls.put("by_day_of_a_consumer", () -> store.byPeriod(UsagePeriod.DAY, consumer));
            calls.put("by_week_of_a_consumer", () -> store.byPeriod(UsagePeriod.WEEK, consumer));
            calls.put("by_month_of_a_consumer", () -> store.byPeriod(UsagePeriod.MONTH, consumer));
            calls.put("durations_of_a_consumer", () -> store.durations(consumer));
            calls.put("summary_of_both", () -> store.summary(both));
            calls.put("by_agent_of_both", () -> store.byAgent(both));
            calls.put("by_week_of_both", () -> store.byPeriod(UsagePeriod.WEEK, both));
            calls.put("stats", store::stats);
            return Turns.slowest(calls);
        }
    }

    private static final String KEYSET = "SELECT id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status"
            + " FROM usage_events WHERE timestamp >= ? AND (timestamp > ? OR id > ?) ORDER BY timestamp, id LIMIT ?";

    /** A page behind a cursor, with its total, against the bare statement for its rows. */
    static Tally cursorPage() throws Exception {
        Path file = UsageData.file(DataFile.LARGE);
        try (SQLiteStorage storage = SQLiteStorage.open(file);
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                PreparedStatement select = connection.prepareStatement(KEYSET)) {
            MeteringStore store = storage.metering();
            Cursor cursor = store.query(UsageFilter.all(), PageRequest.of(PageCounts.PAGE, DataFile.LARGE / 2))
                    .nextCursor();
            if (cursor == null) {
                throw new IllegalStateException("no cursor in the middle of " + DataFile.LARGE + " events");
            }
            PageRequest next = PageRequest.after(cursor, PageCounts.PAGE);
            String[] key = cursor.key().split("\n", 2);
            double[] millis = Turns.millis(
                    List.of(() -> store.query(UsageFilter.all(), next), () -> rows(select, key[0], key[1])));
            return Tally.of(millis[0] / millis[1]).with("ms", millis[0]).with("ms_of_the_statement", millis[1]);
        }
    }

    private static List<String> rows(PreparedStatement select, String time, String id) throws SQLException {
        select.setString(1, time);
        select.setString(2, time);
        select.setString(3, id);
        select.setInt(4, PageCounts.PAGE + 1);
        List<String> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                for (int column = 1; column <= 7; column++) {
                    found.add(String.valueOf(rows.getString(column)));
                }
            }
        }
        return found;
    }

    /** Batches of a thousand events against the same batches in bare JDBC, into the same table without what we keep beside it. */
    static Tally batches() throws Exception {
        Path folder = Files.createTempDirectory("asap-jmh");
        try (SQLiteStorage storage = SQLiteStorage.open(folder.resolve("ours.db"));
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + bareFile(folder));
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO usage_events VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            settle(connection);
            connection.setAutoCommit(false);
            Random random = new Random(1);
            long ours = 0;
            long bare = 0;
            for (int i = 0; i < BATCHES; i++) {
                List<UsageEvent> events = events(i, random);
                long begin = System.nanoTime();
                storage.metering().recordAll(events);
                long between = System.nanoTime();
                insertAll(connection, insert, i, events);
                long end = System.nanoTime();
                // The first tenth warms up.
                if (i >= BATCHES / 10) {
                    ours += between - begin;
                    bare += end - between;
                }
            }
            double counted = BATCHES * 0.9 * BATCH;
            return Tally.of((double) bare / ours)
                    .with("events_per_second", counted * 1e9 / ours)
                    .with("events_per_second_in_bare_JDBC", counted * 1e9 / bare);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Our file, with its indexes, but without the triggers. */
    private static Path bareFile(Path folder) throws SQLException {
        Path file = folder.resolve("bare.db");
        SQLiteStorage.open(file).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String trigger : List.of("inserted", "deleted", "updated")) {
                statement.execute("DROP TRIGGER asap_usage_events_" + trigger);
            }
        }
        return file;
    }

    /** As our writer sets itself up. */
    private static void settle(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : List.of(
                    "synchronous = FULL", "wal_autocheckpoint = 16000", "cache_size = -16000", "temp_store = MEMORY")) {
                statement.execute("PRAGMA " + setting);
            }
        }
    }

    private static List<UsageEvent> events(int batch, Random random) {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            // As many a day as a million in a year.
            Instant time = UsageData.BEGIN.plusMillis(UsageData.YEAR.toMillis() / DataFile.LARGE * (batch * BATCH + i));
            events.add(UsageEvent.of(
                    "task_" + i,
                    UsageData.agent(random.nextInt(UsageData.AGENTS)),
                    UsageData.consumer(random.nextInt(UsageData.CONSUMERS)),
                    new UsageMetrics(random.nextInt(4000), random.nextInt(1000), random.nextInt(2000), 1),
                    time));
        }
        return events;
    }

    private static void insertAll(Connection connection, PreparedStatement insert, int batch, List<UsageEvent> events)
            throws SQLException {
        int i = 0;
        for (UsageEvent event : events) {
            UsageMetrics used = event.metrics();
            insert.setString(1, String.format(Locale.ROOT, "evt_01KQ0A2Y9M%08d%08d", batch, i++));
            insert.setString(2, event.taskId());
            insert.setString(3, event.agentId());
            insert.setString(4, event.consumerId());
            insert.setString(
                    5,
                    "{\"tokens_in\": " + used.tokensIn() + ", \"tokens_out\": " + used.tokensOut()
                            + ", \"duration_ms\": " + used.durationMs() + ", \"api_calls\": " + used.apiCalls() + "}");
            insert.setString(6, event.timestamp().toString());
            insert.setString(7, null);
            insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
    }
}
