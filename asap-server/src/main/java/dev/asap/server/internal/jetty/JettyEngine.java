// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.internal.jetty.BodyReader.BodyLimits;
import dev.asap.server.internal.socket.SocketAcceptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded HTTP server: HTTP/1.1 and HTTP/2 on one port, with or without TLS. Handlers run in its threads, or in virtual
 * threads where the running JDK has them.
 */
public final class JettyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(JettyEngine.class);

    /** The largest head of a request: room for a long access token. */
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    /** How many requests an HTTP/2 connection may carry at the same time. */
    private static final int MAX_STREAMS = 128;

    private static final long SHUTDOWN_IDLE_MILLIS = 100;

    private static final List<HttpField> COMMON_FIELDS = List.of(
            new PreEncodedHttpField("Content-Type", "application/json"),
            new PreEncodedHttpField("ASAP-Version", "2.2"),
            new PreEncodedHttpField("ASAP-Version", "2.1"));

    private final Server server;
    private final ServerConnector connector;

    /**
     * What the engine is told.
     *
     * @param host the address to listen on
     * @param port the port, 0 for any free one
     * @param tls how to encrypt, or null
     * @param maxThreads how many platform threads there are at most
     * @param limits what peers may demand
     */
    public record Settings(String host, int port, @Nullable Tls tls, int maxThreads, Limits limits) {}

    /**
     * How connections are encrypted.
     *
     * @param context the keys and what is trusted
     * @param certificateWanted whether peers are asked for a certificate
     * @param certificateRequired whether those without a trusted one are refused
     */
    public record Tls(SSLContext context, boolean certificateWanted, boolean certificateRequired) {}

    /**
     * What peers may demand.
     *
     * @param maxBodyBytes the largest body that is read
     * @param maxBufferedBytes how many bytes of bodies are kept at the same time, without their beginnings
     * @param maxBeginningsBytes how many bytes of the beginnings of bodies are kept at the same time
     * @param idleTimeout how long a connection may be silent
     * @param requestTimeout how long the head of a request may take, and its body
     * @param maxConnections how many connections there may be
     */
    public record Limits(
            long maxBodyBytes,
            long maxBufferedBytes,
            long maxBeginningsBytes,
            Duration idleTimeout,
            Duration requestTimeout,
            int maxConnections) {}

    /** An engine that is not listening yet. */
    public JettyEngine(Settings settings, HttpHandler handler, SocketAcceptor sockets) {
        Limits limits = settings.limits();
        QueuedThreadPool threads = new QueuedThreadPool(settings.maxThreads());
        threads.setName("asap-server");
        threads.setDaemon(true);
        if (VirtualThreads.areSupported()) {
            threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setIdleTimeout(limits.idleTimeout().toMillis());
        http.setRequestHeaderSize(MAX_HEAD_BYTES);
        // Otherwise a header's value is taken for an earlier one of its connection that differs in case only: a token
        // for another.
        http.setHeaderCacheCaseSensitive(true);
        connector = new LimitedConnector(
                server, connections(settings, http), limits.maxConnections(), settings.tls() != null);
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(limits.idleTimeout().toMillis());
        connector.addBean(new SlowPeers(connector.getScheduler(), limits.requestTimeout()));
        // When the server is closed, connections without a request on them need not wait for their peers to leave.
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        server.addConnector(connector);
        BodyLimits bodies = new BodyLimits(
                limits.maxBodyBytes(),
                limits.requestTimeout(),
                new BodyBudget(limits.maxBeginningsBytes()),
                new BodyBudget(limits.maxBufferedBytes()));
        server.setHandler(new GracefulHandler(new Adapter(handler, bodies, newSocketContainer(settings), sockets)));
        server.setErrorHandler(JettyEngine::bareError);
    }

    private ServerWebSocketContainer newSocketContainer(Settings settings) {
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
        container.setMaxTextMessageSize(settings.limits().maxBodyBytes());
        container.setMaxFrameSize(settings.limits().maxBodyBytes());
        // Whether a silent peer is still there is found out by heartbeats.
        container.setIdleTimeout(Duration.ZERO);
        return container;
    }

    /** Begins to listen. */
    public void start() throws Exception {
        server.start();
    }

    /** The port that the engine listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops to listen; connections that are there stay. */
    public void stopListening() {
        connector.close();
    }

    /** Stops to listen, lets running requests end until the timeout, and ends the threads. */
    public void stop(Duration timeout) {
        try {
            server.setStopTimeout(timeout.toMillis());
            server.stop();
        } catch (Exception e) {
            // What is left is cut off: a bounded close has to come to an end.
            LOG.warn("Requests were still running when the server was closed: {}", e.toString());
        }
    }

    private static List<ConnectionFactory> connections(Settings settings, HttpConfiguration http) {
        List<ConnectionFactory> connections = new ArrayList<>();
        Tls tls = settings.tls();
        if (tls == null) {
            connections.add(new HttpConnectionFactory(http));
            connections.add(bounded(new PriorKnowledge(http)));
            return connections;
        }
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(tls.context());
        ssl.setWantClientAuth(tls.certificateWanted());
        ssl.setNeedClientAuth(tls.certificateRequired());
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
        connections.add(new SslConnectionFactory(ssl, alpn.getProtocol()));
        connections.add(alpn);
        connections.add(bounded(new HTTP2ServerConnectionFactory(http)));
        connections.add(new HttpConnectionFactory(http));
        return connections;
    }

    private static HTTP2ServerConnectionFactory bounded(HTTP2ServerConnectionFactory http2) {
        http2.setMaxConcurrentStreams(MAX_STREAMS);
        return http2;
    }

    /**
     * HTTP/2 without encryption for peers that begin with it. Those that begin with HTTP/1.1 stay there: a change in the middle would have
     * the body of the first request kept in memory before any limit is looked at.
     */
    private static final class PriorKnowledge extends HTTP2CServerConnectionFactory {
        PriorKnowledge(HttpConfiguration http) {
            super(http);
        }

        @Override
        public @Nullable Connection upgradeConnection(
                Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable answer) {
            boolean beginsWithIt = HttpMethod.PRI.is(request.getMethod());
            return beginsWithIt ? super.upgradeConnection(connector, endPoint, request, answer) : null;
        }
    }

    /** What the engine refuses by itself (a malformed request line, an oversized header) gets a status and nothing else. */
    private static boolean bareError(Request request, Response response, Callback callback) {
        response.write(true, ByteBuffer.allocate(0), callback);
        return true;
    }

    /** A header; those that nearly every answer has are encoded once. */
    private static HttpField field(String name, String value) {
        for (HttpField common : COMMON_FIELDS) {
            if (common.getName().equals(name) && common.getValue().equals(value)) {
                return common;
            }
        }
        return new HttpField(name, value);
    }

    private static final class Adapter extends Handler.Abstract {
        private static final HttpResponse FOREIGN_PAGE =
                HttpResponse.detail(403, "Pages of this origin may not open sockets here");

        private final HttpHandler handler;
        private final BodyLimits bodies;
        private final ServerWebSocketContainer container;
        private final SocketAcceptor sockets;

        Adapter(HttpHandler handler, BodyLimits bodies, ServerWebSocketContainer container, SocketAcceptor sockets) {
            this.handler = handler;
            this.bodies = bodies;
            this.container = container;
            this.sockets = sockets;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            if (Request.getPathInContext(request).equals(sockets.path())
                    && request.getHeaders().contains(HttpHeader.UPGRADE)) {
                if (!sockets.admits(Handshake.of(request))) {
                    answer(FOREIGN_PAGE, IdleWatch.over(request), response, callback);
                    return true;
                } else if (container.upgrade(this::newSocket, request, response, callback)) {
                    return true;
                }
            }
            IdleWatch watch = IdleWatch.over(request);
            JettyRequest asked = new JettyRequest(request, bodies, watch);
            asked.whenRead(() -> answer(asked, watch, request, response, callback));
            return true;
        }

        private void answer(
                JettyRequest asked, IdleWatch watch, Request request, Response response, Callback callback) {
            try {
                answer(handler.handle(asked), watch, response, callback);
            } catch (Exception e) {
                Response.writeError(request, response, callback, e);
            } finally {
                asked.release();
            }
        }

        private static void answer(HttpResponse answer, IdleWatch watch, Response response, Callback callback) {
            response.setStatus(answer.status());
            HttpFields.Mutable headers = response.getHeaders();
            answer.forEachHeader((name, value) -> headers.add(field(name, value)));
            BodyWriter writer = answer.writer();
            if (writer == null) {
                watch.on();
                response.write(true, ByteBuffer.wrap(answer.body()), callback);
            } else {
                write(writer, response, callback, watch);
            }
        }

        private Object newSocket(ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
            // Without compression: small messages gain nothing, and each socket would keep its tables.
            response.setExtensions(List.of());
            return new JettySocket(Handshake.of(request), sockets);
        }

        /** A body that breaks off closes the connection: the status has gone out, nothing else can tell the peer. */
        private static void write(BodyWriter writer, Response response, Callback callback, IdleWatch watch) {
            // Closed when it is whole only: closing is what tells the peer that this was all.
            OutputStream out = new WatchedOutput(Content.Sink.asOutputStream(response), watch);
            try {
                writer.writeTo(out);
                HttpResponse other = response.isCommitted() ? null : writer.instead();
                if (other != null) {
                    response.setStatus(other.status());
                    other.forEachHeader((name, value) -> response.getHeaders().put(field(name, value)));
                    out.write(other.body());
                }
                out.close();
            } catch (IOException | RuntimeException e) {
                LOG.debug("An answer broke off", e);
                callback.failed(e);
                return;
            }
            callback.succeeded();
        }
    }
}
