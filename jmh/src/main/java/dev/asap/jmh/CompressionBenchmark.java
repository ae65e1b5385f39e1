// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Compressing a message of 1 MB: time per MB at the settings between which a user of the client chooses. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CompressionBenchmark {
    /** What the client uses. */
    static final int WINDOW_BITS = 18;

    private final byte[] body = MegabyteBody.json();

    /** The fallback where brotli does not load. */
    @Benchmark
    public byte[] gzip6() throws IOException {
        return MegabyteBody.gzip(body, 6);
    }

    /** The fastest brotli that can be set. */
    @Benchmark
    public byte[] brotli1() throws IOException {
        return MegabyteBody.brotli(body, 1, WINDOW_BITS);
    }

    /** What is used unless something else is set. */
    @Benchmark
    public byte[] brotli4() throws IOException {
        return MegabyteBody.brotli(body, 4, WINDOW_BITS);
    }

    /** The same with the window that brotli would choose. */
    @Benchmark
    public byte[] brotli4WideWindow() throws IOException {
        return MegabyteBody.brotli(body, 4, -1);
    }
}
