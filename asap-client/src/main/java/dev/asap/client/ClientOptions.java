// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.crypto.TlsMaterial;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ASAPClient.Builder} collected, checked.
 *
 * @param agent by its http(s) address in any case
 * @param isSocket whether messages go over WebSocket
 * @param onMessage with {@code isSocket} only
 */
record ClientOptions(
        PeerAddress agent,
        boolean isSocket,
        boolean requireHttps,
        Timeouts timeouts,
        PoolOptions pool,
        Http2 http2,
        @Nullable OkHttpClient okHttpClient,
        @Nullable TlsMaterial tls,
        @Nullable TokenProvider tokens,
        long maxResponseBytes,
        List<String> asapVersions,
        RetryPolicy retry,
        @Nullable CircuitBreaker circuitBreaker,
        Compression compression,
        ManifestCache manifestCache,
        ManifestTrust manifestTrust,
        boolean autoRegisterOnChallenge,
        List<CallInterceptor> interceptors,
        @Nullable Consumer<Envelope> onMessage,
        InstantSource clock,
        LongSupplier nanoTime,
        DoubleSupplier random,
        Supplier<String> idempotencyKeys,
        DocumentRules documents,
        Supplier<ScheduledExecutorService> timers) {
    /** Copies the list. */
    ClientOptions {
        interceptors = List.copyOf(interceptors);
    }

    /** How long a whole call may take; null for no limit. */
    @Nullable
    Duration callTimeout() {
        if (timeouts.call() != null || okHttpClient == null || okHttpClient.callTimeoutMillis() == 0) {
            return timeouts.call();
        }
        return Duration.ofMillis(okHttpClient.callTimeoutMillis());
    }

    RetryRules retryRules() {
        return new RetryRules(
                retry.maxAttempts(),
                new Backoff(retry.baseDelay(), retry.maxDelay(), retry.jitter(), random),
                retry.maxRetryAfter(),
                retry.repeatUnknownOutcome());
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "ClientOptions[" + agent + "]";
    }
}
