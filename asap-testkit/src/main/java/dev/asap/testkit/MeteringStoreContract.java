// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MeteringStore} has to do. Extend it, say how to make a store, and each test is one clause of the contract.
 *
 * <pre>{@code
 * class MyMeteringStoreTest extends MeteringStoreContract {
 *     @Override
 *     protected MeteringStore createStore() {
 *         return new MyMeteringStore();
 *     }
 * }
 * }</pre>
 *
 * <p>Override {@link #createStore(Duration, InstantSource)} where a store has a retention, {@link #closeStore} where it holds
 * something, and {@link #reopen} where it outlives its process. Not thread-safe: JUnit makes an instance for each test.
 */
public abstract class MeteringStoreContract {
    private static final int THREADS = 8;
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30.250001Z");
    private static final UsageFilter ALL = UsageFilter.all();

    /** U+FFFD comes before U+1F600 by code points, behind it by {@code String.compareTo}. */
    private static final String LAST_OF_16_BITS = "\uFFFD";

    private static final String BEYOND_16_BITS = "\uD83D\uDE00";

    private static final List<String> ANY_TEXTS = List.of(
            "",
            " ",
            "a b",
            "'; DROP TABLE usage_events; --",
            "%_\\\"",
            "tab\tand\nline",
            "nul\u0000nul",
            "Ünïcödé",
            "e\u0301",
            "\u00e9",
            "日本語",
            LAST_OF_16_BITS,
            BEYOND_16_BITS,
            "x".repeat(UsageEvent.MAX_ID_LENGTH));

    private @Nullable MeteringStore store;

    /** For subclasses. */
    protected MeteringStoreContract() {}

    /** Makes an empty store that keeps events for ever; called once for each test. */
    protected abstract MeteringStore createStore();

    /**
     * Makes an empty store with a retention. Empty by default, for stores without one: the clauses about it are then skipped.
     *
     * @param retention for how long events are kept
     * @param clock tells which have expired
     */
    protected Optional<MeteringStore> createStore(Duration retention, InstantSource clock) {
        return Optional.empty();
    }

    /** Ends a store that {@link #createStore} or {@link #reopen} made. Does nothing by default. */
    protected void closeStore(MeteringStore store) {}

    /**
     * Opens anew what {@code closed} kept, after {@link #closeStore} has ended it. Empty by default, for stores that keep
     * nothing beyond their end: the clauses about it are then skipped.
     */
    protected Optional<MeteringStore> reopen(MeteringStore closed) {
        return Optional.empty();
    }

    @BeforeEach
    void openStore() {
        store = createStore();
    }

    @AfterEach
    void endStore() {
        if (store != null) {
            closeStore(store);
        }
    }

    private MeteringStore store() {
        if (store == null) {
            throw new IllegalStateException("createStore() gave null");
        }
        return store;
    }

    private static UsageMetrics metrics(long tokensIn, long tokensOut, long durationMs, long apiCalls) {
        return new UsageMetrics(tokensIn, tokensOut, durationMs, apiCalls);
    }

    /** An event whose task tells it from others. */
    private static UsageEvent event(String task, Instant time) {
        return UsageEvent.of(task, "agent", "consumer", metrics(1, 2, 3, 4), time);
    }

    private static UsageEvent event(String task, String agent, String consumer, Instant time) {
        return UsageEvent.of(task, agent, consumer, metrics(1, 2, 3, 4), time);
    }

    private static UsageEvent at(String time) {
        return event("task", Instant.parse(time));
    }

    private static UsageEvent taking(long durationMs) {
        return UsageEvent.of("task", "agent", "consumer", metrics(0, 0, durationMs, 0), TIME);
    }

    /** Five uses of two agents by two consumers over the turn of a year. */
    private static List<UsageEvent> fiveUses() {
        return List.of(
                UsageEvent.of("t1", "a1", "c1", metrics(10, 20, 100, 1), Instant.parse("2026-01-05T10:00:00Z")),
                UsageEvent.of("t2", "a1", "c1", metrics(5, 7, 50, 0), Instant.parse("2026-01-06T23:59:59.500Z")),
                UsageEvent.of("t3", "a2", "c1", metrics(10, 20, 333, 1), Instant.parse("2026-01-03T22:00:00Z")),
                UsageEvent.of("t4", "a1", "c2", metrics(0, 1, 100, 1), Instant.parse("2026-01-12T08:00:00Z")),
                UsageEvent.of("t5", "a2", "c2", metrics(10, 20, 100, 1), Instant.parse("2025-12-31T12:00:00Z")));
    }

    private List<UsageEvent> recorded(List<UsageEvent> events) {
        store().recordAll(events);
        return events;
    }

    private UsageEvent recorded(UsageEvent event) {
        store().record(event);
        return event;
    }

    // Recording.

    @Test
    void use_01_emptyStoreAnswersEverything() {
        assertThat(store().query(ALL, PageRequest.first())).isEqualTo(Page.empty());
        assertThat(exported(ALL)).isEmpty();
        assertThat(store().summary(ALL)).isEqualTo(new UsageSummary(UsageTotals.NONE, 0, 0));
        assertThat(store().byAgent(ALL)).isEmpty();
        assertThat(store().byConsumer(ALL)).isEmpty();
        for (UsagePeriod period : UsagePeriod.values()) {
            assertThat(store().byPeriod(period, ALL)).isEmpty();
        }
        assertThat(store().stats()).isEqualTo(new UsageStats(0, null, null));
        assertThat(store().purgeExpired()).isZero();
    }

    @Test
    void use_02_recordedEventIsReadBackWhole() {
        UsageEvent event = recorded(UsageEvent.of(
                        "task_7",
                        "urn:asap:agent:worker",
                        "urn:asap:agent:caller",
                        metrics(120, 45, 830, 2),
                        Instant.parse("2026-03-01T09:00:00.000001Z"))
                .withStatus(TaskStatus.FAILED));
        assertThat(store().query(ALL, PageRequest.first())).isEqualTo(new Page<>(List.of(event), 1, null));
    }

    @Test
    void use_03_sameTaskTwiceIsTwoUses() {
        UsageEvent event = recorded(event("task", TIME));
        recorded(event);
        assertThat(store().query(ALL.task("task"), PageRequest.first()).items()).containsExactly(event, event);
        assertThat(store().summary(ALL).totals()).isEqualTo(new UsageTotals(2, 2, 4, 6, 8));
    }

    @Test
    void use_04_batchIsKeptInItsOrder() {
        List<UsageEvent> batch = recorded(numbered(100, i -> TIME));
        assertThat(all(ALL, 1000)).isEqualTo(batch);
    }

    @Test
    void use_05_emptyBatchChangesNothing() {
        store().recordAll(List.of());
        store().recordAllAsync(List.of()).join();
        assertThat(store().stats().events()).isZero();
    }

    @Test
    void use_06_largestBatchIsKept() {
        recorded(numbered(MeteringStore.MAX_BATCH, i -> TIME.plusMillis(i)));
        assertThat(store().stats().events()).isEqualTo(MeteringStore.MAX_BATCH);
        assertThat(store().summary(ALL).totals().tokensOut()).isEqualTo(2L * MeteringStore.MAX_BATCH);
    }

    @Test
    void use_07_batchThatIsTooLargeIsRefusedWhole() {
        List<UsageEvent> batch = numbered(MeteringStore.MAX_BATCH + 1, i -> TIME);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().recordAll(batch))
                .withMessageContaining("10001");
        assertThat(store().recordAllAsync(batch)).isCompletedExceptionally();
        assertThat(store().stats().events()).isZero();
    }

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void use_08_batchWithNullIsRefusedWhole() {
        List<UsageEvent> batch = Arrays.asList(event("task", TIME), null);
        assertThatNullPointerException().isThrownBy(() -> store().recordAll(batch));
        assertThat(store().stats().events()).isZero();
    }

    @Test
    void use_09_eventsRecordedWithoutWaitingAreThereWhenTheFutureCompletes() {
        for (int i = 0; i < 50; i++) {
            store().recordAllAsync(numbered(3, k -> TIME)).join();
            assertThat(store().stats().events()).isEqualTo(3L * (i + 1));
        }
    }

    @Test
    void use_10_statusIsKeptAsItIs() {
        UsageEvent unknown = event("b", TIME.plusSeconds(1));
        List<UsageEvent> events = recorded(List.of(
                event("a", TIME).withStatus(TaskStatus.COMPLETED),
                unknown,
                event("c", TIME.plusSeconds(2)).withStatus(new TaskStatus("postponed"))));
        assertThat(all(ALL, 10)).isEqualTo(events);
        assertThat(unknown.status()).isNull();
    }

    // Values at the edges.

    @Test
    void use_20_idsMayBeAnyText() {
        List<UsageEvent> events = new ArrayList<>();
        for (String text : ANY_TEXTS) {
            events.add(event(text, text, text, TIME.plusSeconds(events.size())));
        }
        recorded(events);
        assertThat(all(ALL, 3)).isEqualTo(events);
        for (int i = 0; i < ANY_TEXTS.size(); i++) {
            String text = ANY_TEXTS.get(i);
            for (UsageFilter filter : List.of(ALL.agent(text), ALL.consumer(text), ALL.task(text))) {
                assertThat(store().query(filter, PageRequest.first()).items())
                        .as(filter.toString())
                        .containsExactly(events.get(i));
            }
        }
        assertThat(store().byAgent(ALL)).extracting(ByAgent::agentId).isEqualTo(inCodePointOrder(ANY_TEXTS));
        assertThat(store().byConsumer(ALL)).extracting(ByConsumer::consumerId).isEqualTo(inCodePointOrder(ANY_TEXTS));
    }

    @Test
    void use_21_idsCompareExactly() {
        recorded(event("task", "agent", "consumer", TIME));
        for (String other : List.of("Agent", "agent ", "age", "agent_", "%", "AGENT")) {
            assertThat(store().query(ALL.agent(other), PageRequest.first())).isEqualTo(Page.empty());
            assertThat(store().summary(ALL.agent(other)).totals()).isEqualTo(UsageTotals.NONE);
        }
    }

    @Test
    void use_22_timesKeepMicroseconds() {
        List<UsageEvent> events = Stream.of(
                        "0001-01-01T00:00:00Z",
                        "1969-12-31T23:59:59.999999Z",
                        "1970-01-01T00:00:00Z",
                        "2026-03-01T08:15:29.999999Z",
                        "2026-03-01T08:15:30Z",
                        "2026-03-01T08:15:30.000001Z",
                        "2026-03-01T08:15:30.100Z",
                        "9999-12-31T23:59:59.999999Z")
                .map(MeteringStoreContract::at)
                .toList();
        List<UsageEvent> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(3));
        recorded(shuffled);
        assertThat(all(ALL, 2)).isEqualTo(events);
        for (UsageEvent event : events) {
            UsageFilter exactly = ALL.from(event.timestamp()).until(event.timestamp());
            assertThat(all(exactly, 10)).containsExactly(event);
            assertThat(store().summary(exactly).totals().tasks()).isEqualTo(1);
        }
        assertThat(store().stats().oldest()).isEqualTo(events.get(0).timestamp());
        for (UsagePeriod period : UsagePeriod.values()) {
            assertThat(store().byPeriod(period, ALL))
                    .extracting(ByPeriod::period)
                    .containsExactlyElementsOf(events.stream()
                            .map(event -> period.nameOf(event.timestamp()))
                            .distinct()
                            .toList());
        }
    }

    @Test
    void use_23_bigNumbersAreExact() {
        long big = (1L << 39) + 1;
        UsageEvent event = recorded(UsageEvent.of("task", "agent", "consumer", metrics(big, 1, big, big), TIME));
        assertThat(all(ALL, 10)).containsExactly(event);
        assertThat(store().summary(ALL).totals()).isEqualTo(new UsageTotals(1, big, 1, big, big));
        assertThat(store().byAgent(ALL).get(0).totals().tokens()).isEqualTo(big + 1);
    }

    @Test
    void use_28_cursorLeadsToNothingThatTheFilterDoesNotMean() {
        recorded(List.of(at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")));
        PageRequest behindTheFirst =
                store().query(ALL, PageRequest.first(1)).next(10).orElseThrow();
        UsageFilter third = ALL.from(Instant.parse("2026-03-03T00:00:00Z"));
        assertThat(store().query(third, behindTheFirst).items())
                .containsExactlyElementsOf(
                        store().query(third, PageRequest.first()).items());
    }

    @Test
    void use_29_noFigureMakesASumOverflow() {
        long absurd = Long.MAX_VALUE;
        List<UsageEvent> events = List.of(
                UsageEvent.of("task_1", "agent", "consumer", metrics(absurd, 1, absurd, absurd), TIME),
                UsageEvent.of("task_2", "agent", "consumer", metrics(absurd, 1, absurd, absurd), TIME));
        recorded(events);
        assertThat(all(ALL, 10)).containsExactlyElementsOf(events);
        long most = 2 * UsageTotals.MAX_FIGURE;
        assertThat(store().summary(ALL).totals()).isEqualTo(new UsageTotals(2, most, 2, most, most));
    }

    @Test
    void use_24_textThatIsNoUnicodeIsRefusedByTheFilter() {
        assertThatThrownBy(() -> store().summary(ALL.agent("\uD83D"))).isInstanceOf(ValidationException.class);
    }

    // Filters and their bounds.

    @Test
    void use_30_filtersAreConjunctions() {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            events.add(event("t" + i % 5, "a" + i % 3, "c" + i % 4, TIME.plusSeconds(i)));
        }
        recorded(events);
        List<UsageFilter> filters = List.of(
                ALL,
                ALL.agent("a1"),
                ALL.consumer("c1"),
                ALL.task("t1"),
                ALL.agent("a1").consumer("c1"),
                ALL.agent("a1").task("t1"),
                ALL.consumer("c3").task("t4"),
                ALL.agent("a0").consumer("c0").task("t0"),
                ALL.agent("a0").consumer("nobody"),
                ALL.agent("nobody"),
                ALL.task("nothing"));
        for (UsageFilter filter : filters) {
            for (UsageFilter inTime : List.of(
                    filter,
                    filter.from(TIME.plusSeconds(12)),
                    filter.until(TIME.plusSeconds(40)),
                    filter.from(TIME.plusSeconds(12)).until(TIME.plusSeconds(40)))) {
                assertAnswers(events, inTime);
            }
        }
    }

    @Test
    void use_31_boundsAreIncluded() {
        recorded(List.of(at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")));
        Instant second = Instant.parse("2026-03-02T00:00:00Z");
        assertThat(total(ALL.from(second))).isEqualTo(2);
        assertThat(total(ALL.until(second))).isEqualTo(2);
        assertThat(total(ALL.from(second).until(second))).isEqualTo(1);
        assertThat(total(ALL.from(second.plusNanos(1000)))).isEqualTo(1);
        assertThat(total(ALL.until(second.minusNanos(1000)))).isEqualTo(1);
    }

    @Test
    void use_32_rangeThatEndsBeforeItBeginsIsEmpty() {
        recorded(fiveUses());
        UsageFilter none = ALL.from(TIME).until(TIME.minusSeconds(1));
        assertAnswers(List.of(), none);
        assertAnswers(List.of(), none.agent("a1"));
        assertAnswers(List.of(), none.task("t1"));
    }

    @Test
    void use_33_boundsInsideOfEveryUnitAreExact() {
        List<UsageEvent> events = new ArrayList<>();
        Instant base = Instant.parse("2026-01-30T22:58:57Z");
        Duration[] steps = {
            Duration.ofMillis(7),
            Duration.ofSeconds(11),
            Duration.ofMinutes(13),
            Duration.ofHours(5),
            Duration.ofDays(3)
        };
        for (Duration step : steps) {
            for (int i = 0; i < 12; i++) {
                events.add(event("t", "a" + i % 2, "c", base.plus(step.multipliedBy(i))));
            }
        }
        recorded(events);
        for (int i = 0; i < events.size(); i += 5) {
            for (int k = 0; k < events.size(); k += 7) {
                UsageFilter range = ALL.from(events.get(i).timestamp())
                        .until(events.get(k).timestamp().minusNanos(k % 2 * 1000L));
                assertAnswers(events, range);
                assertAnswers(events, range.agent("a1"));
            }
        }
    }

    // Pages and export.

    @Test
    void use_40_eventsComeByTimeThenAsRecorded() {
        UsageEvent late = recorded(event("late", TIME.plusSeconds(9)));
        UsageEvent first = recorded(event("first", TIME));
        UsageEvent second = recorded(event("second", TIME));
        recorded(List.of(event("third", TIME), event("fourth", TIME)));
        UsageEvent early = recorded(event("early", TIME.minusSeconds(9)));
        List<String> tasks = all(ALL, 2).stream().map(UsageEvent::taskId).toList();
        assertThat(tasks).containsExactly("early", "first", "second", "third", "fourth", "late");
        assertThat(all(ALL.agent("agent"), 1)).startsWith(early, first, second).endsWith(late);
    }

    @Test
    void use_41_cursorsLeadThroughAll() {
        List<UsageEvent> events = recorded(numbered(25, i -> TIME.plusSeconds(i / 4)));
        for (int limit : new int[] {1, 7, 24, 25, 26, PageRequest.MAX_LIMIT}) {
            assertThat(all(ALL, limit)).as("limit %d", limit).isEqualTo(events);
            assertThat(all(ALL.consumer("consumer"), limit))
                    .as("limit %d", limit)
                    .isEqualTo(events);
            assertThat(all(ALL.agent("agent").consumer("consumer"), limit))
                    .as("limit %d", limit)
                    .isEqualTo(events);
        }
    }

    @Test
    void use_42_offsetsLeadThroughAll() {
        List<UsageEvent> events = recorded(numbered(25, i -> TIME.plusSeconds(i / 4)));
        for (UsageFilter filter :
                List.of(ALL, ALL.agent("agent"), ALL.agent("agent").consumer("consumer"))) {
            for (int offset = 0; offset <= 30; offset++) {
                for (int limit : new int[] {1, 10, 30}) {
                    Page<UsageEvent> page = store().query(filter, PageRequest.of(limit, offset));
                    int from = Math.min(offset, 25);
                    int to = Math.min(offset + limit, 25);
                    assertThat(page.items()).as("%d at %d", limit, offset).isEqualTo(events.subList(from, to));
                    assertThat(page.total()).isEqualTo(25);
                    assertThat(page.hasNext())
                            .as("next of %d at %d", limit, offset)
                            .isEqualTo(to < 25 && !page.items().isEmpty());
                }
            }
            Page<UsageEvent> beyond = store().query(filter, PageRequest.of(1, Long.MAX_VALUE));
            assertThat(beyond).isEqualTo(new Page<>(List.of(), 25, null));
        }
    }

    @Test
    void use_43_cursorOfAnOffsetPageLeadsOn() {
        List<UsageEvent> events = recorded(numbered(10, i -> TIME));
        Page<UsageEvent> page = store().query(ALL, PageRequest.of(3, 4));
        Page<UsageEvent> next = store().query(ALL, page.next(100).orElseThrow());
        assertThat(next).isEqualTo(new Page<>(events.subList(7, 10), 10, null));
    }

    @Test
    void use_44_cursorPassesOverWhatCameBeforeIt() {
        recorded(numbered(6, i -> TIME.plusSeconds(i)));
        Page<UsageEvent> page = store().query(ALL, PageRequest.first(3));
        recorded(event("before", TIME.minusSeconds(1)));
        UsageEvent beside = recorded(event("beside", TIME.plusSeconds(2)));
        Page<UsageEvent> next = store().query(ALL, page.next(2).orElseThrow());
        assertThat(next.items()).extracting(UsageEvent::taskId).containsExactly(beside.taskId(), "task_00003");
        assertThat(next.total()).isEqualTo(8);
    }

    @Test
    void use_45_deepOffsetsLeadThroughAll() {
        List<UsageEvent> events = recorded(numbered(6000, i -> TIME.plusMillis(i * 40L)));
        for (int offset : new int[] {199, 200, 201, 999, 1500, 2999, 3000, 3001, 5899, 5900, 5901, 5999, 6000}) {
            for (UsageFilter filter : List.of(ALL, ALL.agent("agent"))) {
                Page<UsageEvent> page = store().query(filter, PageRequest.of(100, offset));
                int to = Math.min(offset + 100, 6000);
                assertThat(page.items()).as("at %d", offset).isEqualTo(events.subList(offset, to));
                assertThat(page.total()).isEqualTo(6000);
                assertThat(page.hasNext()).as("next at %d", offset).isEqualTo(to < 6000);
            }
        }
    }

    @Test
    void use_46_foreignCursorIsRefused() {
        recorded(event("task", TIME));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().query(ALL, PageRequest.after(new Cursor("?"), 1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().query(ALL, PageRequest.after(Cursor.afterKey("task_1"), 1)));
    }

    @Test
    void use_47_exportHandsOverAllInOrder() {
        List<UsageEvent> events = recorded(numbered(2500, i -> TIME.plusSeconds(i / 7)));
        assertThat(exported(ALL)).isEqualTo(events);
        UsageFilter range = ALL.from(TIME.plusSeconds(100)).until(TIME.plusSeconds(200));
        assertThat(exported(range))
                .isEqualTo(events.stream().filter(range::matches).toList());
        assertThat(exported(ALL.task("task_00042"))).containsExactly(events.get(42));
    }

    @Test
    void use_48_receiverOfAnExportMayUseTheStore() {
        recorded(numbered(1200, i -> TIME.plusSeconds(i)));
        AtomicInteger received = new AtomicInteger();
        store().export(ALL.until(TIME.plusSeconds(10_000)), event -> {
            if (received.getAndIncrement() % 400 == 0) {
                store().record(event("later", TIME.plusSeconds(20_000)));
                assertThat(store().stats().events()).isGreaterThan(1200);
            }
        });
        assertThat(received).hasValue(1200);
        assertThat(store().stats().events()).isEqualTo(1203);
    }

    @Test
    void use_49_failureOfTheReceiverEndsTheExport() {
        recorded(numbered(10, i -> TIME));
        List<UsageEvent> received = new ArrayList<>();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().export(ALL, event -> {
                    received.add(event);
                    if (received.size() == 3) {
                        throw new IllegalArgumentException("enough");
                    }
                }))
                .withMessage("enough");
        assertThat(received).hasSize(3);
        assertThat(exported(ALL)).hasSize(10);
    }

    // Totals and groups.

    @Test
    void use_50_summaryAddsUp() {
        recorded(fiveUses());
        assertThat(store().summary(ALL)).isEqualTo(new UsageSummary(new UsageTotals(5, 35, 68, 683, 4), 2, 2));
        assertThat(store().summary(ALL.agent("a1")))
                .isEqualTo(new UsageSummary(new UsageTotals(3, 15, 28, 250, 2), 1, 2));
        assertThat(store().summary(ALL.consumer("c2").agent("a1")))
                .isEqualTo(new UsageSummary(new UsageTotals(1, 0, 1, 100, 1), 1, 1));
        assertThat(store().summary(ALL.agent("nobody"))).isEqualTo(new UsageSummary(UsageTotals.NONE, 0, 0));
    }

    @Test
    void use_51_averagesAreNotRounded() {
        recorded(List.of(
                UsageEvent.of("a", "agent", "consumer", metrics(5, 6, 1, 0), TIME),
                UsageEvent.of("b", "agent", "consumer", metrics(5, 0, 0, 0), TIME),
                UsageEvent.of("c", "agent", "consumer", metrics(0, 1, 0, 0), TIME)));
        UsageTotals totals = store().byAgent(ALL).get(0).totals();
        assertThat(totals.tokensPerTask()).isEqualTo(5.666666666666667, within(0.0));
        assertThat(totals.durationMsPerTask()).isEqualTo(1.0 / 3, within(0.0));
    }

    @Test
    void use_52_agentsComeInOrderOfCodePoints() {
        for (String agent : List.of(BEYOND_16_BITS, LAST_OF_16_BITS, "b", "B", "a", "ä", "ab")) {
            recorded(event("task", agent, "of " + agent, TIME));
        }
        assertThat(store().byAgent(ALL))
                .extracting(ByAgent::agentId)
                .containsExactly("B", "a", "ab", "b", "ä", LAST_OF_16_BITS, BEYOND_16_BITS);
        assertThat(store().byConsumer(ALL))
                .extracting(ByConsumer::consumerId)
                .containsExactly(
                        "of B", "of a", "of ab", "of b", "of ä", "of " + LAST_OF_16_BITS, "of " + BEYOND_16_BITS);
    }

    @Test
    void use_53_groupsHaveTheirTotals() {
        recorded(fiveUses());
        assertThat(store().byAgent(ALL))
                .containsExactly(
                        new ByAgent("a1", new UsageTotals(3, 15, 28, 250, 2)),
                        new ByAgent("a2", new UsageTotals(2, 20, 40, 433, 2)));
        assertThat(store().byConsumer(ALL.agent("a1")))
                .containsExactly(
                        new ByConsumer("c1", new UsageTotals(2, 15, 27, 150, 1)),
                        new ByConsumer("c2", new UsageTotals(1, 0, 1, 100, 1)));
        UsageFilter firstDays = ALL.until(Instant.parse("2026-01-05T10:00:00Z"));
        assertThat(store().byAgent(firstDays))
                .extracting(group -> group.totals().tasks())
                .containsExactly(1L, 2L);
        assertThat(store().byAgent(ALL.from(Instant.parse("2026-01-12T08:00:00Z"))))
                .extracting(ByAgent::agentId)
                .containsExactly("a1");
    }

    @Test
    void use_54_statsFollowEveryChange() {
        recorded(event("task", TIME));
        assertThat(store().stats()).isEqualTo(new UsageStats(1, TIME, null));
        recorded(event("task", TIME.minusSeconds(60)));
        recorded(event("task", TIME.plusSeconds(60)));
        assertThat(store().stats()).isEqualTo(new UsageStats(3, TIME.minusSeconds(60), null));
    }

    // Periods.

    @Test
    void use_60_daysAreThoseOfUTC() {
        recorded(List.of(
                at("2026-03-01T00:00:00Z"),
                at("2026-03-01T23:59:59.999999Z"),
                at("2026-03-02T00:00:00Z"),
                at("2026-02-28T23:59:59.999999Z")));
        assertThat(store().byPeriod(UsagePeriod.DAY, ALL))
                .extracting(ByPeriod::period)
                .containsExactly("2026-02-28", "2026-03-01", "2026-03-02");
        assertThat(store().byPeriod(UsagePeriod.DAY, ALL).get(1).totals().tasks())
                .isEqualTo(2);
    }

    @Test
    void use_61_weeksAreThoseOfISOOverTheTurnOfTheYear() {
        recorded(List.of(
                at("2020-12-31T12:00:00Z"), // Thursday of a year with 53 weeks
                at("2021-01-03T23:59:59.999999Z"), // its Sunday
                at("2021-01-04T00:00:00Z"), // Monday
                at("2024-12-29T12:00:00Z"), // Sunday
                at("2024-12-30T12:00:00Z"), // Monday of the next year's first week
                at("2026-02-18T12:00:00Z"),
                at("2027-01-01T12:00:00Z"))); // Friday of a week of the old year
        assertThat(store().byPeriod(UsagePeriod.WEEK, ALL))
                .extracting(ByPeriod::period, group -> group.totals().tasks())
                .containsExactly(
                        tuple("2020-W53", 2L),
                        tuple("2021-W01", 1L),
                        tuple("2024-W52", 1L),
                        tuple("2025-W01", 1L),
                        tuple("2026-W08", 1L),
                        tuple("2026-W53", 1L));
    }

    @Test
    void use_62_hoursAndMonthsHaveTheirNames() {
        recorded(List.of(at("2026-02-18T09:59:59.999999Z"), at("2026-02-18T10:00:00Z"), at("2026-03-01T00:00:00Z")));
        assertThat(store().byPeriod(UsagePeriod.HOUR, ALL))
                .extracting(ByPeriod::period)
                .containsExactly("2026-02-18T09", "2026-02-18T10", "2026-03-01T00");
        assertThat(store().byPeriod(UsagePeriod.MONTH, ALL))
                .extracting(ByPeriod::period)
                .containsExactly("2026-02", "2026-03");
    }

    @Test
    void use_63_periodsCountAgentsAndConsumersOnce() {
        recorded(List.of(
                event("t", "a1", "c1", Instant.parse("2026-01-05T01:00:00Z")),
                event("t", "a1", "c2", Instant.parse("2026-01-05T02:00:00Z")),
                event("t", "a2", "c2", Instant.parse("2026-01-05T03:00:00Z")),
                event("t", "a1", "c3", Instant.parse("2026-01-07T01:00:00Z"))));
        assertThat(store().byPeriod(UsagePeriod.WEEK, ALL))
                .containsExactly(new ByPeriod("2026-W02", new UsageTotals(4, 4, 8, 12, 16), 2, 3));
        assertThat(store().byPeriod(UsagePeriod.DAY, ALL))
                .containsExactly(
                        new ByPeriod("2026-01-05", new UsageTotals(3, 3, 6, 9, 12), 2, 2),
                        new ByPeriod("2026-01-07", new UsageTotals(1, 1, 2, 3, 4), 1, 1));
        assertThat(store().byPeriod(UsagePeriod.DAY, ALL.agent("a1")))
                .containsExactly(
                        new ByPeriod("2026-01-05", new UsageTotals(2, 2, 4, 6, 8), 1, 2),
                        new ByPeriod("2026-01-07", new UsageTotals(1, 1, 2, 3, 4), 1, 1));
    }

    @Test
    void use_64_periodsAreCutByTheFilter() {
        recorded(List.of(
                event("t", "a1", "c1", Instant.parse("2026-01-05T01:00:00Z")),
                event("t", "a2", "c2", Instant.parse("2026-01-05T02:00:00Z"))));
        assertThat(store().byPeriod(UsagePeriod.MONTH, ALL.from(Instant.parse("2026-01-05T01:00:00.000001Z"))))
                .containsExactly(new ByPeriod("2026-01", new UsageTotals(1, 1, 2, 3, 4), 1, 1));
    }

    // Durations.

    @Test
    void use_70_durationsOfNothingAreZero() {
        recorded(taking(5));
        DurationPercentiles none = store().durations(ALL.agent("nobody"));
        assertThat(none.count()).isZero();
        assertThat(none.p50()).isZero();
        assertThat(none.max()).isZero();
    }

    @Test
    void use_71_oneDurationIsEveryPercentile() {
        recorded(taking(830));
        assertDurations(new long[] {830}, store().durations(ALL));
    }

    @Test
    void use_72_percentilesAreWithinTheirError() {
        Random random = new Random(11);
        for (int round = 0; round < 4; round++) {
            String agent = "agent_" + round;
            long bound = List.of(10L, 1000L, 3_600_000L, 1L << 39).get(round);
            long[] durations = random.longs(1000, 0, bound).toArray();
            recorded(Arrays.stream(durations)
                    .mapToObj(ms -> UsageEvent.of("t", agent, "c", metrics(0, 0, ms, 0), TIME))
                    .toList());
            assertDurations(durations, store().durations(ALL.agent(agent)));
        }
        assertThat(store().durations(ALL).count()).isEqualTo(4000);
    }

    @Test
    void use_73_percentilesAreThoseOfTheFilter() {
        for (int i = 1; i <= 100; i++) {
            recorded(UsageEvent.of("t", "a" + i % 2, "c", metrics(0, 0, i, 0), TIME.plusSeconds(i)));
        }
        assertDurations(
                IntStream.rangeClosed(31, 60).mapToLong(i -> i).toArray(),
                store().durations(ALL.from(TIME.plusSeconds(31)).until(TIME.plusSeconds(60))));
        assertDurations(
                IntStream.rangeClosed(1, 100)
                        .filter(i -> i % 2 == 1)
                        .mapToLong(i -> i)
                        .toArray(),
                store().durations(ALL.agent("a1").consumer("c")));
    }

    // Retention.

    @Test
    void use_75_withoutRetentionNothingIsPurged() {
        recorded(at("0001-01-01T00:00:00Z"));
        assertThat(store().purgeExpired()).isZero();
        assertThat(store().stats().events()).isEqualTo(1);
    }

    @Test
    void use_76_purgeCutsAtWholeSeconds() {
        SettableClock clock = SettableClock.at("2026-03-02T00:00:00.999999Z");
        withRetentionOrSkip(Duration.ofDays(1), clock);
        UsageEvent before = at("2026-02-28T23:59:59.999999Z");
        UsageEvent atCutOff = at("2026-03-01T00:00:00Z");
        UsageEvent behind = at("2026-03-01T00:00:00.500Z");
        recorded(List.of(behind, atCutOff, before));
        assertThat(store().purgeExpired()).isEqualTo(1);
        assertThat(all(ALL, 10)).containsExactly(atCutOff, behind);
        assertThat(store().stats()).isEqualTo(new UsageStats(2, atCutOff.timestamp(), Duration.ofDays(1)));
        assertThat(store().purgeExpired()).isZero();
        clock.set(Instant.parse("2026-03-02T00:00:01Z"));
        assertThat(store().purgeExpired()).isEqualTo(2);
        assertThat(store().stats()).isEqualTo(new UsageStats(0, null, Duration.ofDays(1)));
    }

    @Test
    void use_77_purgedEventsCountNowhere() {
        SettableClock clock = SettableClock.at(TIME);
        withRetentionOrSkip(Duration.ofHours(1), clock);
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            events.add(event(
                    "t" + i % 7,
                    "a" + i % 5,
                    "c" + i % 3,
                    TIME.minusSeconds(7200).plusMillis(i * 1440L)));
        }
        recorded(events);
        Instant cutOff = Instant.parse("2026-03-01T07:15:30Z");
        List<UsageEvent> left = events.stream()
                .filter(event -> !event.timestamp().isBefore(cutOff))
                .toList();
        assertThat(store().purgeExpired()).isEqualTo(events.size() - left.size());
        assertAnswers(left, ALL);
        assertAnswers(left, ALL.agent("a1"));
        assertAnswers(left, ALL.until(cutOff.plusSeconds(600)));
        assertThat(store().stats().events()).isEqualTo(left.size());
    }

    @Test
    void use_78_purgeWhileWritingLosesNothingElse() throws Exception {
        SettableClock clock = SettableClock.at(TIME);
        withRetentionOrSkip(Duration.ofHours(1), clock);
        recorded(numbered(5000, i -> TIME.minusSeconds(7200)));
        AtomicInteger purged = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread == 0) {
                purged.addAndGet((int) store().purgeExpired());
                return;
            }
            for (int i = 0; i < 20; i++) {
                recorded(numbered(5, k -> TIME));
            }
        });
        assertThat(purged).hasValue(5000);
        assertThat(store().summary(ALL).totals().tasks()).isEqualTo(100L * (THREADS - 1));
    }

    // Many threads.

    @Test
    void use_80_eventsAreReadByTheirWriter() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 1; i <= 40; i++) {
                String agent = "agent_" + thread;
                UsageEvent event = recorded(event("task_" + i, agent, "consumer", TIME.plusSeconds(i)));
                Page<UsageEvent> last = store().query(ALL.agent(agent), PageRequest.of(1, i - 1));
                assertThat(last).isEqualTo(new Page<>(List.of(event), i, null));
                assertThat(store().summary(ALL.agent(agent)).totals().tasks()).isEqualTo(i);
                assertThat(store().stats().events()).isGreaterThanOrEqualTo(i);
            }
        });
    }

    @Test
    void use_81_manyWritersLoseNothing() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 50; i++) {
                recorded(List.of(
                        event("t", "a" + i % 5, "c" + thread, TIME.plusSeconds(i)),
                        event("t", "a" + thread, "c" + i % 5, TIME.minusSeconds(i))));
            }
        });
        int events = THREADS * 50 * 2;
        assertThat(store().stats().events()).isEqualTo(events);
        assertThat(store().summary(ALL).totals())
                .isEqualTo(new UsageTotals(events, events, 2L * events, 3L * events, 4L * events));
        assertAnswers(exported(ALL), ALL);
    }

    @Test
    void use_82_batchesAreSeenWholeOrNotAtAll() throws Exception {
        AtomicInteger writers = new AtomicInteger(THREADS / 2);
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                try {
                    for (int i = 0; i < 30; i++) {
                        List<UsageEvent> batch = new ArrayList<>();
                        for (int k = 0; k < 10; k++) {
                            batch.add(event("t", "a" + k, "c", TIME.plusSeconds(k * 40_000L)));
                        }
                        recorded(batch);
                    }
                } finally {
                    writers.decrementAndGet();
                }
                return;
            }
            do {
                assertThat(store().summary(ALL).totals().tasks() % 10).isZero();
                assertThat(total(ALL) % 10).isZero();
                assertThat(store().byAgent(ALL).stream()
                                .map(group -> group.totals().tasks())
                                .distinct())
                        .hasSizeLessThan(2);
            } while (writers.get() > 0);
        });
        assertThat(total(ALL)).isEqualTo(THREADS / 2 * 300L);
    }

    @Test
    void use_83_pagesUnderWritesNeitherSkipNorRepeat() throws Exception {
        List<UsageEvent> stable = recorded(numbered(60, i -> TIME.plusSeconds(i / 3)));
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger walks = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                for (int i = 0; !done.get() && i < 2000; i++) {
                    recorded(event("passing_" + thread + "_" + i, "agent", "passer", TIME.plusSeconds(i % 25)));
                }
                return;
            }
            try {
                for (int walk = 0; walk < 5; walk++) {
                    List<UsageEvent> seen = all(ALL, 13);
                    assertThat(seen).doesNotHaveDuplicates();
                    assertThat(seen).isSortedAccordingTo(Comparator.comparing(UsageEvent::timestamp));
                    assertThat(seen.stream()
                                    .filter(event -> event.consumerId().equals("consumer"))
                                    .toList())
                            .isEqualTo(stable);
                }
            } finally {
                if (walks.incrementAndGet() == THREADS / 2) {
                    done.set(true);
                }
            }
        });
    }

    @Test
    void use_84_exportWhileWritingHasWhatWasThere() throws Exception {
        List<UsageEvent> stable = recorded(numbered(2500, i -> TIME.plusSeconds(i)));
        AtomicInteger exports = new AtomicInteger(2);
        Concurrently.inThreads(THREADS, thread -> {
            if (thread >= 2) {
                for (int i = 0; exports.get() > 0 && i < 2000; i++) {
                    recorded(event("passing_" + thread + "_" + i, "agent", "passer", TIME.plusSeconds(i)));
                }
                return;
            }
            try {
                List<UsageEvent> exported = exported(ALL);
                assertThat(exported).doesNotHaveDuplicates();
                assertThat(exported.stream().filter(event -> event.consumerId().equals("consumer")))
                        .isEqualTo(stable);
            } finally {
                exports.decrementAndGet();
            }
        });
    }

    @Test
    void use_85_totalOfAPageIsThatOfItsMoment() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 40; i++) {
                if (thread % 2 == 0) {
                    recorded(numbered(3, k -> TIME.plusSeconds(k)));
                } else {
                    Page<UsageEvent> page = store().query(ALL, PageRequest.first(PageRequest.MAX_LIMIT));
                    assertThat((long) page.items().size()).isEqualTo(page.total());
                }
            }
        });
    }

    // What is missing.

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void use_90_nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> store().record(null));
        assertThatNullPointerException().isThrownBy(() -> store().recordAll(null));
        assertThatNullPointerException().isThrownBy(() -> store().query(null, PageRequest.first()));
        assertThatNullPointerException().isThrownBy(() -> store().query(ALL, null));
        assertThatNullPointerException().isThrownBy(() -> store().export(null, event -> {}));
        assertThatNullPointerException().isThrownBy(() -> store().export(ALL, null));
        assertThatNullPointerException().isThrownBy(() -> store().summary(null));
        assertThatNullPointerException().isThrownBy(() -> store().byAgent(null));
        assertThatNullPointerException().isThrownBy(() -> store().byConsumer(null));
        assertThatNullPointerException().isThrownBy(() -> store().byPeriod(null, ALL));
        assertThatNullPointerException().isThrownBy(() -> store().byPeriod(UsagePeriod.DAY, null));
        assertThatNullPointerException().isThrownBy(() -> store().durations(null));
        assertThat(store().stats().events()).isZero();
    }

    // Beyond its end, for stores that keep what they have.

    @Test
    void use_95_reopenedStoreHasEverything() {
        List<UsageEvent> events = new ArrayList<>(fiveUses());
        events.set(0, events.get(0).withStatus(TaskStatus.COMPLETED));
        recorded(events);

        reopenOrSkip();

        assertAnswers(events, ALL);
        assertAnswers(events, ALL.agent("a1"));
        assertThat(store().stats().events()).isEqualTo(5);
        events.add(recorded(event("after", "a1", "c9", TIME)));
        assertAnswers(events, ALL);
    }

    @Test
    void use_96_cursorOutlivesTheStore() {
        List<UsageEvent> events = recorded(numbered(5, i -> TIME));
        Page<UsageEvent> page = store().query(ALL, PageRequest.first(3));

        reopenOrSkip();

        assertThat(store().query(ALL, page.next(3).orElseThrow()).items()).isEqualTo(events.subList(3, 5));
    }

    private void reopenOrSkip() {
        MeteringStore ended = store();
        closeStore(ended);
        store = null;
        Optional<MeteringStore> again = reopen(ended);
        assumeTrue(again.isPresent(), "the store keeps nothing beyond its end");
        store = again.get();
    }

    private void withRetentionOrSkip(Duration retention, InstantSource clock) {
        closeStore(store());
        store = null;
        Optional<MeteringStore> retaining = createStore(retention, clock);
        assumeTrue(retaining.isPresent(), "the store has no retention");
        store = retaining.get();
    }

    private long total(UsageFilter filter) {
        return store().query(filter, PageRequest.first(1)).total();
    }

    private List<UsageEvent> all(UsageFilter filter, int limit) {
        return AllPages.of(request -> store().query(filter, request), limit);
    }

    private List<UsageEvent> exported(UsageFilter filter) {
        List<UsageEvent> events = new ArrayList<>();
        store().export(filter, events::add);
        return events;
    }

    /** Events of tasks {@code task_00000} and on. */
    private static List<UsageEvent> numbered(int count, IntFunction<Instant> time) {
        return IntStream.range(0, count)
                .mapToObj(i -> event("task_%05d".formatted(i), time.apply(i)))
                .toList();
    }

    /** Asks everything about a filter, and compares with what follows from the events, given in the order of their recording. */
    private void assertAnswers(List<UsageEvent> recorded, UsageFilter filter) {
        List<UsageEvent> meant = recorded.stream()
                .filter(filter::matches)
                .sorted(Comparator.comparing(UsageEvent::timestamp))
                .toList();
        assertThat(all(filter, 50)).as(filter.toString()).isEqualTo(meant);
        assertThat(total(filter)).as(filter.toString()).isEqualTo(meant.size());
        assertThat(exported(filter)).as(filter.toString()).isEqualTo(meant);
        assertThat(store().summary(filter))
                .as(filter.toString())
                .isEqualTo(new UsageSummary(
                        totals(meant), agents(meant).size(), consumers(meant).size()));
        assertThat(store().byAgent(filter))
                .as(filter.toString())
                .isEqualTo(agents(meant).stream()
                        .map(agent -> new ByAgent(agent, totals(matching(meant, ALL.agent(agent)))))
                        .toList());
        assertThat(store().byConsumer(filter))
                .as(filter.toString())
                .isEqualTo(consumers(meant).stream()
                        .map(consumer -> new ByConsumer(consumer, totals(matching(meant, ALL.consumer(consumer)))))
                        .toList());
        for (UsagePeriod period : UsagePeriod.values()) {
            List<ByPeriod> expected = new ArrayList<>();
            meant.stream()
                    .map(event -> period.nameOf(event.timestamp()))
                    .distinct()
                    .forEach(name -> {
                        List<UsageEvent> inPeriod = meant.stream()
                                .filter(event ->
                                        period.nameOf(event.timestamp()).equals(name))
                                .toList();
                        expected.add(new ByPeriod(
                                name,
                                totals(inPeriod),
                                agents(inPeriod).size(),
                                consumers(inPeriod).size()));
                    });
            assertThat(store().byPeriod(period, filter))
                    .as("%s %s", period, filter)
                    .isEqualTo(expected);
        }
    }

    private static List<UsageEvent> matching(List<UsageEvent> events, UsageFilter filter) {
        return events.stream().filter(filter::matches).toList();
    }

    private static UsageTotals totals(List<UsageEvent> events) {
        UsageTotals totals = UsageTotals.NONE;
        for (UsageEvent event : events) {
            totals = totals.plus(event.metrics());
        }
        return totals;
    }

    private static List<String> agents(List<UsageEvent> events) {
        return inCodePointOrder(events.stream().map(UsageEvent::agentId).toList());
    }

    private static List<String> consumers(List<UsageEvent> events) {
        return inCodePointOrder(events.stream().map(UsageEvent::consumerId).toList());
    }

    private static List<String> inCodePointOrder(List<String> texts) {
        return texts.stream()
                .distinct()
                .sorted((a, b) ->
                        Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()))
                .toList();
    }

    /** Each figure lies between the exact one and that plus the stated error. */
    private static void assertDurations(long[] durations, DurationPercentiles found) {
        long[] sorted = durations.clone();
        Arrays.sort(sorted);
        assertThat(found.count()).isEqualTo(sorted.length);
        assertThat(found.relativeError()).isBetween(0.0, 0.1);
        long[] figures = {found.p50(), found.p90(), found.p95(), found.p99(), found.max()};
        int[] percents = {50, 90, 95, 99, 100};
        for (int i = 0; i < figures.length; i++) {
            long exact = sorted[(sorted.length * percents[i] + 99) / 100 - 1];
            long most = (long) Math.ceil(exact * (1 + found.relativeError()));
            assertThat(figures[i]).as("%d %% of %d", percents[i], sorted.length).isBetween(exact, most);
        }
    }
}
