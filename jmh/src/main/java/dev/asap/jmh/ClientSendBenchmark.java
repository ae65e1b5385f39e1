// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ASAPClient;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Sending an envelope and reading the answer from 32 threads: our client against bare OkHttp posting the same bytes and
 * reading the answer's bytes, both to the same bare server.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 25, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(32)
public class ClientSendBenchmark {
    private final Envelope request = Samples.echoRequest();
    private final byte[] requestBytes =
            new JsonRpcCodec(Clock.systemUTC()).writeRequest(JsonRpcId.of("req-1"), request, "key-1");
    private ASAPClient client = Unset.client();
    private final OkHttpClient okHttp = new OkHttpClient.Builder()
            .connectionPool(new ConnectionPool(100, 1, TimeUnit.MINUTES))
            .build();
    private final MediaType json = MediaType.get("application/json");
    private @Nullable BareEchoServer server;
    private String url = "";

    /** For JMH. */
    public ClientSendBenchmark() {}

    /** Starts the server and warms up the side that is measured. */
    @Setup
    public void setUp(BenchmarkParams parameters) throws Exception {
        byte[] answer =
                new JsonRpcCodec(Clock.systemUTC()).writeResult(JsonRpcId.of("req-1"), Samples.echoAnswer(request));
        server = new BareEchoServer(answer);
        url = "http://127.0.0.1:" + server.port();
        client = ASAPClient.builder(url).build();
        boolean measuresOurs = parameters.getBenchmark().endsWith("ours");
        WarmUp.run(() -> measuresOurs ? this::ours : this::bareOkHttp);
    }

    /** Stops the server. */
    @TearDown
    public void tearDown() {
        client.close();
        okHttp.dispatcher().executorService().shutdown();
        okHttp.connectionPool().evictAll();
        if (server != null) {
            server.close();
        }
    }

    /** Our client. */
    @Benchmark
    public Envelope ours() {
        return client.send(request);
    }

    /** Bare OkHttp. */
    @Benchmark
    public byte[] bareOkHttp() throws IOException {
        Request post = new Request.Builder()
                .url(url + "/asap")
                .post(RequestBody.create(requestBytes, json))
                .build();
        try (Response response = okHttp.newCall(post).execute()) {
            return response.body().bytes();
        }
    }
}
