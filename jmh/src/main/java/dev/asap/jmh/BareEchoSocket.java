// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** The engine's own sockets: read a message, answer the same text each time. */
final class BareEchoSocket implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;

    BareEchoSocket(byte[] answer) throws Exception {
        String text = new String(answer, StandardCharsets.UTF_8);
        QueuedThreadPool threads = new QueuedThreadPool(200);
        if (VirtualThreads.areSupported()) {
            threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);
        container.setIdleTimeout(Duration.ZERO);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, org.eclipse.jetty.util.Callback callback) {
                return container.upgrade(
                        (asked, answered, upgraded) -> {
                            answered.setExtensions(List.of());
                            return new Echo(text);
                        },
                        request,
                        response,
                        callback);
            }
        });
        server.start();
    }

    /** One socket. Public for the engine. */
    public static final class Echo extends Session.Listener.AbstractAutoDemanding {
        private final String answer;

        Echo(String answer) {
            this.answer = answer;
        }

        @Override
        public void onWebSocketText(String message) {
            getSession().sendText(answer, Callback.NOOP);
        }
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the bare server does not stop", e);
        }
    }
}
