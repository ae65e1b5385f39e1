// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

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
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakChecks.class)
class SLAMonitorTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:30:00Z");
    private static final String AGENT = "urn:asap:agent:worker";
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final SLADefinition PROMISES = SLADefinition.builder()
            .availability("99.5%")
            .maxLatencyP95Ms(500)
            .maxErrorRate("1%")
            .build();

    private final SettableClock clock = SettableClock.at(TIME);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(30));
    private final FlakySLAStore store = new FlakySLAStore();
    private final HeardEvents heard = new HeardEvents();
    private final List<SLAMonitor> monitors = new ArrayList<>();
    private volatile boolean up = true;

    @AfterEach
    void closeMonitors() {
        monitors.forEach(SLAMonitor::close);
    }

    private SLAMonitor.Builder builder(SLAStore over) {
        return SLAMonitor.builder(over)
                .manual(true)
                .probeExecutor(Runnable::run)
                .clock(clock)
                .ticker(nanos::get)
                .logged(false)
                .listener(heard);
    }

    private WatchedAgent agent() {
        return new WatchedAgent(AGENT, PROMISES, () -> up);
    }

    private SLAMonitor started(SLAMonitor.Builder builder) {
        SLAMonitor monitor = builder.start();
        monitors.add(monitor);
        return monitor;
    }

    private SLAMonitor monitor() {
        return started(builder(store).agent(agent()));
    }

    /** Lets time go by, with a tick every five seconds. */
    private void pass(Duration length, SLAMonitor... ticked) {
        for (long i = length.dividedBy(STEP); i > 0; i--) {
            move(STEP);
            for (SLAMonitor monitor : ticked) {
                monitor.tick();
            }
        }
    }

    private void move(Duration length) {
        clock.advance(length);
        nanos.addAndGet(length.toNanos());
    }

    private List<SLAMetrics> rows() {
        return store.queryMetrics(SLAMetricsFilter.all(), PageRequest.first(PageRequest.MAX_LIMIT))
                .items();
    }

    private List<SLABreach> breaches() {
        return store.queryBreaches(SLABreachFilter.all(), PageRequest.first()).items();
    }

    private static double uptime(SLAMonitor monitor) {
        return monitor.figures(AGENT, SLAWindow.HOUR).orElseThrow().uptimePercent();
    }

    // Figures.

    @Test
    void periods_areWrittenWithWhatHappenedInThem() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(1), monitor);
        for (int i = 1; i <= 20; i++) {
            monitor.taskEnded(AGENT, TimeUnit.MILLISECONDS.toNanos(i), i % 10 == 0);
        }
        up = false;
        pass(Duration.ofMinutes(1), monitor);

        assertThat(rows())
                .containsExactly(
                        new SLAMetrics(AGENT, TIME, TIME.plusSeconds(60), 100, 0, 0, 0, 0),
                        new SLAMetrics(AGENT, TIME.plusSeconds(60), TIME.plusSeconds(120), 0, 19, 10, 18, 2));
        assertThat(monitor.figures(AGENT, SLAWindow.HOUR)
                        .orElseThrow()
                        .latency()
                        .p95())
                .isEqualTo(19);
        assertThat(monitor.status().waitingPeriods()).isZero();
    }

    @Test
    void figures_ofAnAgentThatNobodyWatches_areNone() {
        SLAMonitor monitor = monitor();
        monitor.taskEnded("stranger", 1, true);

        assertThat(monitor.figures("stranger", SLAWindow.HOUR)).isEmpty();
        assertThat(monitor.compliancePercent("stranger", SLAWindow.HOUR)).isEmpty();
        assertThat(monitor.agents()).containsExactly(AGENT);
    }

    @Test
    void compliance_isThatOfTheWindow() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(1), monitor);
        assertThat(monitor.compliancePercent(AGENT, SLAWindow.DAY)).hasValue(100);
        monitor.taskEnded(AGENT, TimeUnit.MILLISECONDS.toNanos(600), true);

        assertThat(monitor.compliancePercent(AGENT, SLAWindow.DAY)).hasValue(70);
    }

    // Breaches.

    @Test
    void simulatedDowntime_opensAnAvailabilityBreach_andItsEndResolvesIt() throws InterruptedException {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(60), monitor);
        assertThat(breaches()).isEmpty();

        up = false;
        Instant down = clock.instant();
        pass(Duration.ofMinutes(1), monitor);

        Opened opened = (Opened) heard.next();
        assertThat(opened.breach().breachType()).isEqualTo(BreachType.AVAILABILITY);
        assertThat(opened.breach().severity()).isEqualTo(BreachSeverity.WARNING);
        assertThat(opened.breach().threshold()).isEqualTo("99.5%");
        assertThat(opened.breach().detectedAt()).isBetween(down, clock.instant());
        assertThat(monitor.status().openBreaches())
                .extracting(OpenBreach::breach)
                .containsExactly(opened.breach());

        pass(Duration.ofMinutes(4), monitor);
        Worsened worsened = (Worsened) heard.next();
        assertThat(worsened.breach().id()).isEqualTo(opened.breach().id());
        assertThat(worsened.breach().severity()).isEqualTo(BreachSeverity.CRITICAL);

        up = true;
        pass(Duration.ofMinutes(62), monitor);
        Resolved resolved = (Resolved) heard.next();
        assertThat(breaches()).containsExactly(resolved.breach());
        assertThat(resolved.breach().id()).isEqualTo(opened.breach().id());
        assertThat(resolved.breach().isOpen()).isFalse();
        assertThat(monitor.status().openBreaches()).isEmpty();
        assertThat(heard.waiting()).isZero();
    }

    @Test
    void slowAndFailingTasks_openTheirBreaches() throws InterruptedException {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(1), monitor);
        for (int i = 0; i < 100; i++) {
            monitor.taskEnded(AGENT, TimeUnit.MILLISECONDS.toNanos(1200), i < 3);
        }
        pass(Duration.ofSeconds(30), monitor);

        assertThat(heard.next().breach())
                .extracting(SLABreach::breachType, SLABreach::actual)
                .containsExactly(BreachType.LATENCY, "1200ms");
        assertThat(heard.next().breach())
                .extracting(SLABreach::breachType, SLABreach::actual)
                .containsExactly(BreachType.ERROR_RATE, "3.0%");
    }

    @Test
    void probeThatThrows_isAFailedCheck() {
        SLAMonitor monitor = started(builder(store).agent(new WatchedAgent(AGENT, PROMISES, () -> {
            throw new IOException("no answer");
        })));
        pass(Duration.ofMinutes(1), monitor);

        assertThat(uptime(monitor)).isZero();
        assertThat(monitor.status().agents()).containsExactly(new SLAMonitor.AgentStatus(AGENT, false, true));
    }

    @Test
    void withoutAHealthCheckInTheWindow_nothingIsJudged() {
        SLAMonitor monitor = started(builder(store).agent(agent()).probeExecutor(probe -> {
            throw new RejectedExecutionException("no thread");
        }));
        monitor.taskEnded(AGENT, TimeUnit.SECONDS.toNanos(9), true);
        pass(Duration.ofMinutes(2), monitor);

        assertThat(breaches()).isEmpty();
        assertThat(monitor.status().skippedProbes()).isEqualTo(9);
        assertThat(monitor.status().agents()).containsExactly(new SLAMonitor.AgentStatus(AGENT, null, true));
        assertThat(rows()).as("the task is written all the same").hasSize(1);
    }

    @Test
    void eachCheck_tellsWithEachEvaluation() {
        up = false;
        SLAMonitor monitor = started(builder(store).agent(agent()).mode(BreachDetector.Mode.EACH_CHECK));
        pass(Duration.ofMinutes(2), monitor);

        assertThat(breaches()).hasSize(4).allMatch(SLABreach::isOpen);
    }

    // Probes that take long.

    @Test
    void stuckProbe_countsAsFailed_andDelaysNobody() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        HealthProbe stuck = () -> {
            asked.incrementAndGet();
            begun.countDown();
            while (letGo.getCount() > 0) {
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            }
            return true;
        };
        SLAMonitor monitor = started(SLAMonitor.builder(store)
                .manual(true)
                .clock(clock)
                .ticker(nanos::get)
                .logged(false)
                .agent(new WatchedAgent("stuck", PROMISES, stuck)));
        monitor.tick();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        SLAMonitor other = monitor();
        pass(Duration.ofMinutes(2), monitor, other);

        WindowFigures figures = monitor.figures("stuck", SLAWindow.HOUR).orElseThrow();
        assertThat(figures.uptimePercent()).isZero();
        assertThat(figures.checks()).isEqualTo(9);
        assertThat(figures.observed()).isEqualTo(Duration.ofSeconds(115));
        assertThat(asked).as("nobody is asked twice at a time").hasValue(1);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(uptime(other)).isEqualTo(100);
        letGo.countDown();
    }

    @Test
    void slowProbe_withinItsLimit_isTakenWhenItAnswers() throws InterruptedException {
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        SLAMonitor monitor = started(builder(store)
                .probeTimeout(Duration.ofSeconds(15))
                .probeExecutor(probe -> {
                    Thread thread = new Thread(() -> {
                        probe.run();
                        answered.countDown();
                    });
                    thread.start();
                })
                .agent(new WatchedAgent(AGENT, PROMISES, () -> letGo.await(30, TimeUnit.SECONDS))));
        pass(Duration.ofSeconds(10), monitor);
        assertThat(monitor.figures(AGENT, SLAWindow.HOUR).orElseThrow().checks())
                .isZero();

        letGo.countDown();
        assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
        pass(STEP, monitor);

        assertThat(monitor.figures(AGENT, SLAWindow.HOUR).orElseThrow().checks())
                .isPositive();
        assertThat(uptime(monitor)).isEqualTo(100);
    }

    // Sleep.

    @Test
    void sleepOfTheProcess_isNoOutageOfTheAgent() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(10), monitor);
        move(Duration.ofMinutes(30));
        up = false;
        monitor.tick();
        up = true;
        pass(Duration.ofMinutes(10), monitor);

        WindowFigures figures = monitor.figures(AGENT, SLAWindow.HOUR).orElseThrow();
        assertThat(figures.uptimePercent()).isEqualTo(100);
        assertThat(figures.observed()).isCloseTo(Duration.ofMinutes(20), Duration.ofSeconds(30));
        assertThat(rows())
                .as("no period reaches over the sleep")
                .allSatisfy(row -> assertThat(Duration.between(row.periodStart(), row.periodEnd()))
                        .isLessThanOrEqualTo(Duration.ofMinutes(1)));
    }

    @Test
    void sleepThatOnlyTheClockShows_isASleepToo() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(10), monitor);
        clock.advance(Duration.ofHours(8));
        pass(Duration.ofMinutes(10), monitor);

        assertThat(monitor.figures(AGENT, SLAWindow.DAY).orElseThrow().observed())
                .isCloseTo(Duration.ofMinutes(20), Duration.ofSeconds(30));
        assertThat(uptime(monitor)).isEqualTo(100);
    }

    @Test
    void probeThatRanThroughASleep_isNotCounted() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        SLAMonitor monitor = started(SLAMonitor.builder(store)
                .manual(true)
                .clock(clock)
                .ticker(nanos::get)
                .logged(false)
                .agent(new WatchedAgent(AGENT, PROMISES, () -> {
                    if (asked.incrementAndGet() > 1) {
                        return true;
                    }
                    begun.countDown();
                    try {
                        return new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                    } finally {
                        ended.countDown();
                    }
                })));
        monitor.tick();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        move(Duration.ofHours(1));
        monitor.tick();
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(monitor.figures(AGENT, SLAWindow.DAY).orElseThrow().metrics().uptimePercent())
                .isEqualTo(100);
        assertThat(monitor.status().agents().get(0).healthy()).isNotEqualTo(false);
    }

    // A store that fails.

    @Test
    void failingStore_isCounted_andWhatWaitsIsWrittenLater() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(1), monitor);
        store.failOn(operation -> true);
        up = false;
        pass(Duration.ofMinutes(3), monitor);

        assertThat(monitor.status().waitingPeriods()).isEqualTo(3);
        assertThat(monitor.status().storeFailures()).isGreaterThanOrEqualTo(3);
        assertThat(uptime(monitor)).isLessThan(50);

        store.failOn(operation -> false);
        pass(Duration.ofMinutes(1), monitor);
        assertThat(rows()).hasSize(5);
        assertThat(monitor.status().waitingPeriods()).isZero();
        assertThat(monitor.status().droppedPeriods()).isZero();
        assertThat(breaches()).hasSize(1);
    }

    @Test
    void failingStore_forLong_losesTheOldestPeriods() {
        SLAMonitor monitor = started(builder(store).agent(agent()).maxWaitingPeriods(3));
        store.failOn(operation -> operation.equals("recordAllMetrics"));
        pass(Duration.ofMinutes(5), monitor);
        assertThat(monitor.status().waitingPeriods()).isEqualTo(3);
        assertThat(monitor.status().droppedPeriods()).isEqualTo(2);

        store.failOn(operation -> false);
        pass(Duration.ofMinutes(1), monitor);
        assertThat(rows()).extracting(SLAMetrics::periodStart).first().isEqualTo(TIME.plusSeconds(180));
    }

    @Test
    void hangingStore_delaysNeitherTicksNorTasks_andTheEndIsBounded() throws InterruptedException {
        store.hangUntil(new CountDownLatch(1));
        CountDownLatch probes = new CountDownLatch(3);
        SLAMonitor monitor = SLAMonitor.builder(store)
                .logged(false)
                .probeInterval(Duration.ofMillis(100))
                .probeTimeout(Duration.ofMillis(100))
                .agent(new WatchedAgent(AGENT, PROMISES, () -> {
                    probes.countDown();
                    return true;
                }))
                .start();
        monitors.add(monitor);

        assertThat(probes.await(30, TimeUnit.SECONDS)).isTrue();
        monitor.taskEnded(AGENT, 1, false);
        assertThat(monitor.figures(AGENT, SLAWindow.HOUR)
                        .orElseThrow()
                        .metrics()
                        .tasksCompleted())
                .isEqualTo(1);
        assertThat(monitor.status().agents().get(0).restored()).isFalse();
        monitor.close(Duration.ofMillis(20));
    }

    // Restart.

    @Test
    void restart_doesNotForgetAnOutage() throws InterruptedException {
        SLAMonitor first = monitor();
        pass(Duration.ofMinutes(50), first);
        up = false;
        pass(Duration.ofMinutes(5), first);
        double before = uptime(first);
        assertThat(heard.next()).isInstanceOf(Opened.class);
        assertThat(heard.next()).isInstanceOf(Worsened.class);
        first.close();

        up = true;
        SLAMonitor second = monitor();
        assertThat(uptime(second)).isCloseTo(before, within(1.0));
        pass(Duration.ofMinutes(1), second);

        assertThat(second.status().openBreaches()).hasSize(1);
        assertThat(breaches()).singleElement().matches(SLABreach::isOpen);
        pass(Duration.ofMinutes(62), second);
        assertThat(heard.next()).isInstanceOf(Resolved.class);
        assertThat(breaches()).singleElement().matches(breach -> !breach.isOpen());
    }

    @Test
    void restart_unreadableStore_judgesNobodyUntilItIsRead() {
        SLAMonitor first = monitor();
        up = false;
        pass(Duration.ofMinutes(5), first);
        first.close();
        up = true;
        store.failOn(operation -> operation.equals("countMetrics"));

        SLAMonitor second = monitor();
        pass(Duration.ofMinutes(2), second);
        assertThat(second.status().agents().get(0).restored()).isFalse();
        assertThat(breaches()).singleElement().matches(SLABreach::isOpen);

        store.failOn(operation -> false);
        pass(Duration.ofMinutes(1), second);
        assertThat(second.status().agents().get(0).restored()).isTrue();
        assertThat(uptime(second)).isLessThan(70);
        assertThat(breaches()).singleElement().matches(SLABreach::isOpen);
    }

    @Test
    void restart_storeUnreadableForGood_isGivenUp() {
        store.failOn(operation -> operation.equals("countMetrics"));
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(10), monitor);

        assertThat(monitor.status().agents().get(0).restored()).isTrue();
        assertThat(monitor.status().storeFailures()).isEqualTo(10);
        assertThat(monitor.status().lastEvaluation()).isNotNull();
    }

    @Test
    void agentsThatCome_doNotUseUpTheAttemptsOfOthers() {
        store.failOn(operation -> operation.equals("countMetrics"));
        SLAMonitor monitor = monitor();
        for (int i = 0; i < 20; i++) {
            monitor.add(new WatchedAgent("agent " + i, PROMISES, () -> true));
        }

        assertThat(monitor.status().storeFailures()).isEqualTo(21);
        assertThat(monitor.status().agents()).noneMatch(SLAMonitor.AgentStatus::restored);
    }

    @Test
    void restart_manyPeriods_areReadByPages() {
        List<SLAMetrics> stored = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            Instant start = TIME.minus(Duration.ofMinutes(2500 - i));
            stored.add(new SLAMetrics(AGENT, start, start.plusSeconds(60), i % 2 == 0 ? 100 : 0, 100, 0, 1, 0));
        }
        store.recordAllMetrics(stored);

        SLAMonitor monitor = monitor();

        WindowFigures week = monitor.figures(AGENT, SLAWindow.WEEK).orElseThrow();
        assertThat(week.metrics().tasksCompleted()).isEqualTo(2500);
        assertThat(week.restoredTasks()).isEqualTo(2500);
        assertThat(week.uptimePercent()).isCloseTo(50, within(1e-9));
        assertThat(week.observed()).isEqualTo(Duration.ofMinutes(2500));
    }

    // Agents that come and go.

    @Test
    void agents_comeAndGoWhileItRuns() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofMinutes(1), monitor);
        monitor.add(new WatchedAgent("late", PROMISES, () -> false));
        pass(Duration.ofMinutes(2), monitor);
        assertThat(monitor.agents()).containsExactlyInAnyOrder(AGENT, "late");
        assertThat(monitor.status().openBreaches())
                .extracting(open -> open.breach().agentId())
                .containsExactly("late");
        pass(Duration.ofSeconds(30), monitor);

        assertThat(monitor.remove("late")).isTrue();
        assertThat(monitor.remove("late")).isFalse();
        assertThat(monitor.agents()).containsExactly(AGENT);
        assertThat(monitor.status().openBreaches()).isEmpty();
        assertThat(store.openBreaches("late", PageRequest.first()).items()).hasSize(1);
        List<SLAMetrics> late = store.queryMetrics(SLAMetricsFilter.all().agent("late"), PageRequest.first())
                .items();
        assertThat(late.get(late.size() - 1).periodEnd()).isEqualTo(clock.instant());
        int written = late.size();
        pass(Duration.ofMinutes(2), monitor);
        assertThat(store.countMetrics(SLAMetricsFilter.all().agent("late"))).isEqualTo(written);

        monitor.add(new WatchedAgent("late", PROMISES, () -> false));
        assertThat(monitor.figures("late", SLAWindow.HOUR).orElseThrow().uptimePercent())
                .as("what was stored of it is known")
                .isZero();
    }

    @Test
    void agents_areAskedAtDifferentTimes() {
        SLAMonitor monitor = started(builder(store));
        Map<String, Instant> asked = new HashMap<>();
        for (int i = 0; i < 15; i++) {
            String id = "agent " + i;
            monitor.add(new WatchedAgent(id, PROMISES, () -> asked.putIfAbsent(id, clock.instant()) == null));
        }
        for (int second = 0; second <= 15; second++) {
            monitor.tick();
            move(Duration.ofSeconds(1));
        }

        assertThat(asked).hasSize(15);
        assertThat(asked.values().stream().distinct().count()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void add_watchedAgent_isRefused() {
        SLAMonitor monitor = monitor();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.add(agent()))
                .withMessage("agent " + AGENT + " is watched already: remove it first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder(store).agent(agent()).agent(agent()))
                .withMessage("agent " + AGENT + " was added already");
    }

    @Test
    void add_tooManyAgents_isRefused() {
        SLAMonitor monitor = started(builder(store));
        for (int i = 0; i < SLAMonitor.MAX_AGENTS; i++) {
            monitor.add(new WatchedAgent("agent " + i, PROMISES, () -> true));
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> monitor.add(agent()))
                .withMessageContaining("at most 1000 agents");
    }

    // Its end.

    @Test
    void close_writesThePeriodThatRuns_andNothingAfterwards() {
        SLAMonitor monitor = monitor();
        pass(Duration.ofSeconds(20), monitor);
        monitor.taskEnded(AGENT, 1, false);

        monitor.close();
        monitor.close();

        assertThat(rows()).containsExactly(new SLAMetrics(AGENT, TIME, TIME.plusSeconds(20), 100, 0, 0, 1, 0));
        pass(Duration.ofMinutes(2), monitor);
        assertThat(rows()).hasSize(1);
        assertThatIllegalStateException().isThrownBy(() -> monitor.add(agent())).withMessageContaining("closed");
    }

    @Test
    void monitor_withItsOwnThreads_ticksAndWrites() throws InterruptedException {
        CountDownLatch probes = new CountDownLatch(3);
        SLAMonitor monitor = SLAMonitor.builder(store)
                .logged(false)
                .probeInterval(Duration.ofMillis(100))
                .probeTimeout(Duration.ofMillis(100))
                .period(Duration.ofSeconds(1))
                .listener(heard)
                .evaluationPeriod(Duration.ofSeconds(1))
                .agent(new WatchedAgent(AGENT, PROMISES, () -> {
                    probes.countDown();
                    return false;
                }))
                .start();
        monitors.add(monitor);

        assertThat(probes.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.next()).isInstanceOf(Opened.class);
        monitor.taskEnded(AGENT, 1, false);
        monitor.close();

        assertThat(rows().stream().mapToLong(SLAMetrics::tasksCompleted).sum()).isEqualTo(1);
        assertThat(breaches()).hasSize(1);
    }

    // Options.

    @Test
    void options_outOfBounds_areRefused() {
        SLAMonitor.Builder builder = SLAMonitor.builder(store);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.probeInterval(Duration.ofMillis(99)))
                .withMessage("probeInterval must be PT0.1S to PT1H, got PT0.099S");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.probeTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.period(Duration.ofMillis(999)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.evaluationPeriod(Duration.ofDays(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxWaitingPeriods(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.queueCapacity(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.probeTimeout(Duration.ofSeconds(20)).start())
                .withMessage("probeTimeout must not be longer than probeInterval, got PT20S and PT15S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WatchedAgent("", PROMISES, () -> true))
                .withMessage("agentId must have 1 to 1000 characters, got 0");
    }
}
