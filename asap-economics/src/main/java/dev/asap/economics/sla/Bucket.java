// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import org.jspecify.annotations.Nullable;

/** What happened in a span of time. Not thread-safe. */
final class Bucket {
    private final int few;
    private long completed;
    private long failed;
    private long restoredTasks;
    private @Nullable Durations durations;

    // Whole numbers where they were counted here, fractions where they were restored.
    private double checks;
    private double passed;
    private double observedMillis;
    private double upMillis;

    /** Keeps up to {@code few} durations one by one. */
    Bucket(int few) {
        this.few = few;
    }

    void addTasks(long completed, long failed, Durations durations) {
        this.completed = saturatedSum(this.completed, completed);
        this.failed = saturatedSum(this.failed, failed);
        durations().add(durations);
    }

    /** Counts tasks of which only their 95th percentile is known: as if each had taken as long. */
    void addRestoredTasks(long completed, long failed, long p95Millis) {
        this.completed = saturatedSum(this.completed, completed);
        this.failed = saturatedSum(this.failed, failed);
        long tasks = saturatedSum(completed, failed);
        if (tasks > 0) {
            restoredTasks = saturatedSum(restoredTasks, tasks);
            durations().add(p95Millis, tasks);
        }
    }

    private Durations durations() {
        if (durations == null) {
            durations = new Durations(few);
        }
        return durations;
    }

    void addChecks(double checks, double passed) {
        this.checks += checks;
        this.passed += passed;
    }

    void addTime(double observedMillis, double upMillis) {
        this.observedMillis += observedMillis;
        this.upMillis += upMillis;
    }

    void add(Bucket other) {
        completed = saturatedSum(completed, other.completed);
        failed = saturatedSum(failed, other.failed);
        restoredTasks = saturatedSum(restoredTasks, other.restoredTasks);
        if (other.durations != null) {
            durations().add(other.durations);
        }
        addChecks(other.checks, other.passed);
        addTime(other.observedMillis, other.upMillis);
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    long completed() {
        return completed;
    }

    long failed() {
        return failed;
    }

    long restoredTasks() {
        return restoredTasks;
    }

    long observedMillis() {
        return Math.round(observedMillis);
    }

    double checks() {
        return checks;
    }

    boolean isEmpty() {
        return checks == 0 && completed == 0 && failed == 0;
    }

    /** By the protocol's formula: the share of checks passed. */
    double uptimeByChecks() {
        return checks == 0 ? 100 : percent(passed, checks);
    }

    /** The share of the observed time; that of the checks where no time was observed. */
    double uptimeByTime() {
        return observedMillis == 0 ? uptimeByChecks() : percent(upMillis, observedMillis);
    }

    private static double percent(double part, double whole) {
        return Math.max(0, Math.min(100, 100 * part / whole));
    }

    WindowFigures.Latency latency() {
        return durations().figures();
    }
}
