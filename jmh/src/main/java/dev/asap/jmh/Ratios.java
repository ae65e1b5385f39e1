// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the short form of every pair and prints how ours compares: {@code NAME: ratio R, target T ok} or {@code … short}. The
 * two sides of a pair take turns, and the median of the rounds' ratios counts, so that a machine whose speed drifts is fair to
 * both. Ends with status 1 if any ratio is short.
 *
 * <p>Arguments: the number of rounds, a file for the raw results, and the name of a single pair; all may be left out.
 */
public final class Ratios {
    /** What the ratio of a pair means. */
    private enum Measure {
        /** Our time to theirs: at most the target. */
        TIME,
        /** Our rate to theirs: at least the target. */
        RATE
    }

    private record Pair(
            String name,
            Class<?> benchmark,
            String ours,
            String theirs,
            Measure measure,
            double target,
            Map<String, String> parameters) {
        Pair(String name, Class<?> benchmark, String ours, String theirs, Measure measure, double target) {
            this(name, benchmark, ours, theirs, measure, target, Map.of());
        }

        boolean isMetBy(double ratio) {
            return measure == Measure.TIME ? ratio <= target : ratio >= target;
        }

        double ratio(double ourRate, double theirRate) {
            return measure == Measure.TIME ? theirRate / ourRate : ourRate / theirRate;
        }
    }

    private static final List<Pair> PAIRS = List.of(
            new Pair("envelope-read-vs-databind", EnvelopeBenchmark.class, "readOurs", "readPlain", Measure.TIME, 0.75),
            new Pair(
                    "envelope-write-vs-databind",
                    EnvelopeBenchmark.class,
                    "writeOurs",
                    "writePlain",
                    Measure.TIME,
                    0.80),
            new Pair("snapshot-get-vs-jdbc", SnapshotGetBenchmark.class, "ours", "bareJdbc", Measure.TIME, 1.3),
            new Pair("durable-save-vs-autocommit", DurableSaveBenchmark.class, "ours", "oneByOne", Measure.RATE, 10),
            new Pair("echo-server-vs-engine", EchoServerBenchmark.class, "ours", "bareEngine", Measure.RATE, 0.75),
            new Pair("client-send-vs-okhttp", ClientSendBenchmark.class, "ours", "bareOkHttp", Measure.RATE, 0.85),
            new Pair("manifest-hit-vs-map", ManifestHitBenchmark.class, "ours", "bareMap", Measure.TIME, 5),
            batch("send-batch-vs-sequential-10ms", "atOnce", 10, 40),
            batch("send-batch-vs-sequential-1ms", "atOnce", 1, 10),
            batch("batch-vs-sequential-0ms", "together", 0, 10));

    private static Pair batch(String name, String ours, int millis, double target) {
        return new Pair(
                name,
                BatchBenchmark.class,
                ours,
                "sequential",
                Measure.RATE,
                target,
                Map.of("millis", Integer.toString(millis)));
    }

    private final int rounds;
    private final PrintWriter raw;

    private Ratios(int rounds, PrintWriter raw) {
        this.rounds = rounds;
        this.raw = raw;
    }

    /** Runs the pairs. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Path file = args.length > 1 ? Path.of(args[1]) : Files.createTempFile("asap-ratios", ".csv");
        boolean allMet = true;
        try (PrintWriter raw = new PrintWriter(Files.newBufferedWriter(file))) {
            raw.printf(
                    "# %s %s, %s %s, %d processors, %d rounds%n",
                    System.getProperty("java.vm.name"),
                    System.getProperty("java.version"),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    rounds);
            raw.println("pair,side,round,iteration,operations_per_second");
            Ratios ratios = new Ratios(rounds, raw);
            for (Pair pair : PAIRS) {
                if (args.length <= 2 || pair.name().equals(args[2])) {
                    allMet &= ratios.isMet(pair);
                }
            }
        }
        System.exit(allMet ? 0 : 1);
    }

    private boolean isMet(Pair pair) throws RunnerException {
        List<Double> ratios = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            double ours = rate(pair, pair.ours(), round);
            double theirs = rate(pair, pair.theirs(), round);
            ratios.add(pair.ratio(ours, theirs));
        }
        ratios.sort(Comparator.naturalOrder());
        double median = ratios.get(ratios.size() / 2);
        boolean met = pair.isMetBy(median);
        System.out.printf(
                Locale.ROOT,
                "%s: ratio %.2f, target %.2f %s%n",
                pair.name(),
                median,
                pair.target(),
                met ? "ok" : "... short");
        return met;
    }

    private double rate(Pair pair, String side, int round) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + pair.benchmark().getName().replace(".", "\\.") + "\\." + side + "$")
                .forks(1)
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "-Xms512m", "-Xmx512m")
                .verbosity(VerboseMode.SILENT);
        pair.parameters().forEach(options::param);
        RunResult result = new Runner(options.build()).runSingle();
        int number = 0;
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                double rate = iteration.getPrimaryResult().getScore();
                raw.printf(Locale.ROOT, "%s,%s,%d,%d,%.1f%n", pair.name(), side, round, ++number, rate);
            }
        }
        return result.getPrimaryResult().getScore();
    }
}
