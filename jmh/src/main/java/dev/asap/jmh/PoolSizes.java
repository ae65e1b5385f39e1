// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.model.Envelope;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Measures what a client does with pools of several sizes: 500 threads call peers that take 0, 10 and 50 ms, each thread one call
 * after another. Prints how many calls were answered in a second and within which time 99 of 100 were, the wait for a place
 * included; the median of the rounds, as tables in Markdown.
 *
 * <p>Arguments: the number of rounds, and a file for the raw results; both may be left out. Three rounds take about fifteen
 * minutes.
 */
public final class PoolSizes {
    private static final int[] PEER_MILLIS = {0, 10, 50};
    private static final int[] SIZES = {1, 2, 5, 10, 25, 50, 100, 200, 500};
    private static final int CALLERS = 500;

    /** So long a client of a size that is new to the JVM needs until its connections are there and its code is compiled. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** One at least which begins and ends while all the others wait as long as they always will. */
    private static final int LEAST_CALLS = 3;

    private static final int WARM_UP_SIZE = 50;
    private static final int WARM_UP_RUNS = 5;

    private static final Envelope REQUEST = Samples.echoRequest();

    /** A call, by the clock of this JVM. */
    private record Timed(long begin, long end) {
        long nanos() {
            return end - begin;
        }
    }

    /** What a run has shown. */
    private record Measured(double callsPerSecond, double medianMillis, double p99Millis, long connections) {}

    private PoolSizes() {}

    /** Measures all sizes. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Path file = args.length > 1 ? Path.of(args[1]) : Files.createTempFile("asap-pool-sizes", ".csv");
        try (PrintWriter raw = new PrintWriter(Files.newBufferedWriter(file))) {
            raw.printf(
                    "# %s %s, %s %s, %d processors, %d threads that call, %d rounds%n",
                    System.getProperty("java.vm.name"),
                    System.getProperty("java.version"),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    CALLERS,
                    rounds);
            raw.println("peer_ms,pool_size,round,calls_per_second,median_ms,p99_ms,connections_opened");
            for (int millis : PEER_MILLIS) {
                try (CountingPeer peer = new CountingPeer(millis, REQUEST)) {
                    warmUp(peer);
                    table(millis, measured(peer, millis, rounds, raw));
                }
            }
        }
        System.exit(0);
    }

    private static void warmUp(CountingPeer peer) throws Exception {
        for (int run = 0; run < WARM_UP_RUNS; run++) {
            measure(peer, WARM_UP_SIZE);
        }
    }

    /** By size, what each round has shown. A round goes through all sizes, so that a machine whose speed drifts is fair to them. */
    private static List<List<Measured>> measured(CountingPeer peer, int millis, int rounds, PrintWriter raw)
            throws Exception {
        List<List<Measured>> bySize = new ArrayList<>();
        for (int ignored : SIZES) {
            bySize.add(new ArrayList<>());
        }
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < SIZES.length; i++) {
                Measured result = measure(peer, SIZES[i]);
                bySize.get(i).add(result);
                raw.printf(
                        Locale.ROOT,
                        "%d,%d,%d,%.1f,%.3f,%.3f,%d%n",
                        millis,
                        SIZES[i],
                        round,
                        result.callsPerSecond(),
                        result.medianMillis(),
                        result.p99Millis(),
                        result.connections());
                raw.flush();
            }
        }
        return bySize;
    }

    private static Measured measure(CountingPeer peer, int size) throws Exception {
        try (ASAPClient client = ASAPClient.builder(peer.url())
                .poolMaxSize(size)
                .poolConnections(size)
                .poolIdleExpiry(Duration.ofMinutes(1))
                .poolTimeout(Duration.ofMinutes(5))
                .retry(RetryPolicy.never())
                .build()) {
            long start = System.nanoTime();
            List<List<Timed>> calls = Callers.run(CALLERS, () -> calls(client, start));
            return evaluate(calls, start, client.stats().connectionsOpened());
        }
    }

    private static List<Timed> calls(ASAPClient client, long start) {
        List<Timed> calls = new ArrayList<>();
        while (calls.size() < LEAST_CALLS || System.nanoTime() - start < RUN_NANOS) {
            long begin = System.nanoTime();
            client.send(REQUEST);
            calls.add(new Timed(begin, System.nanoTime()));
        }
        return calls;
    }

    /** Looks at the calls that ended after every thread's first one, and before the first thread stopped. */
    private static Measured evaluate(List<List<Timed>> calls, long start, long connections) {
        long from = Math.max(
                start + SETTLE_NANOS,
                calls.stream().mapToLong(each -> each.get(0).end()).max().orElseThrow());
        long to = calls.stream()
                .mapToLong(each -> each.get(each.size() - 1).end())
                .min()
                .orElseThrow();
        long[] nanos = calls.stream()
                .flatMap(List::stream)
                .filter(call -> call.end() > from && call.end() <= to)
                .mapToLong(Timed::nanos)
                .sorted()
                .toArray();
        return new Measured(
                nanos.length * 1e9 / (to - from),
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6,
                connections);
    }

    private static void table(int millis, List<List<Measured>> bySize) {
        System.out.printf("Peer takes %d ms:%n%n", millis);
        System.out.println("| `poolMaxSize` | calls/s | 99 of 100 within | connections |");
        System.out.println("|---|---|---|---|");
        for (int i = 0; i < SIZES.length; i++) {
            List<Measured> rounds = bySize.get(i);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %,.0f | %,.0f ms | %d |%n",
                    SIZES[i],
                    median(rounds, Measured::callsPerSecond),
                    median(rounds, Measured::p99Millis),
                    (long) median(rounds, measured -> (double) measured.connections()));
        }
        System.out.println();
    }

    private static double median(List<Measured> rounds, Function<Measured, Double> figure) {
        return rounds.stream()
                .map(figure)
                .sorted(Comparator.naturalOrder())
                .toList()
                .get(rounds.size() / 2);
    }
}
