// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import dev.asap.server.internal.socket.SocketAcceptor;
import dev.asap.server.internal.socket.SocketListener;
import dev.asap.server.internal.socket.SocketSession;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The sockets of a server: how many there are, their heartbeats, their end. Thread-safe. */
final class SocketHub implements SocketAcceptor {
    static final String PATH = "/asap/ws";

    private final SocketConnection.Shared shared;
    private final Origins origins;
    private final Duration writeTimeout;
    private final ScheduledThreadPoolExecutor heartbeats;
    private final Map<SocketConnection, ScheduledFuture<?>> connections = new ConcurrentHashMap<>();
    private final Object ended = new Object();
    private volatile boolean closing;

    /**
     * Opens nothing yet.
     *
     * @param writeTimeout how long a peer may take to read a frame
     */
    SocketHub(SocketConnection.Shared shared, Duration writeTimeout) {
        this.shared = shared;
        this.origins = new Origins(shared.options().allowedOrigins());
        this.writeTimeout = writeTimeout;
        this.heartbeats = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "asap-server-heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        heartbeats.setRemoveOnCancelPolicy(true);
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public boolean admits(HttpRequest handshake) {
        return origins.admit(handshake);
    }

    @Override
    public SocketListener opened(HttpRequest handshake, SocketSession session) {
        SocketOutbox outbox = new SocketOutbox(session, shared.options().maxWaitingBreaches(), writeTimeout);
        SocketConnection connection = new SocketConnection(shared, handshake, session, outbox, this::forget);
        long interval = shared.options().heartbeat().toNanos();
        try {
            connections.put(
                    connection,
                    heartbeats.scheduleAtFixedRate(connection::heartbeat, interval, interval, TimeUnit.NANOSECONDS));
            if (connections.size() > shared.options().maxConnections()) {
                connection.refuse();
            } else {
                shared.threads().execute(connection::begin);
            }
        } catch (RejectedExecutionException e) {
            connection.drain();
        }
        if (closing) {
            connection.drain();
        }
        return connection;
    }

    private void forget(SocketConnection connection) {
        ScheduledFuture<?> heartbeat = connections.remove(connection);
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        synchronized (ended) {
            ended.notifyAll();
        }
    }

    /** How many sockets are open. */
    int size() {
        return connections.size();
    }

    /** Has every socket answer what it has been sent and say good-bye; does not wait for it. */
    void drain() {
        closing = true;
        connections.keySet().forEach(SocketConnection::drain);
    }

    /** Waits until all sockets have ended, then cuts off those that have not. */
    void close(Duration timeout) {
        drain();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            synchronized (ended) {
                for (long left = timeout.toMillis(); !connections.isEmpty() && left > 0; ) {
                    ended.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.keySet().forEach(SocketConnection::disconnect);
        heartbeats.shutdownNow();
    }
}
