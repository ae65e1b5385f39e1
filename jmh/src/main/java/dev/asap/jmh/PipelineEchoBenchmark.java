// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Echo over 50 connections: a server with limits, kept answers and metering against the bare engine answering the same bytes, or without metering. */
@BenchmarkMode(Mode.SampleTime)
@Warmup(iterations = 30, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Threads(50)
public class PipelineEchoBenchmark {
    /** For JMH. */
    public PipelineEchoBenchmark() {}

    private static RawConnection connection(int port) throws IOException {
        return new RawConnection(port, "/asap", FullServer.request());
    }

    private static void warmUp(int port) throws Exception {
        List<RawConnection> connections = new ArrayList<>();
        WarmUp.run(() -> {
            RawConnection connection = connection(port);
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
        /** Where it keeps what it meters. */
        @Param("memory")
        public String storage = "memory";

        private @Nullable FullServer server;

        /** Starts it. */
        @Setup
        public void setUp() throws Exception {
            server = FullServer.over(storage);
            warmUp(server.port());
        }

        /** Stops it. */
        @TearDown
        public void tearDown() throws IOException {
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

    /** Our server without metering. */
    @State(Scope.Benchmark)
    public static class UnmeteredServer {
        private @Nullable FullServer server;

        /** Starts it. */
        @Setup
        public void setUp() throws Exception {
            server = FullServer.unmetered();
            warmUp(server.port());
        }

        /** Stops it. */
        @TearDown
        public void tearDown() throws IOException {
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

    /** The bare engine. */
    @State(Scope.Benchmark)
    public static class BareServer {
        private @Nullable BareEchoServer server;

        /** Starts it with the answer that our server gives. */
        @Setup
        public void setUp() throws Exception {
            try (FullServer ours = FullServer.over("memory");
                    RawConnection connection = connection(ours.port())) {
                server = new BareEchoServer(connection.exchange());
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
            connect(ours.port(), FullServer.request());
        }
    }

    /** A connection of each thread to our server without metering. */
    @State(Scope.Thread)
    public static class UnmeteredConnection extends Connected {
        /** Connects. */
        @Setup
        public void setUp(UnmeteredServer unmetered) throws IOException {
            connect(unmetered.port(), FullServer.request());
        }
    }

    /** A connection of each thread to the bare engine. */
    @State(Scope.Thread)
    public static class BareConnection extends Connected {
        /** Connects. */
        @Setup
        public void setUp(BareServer bare) throws IOException {
            connect(bare.port(), FullServer.request());
        }
    }

    /** Our server. */
    @Benchmark
    public byte[] ours(OurConnection connection) throws IOException {
        return connection.exchange();
    }

    /** Our server without metering. */
    @Benchmark
    public byte[] unmetered(UnmeteredConnection connection) throws IOException {
        return connection.exchange();
    }

    /** The bare engine. */
    @Benchmark
    public byte[] bareEngine(BareConnection connection) throws IOException {
        return connection.exchange();
    }
}
