// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Times calls that take turns, so that the machine's moods reach all of them alike. */
final class Turns {
    private static final long WARM_UP_NANOS = Duration.ofSeconds(6).toNanos();
    private static final int CALLS = 300;
    private static final double MOST_MILLIS = 5;

    private Turns() {}

    /** The median of each call's times in milliseconds. */
    static double[] millis(List<? extends Callable<?>> calls) throws Exception {
        double[][] times = new double[calls.size()][CALLS];
        long warm = System.nanoTime() + WARM_UP_NANOS;
        while (System.nanoTime() - warm < 0) {
            for (Callable<?> call : calls) {
                call.call();
            }
        }
        for (int round = 0; round < CALLS; round++) {
            for (int i = 0; i < calls.size(); i++) {
                long begin = System.nanoTime();
                calls.get(i).call();
                times[i][round] = (System.nanoTime() - begin) / 1e6;
            }
        }
        return Arrays.stream(times)
                .mapToDouble(each -> Arrays.stream(each).sorted().toArray()[CALLS / 2])
                .toArray();
    }

    /** The slowest of the calls, in parts of five milliseconds. */
    static Tally slowest(Map<String, Callable<?>> calls) throws Exception {
        double[] millis = millis(List.copyOf(calls.values()));
        Tally tally = Tally.of(Arrays.stream(millis).max().orElseThrow() / MOST_MILLIS);
        int i = 0;
        for (String name : calls.keySet()) {
            tally = tally.with("ms_" + name, millis[i++]);
        }
        return tally;
    }
}
