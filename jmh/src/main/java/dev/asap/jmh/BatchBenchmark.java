// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ASAPClient;
import dev.asap.client.BatchItem;
import dev.asap.client.Compression;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A hundred messages from one thread to an agent that takes a set time: all at once, in two requests, or one after another. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 25, time = 1)
@Measurement(iterations = 3, time = 2)
@OutputTimeUnit(TimeUnit.SECONDS)
public class BatchBenchmark {
    private static final int MESSAGES = 100;

    /** How long the agent takes for a request. */
    @Param({"0", "1", "10"})
    public long millis;

    private final List<Envelope> messages = IntStream.range(0, MESSAGES)
            .mapToObj(i -> Samples.echoRequest().toBuilder().id("m-" + i).build())
            .toList();

    private @Nullable SlowAgent agent;
    private ASAPClient client = Unset.client();

    /** For JMH. */
    public BatchBenchmark() {}

    /** Starts the agent and opens the connections. */
    @Setup
    public void setUp() throws Exception {
        agent = new SlowAgent(millis);
        // The agent does not unpack.
        client = ASAPClient.builder(agent.url())
                .poolIdleExpiry(Duration.ofMinutes(1))
                .compression(Compression.off())
                .build();
    }

    /** Stops the agent. */
    @TearDown
    public void tearDown() {
        client.close();
        if (agent != null) {
            agent.close();
        }
    }

    /** All at once. */
    @Benchmark
    public List<BatchItem> atOnce() {
        return answered(client.sendBatch(messages));
    }

    /** In two requests. */
    @Benchmark
    public List<BatchItem> together() {
        return answered(client.batch(messages));
    }

    /** One after another. */
    @Benchmark
    public List<Envelope> sequential() {
        List<Envelope> answers = new ArrayList<>(MESSAGES);
        for (Envelope message : messages) {
            answers.add(client.send(message));
        }
        return answers;
    }

    private static List<BatchItem> answered(List<BatchItem> items) {
        for (BatchItem item : items) {
            item.orThrow();
        }
        return items;
    }
}
