// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ManifestCache;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding one of 1,000 manifests: our cache, with its time to live, order of use and counts, against a bare map. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ManifestHitBenchmark {
    private static final int AGENTS = 1000;

    private final String[] urls = new String[AGENTS];
    private final ManifestCache cache = ManifestCache.withMaxSize(AGENTS);
    private final ConcurrentHashMap<String, Manifest> map = new ConcurrentHashMap<>();

    /** Where each thread is in the list of URLs. */
    @State(Scope.Thread)
    public static class Position {
        private int next;

        /** For JMH. */
        public Position() {}

        private int advance() {
            next = next + 1 == AGENTS ? 0 : next + 1;
            return next;
        }
    }

    /** Fills both. */
    public ManifestHitBenchmark() {
        for (int i = 0; i < AGENTS; i++) {
            String origin = "https://agent-" + i + ".example";
            urls[i] = origin + "/.well-known/asap/manifest.json";
            Manifest manifest = Manifest.builder(Samples.AGENT, "Agent " + i, "1.0.0", Endpoint.of(origin + "/asap"))
                    .build();
            cache.set(urls[i], manifest, Duration.ofDays(1));
            map.put(urls[i], manifest);
        }
    }

    /** Our cache. */
    @Benchmark
    public Optional<Manifest> ours(Position position) {
        return cache.get(urls[position.advance()]);
    }

    /** A bare map. */
    @Benchmark
    public @Nullable Manifest bareMap(Position position) {
        return map.get(urls[position.advance()]);
    }
}
