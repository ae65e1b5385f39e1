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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Echo over 50 sockets: a server with kept answers and metering against the engine's own sockets answering the same bytes. */
@BenchmarkMode(Mode.SampleTime)
@Warmup(iterations = 30, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Threads(50)
public class SocketEchoBenchmark {
    private static final String PATH = "/asap/ws";

    /** For JMH. */
    public SocketEchoBenchmark() {}

    private static RawSocket socket(int port) throws IOException {
        return new RawSocket(port, PATH, FullServer.request());
    }

    private static void warmUp(int port) throws Exception {
        List<RawSocket> sockets = new ArrayList<>();
        WarmUp.run(() -> {
            RawSocket socket = socket(port);
            sockets.add(socket);
            return socket::exchange;
        });
        for (RawSocket socket : sockets) {
            socket.close();
        }
    }

    /** Our server. */
    @State(Scope.Benchmark)
    public static class OurServer {
        private @Nullable FullServer server;

        /** Starts it. */
        @Setup
        public void setUp() throws Exception {
            server = FullServer.over("memory");
            warmUp(server.port());
        }

        /** Stops it. */
        @TearDown
        public void tearDown() throws IOException {
            if (server != null) {
                server.close();
            }
        }
    }

    /** The bare engine. */
    @State(Scope.Benchmark)
    public static class BareServer {
        private @Nullable BareEchoSocket server;

        /** Starts it with the answer that our server gives. */
        @Setup
        public void setUp() throws Exception {
            try (FullServer ours = FullServer.over("memory");
                    RawSocket socket = socket(ours.port())) {
                server = new BareEchoSocket(socket.exchange());
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
    }

    /** A thread's socket. */
    @State(Scope.Thread)
    public abstract static class Socketed {
        private @Nullable RawSocket socket;

        /** For JMH. */
        protected Socketed() {}

        final void connect(int port) throws IOException {
            socket = socket(port);
        }

        final byte[] exchange() throws IOException {
            if (socket == null) {
                throw new IllegalStateException("not connected");
            }
            return socket.exchange();
        }

        /** Disconnects. */
        @TearDown
        public final void disconnect() throws IOException {
            if (socket != null) {
                socket.close();
            }
        }
    }

    /** A socket of each thread to our server. */
    @State(Scope.Thread)
    public static class OurSocket extends Socketed {
        /** Connects. */
        @Setup
        public void setUp(OurServer ours) throws IOException {
            if (ours.server != null) {
                connect(ours.server.port());
            }
        }
    }

    /** A socket of each thread to the bare engine. */
    @State(Scope.Thread)
    public static class BareSocket extends Socketed {
        /** Connects. */
        @Setup
        public void setUp(BareServer bare) throws IOException {
            if (bare.server != null) {
                connect(bare.server.port());
            }
        }
    }

    /** Our server. */
    @Benchmark
    public byte[] ours(OurSocket socket) throws IOException {
        return socket.exchange();
    }

    /** The bare engine. */
    @Benchmark
    public byte[] bareEngine(BareSocket socket) throws IOException {
        return socket.exchange();
    }
}
