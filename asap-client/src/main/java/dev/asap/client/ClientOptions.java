// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** What {@link ASAPClient.Builder} collected, checked. */
record ClientOptions(
        PeerAddress agent,
        boolean requireHttps,
        @Nullable Duration connectTimeout,
        @Nullable Duration readTimeout,
        @Nullable Duration writeTimeout,
        @Nullable Duration callTimeout,
        @Nullable OkHttpClient okHttpClient,
        @Nullable String bearerToken,
        long maxResponseBytes,
        List<String> asapVersions,
        InstantSource clock,
        Supplier<String> idempotencyKeys) {
    /** Leaves out the token. */
    @Override
    public String toString() {
        return "ClientOptions[" + agent + "]";
    }
}
