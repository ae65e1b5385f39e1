// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.BoundedSocketInterceptor;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/** Begins the connections of a socket. Thread-safe. */
final class SocketConnector {
    /** How long a peer may take in nothing, or stop within a frame, before the connection counts as broken. */
    private static final Duration STALLED = Duration.ofSeconds(60);

    /** Keeps nothing: a connection whose handshake was refused is of no use. */
    private final ConnectionPool ownConnections = new ConnectionPool(0, 1, TimeUnit.SECONDS);

    private final OkHttpClient http;
    private final Request handshake;

    SocketConnector(SocketOptions options, ExecutorService threads) {
        this.http = newClient(options, threads, ownConnections);
        this.handshake = newHandshake(options);
    }

    /** Begins a connection, which tells the rest itself. Not under a lock: a refusal may be told at once. */
    void begin(SocketLink link) {
        link.start(http, handshake);
    }

    /** A handshake does no harm when OkHttp repeats it, or tries another address of the host: that is left on. */
    private static OkHttpClient newClient(
            SocketOptions options, ExecutorService threads, ConnectionPool ownConnections) {
        OkHttpClient given = options.okHttpClient();
        OkHttpClient.Builder builder = given != null
                ? given.newBuilder()
                : new OkHttpClient.Builder()
                        .connectionPool(ownConnections)
                        .connectTimeout(options.openTimeout())
                        .readTimeout(STALLED)
                        .writeTimeout(STALLED);
        if (options.pingInterval() != null) {
            builder.pingInterval(options.pingInterval());
        }
        return builder.dispatcher(new Dispatcher(threads))
                .followRedirects(false)
                .followSslRedirects(false)
                .webSocketCloseTimeout(options.closeTimeout())
                .addInterceptor(new BoundedSocketInterceptor(options.maxResponseBytes()))
                .build();
    }

    private static Request newHandshake(SocketOptions options) {
        Request.Builder request = new Request.Builder().url(options.address().url());
        if (options.bearerToken() != null) {
            request.header("Authorization", "Bearer " + options.bearerToken());
        }
        return request.build();
    }
}
