// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageAggregate.ByAgent;
import dev.asap.metering.UsageAggregate.ByConsumer;
import dev.asap.metering.UsageAggregate.ByPeriod;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageStats;
import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.memory.InMemoryMeteringStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of calls: both stores answer what a sorted list answers. A failure names its seed; {@code -Dasap.seed=…} begins
 * with that one.
 */
@ExtendWith(LeakChecks.class)
class MeteringSequencesTest {
    private static final long FIRST_SEED = Long.getLong("asap.seed", 1);
    private static final int SHORT_SEQUENCES = 1000;
    private static final int SEQUENCES_PER_FILE = 20;
    private static final int LONG_SEQUENCES = 3;

    private static final List<UsagePeriod> PERIODS = List.of(UsagePeriod.values());
    private static final Duration RETENTION = Duration.ofHours(1);
    private static final Instant BASE = Instant.parse("2026-01-28T23:30:00Z");
    private static final Instant NEVER = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant EVER = Instant.parse("9999-12-31T00:00:00Z");

    private final SettableClock clock = SettableClock.at(NEVER);

    @TempDir
    Path folder;

    @Test
    void memory_randomShortSequences_answerAsTheModel() {
        runAll(inMemory(), FIRST_SEED, SHORT_SEQUENCES, Shape::small);
    }

    @Test
    void memory_randomLongSequences_answerAsTheModel() {
        runAll(inMemory(), FIRST_SEED, LONG_SEQUENCES, Shape::large);
    }

    @Test
    void sqlite_randomShortSequences_answerAsTheModel() {
        // A new file now and then: what was purged leaves traces that make the answers slower, not different.
        for (int done = 0; done < SHORT_SEQUENCES; done += SEQUENCES_PER_FILE) {
            try (SQLiteStorage storage = open("short_" + done + ".db")) {
                runAll(inFile(storage), FIRST_SEED + done, SEQUENCES_PER_FILE, Shape::small);
            }
        }
    }

    @Test
    void sqlite_randomLongSequences_answerAsTheModel() {
        try (SQLiteStorage storage = open("long.db")) {
            runAll(inFile(storage), FIRST_SEED, LONG_SEQUENCES, Shape::large);
        }
    }

    private MeteringStore inMemory() {
        return InMemoryMeteringStore.builder().retention(RETENTION).clock(clock).build();
    }

    private SQLiteStorage open(String file) {
        return SQLiteStorage.builder(folder.resolve(file))
                .durability(Durability.NORMAL)
                .open();
    }

    private MeteringStore inFile(SQLiteStorage storage) {
        return new JdbcMeteringStore(storage.executor(), RETENTION, clock);
    }

