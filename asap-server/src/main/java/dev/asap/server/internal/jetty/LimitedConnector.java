// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections up to a limit, and tells the others at once that there is no room: a peer that waits in a queue of the operating
 * system cannot tell a full server from a dead one.
 */
final class LimitedConnector extends ServerConnector {
    private static final Logger LOG = LoggerFactory.getLogger(JettyEngine.class);

    private static final byte[] NO_ROOM = String.join(
                    "\r\n",
                    "HTTP/1.1 503 Service Unavailable",
                    "Retry-After: 1",
                    "Connection: close",
                    "Content-Length: 0",
                    "",
                    "")
            .getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_UNREAD_BYTES = 4096;

    private final int maxConnections;
    private final boolean encrypted;
    private final AtomicInteger connections = new AtomicInteger();

    /** A connector that is not listening yet; peers of an encrypted one are refused without a word. */
    LimitedConnector(Server server, List<ConnectionFactory> factories, int maxConnections, boolean encrypted) {
        super(server, factories.toArray(new ConnectionFactory[0]));
        this.maxConnections = maxConnections;
        this.encrypted = encrypted;
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(executor, scheduler, selectors) {
            @Override
            public void accept(SelectableChannel channel, Object attachment) {
                if (connections.incrementAndGet() > maxConnections) {
                    connections.decrementAndGet();
                    refuse((SocketChannel) channel);
                } else {
                    super.accept(channel, attachment);
                }
            }

            @Override
            protected void onAcceptFailed(SelectableChannel channel, Throwable cause) {
                connections.decrementAndGet();
                super.onAcceptFailed(channel, cause);
            }

            @Override
            protected void endPointClosed(EndPoint endpoint) {
                connections.decrementAndGet();
                super.endPointClosed(endpoint);
            }
        };
    }

    /** Never waits for the peer: what does not fit its window at once is not sent. */
    private void refuse(SocketChannel channel) {
        try {
            if (!encrypted) {
                channel.write(ByteBuffer.wrap(NO_ROOM));
                channel.shutdownOutput();
                // What is left unread would have the connection reset, and the answer lost with it.
                channel.read(ByteBuffer.allocate(MAX_UNREAD_BYTES));
            }
        } catch (IOException e) {
            LOG.debug("A peer was gone before it could be refused", e);
        } finally {
            IO.close(channel);
        }
    }
}
