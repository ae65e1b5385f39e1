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
 * <p>There are three since they differ in what they may do: a message must not be sent twice behind the caller's back, a document
 * may and has a shorter time, and a stream may be silent for long. All calls are made in threads of ours, so none of them uses
 * OkHttp's dispatcher.
 */
final class HttpClients {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private final OkHttpClient messages;
    private final OkHttpClient documents;
    private final @Nullable ConnectionPool ownConnections;

    HttpClients(ClientOptions options) {
        PoolOptions pool = options.pool();
        this.ownConnections = options.okHttpClient() == null
                ? new ConnectionPool(pool.maxIdle(), pool.idleExpiry().toMillis(), TimeUnit.MILLISECONDS)
                : null;
        this.messages = messageClient(options, ownConnections);
        this.documents = documentClient(
                messages, options.callTimeout(), options.documents().timeout());
    }

    /** Sends each message once, and follows no redirect. */
    OkHttpClient messages() {
        return messages;
    }

    /** Tries again when a connection fails, and takes as long as {@link DocumentRules} allow. */
    OkHttpClient documents() {
        return documents;
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

    private static OkHttpClient messageClient(ClientOptions options, @Nullable ConnectionPool connections) {
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
        builder.followRedirects(false).followSslRedirects(false).retryOnConnectionFailure(false);
        builder.addInterceptor(new AnswerInflation(options.compression(), options.maxResponseBytes()));
        builder.networkInterceptors().add(0, RetryAfter::holdBack);
        builder.eventListenerFactory(
                given == null
                        ? CallProgress::of
                        : call -> {
                            EventListener theirs = given.eventListenerFactory().create(call);
                            return theirs.plus(CallProgress.of(call));
                        });
        if (options.tls() != null) {
            builder.sslSocketFactory(
                    options.tls().sslContext().getSocketFactory(), options.tls().trustManager());
        }
        if (connections != null) {
            builder.connectionPool(connections);
        }
        switch (options.http2()) {
            case WHERE_AGREED -> {}
            case NEVER -> builder.protocols(List.of(Protocol.HTTP_1_1));
            case PRIOR_KNOWLEDGE -> builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        }
        apply(options.timeouts(), builder);
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