    private void runAll(MeteringStore store, long firstSeed, int sequences, Function<Random, Shape> shapeOf) {
        for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
            Random random = new Random(seed);
            try {
                new Sequence(store, clock, random, shapeOf.apply(random)).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dasap.seed=" + seed + "): " + e, e);
            }
        }
    }

    /**
     * How long a sequence is and how its events lie.
     *
     * @param steps how often something is recorded
     * @param maxBatch how many events at once, at most
     * @param questions how many questions after each step
     * @param spreadMillis the span of time in which the events lie
     * @param tickMillis times are multiples of this, so that some are equal
     */
    private record Shape(int steps, int maxBatch, int questions, long spreadMillis, long tickMillis) {
        static Shape small(Random random) {
            return new Shape(1 + random.nextInt(4), 12, 2, 1000L << random.nextInt(27), 1L << random.nextInt(16));
        }

        /** Enough to be folded; in one of them so dense that seconds have to be told apart. */
        static Shape large(Random random) {
            return new Shape(6, 3000, 3, 1000L << (3 + random.nextInt(22)), 1);
        }
    }

    private static final class Sequence {
        private final MeteringStore store;
        private final SettableClock clock;
        private final Random random;
        private final Shape shape;
        private List<UsageEvent> model = new ArrayList<>();

        Sequence(MeteringStore store, SettableClock clock, Random random, Shape shape) {
            this.store = store;
            this.clock = clock;
            this.random = random;
            this.shape = shape;
        }

        void run() {
            clock.set(NEVER);
            for (int step = 0; step < shape.steps(); step++) {
                record();
                if (random.nextInt(6) == 0) {
                    purge(time().plus(RETENTION));
                }
                for (int i = 0; i < shape.questions(); i++) {
                    ask(filter());
                }
                assertThat(store.stats()).isEqualTo(new UsageStats(model.size(), oldest(), RETENTION));
            }
            purge(EVER);
        }

        private void record() {
            List<UsageEvent> batch = new ArrayList<>();
            for (int i = random.nextInt(shape.maxBatch()); i >= 0; i--) {
                batch.add(event());
            }
            if (random.nextBoolean()) {
                store.recordAll(batch);
            } else {
                store.recordAllAsync(batch).join();
            }
            model.addAll(batch);
            // Stable: what is equal stays in the order of its recording.
            model.sort(Comparator.comparing(UsageEvent::timestamp));
        }

        private void purge(Instant now) {
            clock.set(now);
            Instant cutOff = now.minus(RETENTION).truncatedTo(ChronoUnit.SECONDS);
            List<UsageEvent> rest = new ArrayList<>(model.stream()
                    .filter(event -> !event.timestamp().isBefore(cutOff))
                    .toList());
            assertThat(store.purgeExpired()).isEqualTo(model.size() - rest.size());
            model = rest;
        }

        private UsageEvent event() {
            UsageEvent event = UsageEvent.of(
                    "t" + random.nextInt(50),
                    "a" + (random.nextInt(3) == 0 ? random.nextInt(20) : 0),
                    "c" + random.nextInt(30),
                    new UsageMetrics(random.nextInt(9), random.nextInt(9), random.nextInt(90_000), random.nextInt(3)),
                    time());
            return random.nextInt(4) == 0 ? event.withStatus(TaskStatus.FAILED) : event;
        }

        private Instant time() {
            long millis = (long) (random.nextDouble() * shape.spreadMillis());
            return BASE.plusMillis(millis - millis % shape.tickMillis()).plusNanos(random.nextInt(3) * 1000L);
        }

        /** The time of some event, or any. */
        private Instant bound() {
            return random.nextInt(3) == 0 && !model.isEmpty()
                    ? model.get(random.nextInt(model.size())).timestamp()
                    : time();
        }

        private Instant oldest() {
            return model.isEmpty() ? null : model.get(0).timestamp();
        }

        private UsageFilter filter() {
            UsageFilter filter = UsageFilter.all();
            filter = random.nextInt(3) == 0 ? filter.agent("a" + random.nextInt(21)) : filter;
            filter = random.nextInt(3) == 0 ? filter.consumer("c" + random.nextInt(31)) : filter;
            filter = random.nextInt(8) == 0 ? filter.task("t" + random.nextInt(51)) : filter;
            filter = random.nextBoolean() ? filter.from(bound()) : filter;
            return random.nextBoolean() ? filter.until(bound()) : filter;
        }

        private void ask(UsageFilter filter) {
            List<UsageEvent> meant = model.stream().filter(filter::matches).toList();
            try {
                switch (random.nextInt(3)) {
                    case 0 -> askForPages(filter, meant);
                    case 1 -> askForTotals(filter, meant);
                    default -> askForGroups(filter, meant);
                }
            } catch (AssertionError e) {
                throw new AssertionError(filter + " of " + model.size() + " events: " + e.getMessage(), e);
            }
        }

        private void askForPages(UsageFilter filter, List<UsageEvent> meant) {
            int limit = 1 + random.nextInt(60);
            int from = random.nextInt(meant.size() + 5);
            int begin = Math.min(from, meant.size());
            int to = Math.min(meant.size(), begin + limit);
            Page<UsageEvent> page = store.query(filter, PageRequest.of(limit, from));
            assertThat(page.items()).isEqualTo(meant.subList(begin, to));
            assertThat(page.total()).isEqualTo(meant.size());
            Optional<PageRequest> next = page.next(PageRequest.MAX_LIMIT);
            assertThat(next.isPresent()).isEqualTo(to > begin && to < meant.size());
            if (next.isPresent()) {
                int end = Math.min(meant.size(), to + PageRequest.MAX_LIMIT);
                assertThat(store.query(filter, next.get()).items()).isEqualTo(meant.subList(to, end));
            }
            List<UsageEvent> exported = new ArrayList<>();
            store.export(filter, exported::add);
            assertThat(exported).isEqualTo(meant);
        }

        private void askForTotals(UsageFilter filter, List<UsageEvent> meant) {
            assertThat(store.summary(filter))
                    .isEqualTo(new UsageSummary(
                            totals(meant),
                            distinct(meant, UsageEvent::agentId),
                            distinct(meant, UsageEvent::consumerId)));
            DurationPercentiles durations = store.durations(filter);
            assertThat(durations.count()).isEqualTo(meant.size());
            if (!meant.isEmpty()) {
                assertPercentile(meant, 50, durations.p50(), durations.relativeError());
                assertPercentile(meant, 90, durations.p90(), durations.relativeError());
                assertPercentile(meant, 95, durations.p95(), durations.relativeError());
                assertPercentile(meant, 99, durations.p99(), durations.relativeError());
                assertPercentile(meant, 100, durations.max(), durations.relativeError());
            }
        }

        private void askForGroups(UsageFilter filter, List<UsageEvent> meant) {
            List<ByAgent> agents = new ArrayList<>();
            groups(meant, UsageEvent::agentId).forEach((key, events) -> agents.add(new ByAgent(key, totals(events))));
            assertThat(store.byAgent(filter)).isEqualTo(agents);

            List<ByConsumer> consumers = new ArrayList<>();
            groups(meant, UsageEvent::consumerId)
                    .forEach((key, events) -> consumers.add(new ByConsumer(key, totals(events))));
            assertThat(store.byConsumer(filter)).isEqualTo(consumers);

            UsagePeriod period = PERIODS.get(random.nextInt(PERIODS.size()));
            List<ByPeriod> periods = new ArrayList<>();
            groups(meant, event -> period.nameOf(event.timestamp()))
                    .forEach((key, events) -> periods.add(new ByPeriod(
                            key,
                            totals(events),
                            distinct(events, UsageEvent::agentId),
                            distinct(events, UsageEvent::consumerId))));
            assertThat(store.byPeriod(period, filter)).as(period.name()).isEqualTo(periods);
        }

        private static void assertPercentile(List<UsageEvent> events, int percent, long found, double relativeError) {
            long exact = events.stream()
                    .mapToLong(event -> event.metrics().durationMs())
                    .sorted()
                    .skip((events.size() * (long) percent + 99) / 100 - 1)
                    .findFirst()
                    .orElseThrow();
            assertThat(found).as("%d %%", percent).isBetween(exact, (long) Math.ceil(exact * (1 + relativeError)));
        }

        private static UsageTotals totals(List<UsageEvent> events) {
            UsageTotals totals = UsageTotals.NONE;
            for (UsageEvent event : events) {
                totals = totals.plus(event.metrics());
            }
            return totals;
        }

        private static long distinct(List<UsageEvent> events, Function<UsageEvent, String> keyOf) {
            return new HashSet<>(events.stream().map(keyOf).toList()).size();
        }

        private static Map<String, List<UsageEvent>> groups(
                List<UsageEvent> events, Function<UsageEvent, String> keyOf) {
            Map<String, List<UsageEvent>> groups = new TreeMap<>();
            for (UsageEvent event : events) {
                groups.computeIfAbsent(keyOf.apply(event), key -> new ArrayList<>())
                        .add(event);
            }
            return groups;
        }
    }
}
