// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What is known of one agent's service: 61 minutes, 169 hours and 31 days, and the period that runs. Takes 7 MB at most, of an agent with
 * many tasks of all lengths, and 25 kB of one without tasks. Any window is the sum of at most 169 buckets. Thread-safe.
 */
final class ServiceHistory {
    private final String agentId;
    private final long sampleMillis;
    private final long gapMillis;
    private final TaskCounts tasks = new TaskCounts();

    /** Guards all that follows; held around nothing but arithmetic. */
    private final Object lock = new Object();

    private final BucketRing minutes = new BucketRing(Duration.ofMinutes(1), SLAWindow.HOUR.length());
    private final BucketRing hours = new BucketRing(Duration.ofHours(1), SLAWindow.WEEK.length());
    private final BucketRing days = new BucketRing(Duration.ofDays(1), SLAWindow.MONTH.length());
    private Bucket period = new Bucket(Durations.FEW);
    private Instant periodStart;
    private boolean isSampled;
    private long lastSample;

    /**
     * Begins to know of an agent.
     *
     * @param interval how often its health is looked at
     * @param gap two samples that lie further apart say nothing of the time between them
     */
    ServiceHistory(String agentId, Duration interval, Duration gap, Instant start) {
        this.agentId = agentId;
        this.sampleMillis = interval.toMillis();
        this.gapMillis = gap.toMillis();
        this.periodStart = start;
    }

    /** Counts a task that ended; it belongs to the time at which it is taken over, see {@link #takeOver}. */
    void taskEnded(long durationNanos, boolean failed) {
        tasks.add(TimeUnit.NANOSECONDS.toMillis(durationNanos), failed);
    }

    /** Puts the tasks that ended since the last time where this moment belongs. */
    void takeOver(Instant now) {
        synchronized (lock) {
            long millis = now.toEpochMilli();
            tasks.moveInto(minutes.at(millis), hours.at(millis), days.at(millis), period);
        }
    }

    /** Counts a health check. It stands for the time since the one before it, if that is not too long ago. */
    void sample(Instant now, boolean healthy) {
        synchronized (lock) {
            long millis = now.toEpochMilli();
            double passed = healthy ? 1 : 0;
            minutes.at(millis).addChecks(1, passed);
            hours.at(millis).addChecks(1, passed);
            days.at(millis).addChecks(1, passed);
            period.addChecks(1, passed);
            long since = millis - lastSample;
            if (isSampled && since > 0 && since <= gapMillis) {
                addTime(lastSample, millis, passed, millis);
            }
            isSampled = true;
            lastSample = millis;
        }
    }

    /** Says that nobody looked for a while: the next health check stands for no time before it. */
    void interrupt() {
        synchronized (lock) {
            isSampled = false;
        }
    }

    private void addTime(long from, long to, double upShare, long end) {
        minutes.addTime(from, to, upShare, end);
        hours.addTime(from, to, upShare, end);
        days.addTime(from, to, upShare, end);
    }

    /** Counts a stored period: its tasks at its end, its uptime over its length. */
    void restore(SLAMetrics stored, Instant now) {
        long from = stored.periodStart().toEpochMilli();
        long to = stored.periodEnd().toEpochMilli();
        long end = now.toEpochMilli();
        if (to <= from || to > end) {
            return;
        }
        double upShare = stored.uptimePercent() / 100;
        double checks = Math.max(1, Math.rint((double) (to - from) / sampleMillis));
        synchronized (lock) {
            addTime(from, to, upShare, end);
            for (BucketRing ring : new BucketRing[] {minutes, hours, days}) {
                // The last moment of the period: its end may be the beginning of the next bucket.
                if (ring.reaches(to - 1, end)) {
                    Bucket bucket = ring.at(to - 1);
                    bucket.addChecks(checks, checks * upShare);
                    bucket.addRestoredTasks(stored.tasksCompleted(), stored.tasksFailed(), stored.latencyP95Ms());
                }
            }
        }
    }

    /** The figures of the window that ends now. */
    WindowFigures figures(SLAWindow window, Instant now) {
        Bucket sum;
        synchronized (lock) {
            takeOver(now);
            Instant start = window.startBefore(now);
            sum = ring(window).sum(start.toEpochMilli(), now.toEpochMilli());
        }
        WindowFigures.Latency latency = sum.latency();
        return new WindowFigures(
                window,
                metrics(window.startBefore(now), now, sum, latency.p95()),
                sum.uptimeByTime(),
                Duration.ofMillis(sum.observedMillis()),
                Math.round(sum.checks()),
                latency,
                sum.restoredTasks());
    }

    private BucketRing ring(SLAWindow window) {
        return switch (window) {
            case HOUR -> minutes;
            case DAY, WEEK -> hours;
            case MONTH -> days;
        };
    }

    /**
     * Ends the period that runs and begins the next; the figures are empty where there was neither a task nor a health check.
     *
     * @param end where the period ends
     * @param next where the next begins
     */
    Optional<SLAMetrics> endPeriod(Instant end, Instant next) {
        Bucket ended;
        Instant start;
        synchronized (lock) {
            takeOver(end);
            ended = period;
            // A clock that was set back in the meantime shall not make a period that ends before it starts.
            start = periodStart.isBefore(end) ? periodStart : end;
            period = new Bucket(Durations.FEW);
            periodStart = next;
        }
        return ended.isEmpty()
                ? Optional.empty()
                : Optional.of(metrics(start, end, ended, ended.latency().p95()));
    }

    private SLAMetrics metrics(Instant start, Instant end, Bucket bucket, long p95) {
        return new SLAMetrics(
                agentId,
                start,
                end,
                bucket.uptimeByChecks(),
                p95,
                SLAFormulas.errorRatePercent(bucket.completed(), bucket.failed()),
                bucket.completed(),
                bucket.failed());
    }
}
