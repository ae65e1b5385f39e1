// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceHistoryTest {
    private static final Instant TIME = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final ServiceHistory history = historyFrom(TIME);
    private final List<SLAMetrics> stored = new ArrayList<>();
    private Instant now = TIME;

    private static ServiceHistory historyFrom(Instant start) {
        return new ServiceHistory("agent", INTERVAL, Duration.ofSeconds(35), start);
    }

    private void task(long millis, boolean failed) {
        history.taskEnded(TimeUnit.MILLISECONDS.toNanos(millis), failed);
        history.takeOver(now);
    }

    private void sampleFor(Duration length, boolean healthy) {
        Instant end = now.plus(length);
        while (now.isBefore(end)) {
            now = now.plus(INTERVAL);
            history.sample(now, healthy);
        }
    }

    private WindowFigures figures(SLAWindow window) {
        return history.figures(window, now);
    }

    // Windows.

    @ParameterizedTest
    @EnumSource(SLAWindow.class)
    void figures_ofNothing_areThoseOfTheFormulas(SLAWindow window) {
        WindowFigures figures = figures(window);

        assertThat(figures.metrics()).isEqualTo(new SLAMetrics("agent", window.startBefore(now), now, 100, 0, 0, 0, 0));
        assertThat(figures.uptimePercent()).isEqualTo(100);
        assertThat(figures.observed()).isZero();
        assertThat(figures.checks()).isZero();
        assertThat(figures.latency()).isEqualTo(new WindowFigures.Latency(0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void figures_tasks_areCountedWithTheirOutcome() {
        for (int i = 0; i < 60; i++) {
            task(i, i % 30 == 0);
        }

        SLAMetrics metrics = figures(SLAWindow.HOUR).metrics();

        assertThat(metrics.tasksCompleted()).isEqualTo(58);
        assertThat(metrics.tasksFailed()).isEqualTo(2);
        assertThat(metrics.errorRatePercent()).isEqualTo(SLAFormulas.errorRatePercent(58, 2));
        assertThat(metrics.latencyP95Ms()).isEqualTo(56);
    }

    @ParameterizedTest
    @CsvSource({
        // How long ago something happened, and the windows that still have it: up to one bucket more than their length.
        "PT59M,     true, true, true, true",
        "PT60M,     true, true, true, true",
        "PT61M,     false, true, true, true",
        "PT24H,     false, true, true, true",
        "PT25H,     false, false, true, true",
        "PT168H,    false, false, true, true",
        "PT169H,    false, false, false, true",
        "PT720H,    false, false, false, true",
        "PT744H,    false, false, false, false"
    })
    void figures_whatIsTooOld_isLeftOut(Duration ago, boolean hour, boolean day, boolean week, boolean month) {
        task(100, true);
        history.sample(now, false);
        now = now.plus(ago);

        Map<SLAWindow, Boolean> expected =
                Map.of(SLAWindow.HOUR, hour, SLAWindow.DAY, day, SLAWindow.WEEK, week, SLAWindow.MONTH, month);
        for (SLAWindow window : SLAWindow.values()) {
            WindowFigures figures = figures(window);
            assertThat(figures.metrics().tasksFailed()).as("%s", window).isEqualTo(expected.get(window) ? 1 : 0);
            assertThat(figures.checks()).isEqualTo(expected.get(window) ? 1 : 0);
        }
    }

    @Test
    void figures_overManyTurnsOfTheRings_areThoseOfAList() {
        Random random = new Random(20260301);
        record Task(Instant at, long millis, boolean failed) {}
        List<Task> tasks = new ArrayList<>();
        for (int step = 0; step < 4000; step++) {
            now = now.plusSeconds(random.nextInt(2400));
            if (random.nextInt(4) > 0) {
                Task task = new Task(now, random.nextInt(1000), random.nextBoolean());
                tasks.add(task);
                task(task.millis, task.failed);
            }
            if (step % 200 == 0) {
                for (SLAWindow window : SLAWindow.values()) {
                    long bucket = window == SLAWindow.HOUR ? 60 : window == SLAWindow.MONTH ? 86_400 : 3600;
                    long first = Math.floorDiv(window.startBefore(now).getEpochSecond(), bucket);
                    List<Task> meant = tasks.stream()
                            .filter(task -> Math.floorDiv(task.at.getEpochSecond(), bucket) >= first)
                            .toList();
                    WindowFigures figures = figures(window);
                    assertThat(figures.metrics().tasksFailed())
                            .as("%s at step %s", window, step)
                            .isEqualTo(meant.stream().filter(Task::failed).count());
                    assertThat(figures.latency().count()).isEqualTo(meant.size());
                    if (window != SLAWindow.MONTH) {
                        assertThat(figures.latency().relativeError()).isZero();
                        assertThat(figures.metrics().latencyP95Ms())
                                .isEqualTo(SLAFormulas.p95(
                                        meant.stream().mapToLong(Task::millis).toArray()));
                    }
                }
            }
        }
    }

    @Test
    void clockSetBack_isFollowed() {
        task(100, false);
        now = now.minus(Duration.ofMinutes(30));
        task(200, false);
        history.sample(now, true);

        assertThat(figures(SLAWindow.HOUR).metrics().tasksCompleted()).isEqualTo(1);
        now = TIME;
        assertThat(figures(SLAWindow.HOUR).metrics().tasksCompleted()).isEqualTo(2);
    }

    // Percentiles.

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 19, 20, 21, 63, 64})
    void percentiles_ofFewTasks_areExact(int count) {
        Random random = new Random(count);
        long[] values = random.longs(count, 0, Durations.MAX_MILLIS).toArray();
        for (long value : values) {
            task(value, false);
        }

        WindowFigures.Latency latency = figures(SLAWindow.HOUR).latency();

        assertThat(latency.relativeError()).isZero();
        assertThat(latency.p95()).isEqualTo(SLAFormulas.p95(values));
        assertThat(List.of(latency.p50(), latency.p90(), latency.p95(), latency.p99(), latency.max()))
                .isEqualTo(exact(values));
    }

    @Test
    void percentiles_ofManyTasks_lieWithinTheStatedErrorAndNeverAbove() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            ServiceHistory mine = historyFrom(TIME);
            long scale = 1L << (1 + random.nextInt(26));
            long[] values = new long[65 + random.nextInt(3000)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.min(Durations.MAX_MILLIS, (long) (-Math.log(1 - random.nextDouble()) * scale));
                mine.taskEnded(TimeUnit.MILLISECONDS.toNanos(values[i]), false);
                if (random.nextInt(20) == 0) {
                    mine.takeOver(TIME.plusSeconds(random.nextInt(3600)));
                }
            }

            WindowFigures.Latency latency =
                    mine.figures(SLAWindow.WEEK, TIME.plusSeconds(3600)).latency();

            assertThat(latency.count()).isEqualTo(values.length);
            List<Long> exact = exact(values);
            List<Long> figures = List.of(latency.p50(), latency.p90(), latency.p95(), latency.p99(), latency.max());
            for (int i = 0; i < exact.size(); i++) {
                assertThat(figures.get(i))
                        .as("seed %s figure %s", seed, i)
                        .isLessThanOrEqualTo(exact.get(i))
                        .isGreaterThanOrEqualTo((long) Math.floor(exact.get(i) * (1 - Durations.RELATIVE_ERROR)));
            }
        }
    }

    private static List<Long> exact(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        List<Long> figures = new ArrayList<>();
        for (int percent : new int[] {50, 90, 95, 99, 100}) {
            figures.add(sorted[(int) ((long) percent * (sorted.length - 1) / 100)]);
        }
        return figures;
    }

    @Test
    void durations_outOfBounds_areCutToThem() {
        history.taskEnded(-5, false);
        history.taskEnded(Long.MAX_VALUE, false);
        history.takeOver(now);

        assertThat(figures(SLAWindow.HOUR).latency().p50()).isZero();
        assertThat(figures(SLAWindow.HOUR).latency().max()).isEqualTo(Durations.MAX_MILLIS);
    }

    @Test
    void tasks_ofManyThreads_areAllCounted() throws InterruptedException {
        int threads = 8;
        long each = 20_000;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int task = 0; task < each; task++) {
                    history.taskEnded(TimeUnit.MILLISECONDS.toNanos(task % 500), task % 4 == 0);
                }
            });
            thread.start();
            running.add(thread);
        }
        start.countDown();
        while (running.stream().anyMatch(Thread::isAlive)) {
            history.takeOver(now);
        }

        WindowFigures figures = figures(SLAWindow.DAY);
        assertThat(figures.metrics().tasksCompleted()).isEqualTo(threads * each * 3 / 4);
        assertThat(figures.metrics().tasksFailed()).isEqualTo(threads * each / 4);
        assertThat(figures.latency().count()).isEqualTo(threads * each);
        assertThat(history.endPeriod(now, now).orElseThrow().tasksFailed()).isEqualTo(threads * each / 4);
    }

    // Uptime.

    @Test
    void outageWithoutTraffic_counts() {
        sampleFor(Duration.ofMinutes(45), true);
        task(100, false);
        sampleFor(Duration.ofMinutes(15), false);

        for (SLAWindow window : SLAWindow.values()) {
            WindowFigures figures = figures(window);
            assertThat(figures.metrics().uptimePercent()).as("%s", window).isEqualTo(75);
            assertThat(figures.uptimePercent()).isCloseTo(75, within(0.2));
            assertThat(figures.observed()).isEqualTo(Duration.ofMinutes(60).minus(INTERVAL));
            assertThat(figures.byTime().uptimePercent()).isEqualTo(figures.uptimePercent());
        }
    }

    @Test
    void samples_standForTheTimeSinceTheOneBefore() {
        history.sample(now, true);
        now = now.plusSeconds(30);
        history.sample(now, false);
        now = now.plusSeconds(10);
        history.sample(now, true);

        assertThat(figures(SLAWindow.HOUR).uptimePercent()).isEqualTo(25);
        assertThat(figures(SLAWindow.HOUR).metrics().uptimePercent()).isCloseTo(66.67, within(0.01));
        assertThat(figures(SLAWindow.HOUR).observed()).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void timeThatNobodyLookedAt_isNotCounted() {
        sampleFor(Duration.ofMinutes(10), true);
        now = now.plus(Duration.ofMinutes(20));
        history.sample(now, false);
        sampleFor(Duration.ofMinutes(10), true);
        history.interrupt();
        now = now.plus(INTERVAL);
        history.sample(now, false);

        assertThat(figures(SLAWindow.HOUR).uptimePercent()).isEqualTo(100);
        assertThat(figures(SLAWindow.HOUR).observed())
                .isEqualTo(Duration.ofMinutes(20).minus(INTERVAL));
        assertThat(figures(SLAWindow.HOUR).metrics().uptimePercent()).isLessThan(100);
    }

    @Test
    void oneSample_saysWhatItFound() {
        history.sample(now, false);

        assertThat(figures(SLAWindow.HOUR).uptimePercent()).isZero();
    }

    @Test
    void observedTime_leavesTheWindowMinuteByMinute() {
        sampleFor(Duration.ofMinutes(30), false);
        sampleFor(Duration.ofMinutes(45), true);
        assertThat(figures(SLAWindow.HOUR).uptimePercent()).isCloseTo(75, within(1.0));

        sampleFor(Duration.ofMinutes(16), true);
        assertThat(figures(SLAWindow.HOUR).uptimePercent()).isEqualTo(100);
        assertThat(figures(SLAWindow.DAY).uptimePercent()).isCloseTo(67, within(1.0));
    }

    // Periods, and what was restored from them.

    @Test
    void endPeriod_hasWhatHappenedSinceTheLast() {
        sampleFor(Duration.ofMinutes(1), true);
        task(100, false);
        task(300, true);

        assertThat(history.endPeriod(now, now)).contains(new SLAMetrics("agent", TIME, now, 100, 100, 50, 1, 1));
        Instant next = now;
        sampleFor(Duration.ofMinutes(1), false);
        assertThat(history.endPeriod(now, now)).contains(new SLAMetrics("agent", next, now, 0, 0, 0, 0, 0));
        assertThat(history.endPeriod(now.plusSeconds(60), now)).isEqualTo(Optional.empty());
    }

    @Test
    void endPeriod_clockSetBack_doesNotEndBeforeItsStart() {
        task(1, false);
        Instant earlier = TIME.minusSeconds(600);

        assertThat(history.endPeriod(earlier, earlier))
                .contains(new SLAMetrics("agent", earlier, earlier, 100, 1, 0, 1, 0));
    }

    @Test
    void restored_figuresAreThoseBefore() {
        for (int minute = 0; minute < 180; minute++) {
            sampleFor(Duration.ofMinutes(1), minute < 150);
            for (int i = 0; i < minute % 5; i++) {
                task(200, i == 0);
            }
            history.endPeriod(now, now).ifPresent(stored::add);
        }
        ServiceHistory restarted = historyFrom(now);
        stored.forEach(row -> restarted.restore(row, now));

        for (SLAWindow window : SLAWindow.values()) {
            WindowFigures before = figures(window);
            WindowFigures after = restarted.figures(window, now);
            assertThat(after.uptimePercent()).as("%s", window).isCloseTo(before.uptimePercent(), within(1.0));
            assertThat(after.metrics().uptimePercent())
                    .isCloseTo(before.metrics().uptimePercent(), within(1.0));
            assertThat(after.latency().p95()).isEqualTo(200);
            if (window != SLAWindow.HOUR) {
                assertThat(after.metrics().tasksCompleted())
                        .isEqualTo(before.metrics().tasksCompleted());
                assertThat(after.metrics().tasksFailed())
                        .isEqualTo(before.metrics().tasksFailed());
                assertThat(after.restoredTasks())
                        .isEqualTo(after.latency().count())
                        .isPositive();
            }
        }
        assertThat(restarted.endPeriod(now, now)).isEqualTo(Optional.empty());
    }

    @Test
    void restored_periodOfADay_isSpreadOverItsLength() {
        now = TIME.plus(Duration.ofDays(2));
        history.restore(new SLAMetrics("agent", TIME.plus(Duration.ofDays(1)), now, 50, 700, 10, 90, 10), now);
        history.restore(new SLAMetrics("agent", now, now, 0, 0, 0, 1, 0), now);
        history.restore(new SLAMetrics("agent", now, now.plusSeconds(60), 0, 0, 0, 1, 0), now);

        assertThat(figures(SLAWindow.HOUR).observed()).isEqualTo(Duration.ofMinutes(60));
        assertThat(figures(SLAWindow.DAY).observed()).isEqualTo(Duration.ofDays(1));
        assertThat(figures(SLAWindow.DAY).uptimePercent()).isCloseTo(50, within(1e-9));
        assertThat(figures(SLAWindow.MONTH).metrics().tasksCompleted()).isEqualTo(90);
        assertThat(figures(SLAWindow.MONTH).latency().p95()).isBetween(693L, 700L);
    }

    @Test
    void restored_hugeNumbers_doNotOverflow() {
        now = TIME.plus(Duration.ofMinutes(10));
        for (int i = 0; i < 10; i++) {
            history.restore(
                    new SLAMetrics(
                            "agent",
                            TIME.plusSeconds(60L * i),
                            TIME.plusSeconds(60L * i + 60),
                            100,
                            Long.MAX_VALUE,
                            50,
                            Long.MAX_VALUE,
                            Long.MAX_VALUE),
                    now);
        }

        assertThat(figures(SLAWindow.DAY).metrics().errorRatePercent()).isEqualTo(50);
        assertThat(figures(SLAWindow.DAY).metrics().tasksCompleted()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aMillionTasks_areAnsweredFromAFewBuckets() {
        Random random = new Random(1);
        for (int minute = 0; minute < 1000; minute++) {
            for (int i = 0; i < 1000; i++) {
                history.taskEnded(TimeUnit.MILLISECONDS.toNanos(random.nextInt(60_000)), i % 100 == 0);
            }
            now = now.plus(Duration.ofMinutes(1));
            history.takeOver(now);
        }

        assertThat(figures(SLAWindow.WEEK).latency().count()).isEqualTo(1_000_000);
        assertThat(figures(SLAWindow.MONTH).metrics().errorRatePercent()).isEqualTo(1);
        assertThat(figures(SLAWindow.WEEK).latency().p95()).isBetween(56_000L, 57_200L);
        assertThat(figures(SLAWindow.HOUR).latency().count()).isEqualTo(61_000);
    }
}
