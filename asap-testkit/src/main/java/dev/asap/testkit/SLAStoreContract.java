// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStats;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SLAStore} has to do. Extend it, say how to make a store, and each test is one clause of the contract.
 *
 * <pre>{@code
 * class MySLAStoreTest extends SLAStoreContract {
 *     @Override
 *     protected SLAStore createStore() {
 *         return new MySLAStore();
 *     }
 * }
 * }</pre>
 *
 * <p>Override {@link #createStore(Duration, InstantSource)} where a store has a retention, {@link #closeStore} where it holds
 * something, and {@link #reopen} where it outlives its process. Not thread-safe: JUnit makes an instance for each test.
 */
public abstract class SLAStoreContract {
    private static final int THREADS = 8;
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30.250001Z");
    private static final Duration MICROSECOND = Duration.ofNanos(1000);
    private static final SLAMetricsFilter ALL = SLAMetricsFilter.all();
    private static final SLABreachFilter ALL_BREACHES = SLABreachFilter.all();

    /** U+FFFD comes before U+1F600 by code points, behind it by {@code String.compareTo}. */
    private static final String LAST_OF_16_BITS = "\uFFFD";

    private static final String BEYOND_16_BITS = "\uD83D\uDE00";

    private static final List<String> ANY_TEXTS = List.of(
            "",
            " ",
            "a b",
            "'; DROP TABLE sla_metrics; --",
            "%_\\\"",
            "tab\tand\nline",
            "Ünïcödé",
            "e\u0301",
            "\u00e9",
            "日本語",
            LAST_OF_16_BITS,
            BEYOND_16_BITS);

    private @Nullable SLAStore store;

    /** For subclasses. */
    protected SLAStoreContract() {}

    /** Makes an empty store that keeps records for ever; called once or more for each test. */
    protected abstract SLAStore createStore();

    /**
     * Makes an empty store with a retention. Empty by default, for stores without one: the clauses about it are then skipped.
     *
     * @param retention for how long records are kept
     * @param clock tells which have expired
     */
    protected Optional<SLAStore> createStore(Duration retention, InstantSource clock) {
        return Optional.empty();
    }

    /** Ends a store that {@link #createStore} or {@link #reopen} made. Does nothing by default. */
    protected void closeStore(SLAStore store) {}

    /**
     * Opens anew what {@code closed} kept, after {@link #closeStore} has ended it. Empty by default, for stores that keep
     * nothing beyond their end: the clauses about it are then skipped.
     */
    protected Optional<SLAStore> reopen(SLAStore closed) {
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

    private SLAStore store() {
        if (store == null) {
            throw new IllegalStateException("createStore() gave null");
        }
        return store;
    }

    /** Figures that are told apart by their number. */
    private static SLAMetrics period(String agent, Instant start, Instant end, long number) {
        return new SLAMetrics(agent, start, end, 99.5, 100 + number % 7, 0.5, number, 0);
    }

    private SLAMetrics recorded(SLAMetrics metrics) {
        store().recordMetrics(metrics);
        return metrics;
    }

    private SLAMetrics recorded(String agent, long startSecond, long endSecond) {
        return recorded(period(agent, TIME.plusSeconds(startSecond), TIME.plusSeconds(endSecond), 1));
    }

    private static SLABreach breach(String id, String agent, BreachSeverity severity, Instant at) {
        return new SLABreach(id, agent, BreachType.LATENCY, "500ms", "900ms", severity, at, null);
    }

    private SLABreach recorded(SLABreach breach) {
        store().recordBreach(breach);
        return breach;
    }

    private SLABreach recorded(String id, String agent, BreachSeverity severity, long second) {
        return recorded(breach(id, agent, severity, TIME.plusSeconds(second)));
    }

    private List<SLAMetrics> found(SLAMetricsFilter filter) {
        Page<SLAMetrics> page = store().queryMetrics(filter, PageRequest.first(PageRequest.MAX_LIMIT));
        assertThat(page.total()).isEqualTo(page.items().size());
        assertThat(page.hasNext()).isFalse();
        assertThat(store().countMetrics(filter)).isEqualTo(page.total());
        return page.items();
    }

    private List<SLABreach> found(SLABreachFilter filter) {
        Page<SLABreach> page = store().queryBreaches(filter, PageRequest.first(PageRequest.MAX_LIMIT));
        assertThat(page.total()).isEqualTo(page.items().size());
        assertThat(page.hasNext()).isFalse();
        return page.items();
    }

    // Figures: recording and reading back.

    @Test
    void sla_01_emptyStoreHasNothing() {
        assertThat(store().queryMetrics(ALL, PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().countMetrics(ALL)).isZero();
        assertThat(store().aggregateMetrics(ALL)).isEmpty();
        assertThat(store().queryBreaches(ALL_BREACHES, PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().findBreach("breach")).isEmpty();
        assertThat(store().openBreaches("agent", PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().stats()).isEqualTo(new SLAStats(0, 0, null, null));
        assertThat(store().stats().events()).isZero();
        assertThat(store().purgeExpired()).isZero();
    }

    @Test
    void sla_02_figuresAreReadBackWhole() {
        SLAMetrics metrics = new SLAMetrics(
                "urn:asap:agent:worker", TIME, TIME.plusSeconds(3600), 33.333333333333336, 1502, 1e-5, 60, 2);

        recorded(metrics);

        assertThat(found(ALL)).containsExactly(metrics);
    }

    @Test
    void sla_03_boundsOfTheFiguresAreKept() {
        SLAMetrics least = recorded(new SLAMetrics("a", TIME, TIME, 0, 0, 0, 0, 0));
        SLAMetrics most = recorded(new SLAMetrics(
                "a",
                Instant.parse("9999-12-31T23:59:59.999999Z"),
                Instant.parse("0001-01-01T00:00:00Z"),
                100,
                Long.MAX_VALUE,
                100,
                Long.MAX_VALUE,
                Long.MAX_VALUE));

        assertThat(found(ALL)).containsExactly(least, most);
    }

    @Test
    void sla_04_sameFiguresTwiceCountTwice() {
        SLAMetrics metrics = recorded("a", 0, 60);
        recorded(metrics);

        assertThat(found(ALL)).containsExactly(metrics, metrics);
        assertThat(store().stats().metrics()).isEqualTo(2);
    }

    @Test
    void sla_05_anyTextIsAnAgent() {
        for (String text : ANY_TEXTS) {
            SLAMetrics metrics = recorded(text, 0, 60);
            assertThat(found(ALL.agent(text))).containsExactly(metrics);
        }
        SLAMetrics longest = recorded("x".repeat(SLAMetrics.MAX_AGENT_ID_LENGTH), 0, 60);
        assertThat(found(ALL.agent(longest.agentId()))).containsExactly(longest);
        assertThat(found(ALL)).hasSize(ANY_TEXTS.size() + 1);
        assertThat(store().aggregateMetrics(ALL)).hasSize(ANY_TEXTS.size() + 1);
    }

    @Test
    void sla_06_batchIsKeptInItsOrder() {
        List<SLAMetrics> batch = IntStream.range(0, 50)
                .mapToObj(i -> period("a", TIME, TIME.plusSeconds(60), i))
                .toList();

        store().recordAllMetrics(batch);
        store().recordAllMetrics(List.of());

        assertThat(found(ALL)).isEqualTo(batch);
    }

    @Test
    void sla_07_batchThatIsTooLargeIsRefusedWhole() {
        SLAMetrics metrics = period("a", TIME, TIME, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().recordAllMetrics(Collections.nCopies(SLAStore.MAX_BATCH + 1, metrics)));
        assertThat(store().countMetrics(ALL)).isZero();

        store().recordAllMetrics(Collections.nCopies(SLAStore.MAX_BATCH, metrics));
        assertThat(store().countMetrics(ALL)).isEqualTo(SLAStore.MAX_BATCH);
    }

    @Test
    void sla_08_figuresAreOrderedByTheirStartsThenByTheirRecording() {
        SLAMetrics late = recorded("a", 10, 11);
        SLAMetrics early = recorded("b", 0, 500);
        SLAMetrics first = recorded("z", 5, 9);
        SLAMetrics second = recorded("a", 5, 7);
        SLAMetrics third = recorded("m", 5, 100);

        assertThat(found(ALL)).containsExactly(early, first, second, third, late);
    }

    @Test
    void sla_09_fractionsOfASecondAreInOrder() {
        SLAMetrics whole = recorded(period("a", Instant.parse("2026-03-01T08:00:01Z"), TIME, 1));
        SLAMetrics before = recorded(period("a", Instant.parse("2026-03-01T08:00:00.999999Z"), TIME, 2));
        SLAMetrics after = recorded(period("a", Instant.parse("2026-03-01T08:00:01.000001Z"), TIME, 3));

        assertThat(found(ALL)).containsExactly(before, whole, after);
    }

    // Figures: filters.

    @Test
    void sla_10_periodsThatOverlapTheSpanAreMeant() {
        recorded("before", 0, 9);
        SLAMetrics touchesStart = recorded("touches start", 1, 10);
        SLAMetrics crossesStart = recorded("crosses start", 5, 12);
        SLAMetrics holdsAll = recorded("holds all", 6, 90);
        SLAMetrics within = recorded("within", 12, 18);
        SLAMetrics crossesEnd = recorded("crosses end", 15, 30);
        SLAMetrics touchesEnd = recorded("touches end", 20, 40);
        recorded("after", 21, 40);

        assertThat(found(ALL.from(TIME.plusSeconds(10)).until(TIME.plusSeconds(20))))
                .containsExactly(touchesStart, crossesStart, holdsAll, within, crossesEnd, touchesEnd);
    }

    @Test
    void sla_11_boundsOfTheSpanBelongToItToTheMicrosecond() {
        SLAMetrics period = recorded("a", 0, 60);
        Instant end = TIME.plusSeconds(60);

        assertThat(found(ALL.from(end))).containsExactly(period);
        assertThat(found(ALL.from(end.plus(MICROSECOND)))).isEmpty();
        assertThat(found(ALL.until(TIME))).containsExactly(period);
        assertThat(found(ALL.until(TIME.minus(MICROSECOND)))).isEmpty();
        assertThat(found(ALL.from(end).until(end))).containsExactly(period);
        assertThat(found(ALL.from(TIME).until(TIME))).containsExactly(period);
        // Below a microsecond there is nothing.
        assertThat(found(ALL.from(end.plusNanos(999)))).containsExactly(period);
    }

    @Test
    void sla_12_spanWithOneBound() {
        SLAMetrics first = recorded("a", 0, 10);
        SLAMetrics second = recorded("a", 10, 20);
        SLAMetrics third = recorded("a", 20, 30);

        assertThat(found(ALL.from(TIME.plusSeconds(11)))).containsExactly(second, third);
        assertThat(found(ALL.until(TIME.plusSeconds(19)))).containsExactly(first, second);
    }

    @Test
    void sla_13_agentIsComparedExactly() {
        SLAMetrics metrics = recorded("agent", 0, 60);
        recorded("Agent", 0, 60);
        recorded("agent ", 0, 60);

        assertThat(found(ALL.agent("agent"))).containsExactly(metrics);
        assertThat(found(ALL.agent("agen"))).isEmpty();
        assertThat(found(ALL.agent("agent").from(TIME.plusSeconds(10)).until(TIME.plusSeconds(20))))
                .containsExactly(metrics);
        assertThat(found(ALL.agent("agent").from(TIME.plusSeconds(61)))).isEmpty();
    }

    @Test
    void sla_14_spanThatEndsBeforeItStartsMeansPeriodsThatHoldIt() {
        recorded("a", 0, 15);
        SLAMetrics holds = recorded("a", 5, 25);
        recorded("a", 15, 30);

        assertThat(found(ALL.from(TIME.plusSeconds(20)).until(TIME.plusSeconds(10))))
                .containsExactly(holds);
        assertThat(found(ALL.agent("b").from(TIME.plusSeconds(20)).until(TIME.plusSeconds(10))))
                .isEmpty();
    }

    @Test
    void sla_15_periodThatEndsBeforeItStartsIsComparedAllTheSame() {
        SLAMetrics backward = recorded("a", 20, 10);
        SLAMetrics inside = recorded("a", 14, 16);

        assertThat(found(ALL)).containsExactly(inside, backward);
        assertThat(found(ALL.from(TIME.plusSeconds(9)).until(TIME.plusSeconds(21))))
                .containsExactly(inside, backward);
        assertThat(found(ALL.from(TIME.plusSeconds(15)).until(TIME.plusSeconds(25))))
                .containsExactly(inside);
        assertThat(found(ALL.from(TIME.plusSeconds(5)).until(TIME.plusSeconds(15))))
                .containsExactly(inside);
        assertThat(found(ALL.from(TIME.plusSeconds(12)).until(TIME.plusSeconds(13))))
                .isEmpty();
        assertThat(found(ALL.from(TIME.plusSeconds(10)))).containsExactly(inside, backward);
    }

    @Test
    void sla_16_veryLongPeriodIsFoundFromItsEnd() {
        SLAMetrics year = recorded(period("long", TIME, TIME.plus(Duration.ofDays(365)), 1));
        List<SLAMetrics> hours = IntStream.range(0, 500)
                .mapToObj(i -> period("short", TIME.plusSeconds(3600L * i), TIME.plusSeconds(3600L * i + 3599), i))
                .toList();
        store().recordAllMetrics(hours);

        assertThat(found(ALL.from(TIME.plusSeconds(3600L * 497))))
                .containsExactly(year, hours.get(497), hours.get(498), hours.get(499));
        assertThat(store().queryMetrics(ALL.from(TIME.plusSeconds(3600L * 100)), PageRequest.of(2, 0))
                        .items())
                .containsExactly(year, hours.get(100));
        assertThat(store().queryMetrics(ALL.from(TIME.plusSeconds(3600L * 100)), PageRequest.of(2, 300))
                        .items())
                .containsExactly(hours.get(399), hours.get(400));
    }

    // Figures: pages.

    @Test
    void sla_20_pagesByOffsetLeadThroughAll() {
        List<SLAMetrics> all = manyPeriods(730);
        for (int offset : new int[] {0, 1, 99, 199, 200, 201, 202, 365, 629, 630, 631, 729, 730, 731, 5000}) {
            assertPage(all, ALL, offset, 100);
        }
    }

    @Test
    void sla_21_pagesByCursorLeadThroughAll() {
        List<SLAMetrics> all = manyPeriods(300);
        for (int limit : new int[] {1, 7, 100, 299, 300, 301}) {
            assertThat(allMetrics(ALL, limit)).as("by %d", limit).isEqualTo(all);
        }
    }

    @Test
    void sla_22_pagesOfASpanLeadThroughWhatOverlapsIt() {
        List<SLAMetrics> all = manyPeriods(730);
        Instant start = TIME.plusSeconds(60L * 200);
        Instant end = TIME.plusSeconds(60L * 600);
        for (SLAMetricsFilter filter : List.of(
                ALL.from(start),
                ALL.until(end),
                ALL.from(start).until(end),
                ALL.from(start).until(end).agent("agent 1"),
                ALL.agent("agent 2"))) {
            List<SLAMetrics> meant = all.stream().filter(filter::matches).toList();
            assertThat(allMetrics(filter, 33)).isEqualTo(meant);
            for (int offset = 0; offset < meant.size() + 20; offset += 17) {
                assertPage(meant, filter, offset, 10);
            }
        }
    }

    private void assertPage(List<SLAMetrics> meant, SLAMetricsFilter filter, int offset, int limit) {
        Page<SLAMetrics> page = store().queryMetrics(filter, PageRequest.of(limit, offset));
        int to = Math.min(offset + limit, meant.size());
        assertThat(page.items())
                .as("%s at %d", filter, offset)
                .isEqualTo(meant.subList(Math.min(offset, meant.size()), Math.max(to, Math.min(offset, meant.size()))));
        assertThat(page.total()).isEqualTo(meant.size());
        assertThat(page.hasNext()).as("next at %d", offset).isEqualTo(to < meant.size());
    }

    @Test
    void sla_23_cursorStaysWhereItIsWhenOthersCome() {
        SLAMetrics first = recorded("a", 0, 1);
        SLAMetrics second = recorded("a", 5, 6);
        Page<SLAMetrics> page = store().queryMetrics(ALL, PageRequest.first(1));
        recorded("a", -5, -4);
        SLAMetrics between = recorded("a", 2, 3);

        assertThat(page.items()).containsExactly(first);
        assertThat(page.hasNext()).isTrue();
        Page<SLAMetrics> next = store().queryMetrics(ALL, page.next(10).orElseThrow());
        assertThat(next.items()).containsExactly(between, second);
        assertThat(next.total()).isEqualTo(4);
    }

    @Test
    void sla_24_foreignCursorIsRefused() {
        recorded("a", 0, 1);
        recorded("b", "a", BreachSeverity.WARNING, 0);
        for (Cursor cursor : List.of(new Cursor("?"), Cursor.afterKey("task"), Cursor.afterKey("a\nb"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().queryMetrics(ALL, PageRequest.after(cursor, 1)));
        }
        for (Cursor cursor : List.of(new Cursor("?"), Cursor.afterKey("task"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().queryBreaches(ALL_BREACHES, PageRequest.after(cursor, 1)));
        }
    }

    // Figures put together.

    @Test
    void sla_30_agentsComeInTheOrderOfTheirFirstRecord() {
        recorded("b", 10, 20);
        recorded("a", 5, 6);
        recorded("c", 0, 1);
        recorded("a", 30, 40);

        assertThat(store().aggregateMetrics(ALL))
                .extracting(SLAMetrics::agentId)
                .containsExactly("c", "a", "b");
        assertThat(store().aggregateMetrics(ALL.from(TIME.plusSeconds(10))))
                .extracting(SLAMetrics::agentId)
                .containsExactly("b", "a");
    }

    @Test
    void sla_31_figuresOfAnAgentArePutTogetherByTheFormulas() {
        recorded(new SLAMetrics("a", TIME, TIME.plusSeconds(60), 99, 100, 1, 10, 0));
        recorded(new SLAMetrics("a", TIME.plusSeconds(60), TIME.plusSeconds(90), 50, 900, 50, 1, 1));
        recorded(new SLAMetrics("b", TIME.plusSeconds(60), TIME.plusSeconds(70), 12.5, 3, 0, 0, 0));

        assertThat(store().aggregateMetrics(ALL))
                .containsExactly(
                        new SLAMetrics("a", TIME, TIME.plusSeconds(90), 90.83, 100, 9.17, 11, 1),
                        new SLAMetrics("b", TIME.plusSeconds(60), TIME.plusSeconds(70), 12.5, 3, 0, 0, 0));
        assertThat(store().aggregateMetrics(ALL.agent("b"))).hasSize(1);
    }

    @Test
    void sla_32_everyPeriodThatOverlapsTheWindowCountsInFull() {
        Instant end = TIME;
        Instant start = end.minus(SLAWindow.DAY.length());
        recorded(new SLAMetrics("a", start.minusSeconds(3600), start.minusSeconds(1), 10, 9000, 50, 1, 1));
        recorded(new SLAMetrics("a", start.minusSeconds(1800), start, 100, 10, 0, 3, 0));
        recorded(new SLAMetrics("a", end, end.plusSeconds(3600), 100, 20, 0, 4, 0));
        recorded(new SLAMetrics("a", end.plusSeconds(1), end.plusSeconds(3600), 10, 9000, 50, 1, 1));

        assertThat(store().aggregateMetrics(SLAMetricsFilter.window(SLAWindow.DAY, end)))
                .containsExactly(
                        new SLAMetrics("a", start.minusSeconds(1800), end.plusSeconds(3600), 100, 10, 0, 7, 0));
    }

    // Breaches: recording and reading back.

    @Test
    void sla_40_breachIsReadBackWhole() {
        SLABreach open = recorded(new SLABreach(
                "breach_01KQ0B",
                "urn:asap:agent:worker",
                BreachType.AVAILABILITY,
                "99.5%",
                "33.333333333333336%",
                BreachSeverity.CRITICAL,
                TIME,
                null));
        SLABreach unknown = recorded(new SLABreach(
                "2",
                "a",
                new BreachType("mood"),
                "good",
                "",
                new BreachSeverity("dire"),
                TIME.plusSeconds(1),
                TIME.minusSeconds(1)));

        assertThat(store().findBreach("breach_01KQ0B")).contains(open);
        assertThat(store().findBreach("2")).contains(unknown);
        assertThat(found(ALL_BREACHES)).containsExactly(open, unknown);
    }

    @Test
    void sla_41_breachReplacesTheOneWithItsId() {
        recorded("b", "a", BreachSeverity.WARNING, 0);
        SLABreach other = recorded("other", "a", BreachSeverity.WARNING, 5);
        SLABreach replacement = recorded("b", "elsewhere", BreachSeverity.CRITICAL, 9);

        assertThat(found(ALL_BREACHES)).containsExactly(other, replacement);
        assertThat(found(ALL_BREACHES.agent("a"))).containsExactly(other);
        assertThat(found(ALL_BREACHES.severity(BreachSeverity.WARNING))).containsExactly(other);
        assertThat(found(ALL_BREACHES.severity(BreachSeverity.CRITICAL))).containsExactly(replacement);
        assertThat(store().findBreach("b")).contains(replacement);
        assertThat(store().stats().breaches()).isEqualTo(2);
    }

    @Test
    void sla_42_resolvedBreachIsNoLongerOpen() {
        SLABreach first = recorded("1", "a", BreachSeverity.WARNING, 0);
        SLABreach second = recorded("2", "a", BreachSeverity.WARNING, 1);
        SLABreach elsewhere = recorded("3", "b", BreachSeverity.WARNING, 2);
        assertThat(found(ALL_BREACHES.onlyOpen())).containsExactly(first, second, elsewhere);

        SLABreach resolved = recorded(first.resolved(TIME.plusSeconds(60)));

        assertThat(store().openBreaches("a", PageRequest.first()).items()).containsExactly(second);
        assertThat(store().openBreaches("a", PageRequest.first()).total()).isEqualTo(1);
        assertThat(found(ALL_BREACHES.onlyOpen())).containsExactly(second, elsewhere);
        assertThat(found(ALL_BREACHES)).containsExactly(resolved, second, elsewhere);
        assertThat(store().findBreach("1")).contains(resolved);

        recorded(first);
        assertThat(found(ALL_BREACHES.onlyOpen())).containsExactly(first, second, elsewhere);
    }

    @Test
    void sla_43_anyTextIsInABreach() {
        for (String text : ANY_TEXTS) {
            SLABreach breach = recorded(
                    new SLABreach(text, text, new BreachType(text), text, text, new BreachSeverity(text), TIME, null));
            assertThat(store().findBreach(text)).contains(breach);
            assertThat(found(ALL_BREACHES.agent(text))).containsExactly(breach);
            assertThat(found(ALL_BREACHES.severity(new BreachSeverity(text)))).containsExactly(breach);
        }
        assertThat(found(ALL_BREACHES))
                .extracting(SLABreach::id)
                .isEqualTo(inCodePointOrder(ANY_TEXTS))
                .hasSize(ANY_TEXTS.size());
    }

    @Test
    void sla_44_breachesAreOrderedByDetectionThenById() {
        SLABreach late = recorded("a", "x", BreachSeverity.WARNING, 9);
        SLABreach beyond = recorded(BEYOND_16_BITS, "x", BreachSeverity.WARNING, 5);
        SLABreach last = recorded(LAST_OF_16_BITS, "x", BreachSeverity.WARNING, 5);
        SLABreach first = recorded("b", "x", BreachSeverity.WARNING, 5);

        assertThat(found(ALL_BREACHES)).containsExactly(first, last, beyond, late);
        assertThat(allBreaches(ALL_BREACHES, 1)).containsExactly(first, last, beyond, late);
    }

    // Breaches: filters and pages.

    @Test
    void sla_45_breachMeetsEveryCondition() {
        SLABreach first = recorded("1", "a", BreachSeverity.WARNING, 0);
        SLABreach second = recorded("2", "a", BreachSeverity.CRITICAL, 10);
        SLABreach third = recorded("3", "b", BreachSeverity.CRITICAL, 20);
        SLABreach fourth = recorded(
                breach("4", "b", BreachSeverity.WARNING, TIME.plusSeconds(30)).resolved(TIME.plusSeconds(31)));

        assertThat(found(ALL_BREACHES.agent("a"))).containsExactly(first, second);
        assertThat(found(ALL_BREACHES.severity(BreachSeverity.CRITICAL))).containsExactly(second, third);
        assertThat(found(ALL_BREACHES.agent("b").severity(BreachSeverity.WARNING)))
                .containsExactly(fourth);
        assertThat(found(
                        ALL_BREACHES.agent("b").severity(BreachSeverity.WARNING).onlyOpen()))
                .isEmpty();
        assertThat(found(ALL_BREACHES.from(TIME.plusSeconds(10)).until(TIME.plusSeconds(20))))
                .containsExactly(second, third);
        assertThat(found(ALL_BREACHES
                        .from(TIME.plusSeconds(10).plus(MICROSECOND))
                        .until(TIME.plusSeconds(29))))
                .containsExactly(third);
        assertThat(found(ALL_BREACHES.agent("a").from(TIME.plusSeconds(1)))).containsExactly(second);
        assertThat(found(ALL_BREACHES.from(TIME.plusSeconds(20)).until(TIME.plusSeconds(10))))
                .isEmpty();
        assertThat(found(ALL_BREACHES.severity(new BreachSeverity("Warning")))).isEmpty();
    }

    @Test
    void sla_46_pagesOfBreachesLeadThroughAll() {
        List<SLABreach> all = manyBreaches(450);
        for (SLABreachFilter filter : List.of(
                ALL_BREACHES,
                ALL_BREACHES.agent("agent 1"),
                ALL_BREACHES.severity(BreachSeverity.CRITICAL),
                ALL_BREACHES.agent("agent 2").severity(BreachSeverity.WARNING),
                ALL_BREACHES.onlyOpen(),
                ALL_BREACHES.onlyOpen().agent("agent 0"),
                ALL_BREACHES.from(TIME.plusSeconds(50)).until(TIME.plusSeconds(150)))) {
            List<SLABreach> meant = all.stream().filter(filter::matches).toList();
            assertThat(allBreaches(filter, 19)).isEqualTo(meant);
            for (int offset : new int[] {0, 1, 150, 199, 200, 201, 202, 300, 449, 450, 900}) {
                Page<SLABreach> page = store().queryBreaches(filter, PageRequest.of(10, offset));
                int from = Math.min(offset, meant.size());
                int to = Math.min(offset + 10, meant.size());
                assertThat(page.items())
                        .as("%s at %d", filter, offset)
                        .isEqualTo(meant.subList(from, Math.max(from, to)));
                assertThat(page.total()).isEqualTo(meant.size());
                assertThat(page.hasNext()).isEqualTo(to < meant.size());
            }
        }
    }

    @Test
    void sla_47_longestIdFitsIntoACursor() {
        String longest = BEYOND_16_BITS.repeat(SLABreach.MAX_ID_LENGTH - 1);
        SLABreach first = recorded(longest + "1", "a", BreachSeverity.WARNING, 0);
        SLABreach second = recorded(longest + "2", "a", BreachSeverity.WARNING, 0);

        assertThat(allBreaches(ALL_BREACHES, 1)).containsExactly(first, second);
    }

    @Test
    void sla_48_breachIsOpenedOnceForItsAgentAndType() {
        SLABreach first = breach("1", "a", BreachSeverity.WARNING, TIME);
        SLABreach second = breach("2", "a", BreachSeverity.CRITICAL, TIME.plusSeconds(1));

        assertThat(store().openBreach(first)).isEqualTo(first);
        assertThat(store().openBreach(second)).isEqualTo(first);
        assertThat(found(ALL_BREACHES)).containsExactly(first);

        SLABreach other = breach("3", "b", BreachSeverity.WARNING, TIME);
        SLABreach otherType = new SLABreach(
                "4", "a", BreachType.ERROR_RATE, "1.0%", "2.0%", BreachSeverity.WARNING, TIME.plusSeconds(2), null);
        assertThat(store().openBreach(other)).isEqualTo(other);
        assertThat(store().openBreach(otherType)).isEqualTo(otherType);

        recorded(first.resolved(TIME.plusSeconds(3)));
        assertThat(store().openBreach(second)).isEqualTo(second);
        assertThat(found(ALL_BREACHES.onlyOpen())).containsExactlyInAnyOrder(second, other, otherType);

        SLABreach later = recorded("5", "a", BreachSeverity.WARNING, 9);
        assertThat(store().openBreach(breach("6", "a", BreachSeverity.WARNING, TIME)))
                .as("the last of several")
                .isEqualTo(later);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().openBreach(first.resolved(TIME)))
                .withMessageContaining("recordBreach");
    }

    @Test
    void sla_49_breachIsReplacedOnlyAsItIsKnown() {
        SLABreach open = recorded("1", "a", BreachSeverity.WARNING, 0);
        SLABreach resolved = open.resolved(TIME.plusSeconds(1));
        SLABreach worse = breach("1", "a", BreachSeverity.CRITICAL, TIME);

        assertThat(store().replaceBreach(worse, resolved)).isFalse();
        assertThat(store().findBreach("1")).contains(open);
        assertThat(store().replaceBreach(open, worse)).isTrue();
        assertThat(store().findBreach("1")).contains(worse);
        assertThat(store().replaceBreach(open, resolved)).isFalse();
        assertThat(store().replaceBreach(worse, worse.resolved(TIME.plusSeconds(2))))
                .isTrue();
        assertThat(found(ALL_BREACHES.onlyOpen())).isEmpty();
        assertThat(store().replaceBreach(
                                breach("none", "a", BreachSeverity.WARNING, TIME),
                                breach("none", "a", BreachSeverity.CRITICAL, TIME)))
                .isFalse();
        assertThat(found(ALL_BREACHES)).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().replaceBreach(open, breach("2", "a", BreachSeverity.WARNING, TIME)))
                .withMessageContaining("got 1 and 2");
    }

    // How much there is, and for how long.

    @Test
    void sla_50_statsTellNumbersAndTheOldest() {
        recorded("a", 10, 20);
        recorded("a", 5, 50);
        assertThat(store().stats()).isEqualTo(new SLAStats(2, 0, TIME.plusSeconds(5), null));

        recorded("b", "a", BreachSeverity.WARNING, 1);
        assertThat(store().stats()).isEqualTo(new SLAStats(2, 1, TIME.plusSeconds(1), null));
        assertThat(store().stats().events()).isEqualTo(3);

        recorded("b", "a", BreachSeverity.WARNING, 100);
        assertThat(store().stats()).isEqualTo(new SLAStats(2, 1, TIME.plusSeconds(5), null));
    }

    @Test
    void sla_51_withoutRetentionNothingExpires() {
        recorded(period("a", Instant.EPOCH, Instant.EPOCH, 1));
        recorded(breach("b", "a", BreachSeverity.WARNING, Instant.EPOCH));

        assertThat(store().purgeExpired()).isZero();
        assertThat(store().stats().events()).isEqualTo(2);
    }

    @Test
    void sla_52_purgeRemovesWhatIsOlderThanTheRetention() {
        SettableClock clock = SettableClock.at(TIME);
        retainOrSkip(Duration.ofHours(1), clock);
        recorded(period("a", TIME.minusSeconds(9000), TIME.minusSeconds(3601), 1));
        SLAMetrics endsInTime = recorded(period("a", TIME.minusSeconds(9000), TIME.minusSeconds(3600), 2));
        SLAMetrics recent = recorded(period("b", TIME, TIME, 3));
        recorded(breach("1", "a", BreachSeverity.WARNING, TIME.minusSeconds(3601)));
        SLABreach kept = recorded(breach("2", "a", BreachSeverity.WARNING, TIME.minusSeconds(3600)));

        assertThat(store().stats().retention()).isEqualTo(Duration.ofHours(1));
        assertThat(store().purgeExpired()).isEqualTo(2);
        assertThat(found(ALL)).containsExactly(endsInTime, recent);
        assertThat(found(ALL_BREACHES)).containsExactly(kept);
        assertThat(store().findBreach("1")).isEmpty();
        assertThat(store().purgeExpired()).isZero();

        clock.advance(Duration.ofHours(2));
        assertThat(store().purgeExpired()).isEqualTo(3);
        assertThat(store().stats()).isEqualTo(new SLAStats(0, 0, null, Duration.ofHours(1)));
    }

    @Test
    void sla_53_purgeCutsToWholeSeconds() {
        retainOrSkip(Duration.ZERO, InstantSource.fixed(Instant.parse("2026-03-01T08:15:30.9Z")));
        recorded(period("a", TIME, Instant.parse("2026-03-01T08:15:29.999999Z"), 1));
        SLAMetrics kept = recorded(period("a", TIME, Instant.parse("2026-03-01T08:15:30Z"), 2));

        assertThat(store().purgeExpired()).isEqualTo(1);
        assertThat(found(ALL)).containsExactly(kept);
    }

    @Test
    void sla_54_purgeRemovesManyAndLeavesTotalsRight() {
        retainOrSkip(Duration.ofMinutes(1), InstantSource.fixed(TIME.plusSeconds(60L * 5000)));
        for (int batch = 0; batch < 2; batch++) {
            int from = 2600 * batch;
            store().recordAllMetrics(IntStream.range(from, from + 2600)
                    .mapToObj(
                            i -> period("agent " + i % 3, TIME.plusSeconds(60L * i), TIME.plusSeconds(60L * i + 59), i))
                    .toList());
        }

        long removed = store().purgeExpired();

        assertThat(removed).isEqualTo(4999);
        assertThat(found(ALL)).hasSize(201);
        assertThat(store().countMetrics(ALL.agent("agent 1"))).isEqualTo(67);
    }

    @Test
    void sla_55_retentionBeyondAllTimeRemovesNothing() {
        retainOrSkip(Duration.ofDays(365 * 9000L), InstantSource.fixed(TIME));
        recorded(period("a", Instant.EPOCH, Instant.EPOCH, 1));

        assertThat(store().purgeExpired()).isZero();
    }

    // Many threads.

    @Test
    void sla_60_manyWritersLoseNothing() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 60; i++) {
                SLAMetrics metrics = recorded("agent " + thread, i, i + 1);
                assertThat(store().countMetrics(ALL.agent("agent " + thread))).isEqualTo(i + 1);
                SLABreach breach = recorded(thread + "/" + i % 20, "agent " + thread, BreachSeverity.WARNING, i);
                assertThat(store().findBreach(breach.id())).contains(breach);
                assertThat(store().queryMetrics(ALL.agent(metrics.agentId()), PageRequest.of(1, i))
                                .items())
                        .containsExactly(metrics);
            }
        });
        assertThat(found(ALL)).hasSize(60 * THREADS);
        assertThat(found(ALL_BREACHES)).hasSize(20 * THREADS);
        assertThat(store().stats()).isEqualTo(new SLAStats(60L * THREADS, 20L * THREADS, TIME, null));
    }

    @Test
    void sla_61_batchesAreSeenWholeOrNotAtAll() throws Exception {
        AtomicInteger writing = new AtomicInteger(THREADS / 2);
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                try {
                    for (int i = 0; i < 20; i++) {
                        Instant start = TIME.plusSeconds(i);
                        store().recordAllMetrics(
                                        Collections.nCopies(10, period("agent", start, start.plusSeconds(5), i)));
                    }
                } finally {
                    writing.decrementAndGet();
                }
                return;
            }
            while (writing.get() > 0) {
                assertThat(store().countMetrics(ALL) % 10).isZero();
                Page<SLAMetrics> page = store().queryMetrics(ALL.agent("agent"), PageRequest.first(1000));
                assertThat(page.items()).hasSize((int) page.total());
                assertThat(page.total() % 10).isZero();
                assertThat(store().aggregateMetrics(ALL)).hasSizeLessThanOrEqualTo(1);
            }
        });
        assertThat(store().countMetrics(ALL)).isEqualTo(10 * 20 * THREADS / 2);
    }

    @Test
    void sla_62_pagesUnderWritesNeitherSkipNorRepeat() throws Exception {
        List<SLAMetrics> stable = manyPeriods(60);
        List<SLABreach> stableBreaches = manyBreaches(60);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger walks = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                for (int i = 0; !done.get() && i < 2000; i++) {
                    recorded("passing", i % 3000, i % 3000 + 60);
                    recorded("passing " + i % 40 + "/" + thread, "passing", BreachSeverity.WARNING, i % 60);
                }
                return;
            }
            try {
                for (int walk = 0; walk < 6; walk++) {
                    List<SLAMetrics> seen = allMetrics(ALL, 50);
                    assertThat(seen).isSortedAccordingTo(Comparator.comparing(SLAMetrics::periodStart));
                    assertThat(seen.stream()
                                    .filter(each -> !each.agentId().equals("passing"))
                                    .toList())
                            .isEqualTo(stable);
                    assertThat(allBreaches(ALL_BREACHES, 50).stream()
                                    .filter(each -> !each.agentId().equals("passing"))
                                    .toList())
                            .isEqualTo(stableBreaches);
                }
            } finally {
                if (walks.incrementAndGet() == THREADS / 2) {
                    done.set(true);
                }
            }
        });
    }

    @Test
    void sla_63_oneBreachByManyThreadsIsOne() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 40; i++) {
                SLABreach breach = breach("same", "agent " + thread, BreachSeverity.CRITICAL, TIME.plusSeconds(i));
                recorded(i % 2 == 0 ? breach : breach.resolved(TIME.plusSeconds(99)));
            }
        });
        SLABreach left = store().findBreach("same").orElseThrow();
        assertThat(found(ALL_BREACHES)).containsExactly(left);
        assertThat(found(ALL_BREACHES.agent(left.agentId()))).containsExactly(left);
        assertThat(found(ALL_BREACHES.onlyOpen())).isEmpty();
        for (int thread = 0; thread < THREADS; thread++) {
            String agent = "agent " + thread;
            assertThat(found(ALL_BREACHES.agent(agent)).isEmpty()).isEqualTo(!agent.equals(left.agentId()));
        }
    }

    @Test
    void sla_64_manyThreadsOpenOneBreachAndResolveItOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            Instant time = TIME.plusSeconds(round);
            String prefix = round + "/";
            Set<SLABreach> seen = ConcurrentHashMap.newKeySet();
            AtomicInteger opened = new AtomicInteger();
            AtomicInteger resolved = new AtomicInteger();
            Concurrently.inThreads(THREADS, thread -> {
                SLABreach mine = breach(prefix + thread, "agent", BreachSeverity.WARNING, time);
                SLABreach open = store().openBreach(mine);
                seen.add(open);
                opened.addAndGet(open.equals(mine) ? 1 : 0);
            });
            assertThat(opened).hasValue(1);
            assertThat(seen).hasSize(1);
            assertThat(found(ALL_BREACHES.onlyOpen())).containsExactlyElementsOf(seen);
            SLABreach open = seen.iterator().next();
            Concurrently.inThreads(THREADS, thread -> {
                if (store().replaceBreach(open, open.resolved(time.plusSeconds(thread)))) {
                    resolved.incrementAndGet();
                }
            });
            assertThat(resolved).hasValue(1);
            assertThat(found(ALL_BREACHES.onlyOpen())).isEmpty();
        }
        assertThat(found(ALL_BREACHES)).hasSize(20);
    }

    // Against a plain list.

    @Test
    void sla_70_answersAreThoseOfAPlainList() {
        for (int seed = 0; seed < 120; seed++) {
            new Comparison(new Random(seed), "seed %d: ".formatted(seed)).run();
            if (store != null) {
                closeStore(store);
                store = null;
            }
            store = createStore();
        }
    }

    /** The same calls to the store and to two lists. */
    private final class Comparison {
        private final Random random;
        private final String name;
        private final List<SLAMetrics> metrics = new ArrayList<>();
        private final Map<String, SLABreach> breaches = new LinkedHashMap<>();

        Comparison(Random random, String name) {
            this.random = random;
            this.name = name;
        }

        void run() {
            for (int step = 0; step < 12; step++) {
                if (random.nextInt(3) > 0) {
                    List<SLAMetrics> batch = IntStream.range(0, random.nextInt(12))
                            .mapToObj(i -> anyMetrics())
                            .toList();
                    store().recordAllMetrics(batch);
                    metrics.addAll(batch);
                }
                if (random.nextBoolean()) {
                    SLABreach breach = anyBreach();
                    store().recordBreach(breach);
                    breaches.put(breach.id(), breach);
                }
                compareMetrics();
                compareBreaches();
            }
        }

        private Instant anyTime() {
            // Few and far apart, so that bounds meet and buckets of every length are crossed.
            long unit = new long[] {1, 60, 3600, 86_400, 10 * 86_400, 40 * 86_400}[random.nextInt(6)];
            return TIME.plusSeconds(unit * (random.nextInt(9) - 4));
        }

        private String anyAgent() {
            return "agent " + random.nextInt(3);
        }

        private SLAMetrics anyMetrics() {
            return new SLAMetrics(
                    anyAgent(),
                    anyTime(),
                    anyTime(),
                    random.nextInt(1001) / 10.0,
                    random.nextInt(1000),
                    random.nextInt(1001) / 10.0,
                    random.nextInt(20),
                    random.nextInt(3));
        }

        private SLABreach anyBreach() {
            SLABreach breach = breach(
                    "breach " + random.nextInt(8),
                    anyAgent(),
                    random.nextBoolean() ? BreachSeverity.WARNING : BreachSeverity.CRITICAL,
                    anyTime());
            return random.nextBoolean() ? breach : breach.resolved(anyTime());
        }

        private void compareMetrics() {
            SLAMetricsFilter filter = new SLAMetricsFilter(
                    random.nextBoolean() ? anyAgent() : null,
                    random.nextInt(3) > 0 ? anyTime() : null,
                    random.nextInt(3) > 0 ? anyTime() : null);
            List<SLAMetrics> meant = metrics.stream()
                    .sorted(Comparator.comparing(SLAMetrics::periodStart))
                    .filter(filter::matches)
                    .toList();
            assertThat(store().countMetrics(filter)).as("%s%s", name, filter).isEqualTo(meant.size());
            Map<String, List<SLAMetrics>> byAgent = new LinkedHashMap<>();
            meant.forEach(each -> byAgent.computeIfAbsent(each.agentId(), agent -> new ArrayList<>())
                    .add(each));
            assertThat(store().aggregateMetrics(filter))
                    .as("%s%s", name, filter)
                    .isEqualTo(byAgent.values().stream()
                            .map(each -> SLAFormulas.aggregate(each).orElseThrow())
                            .toList());
            comparePages(filter, meant, request -> store().queryMetrics(filter, request));
        }

        private void compareBreaches() {
            SLABreachFilter filter = new SLABreachFilter(
                    random.nextBoolean() ? anyAgent() : null,
                    random.nextBoolean() ? BreachSeverity.WARNING : null,
                    random.nextInt(3) == 0 ? anyTime() : null,
                    random.nextInt(3) == 0 ? anyTime() : null,
                    random.nextInt(3) == 0);
            List<SLABreach> meant = breaches.values().stream()
                    .sorted(Comparator.comparing(SLABreach::detectedAt).thenComparing(SLABreach::id))
                    .filter(filter::matches)
                    .toList();
            comparePages(filter, meant, request -> store().queryBreaches(filter, request));
        }

        private <T> void comparePages(Object filter, List<T> meant, Function<PageRequest, Page<T>> query) {
            int offset = random.nextInt(meant.size() + 2);
            int limit = 1 + random.nextInt(10);
            Page<T> page = query.apply(PageRequest.of(limit, offset));
            int from = Math.min(offset, meant.size());
            assertThat(page.items())
                    .as("%s%s at %d", name, filter, offset)
                    .isEqualTo(meant.subList(from, Math.min(from + limit, meant.size())));
            assertThat(page.total()).as("%s%s", name, filter).isEqualTo(meant.size());
            assertThat(AllPages.of(query, limit))
                    .as("%s%s by %d", name, filter, limit)
                    .isEqualTo(meant);
        }
    }

    // What is missing.

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void sla_80_nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> store().recordMetrics(null));
        assertThatNullPointerException().isThrownBy(() -> store().recordAllMetrics(null));
        assertThatNullPointerException()
                .isThrownBy(() -> store().recordAllMetrics(Arrays.asList(period("a", TIME, TIME, 1), null)));
        assertThatNullPointerException().isThrownBy(() -> store().queryMetrics(null, PageRequest.first()));
        assertThatNullPointerException().isThrownBy(() -> store().queryMetrics(ALL, null));
        assertThatNullPointerException().isThrownBy(() -> store().countMetrics(null));
        assertThatNullPointerException().isThrownBy(() -> store().aggregateMetrics(null));
        assertThatNullPointerException().isThrownBy(() -> store().recordBreach(null));
        assertThatNullPointerException().isThrownBy(() -> store().openBreach(null));
        assertThatNullPointerException()
                .isThrownBy(() -> store().replaceBreach(null, breach("1", "a", BreachSeverity.WARNING, TIME)));
        assertThatNullPointerException()
                .isThrownBy(() -> store().replaceBreach(breach("1", "a", BreachSeverity.WARNING, TIME), null));
        assertThatNullPointerException().isThrownBy(() -> store().findBreach(null));
        assertThatNullPointerException().isThrownBy(() -> store().queryBreaches(null, PageRequest.first()));
        assertThatNullPointerException().isThrownBy(() -> store().queryBreaches(ALL_BREACHES, null));
        assertThat(store().stats().events()).isZero();
    }

    // Beyond its end, for stores that keep what they have.

    @Test
    void sla_90_reopenedStoreHasEverything() {
        SLAMetrics metrics = recorded("a", 0, 60);
        SLABreach breach = recorded("b", "a", BreachSeverity.CRITICAL, 5);
        manyPeriods(50);

        reopenOrSkip();

        assertThat(found(ALL)).hasSize(51).contains(metrics);
        assertThat(found(ALL_BREACHES)).containsExactly(breach);
        recorded("a", 100, 160);
        assertThat(store().countMetrics(ALL)).isEqualTo(52);
    }

    @Test
    void sla_91_cursorOutlivesTheStore() {
        List<SLAMetrics> all = manyPeriods(5);
        Page<SLAMetrics> page = store().queryMetrics(ALL, PageRequest.first(3));

        reopenOrSkip();

        assertThat(store().queryMetrics(ALL, page.next(3).orElseThrow()).items())
                .isEqualTo(all.subList(3, 5));
    }

    private void reopenOrSkip() {
        SLAStore ended = store();
        closeStore(ended);
        store = null;
        Optional<SLAStore> again = reopen(ended);
        assumeTrue(again.isPresent(), "the store keeps nothing beyond its end");
        store = again.get();
    }

    private void retainOrSkip(Duration retention, InstantSource clock) {
        closeStore(store());
        store = null;
        Optional<SLAStore> retaining = createStore(retention, clock);
        assumeTrue(retaining.isPresent(), "the store keeps records for ever");
        store = retaining.get();
    }

    /** Records periods of two minutes that begin every minute, in a shuffled order; returns them in the list's order. */
    private List<SLAMetrics> manyPeriods(int count) {
        List<SLAMetrics> periods = IntStream.range(0, count)
                .mapToObj(i -> period("agent " + i % 3, TIME.plusSeconds(60L * i), TIME.plusSeconds(60L * i + 120), i))
                .toList();
        List<SLAMetrics> shuffled = new ArrayList<>(periods);
        Collections.shuffle(shuffled, new Random(7));
        store().recordAllMetrics(shuffled);
        return periods;
    }

    /** Records breaches, two for each second, in a shuffled order; returns them in the list's order. */
    private List<SLABreach> manyBreaches(int count) {
        List<SLABreach> breaches = IntStream.range(0, count)
                .mapToObj(i -> {
                    SLABreach breach = breach(
                            "breach_%04d".formatted(i),
                            "agent " + i % 3,
                            i % 5 == 0 ? BreachSeverity.CRITICAL : BreachSeverity.WARNING,
                            TIME.plusSeconds(i / 2));
                    return i % 7 == 0 ? breach : breach.resolved(TIME.plusSeconds(i));
                })
                .toList();
        List<SLABreach> shuffled = new ArrayList<>(breaches);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(store()::recordBreach);
        return breaches;
    }

    private List<SLAMetrics> allMetrics(SLAMetricsFilter filter, int limit) {
        return AllPages.of(request -> store().queryMetrics(filter, request), limit);
    }

    private List<SLABreach> allBreaches(SLABreachFilter filter, int limit) {
        return AllPages.of(request -> store().queryBreaches(filter, request), limit);
    }

    private static List<String> inCodePointOrder(List<String> texts) {
        return texts.stream()
                .sorted((a, b) ->
                        Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray()))
                .toList();
    }
}
