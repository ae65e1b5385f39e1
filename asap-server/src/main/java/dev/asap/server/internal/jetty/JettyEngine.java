// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpResponse;
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
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded HTTP server: HTTP/1.1 and HTTP/2 on one port, with or without TLS. Handlers run in its threads, or in virtual
 * threads where the running JDK has them.
 */
public final class JettyEngine {
    private static final Logger LOG = LoggerFactory.getLogger(JettyEngine.class);

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
     * @param tls what to encrypt with, or null
     * @param maxBodyBytes the largest body that is read
     * @param idleTimeout how long a connection may be silent
     * @param maxThreads how many platform threads there are at most
     */
    public record Settings(
            String host, int port, @Nullable SSLContext tls, long maxBodyBytes, Duration idleTimeout, int maxThreads) {}

    /** An engine that is not listening yet. */
    public JettyEngine(Settings settings, HttpHandler handler) {
        QueuedThreadPool threads = new QueuedThreadPool(settings.maxThreads());
        threads.setName("asap-server");
        threads.setDaemon(true);
        if (VirtualThreads.areSupported()) {
            threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setIdleTimeout(settings.idleTimeout().toMillis());
        // Otherwise a header's value is taken for an earlier one of its connection that differs in case only: a token for another.
        http.setHeaderCacheCaseSensitive(true);
        connector = new ServerConnector(server, connections(settings, http).toArray(new ConnectionFactory[0]));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(settings.idleTimeout().toMillis());
        // When the server is closed, connections without a request on them need not wait for their peers to leave.
        connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new GracefulHandler(new Adapter(handler, settings.maxBodyBytes())));
        server.setErrorHandler(JettyEngine::bareError);
    }

    /** Begins to listen. */
    public void start() throws Exception {
        server.start();
    }

    /** The port that the engine listens on. */
    public int port() {
        return connector.getLocalPort();
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
        if (settings.tls() == null) {
            connections.add(new HttpConnectionFactory(http));
            connections.add(new HTTP2CServerConnectionFactory(http));
            return connections;
        }
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setSslContext(settings.tls());
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(HttpVersion.HTTP_1_1.asString());
        connections.add(new SslConnectionFactory(ssl, alpn.getProtocol()));
        connections.add(alpn);
        connections.add(new HTTP2ServerConnectionFactory(http));
        connections.add(new HttpConnectionFactory(http));
        return connections;
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
        private final HttpHandler handler;
        private final long maxBodyBytes;

        Adapter(HttpHandler handler, long maxBodyBytes) {
            this.handler = handler;
            this.maxBodyBytes = maxBodyBytes;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            HttpResponse answer = handler.handle(new JettyRequest(request, maxBodyBytes));
            response.setStatus(answer.status());
            HttpFields.Mutable headers = response.getHeaders();
            answer.forEachHeader((name, value) -> headers.add(field(name, value)));
            BodyWriter writer = answer.writer();
            if (writer == null) {
                response.write(true, ByteBuffer.wrap(answer.body()), callback);
            } else {
                write(writer, response, callback);
            }
            return true;
        }

        /** A body that breaks off closes the connection: the status has gone out, nothing else can tell the peer. */
        private static void write(BodyWriter writer, Response response, Callback callback) {
            // Closed when it is whole only: closing is what tells the peer that this was all.
            OutputStream out = Content.Sink.asOutputStream(response);
            try {
                writer.writeTo(out);
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
