// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonObject;
import dev.asap.rpc.JsonRpcId;
import dev.asap.server.ASAPServer;
import dev.asap.server.RateLimit;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Echo over 50 connections: our server with everything it checks against the bare engine answering the same bytes. */
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 15, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(50)
public class EchoServerBenchmark {
    /** For JMH. */
    public EchoServerBenchmark() {}

    private static byte[] request() {
        // Without a time, which the server then sets: the request stays fresh for as long as the benchmark runs.
        String full = new String(
                new JsonRpcCodec(Clock.systemUTC()).writeRequest(JsonRpcId.of("req-1"), Samples.echoRequest(), "key-1"),
                StandardCharsets.UTF_8);
        return full.replaceFirst("\"timestamp\":\"[^\"]*\",", "").getBytes(StandardCharsets.UTF_8);
    }

    private static void warmUp(int port) throws Exception {
        List<RawConnection> connections = new ArrayList<>();
        WarmUp.run(() -> {
            RawConnection connection = new RawConnection(port, "/asap", request());
            connections.add(connection);
            return connection::exchange;
        });
        for (RawConnection connection : connections) {
            connection.close();
        }
    }

    /** Our server. */
    @State(Scope.Benchmark)
    public static class OurServer {
        private Storage storage = Unset.storage();
        private ASAPServer server = Unset.server();

        /** Starts it. */
        @Setup
        public void setUp() throws Exception {
            start();
            warmUp(server.port());
        }

        void start() {
            storage = Storage.open("memory", StorageSettings.defaults());
            server = ASAPServer.builder(Samples.manifest())
                    .storage(storage)
                    .rateLimit(RateLimit.none())
                    // The same request again and again, each time a new one.
                    .idempotency(null)
                    .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                    .start();
        }

        /** Stops it. */
        @TearDown
        public void tearDown() {
            server.close();
            storage.close();
        }
    }

    /** The bare engine. */
    @State(Scope.Benchmark)
    public static class BareServer {
        private @Nullable BareEchoServer server;

        /** Starts it with the answer that our server gives. */
        @Setup
        public void setUp() throws Exception {
            OurServer ours = new OurServer();
            ours.start();
            try (RawConnection connection = new RawConnection(ours.server.port(), "/asap", request())) {
                server = new BareEchoServer(connection.exchange());
            } finally {
                ours.tearDown();
            }
            warmUp(server.port());
        }

        /** Stops it. */
        @TearDown
        public void tearDown() {
            if (server != null) {
                server.close();
            }
        }

        int port() {
            if (server == null) {
                throw new IllegalStateException("not set up");
            }
            return server.port();
        }
    }

    /** A connection of each thread to our server. */
    @State(Scope.Thread)
    public static class OurConnection extends Connected {
        /** Connects. */
        @Setup
        public void setUp(OurServer ours) throws IOException {
            connect(ours.server.port(), request());
        }
    }

    /** A connection of each thread to the bare engine. */
    @State(Scope.Thread)
    public static class BareConnection extends Connected {
        /** Connects. */
        @Setup
        public void setUp(BareServer bare) throws IOException {
            connect(bare.port(), request());
        }
    }

    /** Our server. */
    @Benchmark
    public byte[] ours(OurConnection connection) throws IOException {
        return connection.exchange();
    }

    /** The bare engine. */
    @Benchmark
    public byte[] bareEngine(BareConnection connection) throws IOException {
        return connection.exchange();
    }
}
