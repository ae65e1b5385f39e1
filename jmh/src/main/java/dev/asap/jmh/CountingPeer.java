// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.codec.ASAPCodec;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A peer on the bare engine that counts what reaches it. It takes a set time for each request without holding a thread, so that a
 * thousand requests take it no longer than one; then it sends the same answer each time, or its manifest.
 */
final class CountingPeer implements AutoCloseable {
    /** All are there from the start: what the client adds to the threads of the JVM can be told from them. */
    private static final int THREADS = 16;

    /** A thousand connections at one moment have to fit: beyond it a client connects again after a second. */
    private static final int BACKLOG = 2048;

    private final Server server = new Server(new QueuedThreadPool(THREADS, THREADS));
    private final ServerConnector connector = new ServerConnector(server);
    private final long millis;
    private final byte[] answer;
    private final byte[] manifest = ASAPCodec.strict().write(Samples.manifest(), WireForm.COMPACT);

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final LongAccumulator mostAtOnce = new LongAccumulator(Math::max, 0);

    /**
     * Starts it.
     *
     * @param millis what it takes for a request
     * @param request what it answers
     */
    CountingPeer(long millis, Envelope request) throws Exception {
        this.millis = millis;
        this.answer =
                new JsonRpcCodec(Clock.systemUTC()).writeResult(JsonRpcId.of("req-1"), Samples.echoAnswer(request));
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(BACKLOG);
        connector.addBean(new Connection.Listener() {
            @Override
            public void onOpened(Connection connection) {
                connections.incrementAndGet();
            }
        });
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                take(request, response, callback);
                return true;
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + connector.getLocalPort();
    }

    /** How many connections it has accepted. */
    int connections() {
        return connections.get();
    }

    /** How many requests have come. */
    int requests() {
        return requests.get();
    }

    /** How many requests it had at the busiest moment. */
    long mostAtOnce() {
        return mostAtOnce.get();
    }

    /** How many bytes the bodies of the requests had. */
    long bodyBytes() {
        return bodyBytes.get();
    }

    private void take(Request request, Response response, Callback callback) throws Exception {
        requests.incrementAndGet();
        mostAtOnce.accumulate(atOnce.incrementAndGet());
        try (InputStream in = Content.Source.asInputStream(request)) {
            bodyBytes.addAndGet(in.readAllBytes().length);
        }
        byte[] content = request.getMethod().equals("POST") ? answer : manifest;
        if (millis == 0) {
            send(content, response, callback);
        } else {
            request.getComponents()
                    .getScheduler()
                    .schedule(() -> send(content, response, callback), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void send(byte[] content, Response response, Callback callback) {
        atOnce.decrementAndGet();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(content), callback);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the peer does not stop", e);
        }
    }
}
