// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.asap.economics.sla.BreachDetector.Mode;
import dev.asap.economics.sla.BreachEvent.Opened;
import dev.asap.economics.sla.BreachEvent.Resolved;
import dev.asap.economics.sla.BreachEvent.Worsened;
import dev.asap.model.SLADefinition;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAStore;
import dev.asap.storage.StorageException;
import dev.asap.store.sqlite.SQLiteStorage;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

@ExtendWith(LeakChecks.class)
class BreachDetectorTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:30:00Z");
    private static final String AGENT = "urn:asap:agent:worker";
    private static final SLADefinition PROMISES = SLADefinition.builder()
            .availability("99.5%")
            .maxLatencyP95Ms(500)
            .maxErrorRate("1%")
            .build();

    private final SettableClock clock = SettableClock.at(TIME);
    private final AtomicInteger lastId = new AtomicInteger();
    private final FlakySLAStore store = new FlakySLAStore();
    private final HeardEvents heard = new HeardEvents();
    private final List<BreachDetector> detectors = new ArrayList<>();

    @AfterEach
    void closeDetectors() {
        detectors.forEach(BreachDetector::close);
    }

    private BreachDetector.Builder builder(SLAStore over) {
        return BreachDetector.builder(over)
                .clock(clock)
                .ids(() -> "breach_" + lastId.incrementAndGet())
                .logged(false);
    }

    private BreachDetector built(BreachDetector.Builder builder) {
        BreachDetector detector = builder.build();
        detectors.add(detector);
        return detector;
    }

    private BreachDetector detector(Mode mode) {
        return built(builder(store).mode(mode).listener(heard));
    }

    private static SLAMetrics measured(double uptime, long latency, double errors) {
        return new SLAMetrics(AGENT, TIME.minusSeconds(3600), TIME, uptime, latency, errors, 99, 1);
    }

    private static final SLAMetrics GOOD = measured(100, 100, 0);

    private static SLABreach latency(String id, BreachSeverity severity, String actual, Instant at) {
        return new SLABreach(id, AGENT, BreachType.LATENCY, "500ms", actual, severity, at, null);
    }

    private List<SLABreach> stored() {
        return store.queryBreaches(SLABreachFilter.all(), PageRequest.first()).items();
    }

    // The protocol's table of boundaries, for promises of 99.5 %, 500 ms and 1 %.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CROSSING   |  99.5  |  500 | 1.0  |",
                "EACH_CHECK |  99.5  |  500 | 1.0  |",
                "CROSSING   |  99.4  |  501 | 1.01 | availability warning 99.5% 99.4%; latency warning 500ms 501ms; error_rate warning 1.0% 1.01%",
                "EACH_CHECK |  99.4  |  501 | 1.01 | availability warning 99.5% 99.4%; latency warning 500ms 501ms; error_rate warning 1.0% 1.01%",
                "CROSSING   |  95.0  |  999 | 1.99 | availability warning 99.5% 95.0%; latency warning 500ms 999ms; error_rate warning 1.0% 1.99%",
                "EACH_CHECK |  95.0  |  999 | 1.99 | availability warning 99.5% 95.0%; latency warning 500ms 999ms; error_rate warning 1.0% 1.99%",
                "CROSSING   |  94.99 | 1000 | 2.0  | availability critical 99.5% 94.99%; latency critical 500ms 1000ms; error_rate critical 1.0% 2.0%",
                "EACH_CHECK |  94.99 | 1000 | 2.0  | availability critical 99.5% 94.99%; latency critical 500ms 1000ms; error_rate critical 1.0% 2.0%",
                "CROSSING   | 100    |    0 | 4.99 | error_rate critical 1.0% 4.99%",
                "EACH_CHECK | 100    |    0 | 4.99 | error_rate critical 1.0% 4.99%"
            })
    void check_atTheBoundaries_findsWhatTheProtocolSays(
            Mode mode, double uptime, long latency, double errors, String expected) {
        List<BreachEvent> events = detector(mode).check(AGENT, PROMISES, measured(uptime, latency, errors));

        List<String> breaches = expected == null ? List.of() : Arrays.asList(expected.split("; "));
        assertThat(events).allSatisfy(event -> assertThat(event).isInstanceOf(Opened.class));
        assertThat(events.stream().map(BreachEvent::breach).map(BreachDetectorTest::text))
                .isEqualTo(breaches);
        assertThat(stored())
                .containsExactlyInAnyOrderElementsOf(
                        events.stream().map(BreachEvent::breach).toList());
        assertThat(stored()).allSatisfy(breach -> {
            assertThat(breach.detectedAt()).isEqualTo(TIME);
            assertThat(breach.resolvedAt()).isNull();
            assertThat(breach.agentId()).isEqualTo(AGENT);
        });
    }

    private static String text(SLABreach breach) {
        return breach.breachType() + " " + breach.severity() + " " + breach.threshold() + " " + breach.actual();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void check_promiseOfNoTimeAtAll_isCriticalAtOnce(Mode mode) {
        SLADefinition nothing = SLADefinition.builder().maxLatencyP95Ms(0).build();

        assertThat(detector(mode).check(AGENT, nothing, measured(100, 1, 0)))
                .containsExactly(new Opened(new SLABreach(
                        "breach_1", AGENT, BreachType.LATENCY, "0ms", "1ms", BreachSeverity.CRITICAL, TIME, null)));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void check_noPromises_findsNothing(Mode mode) {
        assertThat(detector(mode).check(AGENT, null, measured(0, 9999, 100))).isEmpty();
        assertThat(stored()).isEmpty();
    }

    @Test
    void eachCheck_inBreach_isStoredAndToldEachTime() throws InterruptedException {
        BreachDetector detector = detector(Mode.EACH_CHECK);

        List<BreachEvent> first = detector.check(AGENT, PROMISES, measured(90, 600, 0));
        List<BreachEvent> second = detector.check(AGENT, PROMISES, measured(90, 600, 0));
        assertThat(detector.check(AGENT, PROMISES, GOOD)).isEmpty();

        assertThat(first).hasSize(2);
        assertThat(second).hasSize(2);
        assertThat(stored()).hasSize(4).allMatch(SLABreach::isOpen);
        for (BreachEvent event : List.of(first.get(0), first.get(1), second.get(0), second.get(1))) {
            assertThat(heard.next()).isEqualTo(event);
        }
        assertThat(detector.openBreaches()).isEmpty();
    }

    // Crossings.

    @Test
    void crossing_repeatedBreach_isOneAndOnlySeenLater() throws InterruptedException {
        BreachDetector detector = detector(Mode.CROSSING);
        SLABreach breach = latency("breach_1", BreachSeverity.WARNING, "600ms", TIME);

        assertThat(detector.check(AGENT, PROMISES, measured(100, 600, 0))).containsExactly(new Opened(breach));
        clock.advance(Duration.ofSeconds(30));
        assertThat(detector.check(AGENT, PROMISES, measured(100, 700, 0))).isEmpty();

        assertThat(stored()).containsExactly(breach);
        assertThat(detector.openBreaches()).containsExactly(new OpenBreach(breach, TIME.plusSeconds(30)));
        assertThat(heard.next()).isEqualTo(new Opened(breach));
        assertThat(heard.waiting()).isZero();
    }

    @Test
    void crossing_worsening_changesTheStoredBreachAndTells() throws InterruptedException {
        BreachDetector detector = detector(Mode.CROSSING);
        detector.check(AGENT, PROMISES, measured(100, 600, 0));
        clock.advance(Duration.ofSeconds(30));

        List<BreachEvent> events = detector.check(AGENT, PROMISES, measured(100, 1500, 0));
        assertThat(detector.check(AGENT, PROMISES, measured(100, 600, 0)))
                .as("a critical breach does not become a warning again")
                .isEmpty();

        SLABreach worse = latency("breach_1", BreachSeverity.CRITICAL, "1500ms", TIME);
        assertThat(events).containsExactly(new Worsened(worse));
        assertThat(stored()).containsExactly(worse);
        assertThat(heard.next()).isInstanceOf(Opened.class);
        assertThat(heard.next()).isEqualTo(new Worsened(worse));
    }

    @Test
    void crossing_recovery_resolvesTheStoredBreachAndTells_andTheNextOneIsNew() throws InterruptedException {
        BreachDetector detector = detector(Mode.CROSSING);
        detector.check(AGENT, PROMISES, measured(90, 600, 0));
        clock.advance(Duration.ofMinutes(5));

        List<BreachEvent> recovered = detector.check(AGENT, PROMISES, measured(90, 500, 0));
        assertThat(detector.check(AGENT, PROMISES, measured(90, 500, 0))).isEmpty();
        List<BreachEvent> again = detector.check(AGENT, PROMISES, measured(90, 600, 0));

        SLABreach resolved =
                latency("breach_2", BreachSeverity.WARNING, "600ms", TIME).resolved(TIME.plusSeconds(300));
        assertThat(recovered).containsExactly(new Resolved(resolved));
        assertThat(again)
                .containsExactly(new Opened(
                        latency(again.get(0).breach().id(), BreachSeverity.WARNING, "600ms", TIME.plusSeconds(300))));
        assertThat(store.findBreach("breach_2")).contains(resolved);
        assertThat(stored()).hasSize(3);
        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.AVAILABILITY);
        assertThat(heard.next()).isInstanceOf(Opened.class);
        assertThat(heard.next()).isEqualTo(new Resolved(resolved));
    }

    @Test
    void crossing_promiseNoLongerMade_resolvesItsBreach() {
        BreachDetector detector = detector(Mode.CROSSING);
        detector.check(AGENT, PROMISES, measured(100, 600, 0));

        assertThat(detector.check(AGENT, null, measured(100, 600, 0)))
                .singleElement()
                .isInstanceOf(Resolved.class);
    }

    @Test
    void crossing_breachOfAnotherType_isNotTouched() {
        SLABreach foreign = new SLABreach(
                "theirs", AGENT, new BreachType("throughput"), "9", "8", BreachSeverity.WARNING, TIME, null);
        store.recordBreach(foreign);

        assertThat(detector(Mode.CROSSING).check(AGENT, PROMISES, GOOD)).isEmpty();
        assertThat(stored()).containsExactly(foreign);
    }

    @Test
    void crossing_afterChecksOfTheOtherMode_goesOnWithTheLastBreachAndResolvesAll() {
        BreachDetector each = detector(Mode.EACH_CHECK);
        each.check(AGENT, PROMISES, measured(100, 600, 0));
        clock.advance(Duration.ofSeconds(1));
        each.check(AGENT, PROMISES, measured(100, 600, 0));
        BreachDetector detector = detector(Mode.CROSSING);

        assertThat(detector.check(AGENT, PROMISES, measured(100, 600, 0))).isEmpty();
        assertThat(detector.openBreaches())
                .extracting(open -> open.breach().id())
                .containsExactly("breach_2");
        assertThat(detector.check(AGENT, PROMISES, GOOD))
                .extracting(event -> event.breach().id())
                .containsExactly("breach_1", "breach_2");
        assertThat(stored()).noneMatch(SLABreach::isOpen);
    }

    @Test
    void crossing_afterARestart_goesOnWithWhatIsOpen() {
        detector(Mode.CROSSING).check(AGENT, PROMISES, measured(90, 600, 0));
        BreachDetector restarted = detector(Mode.CROSSING);

        assertThat(restarted.check(AGENT, PROMISES, measured(96, 600, 0))).isEmpty();
        assertThat(restarted.openBreaches()).hasSize(2);
        assertThat(restarted.check(AGENT, PROMISES, GOOD))
                .hasSize(2)
                .allSatisfy(event -> assertThat(event).isInstanceOf(Resolved.class));
        assertThat(restarted.openBreaches()).isEmpty();
    }

    @Test
    void crossing_agentsAreKeptApart() {
        BreachDetector detector = detector(Mode.CROSSING);
        detector.check("a", PROMISES, measured(100, 600, 0));
        detector.check("b", PROMISES, measured(100, 600, 0));

        assertThat(detector.check("a", PROMISES, GOOD)).hasSize(1);
        assertThat(detector.openBreaches())
                .extracting(open -> open.breach().agentId())
                .containsExactly("b");
        detector.forget("b");
        assertThat(detector.openBreaches()).isEmpty();
        assertThat(store.openBreaches("b", PageRequest.first()).items()).hasSize(1);
    }

    @Test
    void crossing_twoProcessesOverOneFile_tellOfEachChangeOnce(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("asap_state.db");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (SQLiteStorage one = SQLiteStorage.builder(file).open();
                SQLiteStorage other = SQLiteStorage.builder(file).open()) {
            List<BreachDetector> pair = List.of(built(builder(one.sla())), built(builder(other.sla())));
            for (int round = 0; round < 5; round++) {
                assertThat(together(threads, pair, measured(100, 600, 0)))
                        .singleElement()
                        .isInstanceOf(Opened.class);
                assertThat(together(threads, pair, measured(100, 1600, 0)))
                        .singleElement()
                        .isInstanceOf(Worsened.class);
                assertThat(together(threads, pair, GOOD)).singleElement().isInstanceOf(Resolved.class);
            }
            assertThat(one.sla()
                            .queryBreaches(SLABreachFilter.all(), PageRequest.first())
                            .items())
                    .hasSize(5)
                    .noneMatch(SLABreach::isOpen);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void crossing_processesThatSeeDifferentFigures_openWorsenAndResolveEachBreachOnce() throws Exception {
        List<SLAMetrics> figures = List.of(GOOD, measured(100, 600, 0), measured(100, 1600, 0));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<BreachEvent> events = new ArrayList<>();
        try {
            List<Future<List<BreachEvent>>> outcomes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                BreachDetector detector = built(builder(store));
                Random random = new Random(i);
                outcomes.add(threads.submit(() -> {
                    List<BreachEvent> mine = new ArrayList<>();
                    for (int check = 0; check < 300; check++) {
                        mine.addAll(detector.check(AGENT, PROMISES, figures.get(random.nextInt(3))));
                    }
                    return mine;
                }));
            }
            for (Future<List<BreachEvent>> outcome : outcomes) {
                events.addAll(outcome.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }

        Map<String, SLABreach> stored = new HashMap<>();
        store.queryBreaches(SLABreachFilter.all(), PageRequest.first(PageRequest.MAX_LIMIT))
                .items()
                .forEach(breach -> stored.put(breach.id(), breach));
        assertThat(stored.values()).filteredOn(SLABreach::isOpen).hasSizeLessThanOrEqualTo(1);
        assertThat(ids(events, Opened.class)).doesNotHaveDuplicates().hasSameElementsAs(stored.keySet());
        assertThat(ids(events, Worsened.class)).doesNotHaveDuplicates();
        assertThat(ids(events, Resolved.class))
                .doesNotHaveDuplicates()
                .hasSameElementsAs(stored.values().stream()
                        .filter(breach -> !breach.isOpen())
                        .map(SLABreach::id)
                        .toList());
    }

    private static List<String> ids(List<BreachEvent> events, Class<? extends BreachEvent> kind) {
        return events.stream()
                .filter(kind::isInstance)
                .map(event -> event.breach().id())
                .toList();
    }

    private static List<BreachEvent> together(ExecutorService threads, List<BreachDetector> pair, SLAMetrics measured)
            throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<List<BreachEvent>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            BreachDetector detector = pair.get(i % 2);
            Callable<List<BreachEvent>> check = () -> {
                start.await();
                return detector.check(AGENT, PROMISES, measured);
            };
            outcomes.add(threads.submit(check));
        }
        start.countDown();
        List<BreachEvent> events = new ArrayList<>();
        for (Future<List<BreachEvent>> outcome : outcomes) {
            events.addAll(outcome.get(30, TimeUnit.SECONDS));
        }
        return events;
    }

    // A store that fails.

    @ParameterizedTest
    @EnumSource(Mode.class)
    void check_storeFailsForOneFinding_processesTheOthersAndThrows(Mode mode) throws InterruptedException {
        BreachDetector detector = detector(mode);
        store.failOn(operation -> operation.endsWith("Breach latency"));

        assertThatThrownBy(() -> detector.check(AGENT, PROMISES, measured(90, 600, 10)))
                .isInstanceOf(StorageException.class);

        assertThat(stored())
                .extracting(SLABreach::breachType)
                .containsExactlyInAnyOrder(BreachType.AVAILABILITY, BreachType.ERROR_RATE);
        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.AVAILABILITY);
        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.ERROR_RATE);
        assertThat(heard.waiting()).isZero();

        store.failOn(operation -> false);
        if (mode == Mode.CROSSING) {
            assertThat(detector.check(AGENT, PROMISES, measured(90, 600, 10)))
                    .as("the next check makes up for it")
                    .extracting(event -> event.breach().breachType())
                    .containsExactly(BreachType.LATENCY);
        }
    }

    // Listeners.

    @Test
    void listener_thatThrows_disturbsNobody() throws InterruptedException {
        BreachDetector detector = built(builder(store)
                .listener(event -> {
                    throw new IllegalStateException("a listener fails");
                })
                .listener(event -> {
                    throw new AssertionError("another one too");
                })
                .listener(heard));

        detector.check(AGENT, PROMISES, measured(90, 600, 10));

        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.AVAILABILITY);
        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.LATENCY);
        assertThat(heard.next().breach().breachType()).isEqualTo(BreachType.ERROR_RATE);
        detector.close();
        assertThat(detector.listenerFailures()).isEqualTo(6);
    }

    @Test
    void listener_thatIsStuck_delaysNobody_andLosesWhatItsQueueCannotHold() throws InterruptedException {
        StuckListener stuck = new StuckListener();
        BreachDetector detector =
                built(builder(store).mode(Mode.EACH_CHECK).queueCapacity(2).listener(stuck));
        detector.check(AGENT, PROMISES, measured(100, 600, 0));
        stuck.awaitReached();

        for (int i = 0; i < 5; i++) {
            assertThat(detector.check(AGENT, PROMISES, measured(100, 600, 0))).hasSize(1);
        }

        assertThat(detector.droppedNotifications()).isEqualTo(3);
        assertThat(stored()).hasSize(6);
        stuck.letGo();
        detector.close(Duration.ofSeconds(30));
        assertThat(stuck.told()).isEqualTo(3);
    }

    @Test
    void listener_thatIsStuck_delaysNoOther() throws InterruptedException {
        StuckListener stuck = new StuckListener();
        BreachDetector detector = built(builder(store).listener(stuck).listener(heard));

        detector.check(AGENT, PROMISES, measured(90, 600, 10));

        stuck.awaitReached();
        heard.next();
        heard.next();
        heard.next();
        stuck.letGo();
    }

    @Test
    void close_stuckListener_isBoundedAndCountsWhatIsLost() throws InterruptedException {
        StuckListener stuck = new StuckListener();
        BreachDetector detector = built(builder(store).listener(stuck));
        detector.check(AGENT, PROMISES, measured(90, 600, 10));
        stuck.awaitReached();

        detector.close(Duration.ofMillis(5));

        assertThat(stuck.told()).isZero();
        assertThat(detector.droppedNotifications()).isEqualTo(2);
        detector.check(AGENT, PROMISES, GOOD);
        assertThat(detector.droppedNotifications()).as("told after the end").isEqualTo(5);
    }

    @Test
    void breaches_areLoggedUnlessSwitchedOff() {
        Logger logger = (Logger) LoggerFactory.getLogger(LoggedBreaches.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(lines);
        try {
            BreachDetector detector = built(builder(store).logged(true));
            detector.check(AGENT, PROMISES, measured(100, 600, 0));
            detector.check(AGENT, PROMISES, measured(100, 1500, 0));
            detector.check(AGENT, PROMISES, GOOD);
            detector.close(Duration.ofSeconds(30));
        } finally {
            logger.detachAppender(lines);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
        assertThat(lines.list)
                .extracting(line -> line.getLevel() + " " + line.getFormattedMessage())
                .containsExactly(
                        "WARN asap.sla.breach breach_id=breach_1 agent_id=urn:asap:agent:worker breach_type=latency"
                                + " threshold=500ms actual=600ms severity=warning",
                        "WARN asap.sla.breach_worsened breach_id=breach_1 agent_id=urn:asap:agent:worker"
                                + " breach_type=latency threshold=500ms actual=1500ms severity=critical",
                        "INFO asap.sla.breach_resolved breach_id=breach_1 agent_id=urn:asap:agent:worker"
                                + " breach_type=latency threshold=500ms actual=1500ms severity=critical"
                                + " resolved_at=2026-03-01T09:30:00Z");
    }

    @Test
    void builder_noQueue_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BreachDetector.builder(store).queueCapacity(0))
                .withMessage("queueCapacity must be 1 or more, got 0");
    }

    @Test
    void defaultIds_areUlidsBehindAPrefix() {
        BreachDetector detector = built(BreachDetector.builder(store).logged(false));

        assertThat(detector.check(AGENT, PROMISES, measured(100, 600, 0)))
                .singleElement()
                .extracting(event -> event.breach().id())
                .asString()
                .matches("breach_[0-9A-HJKMNP-TV-Z]{26}");
    }
}
