// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose peers send something all the time, so that they never count as idle, and yet never come to the end of a
 * request's head. Bodies are bounded where they are read.
 */
final class SlowPeers extends AbstractLifeCycle implements Connection.Listener {
    /** What a connection had received when its latest request, or the connection itself, began. */
    private record Progress(long requests, long bytes, long since) {}

    private final Scheduler scheduler;
    private final long timeoutNanos;
    private final long pauseNanos;
    private final Map<Connection, Progress> connections = new ConcurrentHashMap<>();

    SlowPeers(Scheduler scheduler, Duration timeout) {
        this.scheduler = scheduler;
        this.timeoutNanos = timeout.toNanos();
        this.pauseNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(10), timeoutNanos / 4);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        scheduleNext();
    }

    /** Other kinds of connections, sockets for instance, have rules of their own. */
    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof ConnectionMetaData
                || connection instanceof HTTP2Connection
                || connection instanceof NegotiatingServerConnection) {
            connections.put(connection, new Progress(0, 0, System.nanoTime()));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    private void scheduleNext() {
        scheduler.schedule(this::look, pauseNanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (!isRunning()) {
            return;
        }
        try {
            connections.forEach(this::look);
        } finally {
            scheduleNext();
        }
    }

    private void look(Connection connection, Progress before) {
        long now = System.nanoTime();
        long requests = connection.getMessagesIn();
        boolean answering = requests > connection.getMessagesOut();
        if (answering || requests != before.requests()) {
            connections.computeIfPresent(
                    connection, (key, old) -> new Progress(requests, connection.getBytesIn(), now));
        } else if (isBetweenRequests(connection, before)) {
            connections.computeIfPresent(connection, (key, old) -> new Progress(requests, before.bytes(), now));
        } else if (now - before.since() > timeoutNanos) {
            connection.getEndPoint().close();
        }
    }

    /** Nothing of another request has come yet; of HTTP/2, what comes between requests is none. */
    private static boolean isBetweenRequests(Connection connection, Progress before) {
        if (connection instanceof HTTP2Connection) {
            return before.requests() > 0;
        }
        boolean negotiated = !(connection instanceof NegotiatingServerConnection);
        return negotiated && connection.getBytesIn() == before.bytes();
    }
}
