// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the rows of {@code usage_events} say, by plain SQL over all of them; for rows whose figures are whole numbers. */
final class UsageTruth {
    private static final String SUMS = "COUNT(*), SUM(json_extract(metrics, '$.tokens_in')),"
            + " SUM(json_extract(metrics, '$.tokens_out')), SUM(json_extract(metrics, '$.duration_ms')),"
            + " SUM(json_extract(metrics, '$.api_calls'))";
    private static final List<String> KEYS = List.of("''", "agent_id", "consumer_id");
    private static final int[] LEVELS = {0, 7, 10, 13, 16, 19};
    private static final int LAST_COARSE = 2;
    private static final int[] GROUP_LEVELS = {0, 7, 9, 10, 13};

    private UsageTruth() {}

    /** Requires that all figures of a store are those of the rows, and that the tables beside them are too. */
    static void requireAgreement(MeteringStore store, ForeignConnection file) throws SQLException {
        requireFigures(store, file);
        requireRollUp(file);
    }

    private static void requireFigures(MeteringStore store, ForeignConnection file) throws SQLException {
        UsageFilter all = UsageFilter.all();
        assertThat(store.stats().events()).isEqualTo(file.number("SELECT COUNT(*) FROM usage_events"));
        assertThat(List.of(text(store.summary(all).totals())))
                .isEqualTo(file.rows("SELECT " + SUMS.replace("SUM(", "TOTAL(") + " FROM usage_events").stream()
                        .map(row -> row.replace(".0", ""))
                        .toList());
        assertThat(store.byAgent(all).stream().map(each -> each.agentId() + "|" + text(each.totals())))
                .containsExactlyElementsOf(sumsBy(file, "agent_id"));
        assertThat(store.byConsumer(all).stream().map(each -> each.consumerId() + "|" + text(each.totals())))
                .containsExactlyElementsOf(sumsBy(file, "consumer_id"));
        assertThat(store.byPeriod(UsagePeriod.HOUR, all).stream()
                        .map(each -> each.period() + "|" + text(each.totals())))
                .containsExactlyElementsOf(sumsBy(file, "substr(timestamp, 1, 13)"));
        requirePeriods(store, all, file, "");
        requireWindow(store, file);
        for (int dimension = 1; dimension < KEYS.size(); dimension++) {
            requireFiguresOfKeys(store, file, dimension, all, "");
        }
        requireDurations(store.durations(all), file, "");
        for (String agent : file.rows("SELECT DISTINCT agent_id FROM usage_events")) {
            requireDurations(store.durations(all.agent(agent)), file, " WHERE agent_id = '" + agent + "'");
        }
    }

    private static void requirePeriods(
            MeteringStore store, UsageFilter filter, ForeignConnection file, String condition) throws SQLException {
        Map<UsagePeriod, Integer> lengths = Map.of(UsagePeriod.HOUR, 13, UsagePeriod.DAY, 10, UsagePeriod.MONTH, 7);
        for (UsagePeriod period : lengths.keySet()) {
            assertThat(store.byPeriod(period, filter).stream()
                            .map(each -> each.period() + "|" + each.agents() + "|" + each.consumers() + "|"
                                    + text(each.totals())))
                    .as("by %s%s", period, condition)
                    .containsExactlyElementsOf(file.rows("SELECT substr(timestamp, 1, " + lengths.get(period)
                            + "), COUNT(DISTINCT agent_id), COUNT(DISTINCT consumer_id), " + SUMS + " FROM usage_events"
                            + condition + " GROUP BY 1 ORDER BY 1"));
        }
    }

