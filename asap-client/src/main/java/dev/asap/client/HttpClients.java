// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * The OkHttp clients of one ASAP client, which share their connections. Thread-safe.
 *
 * <p>There are several since they differ in what they may do: a message must not be sent twice behind the caller's back, a document
 * may and has a shorter time, a stream may be silent for long, and what a socket receives is nothing to inflate. All calls are made in threads of ours, so none of them uses
 * OkHttp's dispatcher.
 */
final class HttpClients {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private final AnswerInflation inflation;
    private final OkHttpClient messages;
    private final OkHttpClient documents;
    private final OkHttpClient sockets;
    private final @Nullable ConnectionPool ownConnections;

    HttpClients(ClientOptions options, PeerSignals signals) {
        PoolOptions pool = options.pool();
        this.ownConnections = options.okHttpClient() == null
                ? new ConnectionPool(pool.maxIdle(), pool.idleExpiry().toMillis(), TimeUnit.MILLISECONDS)
                : null;
        this.inflation = new AnswerInflation(options.compression(), options.maxResponseBytes());
        this.messages = messageClient(options, signals, inflation, ownConnections);
        this.documents = documentClient(
                messages, options.callTimeout(), options.documents().timeout());
        this.sockets = common(options, ownConnections).build();
    }

    /** Sends each message once, and follows no redirect. */
    OkHttpClient messages() {
        return messages;
    }

    /** Unpacks the answers of these clients. A request that names its codings itself spares them a copy of it. */
    AnswerInflation inflation() {
        return inflation;
    }

    /** Tries again when a connection fails, and takes as long as {@link DocumentRules} allow. */
    OkHttpClient documents() {
        return documents;
    }

    /** What the client's sockets take certificates, proxies and limits of time from. */
    OkHttpClient sockets() {
        return sockets;
    }

    int connections() {
        return messages.connectionPool().connectionCount();
    }

    int idleConnections() {
        return messages.connectionPool().idleConnectionCount();
    }

    /** Closes the connections, unless they belong to a client that was handed in. */
    void close() {
        if (ownConnections != null) {
            ownConnections.evictAll();
        }
    }

    private static OkHttpClient.Builder common(ClientOptions options, @Nullable ConnectionPool connections) {
        OkHttpClient given = options.okHttpClient();
        OkHttpClient.Builder builder = given != null
                ? given.newBuilder()
                : new OkHttpClient.Builder()
                        .socketFactory(new NoDelaySockets())
                        .connectTimeout(DEFAULT_TIMEOUT)
                        .readTimeout(DEFAULT_TIMEOUT)
                        .writeTimeout(DEFAULT_TIMEOUT);
        // The time for a whole call spans several of OkHttp's.
        builder.callTimeout(Duration.ZERO);
        builder.followRedirects(false).followSslRedirects(false);
        if (options.tls() != null) {
            builder.sslSocketFactory(
                    options.tls().sslContext().getSocketFactory(), options.tls().trustManager());
        }
        if (connections != null) {
            builder.connectionPool(connections);
        }
        apply(options.timeouts(), builder);
        return builder;
    }

    private static OkHttpClient messageClient(
            ClientOptions options,
            PeerSignals signals,
            AnswerInflation inflation,
            @Nullable ConnectionPool connections) {
        OkHttpClient given = options.okHttpClient();
        OkHttpClient.Builder builder = common(options, connections).retryOnConnectionFailure(false);
        builder.addInterceptor(inflation);
        builder.addInterceptor(signals);
        builder.networkInterceptors().add(0, RetryAfter::holdBack);
        builder.eventListenerFactory(
                given == null
                        ? CallProgress::of
                        : call -> {
                            EventListener theirs = given.eventListenerFactory().create(call);
                            return theirs.plus(CallProgress.of(call));
                        });
        switch (options.http2()) {
            case WHERE_AGREED -> {}
            case NEVER -> builder.protocols(List.of(Protocol.HTTP_1_1));
            case PRIOR_KNOWLEDGE -> builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        }
        return builder.build();
    }

    private static void apply(Timeouts timeouts, OkHttpClient.Builder builder) {
        if (timeouts.connect() != null) {
            builder.connectTimeout(timeouts.connect());
        }
        if (timeouts.read() != null) {
            builder.readTimeout(timeouts.read());
        }
        if (timeouts.write() != null) {
            builder.writeTimeout(timeouts.write());
        }
    }

    private static OkHttpClient documentClient(
            OkHttpClient messages, @Nullable Duration callTimeout, Duration documentTimeout) {
        return messages.newBuilder()
                .connectTimeout(atMost(documentTimeout, messages.connectTimeoutMillis()))
                .readTimeout(atMost(documentTimeout, messages.readTimeoutMillis()))
                .writeTimeout(atMost(documentTimeout, messages.writeTimeoutMillis()))
                .callTimeout(atMost(documentTimeout, callTimeout == null ? 0 : (int) callTimeout.toMillis()))
                .retryOnConnectionFailure(true)
                .build();
    }

    /** OkHttp's 0 is no limit. */
    private static Duration atMost(Duration limit, int millis) {
        return millis == 0 || millis > limit.toMillis() ? limit : Duration.ofMillis(millis);
    }
}
