// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.internal.socket.SocketAcceptor;
import dev.asap.server.internal.socket.SocketListener;
import dev.asap.server.internal.socket.SocketSession;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One socket, between the engine and the protocol. Messages are asked for one by one. */
public final class JettySocket implements Session.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(JettyEngine.class);

    private final Handshake handshake;
    private final SocketAcceptor acceptor;

    private final Object lock = new Object();

    // All guarded by the lock; the first two are set when the socket opens.
    private @Nullable SocketListener listener;
    private @Nullable JettySession session;
    private boolean closed;

    JettySocket(Handshake handshake, SocketAcceptor acceptor) {
        this.handshake = handshake;
        this.acceptor = acceptor;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        JettySession own = new JettySession(opened);
        synchronized (lock) {
            session = own;
        }
        SocketListener taking = acceptor.opened(handshake, own);
        boolean refused;
        synchronized (lock) {
            listener = taking;
            refused = closed;
        }
        if (refused) {
            taking.onClosed();
        }
    }

    @Override
    public void onWebSocketText(String message) {
        listener().onText(message);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        listener().onBinary();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A socket broke", cause);
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        callback.succeed();
        SocketListener told;
        synchronized (lock) {
            closed = true;
            told = listener;
        }
        if (told != null) {
            told.onClosed();
        }
    }

    /** The listener, for a message that was asked for: another one may be. */
    private SocketListener listener() {
        SocketListener told;
        synchronized (lock) {
            Objects.requireNonNull(session, "a message came before the socket was open")
                    .arrived();
            told = Objects.requireNonNull(listener, "a message came before anybody asked for one");
        }
        return told;
    }

    private static final class JettySession implements SocketSession {
        private final Session session;
        private final AtomicBoolean asked = new AtomicBoolean();

        JettySession(Session session) {
            this.session = session;
        }

        void arrived() {
            asked.set(false);
        }

        @Override
        public void readNext() {
            // The engine takes it ill to be asked twice.
            if (asked.compareAndSet(false, true)) {
                session.demand();
            }
        }

        @Override
        public CompletableFuture<?> send(String text) {
            CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
            session.sendText(text, Callback.from(() -> written.complete(null), written::completeExceptionally));
            return written;
        }

        @Override
        public void close(int code, String reason) {
            session.close(code, reason.isEmpty() ? null : reason, Callback.NOOP);
        }

        @Override
        public void disconnect() {
            session.disconnect();
        }
    }
}