    /** The middle third of the events. */
    private static void requireWindow(MeteringStore store, ForeignConnection file) throws SQLException {
        long events = file.number("SELECT COUNT(*) FROM usage_events");
        if (events == 0) {
            return;
        }
        String time = "SELECT timestamp FROM usage_events ORDER BY timestamp LIMIT 1 OFFSET ";
        String first = file.rows(time + events / 3).get(0);
        String last = file.rows(time + events * 2 / 3).get(0);
        String condition = " WHERE timestamp BETWEEN '" + first + "' AND '" + last + "'";
        UsageFilter window = UsageFilter.all()
                .from(OffsetDateTime.parse(first).toInstant())
                .until(OffsetDateTime.parse(last).toInstant());
        UsageSummary summary = store.summary(window);
        assertThat(text(summary.totals()) + "|" + summary.agents() + "|" + summary.consumers())
                .isEqualTo(file.rows("SELECT " + SUMS + ", COUNT(DISTINCT agent_id), COUNT(DISTINCT consumer_id)"
                                + " FROM usage_events" + condition)
                        .get(0));
        assertThat(store.byAgent(window).stream().map(each -> each.agentId() + "|" + text(each.totals())))
                .containsExactlyElementsOf(sumsBy(file, "agent_id", condition));
        assertThat(store.byConsumer(window).stream().map(each -> each.consumerId() + "|" + text(each.totals())))
                .containsExactlyElementsOf(sumsBy(file, "consumer_id", condition));
        requirePeriods(store, window, file, condition);
        for (int dimension = 1; dimension < KEYS.size(); dimension++) {
            requireFiguresOfKeys(store, file, dimension, window, condition + " AND");
        }
        requireDurations(store.durations(window), file, condition);
    }

    /** The agents or consumers with the most and with the least events. */
    private static void requireFiguresOfKeys(
            MeteringStore store, ForeignConnection file, int dimension, UsageFilter filter, String condition)
            throws SQLException {
        String column = KEYS.get(dimension);
        String keys = "SELECT " + column + " FROM usage_events GROUP BY 1 ORDER BY COUNT(*) ";
        List<String> chosen = new ArrayList<>(file.rows(keys + "DESC LIMIT 2"));
        chosen.addAll(file.rows(keys + "LIMIT 1"));
        for (String key : chosen) {
            UsageFilter ofKey = dimension == 1 ? filter.agent(key) : filter.consumer(key);
            String where = (condition.isEmpty() ? " WHERE " : condition + " ") + column + " = '" + key + "'";
            UsageSummary summary = store.summary(ofKey);
            assertThat(List.of(summary.totals().tasks(), summary.agents(), summary.consumers()))
                    .as("summary%s", where)
                    .hasToString(file.rows("SELECT '[' || COUNT(*) || ', ' || COUNT(DISTINCT agent_id) || ', ' ||"
                                    + " COUNT(DISTINCT consumer_id) || ']' FROM usage_events" + where)
                            .get(0));
            assertThat(store.byAgent(ofKey).stream().map(each -> each.agentId() + "|" + text(each.totals())))
                    .as("by agent%s", where)
                    .containsExactlyElementsOf(sumsBy(file, "agent_id", where));
            assertThat(store.byConsumer(ofKey).stream().map(each -> each.consumerId() + "|" + text(each.totals())))
                    .as("by consumer%s", where)
                    .containsExactlyElementsOf(sumsBy(file, "consumer_id", where));
            requirePeriods(store, ofKey, file, where);
        }
    }

    private static List<String> sumsBy(ForeignConnection file, String group) throws SQLException {
        return sumsBy(file, group, "");
    }

    private static List<String> sumsBy(ForeignConnection file, String group, String condition) throws SQLException {
        return file.rows("SELECT " + group + ", " + SUMS + " FROM usage_events" + condition + " GROUP BY 1 ORDER BY 1");
    }

    private static String text(UsageTotals totals) {
        return totals.tasks() + "|" + totals.tokensIn() + "|" + totals.tokensOut() + "|" + totals.durationMs() + "|"
                + totals.apiCalls();
    }

    private static void requireDurations(DurationPercentiles found, ForeignConnection file, String condition)
            throws SQLException {
        List<Long> durations =
                file.rows("SELECT json_extract(metrics, '$.duration_ms') FROM usage_events" + condition).stream()
                        .map(Long::valueOf)
                        .sorted()
                        .toList();
        assertThat(found.count()).isEqualTo(durations.size());
        requireDuration(found.p50(), durations, 50, found);
        requireDuration(found.p90(), durations, 90, found);
        requireDuration(found.p95(), durations, 95, found);
        requireDuration(found.p99(), durations, 99, found);
        requireDuration(found.max(), durations, 100, found);
    }

    private static void requireDuration(long figure, List<Long> durations, int percent, DurationPercentiles found) {
        long exact = durations.isEmpty() ? 0 : durations.get((durations.size() * percent + 99) / 100 - 1);
        assertThat((double) figure)
                .as("%d percent of %s", percent, found)
                .isBetween((double) exact, exact * (1 + found.relativeError()));
    }

