// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.id.AgentUrn;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the tests of the cache need: manifests, a time that is moved by hand, and loaders that count. */
final class CacheSetup {
    static final String URL = "https://agent.example/.well-known/asap/manifest.json";

    private CacheSetup() {}

    static Manifest manifest(String name) {
        return Manifest.builder(
                        AgentUrn.of("urn:asap:agent:test"), name, "1.0.0", Endpoint.of("https://agent.example/asap"))
                .build();
    }

    /** A time that stands still until it is moved; begins just before the numbers wrap around. */
    static final class HandTicker implements LongSupplier {
        private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);

        @Override
        public long getAsLong() {
            return nanos.get();
        }

        void move(Duration duration) {
            nanos.addAndGet(duration.toNanos());
        }
    }

    /** Answers as it is told and notes what it was asked with. */
    static final class TestLoader implements ManifestCache.Loader {
        private final Function<@Nullable String, ManifestCache.Fetched> answer;
        private final Duration timeout;
        final List<@Nullable String> etags = new ArrayList<>();

        TestLoader(Duration timeout, Function<@Nullable String, ManifestCache.Fetched> answer) {
            this.timeout = timeout;
            this.answer = answer;
        }

        static TestLoader of(Function<@Nullable String, ManifestCache.Fetched> answer) {
            return new TestLoader(Duration.ofSeconds(30), answer);
        }

        static TestLoader of(Manifest manifest, Duration ttl, @Nullable String etag) {
            return of(asked -> new ManifestCache.Fetched.Fresh(manifest, ttl, etag));
        }

        static TestLoader failing(RuntimeException failure) {
            return of(asked -> {
                throw failure;
            });
        }

        @Override
        public ManifestCache.Fetched load(@Nullable String etag) {
            synchronized (etags) {
                etags.add(etag);
            }
            return answer.apply(etag);
        }

        @Override
        public Duration timeout() {
            return timeout;
        }

        @Override
        public String operation() {
            return "GET " + URL;
        }

        int count() {
            synchronized (etags) {
                return etags.size();
            }
        }
    }
}
