// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.TaskResponse;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** An agent on the bare engine that takes a set time for each request, be it one message or a batch. */
final class SlowAgent implements AutoCloseable {
    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

    private final Server server = new Server(new QueuedThreadPool(400));
    private final ServerConnector connector = new ServerConnector(server);
    private final long nanos;

    SlowAgent(long millis) throws Exception {
        nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte[] body;
                try (InputStream in = Content.Source.asInputStream(request)) {
                    body = in.readAllBytes();
                }
                takeTime();
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.write(true, ByteBuffer.wrap(answer(body)), callback);
                return true;
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + connector.getLocalPort();
    }

    private void takeTime() {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static byte[] answer(byte[] body) {
        if (body[0] != '[') {
            return answerOne(body);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        char separator = '[';
        for (JsonValue element : ((JsonArray) JsonValue.parse(body)).values()) {
            all.write(separator);
            all.writeBytes(answerOne(((JsonObject) element).toBytes()));
            separator = ',';
        }
        all.write(']');
        return all.toByteArray();
    }

    private static byte[] answerOne(byte[] request) {
        IncomingRequest.Call call = (IncomingRequest.Call) CODEC.readRequest(request);
        Envelope envelope = ((EnvelopeArgument.Valid) call.envelope()).envelope();
        return CODEC.writeResult(
                call.id(),
                envelope.replyFrom(envelope.recipient(), TaskResponse.completed("task-1", JsonObject.empty()))
                        .build());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the agent does not stop", e);
        }
    }
}