    /** Requires that the tables beside the rows and the changes that are not folded yet come to what the rows do, bucket by bucket. */
    static void requireRollUp(ForeignConnection file) throws SQLException {
        // In one state: what is noted may be folded meanwhile.
        file.run("BEGIN");
        try {
            requireGroups(file);
            for (int dimension = 1; dimension < KEYS.size(); dimension++) {
                requirePairs(file, dimension);
            }
            requireHours(file);
            for (int dimension = 0; dimension <= 1; dimension++) {
                requireDurations(file, dimension);
            }
        } finally {
            file.run("COMMIT");
        }
        for (int dimension = 0; dimension < KEYS.size(); dimension++) {
            for (int i = 0; i < LEVELS.length; i++) {
                String refined = i <= LAST_COARSE
                        ? ""
                        : " WHERE (key, substr(bucket, 1, " + LEVELS[i - 1] + ")) IN (SELECT key, bucket FROM"
                                + " asap_usage_events_rollup WHERE dim = " + dimension + " AND level = " + LEVELS[i - 1]
                                + " AND fine = 1)";
                assertThat(file.rows("SELECT * FROM (" + kept(dimension, LEVELS[i]) + ")" + refined))
                        .as("dimension %d, level %d", dimension, LEVELS[i])
                        .isEqualTo(file.rows("SELECT * FROM (" + counted(dimension, LEVELS[i]) + ")" + refined));
            }
        }
    }

    /** Requires the same of the sums by agent and by consumer, and that no key is kept that has no events. */
    private static void requireGroups(ForeignConnection file) throws SQLException {
        for (int dimension = 1; dimension < KEYS.size(); dimension++) {
            Map<Integer, String> keys = new HashMap<>();
            for (String row : file.rows("SELECT number, key FROM asap_usage_events_keys WHERE dim = " + dimension)) {
                String[] columns = row.split("\\|", 2);
                keys.put(Integer.valueOf(columns[0]), columns[1]);
            }
            for (int level : GROUP_LEVELS) {
                Map<String, long[]> groups = groups(file, dimension, level, keys);
                if (level == 0) {
                    assertThat(groups).hasSameSizeAs(keys.keySet());
                }
                for (String row : file.rows("SELECT n, tokens_in, tokens_out, duration_ms, api_calls, "
                        + KEYS.get(dimension) + ", substr(at, 1, " + level + ") FROM asap_usage_events_changes")) {
                    String[] columns = row.split("\\|", 6);
                    long[] figures = groups.computeIfAbsent(columns[5], unused -> new long[5]);
                    for (int i = 0; i < figures.length; i++) {
                        figures[i] += Long.parseLong(columns[i]);
                    }
                }
                List<String> kept = groups.entrySet().stream()
                        .filter(each -> each.getValue()[0] != 0)
                        .map(each -> each.getKey() + "|"
                                + Arrays.stream(each.getValue())
                                        .mapToObj(Long::toString)
                                        .collect(joining("|")))
                        .sorted()
                        .toList();
                assertThat(kept)
                        .as("groups of dimension %d, level %d", dimension, level)
                        .isEqualTo(file.rows("SELECT * FROM (" + counted(dimension, level) + ")").stream()
                                .sorted()
                                .toList());
            }
        }
    }

