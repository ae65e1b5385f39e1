// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpServer;
import dev.asap.json.JsonObject;
import dev.asap.server.http.CallerIdentity;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The key set that tokens are verified with: fetched once for all, again when an issuer changes its keys, and never too often. */
class KeySetCacheTest {
    private static final Duration LIFETIME = Duration.ofHours(24);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final TestIssuer issuer = new TestIssuer();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger fetches = new AtomicInteger();

    private KeySetCache cache(KeySetSource source) {
        return new KeySetCache(
                () -> {
                    fetches.incrementAndGet();
                    return source.fetch();
                },
                LIFETIME,
                PAUSE,
                nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void keys_areFetchedOnceForTheirLifetime() {
        issuer.addEc("k");
        KeySetCache cache = cache(issuer::keySet);

        JWKSet first = cache.keys();
        pass(LIFETIME.minusNanos(1));
        JWKSet second = cache.keys();
        pass(Duration.ofNanos(1));
        cache.keys();

        assertThat(second).isSameAs(first);
        assertThat(fetches).hasValue(2);
    }

    @Test
    void newerKeys_areFetchedOncePerPause() {
        issuer.addEc("k");
        KeySetCache cache = cache(issuer::keySet);
        JWKSet known = cache.keys();

        JWKSet atOnce = cache.newerThan(known);
        pass(PAUSE);
        JWKSet later = cache.newerThan(known);
        JWKSet again = cache.newerThan(later);
        JWKSet forTheLate = cache.newerThan(known);

        assertThat(atOnce).isSameAs(known);
        assertThat(later).isNotSameAs(known);
        assertThat(again).isSameAs(later);
        assertThat(forTheLate).isSameAs(later);
        assertThat(fetches).hasValue(2);
    }

    @Test
    void failure_standsForAPauseAndIsTriedAgainThen() {
        CountDownLatch broken = new CountDownLatch(2);
        issuer.addEc("k");
        KeySetCache cache = cache(() -> {
            broken.countDown();
            if (broken.getCount() > 0) {
                throw new IOException("refused");
            }
            return issuer.keySet();
        });

        assertThatThrownBy(cache::keys).isInstanceOf(KeySetUnavailableException.class);
        assertThatThrownBy(cache::keys).isInstanceOf(KeySetUnavailableException.class);
        assertThat(fetches).hasValue(1);
        pass(PAUSE);

        assertThat(cache.keys().size()).isEqualTo(1);
    }

    @Test
    void failureToFetchNewerKeys_keepsTheKnownOnes() {
        issuer.addEc("k");
        AtomicInteger calls = new AtomicInteger();
        KeySetCache cache = cache(() -> {
            if (calls.incrementAndGet() > 1) {
                throw new IOException("refused");
            }
            return issuer.keySet();
        });
        JWKSet known = cache.keys();
        pass(PAUSE);

        assertThatThrownBy(() -> cache.newerThan(known)).isInstanceOf(KeySetUnavailableException.class);
        assertThat(cache.keys()).isSameAs(known);
    }

    @Test
    void manyWhoAsk_areServedByOneFetch() throws Exception {
        issuer.addEc("k");
        CountDownLatch go = new CountDownLatch(1);
        KeySetCache cache = cache(() -> {
            try {
                go.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return issuer.keySet();
        });
        List<CompletableFuture<JWKSet>> askers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<JWKSet> asker = new CompletableFuture<>();
            askers.add(asker);
            Thread thread = new Thread(() -> asker.complete(cache.keys()));
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(fetches).hasValue(1);
        assertThat(askers)
                .allSatisfy(
                        asker -> assertThat(asker.join()).isSameAs(askers.get(0).join()));
    }

    @Test
    void brokenKeySets_countAsNotToBeHad() {
        assertThatThrownBy(cache(() -> "no json")::keys).isInstanceOf(KeySetUnavailableException.class);
        assertThatThrownBy(cache(() -> "{}")::keys).isInstanceOf(KeySetUnavailableException.class);
        assertThatThrownBy(cache(() -> JsonObject.of(
                                "keys",
                                Collections.nCopies(
                                        KeySetCache.MAX_KEYS + 1,
                                        JsonObject.parse(new RSAKey.Builder(new TestIssuer().addRsa("k"))
                                                .build()
                                                .toPublicJWK()
                                                .toString())))
                        .toString())::keys)
                .isInstanceOf(KeySetUnavailableException.class)
                .hasRootCauseMessage("a key set must have at most 100 keys, got 101");
    }

    @Test
    void keysThatTheIssuerChanged_areFoundWithTheNextToken() {
        RSAKey old = issuer.addRsa("2025");
        AccessTokens tokens = new AccessTokens(
                OAuth2.keys(issuer::keySet).build(),
                TestAgent.URN,
                SettableClock.at("2026-03-04T05:06:07Z"),
                nanos::get);
        CallerIdentity caller = new CallerIdentity("urn:asap:agent:caller", Set.of("asap:read", "asap:execute"));

        assertThat(tokens.decide("Bearer " + TestIssuer.sign(old, TestIssuer.claims()), null))
                .isEqualTo(new AccessTokens.Decision.Allowed(caller));
        issuer.forgetKeys();
        RSAKey changed = issuer.addRsa("2026");
        pass(PAUSE);
        assertThat(tokens.decide("Bearer " + TestIssuer.sign(changed, TestIssuer.claims()), null))
                .isEqualTo(new AccessTokens.Decision.Allowed(caller));
        assertThat(tokens.decide("Bearer " + TestIssuer.sign(old, TestIssuer.claims()), null))
                .isInstanceOf(AccessTokens.Decision.Refused.class);
    }

    @Test
    void url_isFetchedWithoutFollowingRedirectsAndWithinBounds() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8);
        server.createContext("/keys", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/keys");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/large", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                out.write(new byte[UrlKeySetSource.MAX_BYTES + 1]);
            }
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort();

            assertThat(KeySetSource.at(URI.create(base + "/keys")).fetch()).isEqualTo("{\"keys\":[]}");
            assertThatThrownBy(
                            () -> KeySetSource.at(URI.create(base + "/moved")).fetch())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("HTTP 302");
            assertThatThrownBy(
                            () -> KeySetSource.at(URI.create(base + "/large")).fetch())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than 524288 bytes");
        } finally {
            server.stop(0);
        }
    }
}
