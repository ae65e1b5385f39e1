// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.BoundedSocket;
import dev.asap.client.internal.socket.SocketTimer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the handshake to its end; a session has one after the other. Tells its session what happens; what OkHttp
 * reports twice, the session gets to know once. Sending is guarded by the session's lock, the rest is thread-safe.
 */
final class SocketLink extends WebSocketListener implements BoundedSocket.Monitor {
    /** Gets to know what happens to a connection; called by threads of OkHttp, which must not wait. */
    interface Events {
        void onOpen(SocketLink link);

        void onFrame(SocketLink link, byte[] utf8);

        void onLost(SocketLink link, Loss loss);

        /** Nothing more will come, and what it took is given back. After {@link #onLost}, or after the session closed it. */
        void onEnd(SocketLink link);
    }

    /** What became of a frame that was to be sent. */
    enum Sent {
        /** It waits to be written, or is. */
        YES,
        /** Too much waits already. */
        FULL,
        /** The connection is ending. */
        GONE
    }

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NORMAL = 1000;

    /** As OkHttp has it; the option may be less. */
    static final long MAX_QUEUED_BYTES = 16 * 1024 * 1024;

    private final Events events;
    private final SocketTimer timer;
    private final InstantSource clock;
    private final long maxQueuedBytes;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile @Nullable WebSocket webSocket;
    private final AtomicBoolean hasReportedError = new AtomicBoolean();
    private volatile boolean opened;
    private volatile boolean cancelled;
    private volatile long lastInbound;

    /** The session's notes about this connection, guarded by its lock. */
    boolean hasHeard;

    private long enqueuedBytes;

    SocketLink(Events events, SocketTimer timer, InstantSource clock, long maxQueuedBytes) {
        this.events = events;
        this.timer = timer;
        this.clock = clock;
        this.maxQueuedBytes = maxQueuedBytes;
        this.lastInbound = timer.nanoTime();
    }

    /** Begins the handshake. Not under a lock: a refusal may be reported at once. */
    void start(OkHttpClient http, Request request) {
        WebSocket made = http.newWebSocket(
                request.newBuilder().tag(BoundedSocket.Monitor.class, this).build(), this);
        webSocket = made;
        if (cancelled) {
            made.cancel();
        }
    }

    /** Hands a text frame to be written to the connection. */
    Sent send(String text, int bytes) {
        WebSocket open = webSocket;
        if (open == null) {
            return Sent.GONE;
        }
        if (open.queueSize() + bytes > maxQueuedBytes) {
            return Sent.FULL;
        }
        if (!open.send(text)) {
            return Sent.GONE;
        }
        enqueuedBytes += bytes;
        return Sent.YES;
    }

    /** Where the next frame would begin, among all that were handed to the connection. */
    long nextOffset() {
        return enqueuedBytes;
    }

    /** Up to where the frames have certainly been written; what begins behind that has not been begun, once the connection is broken. */
    long writtenBytes() {
        WebSocket open = webSocket;
        return open == null ? 0 : enqueuedBytes - open.queueSize();
    }

    /** Whether nobody asked this before. */
    boolean isFirstError() {
        return hasReportedError.compareAndSet(false, true);
    }

    /** How long the peer has been silent. */
    Duration silence() {
        return Duration.ofNanos(timer.nanoTime() - lastInbound);
    }

    /** Asks the peer to end the connection; cuts off one that is not open yet. */
    void close() {
        WebSocket open = webSocket;
        if (open == null || !opened) {
            cancel();
        } else {
            boolean unused = open.close(NORMAL, null);
        }
    }

    /** Ends the connection, without a word to the peer. */
    void cancel() {
        cancelled = true;
        WebSocket open = webSocket;
        if (open != null) {
            open.cancel();
        }
    }

    /**
     * Waits for the end.
     *
     * @return false if the time is over before
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return finished.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void onOpen(WebSocket from, Response response) {
        webSocket = from;
        opened = true;
        onBytes();
        events.onOpen(this);
    }

    @Override
    public void onMessage(WebSocket from, String text) {
        events.onFrame(this, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Some peers send their JSON in binary frames. */
    @Override
    public void onMessage(WebSocket from, ByteString bytes) {
        events.onFrame(this, bytes.toByteArray());
    }

    @Override
    public void onClosing(WebSocket from, int code, String reason) {
        events.onLost(this, new Loss.Closed(code, reason));
        close();
    }

    @Override
    public void onClosed(WebSocket from, int code, String reason) {
        end();
    }

    @Override
    public void onFailure(WebSocket from, Throwable failure, @Nullable Response response) {
        events.onLost(
                this,
                response != null && response.code() != SWITCHING_PROTOCOLS
                        ? new Loss.Refused(response.code(), RetryAfter.of(response, clock))
                        : new Loss.Broken(failure));
        end();
    }

    @Override
    public void onBytes() {
        lastInbound = timer.nanoTime();
    }

    @Override
    public void onTooLarge() {
        WebSocket open = webSocket;
        if (open != null) {
            boolean unused = open.close(Loss.TOO_LARGE, null);
        }
        events.onLost(this, new Loss.TooLarge());
    }

    private void end() {
        events.onEnd(this);
        finished.countDown();
    }
}