    /** What the groups of a level have, by key and bucket. */
    private static Map<String, long[]> groups(
            ForeignConnection file, int dimension, int level, Map<Integer, String> keys) throws SQLException {
        Map<String, long[]> groups = new HashMap<>();
        for (String row : file.rows("SELECT chunk, hex(numbers), hex(figures), bucket FROM asap_usage_events_groups"
                + " WHERE dim = " + dimension + " AND level = " + level)) {
            String[] columns = row.split("\\|", 4);
            ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(columns[2]));
            BitSet numbers = BitSet.valueOf(HexFormat.of().parseHex(columns[1]));
            assertThat(numbers.isEmpty()).isFalse();
            numbers.stream().forEach(number -> {
                long[] figures = new long[5];
                for (int i = 0; i < figures.length; i++) {
                    figures[i] = varint(bytes);
                }
                String key = keys.get(Integer.parseInt(columns[0]) * 1024 + number);
                assertThat(key).as("key %d of chunk %s", number, columns[0]).isNotNull();
                groups.put(key + "|" + columns[3], figures);
            });
            assertThat(bytes.hasRemaining()).isFalse();
        }
        return groups;
    }

    /** Events without the changes that are not folded yet. */
    private static final String FOLDED = "(SELECT agent_id, consumer_id, timestamp AS at, 1 AS n,"
            + " json_extract(metrics, '$.tokens_in') AS tokens_in, json_extract(metrics, '$.tokens_out') AS tokens_out,"
            + " json_extract(metrics, '$.duration_ms') AS duration_ms, json_extract(metrics, '$.api_calls') AS api_calls"
            + " FROM usage_events UNION ALL SELECT agent_id, consumer_id, at, -n, -tokens_in, -tokens_out, -duration_ms,"
            + " -api_calls FROM asap_usage_events_changes)";

    private static final String FOLDED_SUMS =
            "SUM(n), SUM(tokens_in), SUM(tokens_out), SUM(duration_ms), SUM(api_calls)";

    /** Requires the sums of each key by the other one for each day of a month with many events, and of no other. */
    private static void requirePairs(ForeignConnection file, int dimension) throws SQLException {
        List<String> found = new ArrayList<>();
        for (String row : file.rows("SELECT hex(p.numbers), hex(p.figures), k.key, p.day FROM asap_usage_events_pairs p"
                + " LEFT JOIN asap_usage_events_keys k ON k.dim = p.dim AND k.number = p.number WHERE p.dim = "
                + dimension)) {
            String[] columns = row.split("\\|", 3);
            ByteBuffer numbers = ByteBuffer.wrap(HexFormat.of().parseHex(columns[0]));
            ByteBuffer figures = ByteBuffer.wrap(HexFormat.of().parseHex(columns[1]));
            assertThat(numbers.hasRemaining()).isTrue();
            for (long number = -1; numbers.hasRemaining(); ) {
                number += varint(numbers);
                StringBuilder pair = new StringBuilder(columns[2] + "|" + number);
                for (int i = 0; i < 5; i++) {
                    pair.append('|').append(varint(figures));
                }
                found.add(pair.toString());
            }
            assertThat(figures.hasRemaining()).isFalse();
        }
        String key = KEYS.get(dimension);
        String other = KEYS.get(3 - dimension);
        assertThat(found)
                .as("pairs of dimension %d", dimension)
                .containsExactlyInAnyOrderElementsOf(file.rows("SELECT f.key, f.day, k.number, " + FOLDED_SUMS
                        + " FROM (SELECT " + key + " AS key, substr(at, 1, 10) AS day, " + other + " AS other, * FROM "
                        + FOLDED + ") f LEFT JOIN asap_usage_events_keys k ON k.dim = " + (3 - dimension)
                        + " AND k.key = f.other WHERE (f.key, substr(f.day, 1, 7)) IN (SELECT " + key
                        + ", substr(at, 1, 7) FROM " + FOLDED + " GROUP BY 1, 2 HAVING SUM(n) >= 128)"
                        + " GROUP BY f.key, f.day, f.other HAVING SUM(n) <> 0"));
    }

    private static void requireHours(ForeignConnection file) throws SQLException {
        List<String> found = new ArrayList<>();
        for (String row : file.rows("SELECT hex(hours), day FROM asap_usage_events_hours")) {
            String[] columns = row.split("\\|", 2);
            ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(columns[0]));
            assertThat(bytes.hasRemaining()).isTrue();
            while (bytes.hasRemaining()) {
                byte[] name = new byte[(int) varint(bytes)];
                bytes.get(name);
                StringBuilder hour = new StringBuilder(columns[1] + new String(name, StandardCharsets.UTF_8));
                for (int i = 0; i < 7; i++) {
                    hour.append('|').append(varint(bytes));
                }
                found.add(hour.toString());
            }
        }
        assertThat(found)
                .as("hours")
                .containsExactlyInAnyOrderElementsOf(file.rows("SELECT hour, " + FOLDED_SUMS
                        + ", agents, consumers FROM"
                        + " (SELECT *, substr(at, 1, 13) AS hour FROM " + FOLDED + ") f"
                        + " LEFT JOIN (SELECT h AS agents_hour, COUNT(*) AS agents FROM (" + keysOfHours("agent_id")
                        + ") GROUP BY h) ON agents_hour = hour"
                        + " LEFT JOIN (SELECT h AS consumers_hour, COUNT(*) AS consumers FROM ("
                        + keysOfHours("consumer_id") + ") GROUP BY h) ON consumers_hour = hour"
                        + " GROUP BY hour HAVING SUM(n) <> 0"));
    }

    private static String keysOfHours(String column) {
        return "SELECT substr(at, 1, 13) AS h, " + column + " FROM " + FOLDED + " GROUP BY 1, 2 HAVING SUM(n) <> 0";
    }

    private static long varint(ByteBuffer bytes) {
        byte next = bytes.get();
        long value = next & 0x7f;
        for (int shift = 7; next < 0; shift += 7) {
            next = bytes.get();
            value |= (next & 0x7fL) << shift;
        }
        return value;
    }

    /** Requires the durations of each day, and for all events of each month and hour. */
    private static void requireDurations(ForeignConnection file, int dimension) throws SQLException {
        Map<String, Map<Integer, Long>> expected = new TreeMap<>();
        for (String row :
                file.rows("SELECT n, COALESCE(duration_ms, 0) * n, at, " + KEYS.get(dimension) + " FROM " + FOLDED)) {
            String[] columns = row.split("\\|", 4);
            for (int level : dimension == 0 ? new int[] {7, 10, 13} : new int[] {10}) {
                String span = columns[2].substring(0, Math.min(level, columns[2].length()));
                expected.computeIfAbsent(level + "|" + span + "|" + columns[3], unused -> new TreeMap<>())
                        .merge(place(Long.parseLong(columns[1])), Long.valueOf(columns[0]), Long::sum);
            }
        }
        expected.values().forEach(counts -> counts.values().removeIf(count -> count == 0));
        expected.values().removeIf(Map::isEmpty);
        Map<String, Map<Integer, Long>> found = new TreeMap<>();
        for (String row : file.rows("SELECT hex(histogram), 10, day, key FROM asap_usage_events_durations WHERE dim = "
                + dimension
                + " UNION ALL SELECT hex(histogram), level, span, key FROM asap_usage_events_spans WHERE dim = "
                + dimension)) {
            String[] columns = row.split("\\|", 2);
            found.put(columns[1], counts(ByteBuffer.wrap(HexFormat.of().parseHex(columns[0]))));
        }
        assertThat(found).as("durations of dimension %d", dimension).isEqualTo(expected);
    }

    /** Where a histogram with two significant digits counts a length: 128 places for each further power of two. */
    private static int place(long duration) {
        int power = 56 - Long.numberOfLeadingZeros(duration | 0xff);
        return 128 * power + (int) (duration >> power);
    }

    /** The counts behind a histogram's header of 40 bytes, by place; below 0 is how many places without a count follow. */
    private static Map<Integer, Long> counts(ByteBuffer histogram) {
        histogram.position(40);
        Map<Integer, Long> counts = new TreeMap<>();
        for (int place = 0; histogram.hasRemaining(); ) {
            long code = varint(histogram);
            long count = (code >>> 1) ^ -(code & 1);
            if (count > 0) {
                counts.put(place, count);
            }
            place += count < 0 ? (int) -count : 1;
        }
        return counts;
    }

    private static String kept(int dimension, int level) {
        String columns = "n, tokens_in, tokens_out, duration_ms, api_calls FROM asap_usage_events_";
        return "SELECT key, bucket, SUM(n) AS n, SUM(tokens_in), SUM(tokens_out), SUM(duration_ms), SUM(api_calls) FROM"
                + " (SELECT key, bucket, " + columns + "rollup WHERE dim = " + dimension + " AND level = " + level
                + " UNION ALL SELECT " + KEYS.get(dimension) + ", substr(at, 1, " + level + "), " + columns
                + "changes) GROUP BY 1, 2 HAVING SUM(n) <> 0 ORDER BY 1, 2";
    }

    private static String counted(int dimension, int level) {
        return "SELECT " + KEYS.get(dimension) + " AS key, substr(timestamp, 1, " + level + ") AS bucket, " + SUMS
                + " FROM usage_events GROUP BY 1, 2 ORDER BY 1, 2";
    }
}
