// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.jmh.Check.Bound;
import dev.asap.jmh.Check.Count;
import dev.asap.jmh.Check.Pair;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs all checks, the short form of each pair among them, and prints a line for each: {@code NAME: ratio R, target T ok} or {@code
 * … short}, and what the ratio was counted from. Ends with status 1 if any ratio is short.
 *
 * <p>The two sides of a pair take turns, and the median of the rounds' ratios counts, so that a machine whose speed drifts is fair
 * to both. What is counted has to be right in every round: the worst one counts.
 *
 * <p>Arguments: the number of rounds, a file for the raw results, and the name of a single check; all may be left out.
 */
public final class Ratios {
    private final int rounds;
    private final PrintWriter raw;

    private Ratios(int rounds, PrintWriter raw) {
        this.rounds = rounds;
        this.raw = raw;
    }

    /** Runs the checks. */
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
            raw.println("check,figure,round,iteration,value");
            Ratios ratios = new Ratios(rounds, raw);
            for (Check check : args.length > 2 ? List.of(Checks.named(args[2])) : Checks.all()) {
                allMet &= ratios.isMet(check);
            }
        }
        System.exit(allMet ? 0 : 1);
    }

    private boolean isMet(Check check) throws Exception {
        Tally tally = check instanceof Pair pair ? compared(pair) : counted((Count) check);
        boolean met = check.isMetBy(tally.ratio());
        System.out.printf(
                Locale.ROOT,
                "%s: ratio %s, target %s %s%s%n",
                check.name(),
                shown(tally.ratio()),
                shown(check.target()),
                met ? "ok" : "... short",
                details(check, tally));
        return met;
    }

    private static String shown(double ratio) {
        return String.format(Locale.ROOT, "%.3f", ratio);
    }

    private static String details(Check check, Tally tally) {
        List<String> details = new ArrayList<>();
        if (check.peerMillis() != null) {
            details.add("peer takes " + check.peerMillis() + " ms");
        }
        tally.figures().forEach(figure -> details.add(figure.toString()));
        return details.isEmpty() ? "" : "; " + String.join(", ", details);
    }

    private Tally counted(Count count) throws IOException, InterruptedException {
        List<Tally> tallies = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Tally tally = Counting.run(count);
            tallies.add(tally);
            for (Tally.Figure figure : tally.all()) {
                raw.printf("%s,%s,%d,1,%s%n", count.name(), figure.name(), round, figure.value());
            }
        }
        Comparator<Tally> byRatio = Comparator.comparingDouble(Tally::ratio);
        return count.bound() == Bound.AT_MOST ? Collections.max(tallies, byRatio) : Collections.min(tallies, byRatio);
    }

    private Tally compared(Pair pair) throws RunnerException {
        List<Tally> tallies = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            RunResult ours = run(pair, pair.ours(), round);
            RunResult theirs = run(pair, pair.theirs(), round);
            Tally tally = Tally.of(pair.ratio(
                    rate(ours.getParams(), ours.getPrimaryResult()),
                    rate(theirs.getParams(), theirs.getPrimaryResult())));
            if (isSampled(ours)) {
                tally = withLatency(withLatency(tally, pair.ours(), ours), pair.theirs(), theirs);
                for (Tally.Figure figure : tally.figures()) {
                    raw.printf("%s,%s,%d,1,%s%n", pair.name(), figure.name(), round, figure.value());
                }
            }
            tallies.add(tally);
        }
        tallies.sort(Comparator.comparingDouble(Tally::ratio));
        return tallies.get(tallies.size() / 2);
    }

    private RunResult run(Pair pair, String side, int round) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + pair.benchmark().getName().replace(".", "\\.") + "\\." + side + "$")
                .forks(1)
                .jvmArgsAppend(Counting.JVM_OPTIONS.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT);
        pair.parameters().forEach(options::param);
        RunResult result = new Runner(options.build()).runSingle();
        int number = 0;
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                double rate = rate(result.getParams(), iteration.getPrimaryResult());
                raw.printf(Locale.ROOT, "%s,%s,%d,%d,%.1f%n", pair.name(), side, round, ++number, rate);
            }
        }
        return result;
    }

    /** Operations per second. Where their times were sampled, that is as many as all threads make that begin the next at once. */
    private static double rate(BenchmarkParams params, Result<?> result) {
        if (params.getMode() != Mode.SampleTime) {
            return result.getScore();
        }
        double unitsPerSecond = 1e9 / params.getTimeUnit().toNanos(1);
        return params.getThreads() * unitsPerSecond / result.getScore();
    }

    private static boolean isSampled(RunResult result) {
        return result.getParams().getMode() == Mode.SampleTime;
    }

    private static Tally withLatency(Tally tally, String side, RunResult result) {
        Statistics times = result.getPrimaryResult().getStatistics();
        double millis = result.getParams().getTimeUnit().toNanos(1) / 1e6;
        return tally.with(side + "_ms_p50", times.getPercentile(50) * millis)
                .with(side + "_ms_p99", times.getPercentile(99) * millis);
    }
}
