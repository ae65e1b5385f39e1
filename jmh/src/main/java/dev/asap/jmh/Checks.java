// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.jmh.Check.Bound;
import dev.asap.jmh.Check.Count;
import dev.asap.jmh.Check.Measure;
import dev.asap.jmh.Check.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Everything that {@link Ratios} checks. */
final class Checks {
    private Checks() {}

    /** All checks, in the order in which they run. */
    static List<Check> all() {
        List<Check> checks = new ArrayList<>(pairs());
        checks.addAll(usage());
        checks.addAll(serviceLevels());
        checks.addAll(connections());
        checks.add(new Count("idle-sockets", IdleSockets::memory, Bound.AT_MOST, 1, null));
        IntStream.rangeClosed(1, 9)
                .mapToObj(level -> saving("gzip-" + level, () -> CompressionSizes.gzip(level)))
                .forEach(checks::add);
        IntStream.rangeClosed(1, 4)
                .mapToObj(quality -> saving("brotli-" + quality, () -> CompressionSizes.brotli(quality)))
                .forEach(checks::add);
        return checks;
    }

    /**
     * The check with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Check named(String name) {
        return all().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no check '" + name + "', only "
                        + all().stream().map(Check::name).toList()));
    }

    private static List<Check> pairs() {
        return List.of(
                pair("envelope-read-vs-databind", EnvelopeBenchmark.class, "readOurs", "readPlain", Measure.TIME, 0.75),
                pair(
                        "envelope-write-vs-databind",
                        EnvelopeBenchmark.class,
                        "writeOurs",
                        "writePlain",
                        Measure.TIME,
                        0.80),
                pair("snapshot-get-vs-jdbc", SnapshotGetBenchmark.class, "ours", "bareJdbc", Measure.TIME, 1.3),
                pair("durable-save-vs-autocommit", DurableSaveBenchmark.class, "ours", "oneByOne", Measure.RATE, 10),
                pair("echo-server-vs-engine", EchoServerBenchmark.class, "ours", "bareEngine", Measure.RATE, 0.75),
                pipeline("echo-pipeline-vs-engine", "memory", 0.70),
                pipeline("echo-pipeline-sqlite-vs-engine", "sqlite", 0.60),
                pair("metering-vs-none", PipelineEchoBenchmark.class, "ours", "unmetered", Measure.RATE, 0.95),
                pair("socket-roundtrip-vs-engine", SocketEchoBenchmark.class, "ours", "bareEngine", Measure.RATE, 0.70),
                new Pair(
                        "client-send-vs-okhttp",
                        ClientSendBenchmark.class,
                        "ours",
                        "bareOkHttp",
                        Measure.RATE,
                        0.85,
                        0,
                        Map.of()),
                pair("manifest-hit-vs-map", ManifestHitBenchmark.class, "ours", "bareMap", Measure.TIME, 5),
                batch("send-batch-vs-sequential-10ms", "atOnce", 10, 40),
                batch("send-batch-vs-sequential-1ms", "atOnce", 1, 10),
                batch("batch-vs-sequential-0ms", "together", 0, 10));
    }

    private static Pair pair(
            String name, Class<?> benchmark, String ours, String theirs, Measure measure, double target) {
        return new Pair(name, benchmark, ours, theirs, measure, target, null, Map.of());
    }

    private static Pair pipeline(String name, String storage, double target) {
        return new Pair(
                name,
                PipelineEchoBenchmark.class,
                "ours",
                "bareEngine",
                Measure.RATE,
                target,
                null,
                Map.of("storage", storage));
    }

    private static Pair batch(String name, String ours, int millis, double target) {
        return new Pair(
                name,
                BatchBenchmark.class,
                ours,
                "sequential",
                Measure.RATE,
                target,
                millis,
                Map.of("millis", Integer.toString(millis)));
    }

    private static List<Check> usage() {
        List<Check> checks = new ArrayList<>();
        for (String filter : UsageCounts.filters().keySet()) {
            checks.add(read("usage-pages-" + filter, () -> UsageCounts.pages(filter), 3));
        }
        checks.add(read("usage-page-times", UsageCounts::pageTimes, 1));
        checks.add(read("usage-sum-times", UsageCounts::sumTimes, 1));
        checks.add(read("usage-cursor-page-vs-jdbc", UsageCounts::cursorPage, 1.5));
        checks.add(new Count("usage-batches-vs-jdbc", UsageCounts::batches, Bound.AT_LEAST, 0.5, null));
        checks.add(
                pair("usage-record-vs-autocommit", UsageRecordBenchmark.class, "ours", "oneByOne", Measure.RATE, 10));
        return checks;
    }

    private static List<Check> serviceLevels() {
        List<Check> checks = new ArrayList<>();
        SLACounts.listings()
                .forEach((name, listing) -> checks.add(read("sla-pages-" + name, () -> SLACounts.pages(listing), 3)));
        checks.add(read("sla-page-times", SLACounts::pageTimes, 1));
        checks.add(new Count("sla-window-times", WindowCounts::windowTimes, Bound.AT_MOST, 1, null));
        checks.add(new Count("breach-latency", WindowCounts::breachLatency, Bound.AT_MOST, 1, null));
        return checks;
    }

    private static Count read(String name, Callable<Tally> counted, double target) {
        return new Count(name, counted, Bound.AT_MOST, target, null, 64);
    }

    private static List<Check> connections() {
        return List.of(
                reuse("connection-reuse-0ms", 0),
                reuse("connection-reuse-10ms", 10),
                new Count("thousand-calls-blocking", () -> ClientCounts.blockingCalls(200), Bound.AT_LEAST, 1, 200),
                new Count("thousand-calls-async", () -> ClientCounts.asyncCalls(200), Bound.AT_LEAST, 1, 200),
                new Count("thousand-manifest-misses", () -> ClientCounts.manifestMisses(500), Bound.AT_MOST, 1, 500));
    }

    private static Count reuse(String name, int millis) {
        return new Count(name, () -> ClientCounts.reuse(millis), Bound.AT_LEAST, 0.99, millis);
    }

    private static Count saving(String name, Callable<Tally> counted) {
        return new Count(name, counted, Bound.AT_LEAST, 0.7, null);
    }
}
