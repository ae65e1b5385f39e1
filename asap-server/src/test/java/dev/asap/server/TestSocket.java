// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/** A plain socket to a server under test. */
final class TestSocket extends WebSocketListener implements AutoCloseable {
    static final String FAILED = "failed";

    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    final WebSocket socket;

    private TestSocket(TestAgent agent, String... headers) {
        Request.Builder request = new Request.Builder().url(agent.server.url() + "/asap/ws");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        socket = agent.http.newWebSocket(request.build(), this);
    }

    static TestSocket open(TestAgent agent, String... headers) {
        return new TestSocket(agent, headers);
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        frames.add(text);
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
        frames.add("closed " + code + " " + reason);
        webSocket.close(code, reason);
    }

    @Override
    public void onFailure(WebSocket webSocket, Throwable t, @Nullable Response response) {
        frames.add(FAILED);
    }

    void send(JsonObject frame) {
        send(frame.toString());
    }

    void send(String frame) {
        assertThat(socket.send(frame)).isTrue();
    }

    /** The next frame, or how the socket ended. */
    String nextText() throws InterruptedException {
        String frame = frames.poll(20, TimeUnit.SECONDS);
        assertThat(frame).as("a frame within 20 s").isNotNull();
        return frame;
    }

    JsonObject next() throws InterruptedException {
        return JsonObject.parse(nextText());
    }

    /** Sends a call and takes its answer, to know that what was sent before has been dealt with. */
    JsonObject call(JsonObject call) throws InterruptedException {
        send(call);
        return next();
    }

    @Nullable
    String poll() {
        return frames.poll();
    }

    @Override
    public void close() {
        socket.cancel();
    }
}
