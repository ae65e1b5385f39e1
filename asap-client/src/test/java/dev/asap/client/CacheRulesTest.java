// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.CacheSetup.URL;
import static dev.asap.client.CacheSetup.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.client.CacheSetup.HandTicker;
import dev.asap.client.CacheSetup.TestLoader;
import dev.asap.client.ManifestCache.Fetched;
import dev.asap.client.ManifestCache.Stats;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.model.Manifest;
import dev.asap.rpc.JsonRpcError;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of the manifest cache itself. What HTTP says about times is in {@link ManifestTtlTest}, signatures are in {@link
 * ManifestTrustTest}, fetching in {@link ASAPClientDocumentsTest}, many threads in {@link ManifestCacheConcurrencyTest}.
 */
class CacheRulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TTL = ManifestCache.DEFAULT_TTL;
    private static final Manifest A = manifest("A");
    private static final Manifest B = manifest("B");

    private final HandTicker ticker = new HandTicker();
    private final ManifestCache cache = ManifestCache.builder().ticker(ticker).build();

    // ---- Keys, room and time

    @Test
    void get_sameUrlOnly_findsTheManifest() {
        cache.set(URL, A, TTL);

        assertThat(cache.get(URL)).containsSame(A);
        assertThat(cache.get(URL + "?v=1")).isEmpty();
        assertThat(cache.get(URL.replace("agent", "Agent"))).isEmpty();
        assertThat(cache.size()).isOne();
    }

    @Test
    void set_fullCache_dropsTheLeastRecentlyAskedFor() {
        ManifestCache small = ManifestCache.builder().maxSize(3).ticker(ticker).build();
        for (String url : List.of("a", "b", "c")) {
            small.set(url, A, TTL);
            ticker.move(SECOND);
        }
        small.get("a");
        ticker.move(SECOND);

        small.set("d", B, TTL);

        assertThat(small.get("b")).isEmpty();
        assertThat(Stream.of("a", "c", "d").map(small::get)).allMatch(Optional::isPresent);
        assertThat(small.size()).isEqualTo(3);
        assertThat(small.stats().evictions()).isOne();
    }

    @Test
    void set_fullCacheAtOneMoment_dropsTheOldest() {
        ManifestCache small = ManifestCache.builder().maxSize(3).ticker(ticker).build();
        Stream.of("a", "b", "c", "d").forEach(url -> small.set(url, A, TTL));

        assertThat(small.get("a")).isEmpty();
        assertThat(Stream.of("b", "c", "d").map(small::get)).allMatch(Optional::isPresent);
    }

    @Test
    void set_fullCacheWithOneWhoseTimeIsOver_dropsThatOne() {
        ManifestCache small = ManifestCache.builder().maxSize(2).ticker(ticker).build();
        small.set("a", A, TTL);
        ticker.move(SECOND);
        small.set("b", A, SECOND);
        ticker.move(SECOND);

        small.set("c", A, TTL);

        assertThat(small.get("a")).isPresent();
        assertThat(small.get("b")).isEmpty();
    }

    @Test
    void set_knownUrl_replacesWithoutEviction() {
        ManifestCache small = ManifestCache.builder().maxSize(2).ticker(ticker).build();
        small.set("a", A, TTL);
        small.set("b", A, TTL);
        small.set("a", B, TTL);

        assertThat(small.get("a")).containsSame(B);
        assertThat(small.get("b")).containsSame(A);
        assertThat(small.stats().evictions()).isZero();
    }

    @Test
    void builder_untouched_keepsAThousand() {
        for (int i = 0; i <= ManifestCache.DEFAULT_MAX_SIZE; i++) {
            cache.set("https://agent-" + i + ".example", A, TTL);
            ticker.move(Duration.ofNanos(1));
        }

        assertThat(cache.size()).isEqualTo(1000);
        assertThat(cache.get("https://agent-0.example")).isEmpty();
        assertThat(cache.get("https://agent-1.example")).isPresent();
    }

    @Test
    void withMaxSize_one_keepsTheLastManifest() {
        ManifestCache one = ManifestCache.withMaxSize(1);
        one.set("a", A, TTL);
        one.set("b", B, TTL);

        assertThat(one.get("a")).isEmpty();
        assertThat(one.get("b")).containsSame(B);
    }

    @Test
    void get_timeOver_findsNothing() {
        cache.set(URL, A, TTL);

        ticker.move(TTL.minusNanos(1));
        assertThat(cache.get(URL)).isPresent();
        ticker.move(Duration.ofNanos(1));
        assertThat(cache.get(URL)).isEmpty();
        assertThat(cache.size()).isZero();
    }

    @Test
    void set_veryLongTime_isCutToAYear() {
        cache.set(URL, A, Duration.ofSeconds(Long.MAX_VALUE));

        ticker.move(Duration.ofDays(364));
        assertThat(cache.get(URL)).isPresent();
        ticker.move(Duration.ofDays(1));
        assertThat(cache.get(URL)).isEmpty();
    }

    @Test
    void invalidate_oneUrl_forgetsItsManifestAndItsFailure() {
        cache.set(URL, A, TTL);
        cache.set("other", B, TTL);
        cache.invalidate(URL);

        assertThat(cache.get(URL)).isEmpty();
        assertThat(cache.get("other")).isPresent();

        fail(URL, refused());
        cache.invalidate(URL);
        assertThat(cache.get(URL, TestLoader.of(A, TTL, null))).isSameAs(A);
    }

    @Test
    void clearAll_always_forgetsEverything() {
        cache.set("a", A, TTL);
        cache.set("b", B, TTL);
        fail(URL, refused());
        cache.clearAll();

        assertThat(cache.size()).isZero();
        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get(URL, TestLoader.of(A, TTL, null))).isSameAs(A);
    }

    @Test
    void options_outOfRange_areRefusedWithTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestCache.withMaxSize(0))
                .withMessage("maxSize must be 1 or more, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.set(URL, A, Duration.ZERO))
                .withMessage("ttl must be positive, got PT0S; to drop a manifest, invalidate it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestCache.builder().failureTtl(Duration.ofMillis(-1)))
                .withMessageStartingWith("failureTtl must be 0 to 1 hour, got ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManifestCache.builder().failureTtl(Duration.ofHours(2)));
    }

    // ---- Fetching

    @Test
    void getWithLoader_missThenHit_fetchesOnce() {
        TestLoader loader = TestLoader.of(A, TTL, null);

        assertThat(cache.get(URL, loader)).isSameAs(A);
        assertThat(cache.get(URL, loader)).isSameAs(A);
        assertThat(cache.get(URL)).containsSame(A);
        assertThat(loader.etags).containsExactly((String) null);

        ticker.move(TTL);
        assertThat(cache.get(URL, loader)).isSameAs(A);
        assertThat(loader.etags).containsExactly(null, null);
        assertThat(cache.stats()).isEqualTo(new Stats(2, 2, 2, 0, 0, 0, 0));
    }

    @Test
    void getWithLoader_expiredWithEtag_isRevalidatedAndRenewed() {
        cache.get(URL, TestLoader.of(A, TTL, "\"v1\""));
        ticker.move(TTL);
        assertThat(cache.get(URL)).isEmpty();
        assertThat(cache.size()).isOne();

        TestLoader notModified = TestLoader.of(etag -> new Fetched.NotModified(SECOND));
        assertThat(cache.get(URL, notModified)).isSameAs(A);
        assertThat(cache.get(URL)).containsSame(A);
        ticker.move(SECOND);
        assertThat(cache.get(URL, notModified)).isSameAs(A);

        assertThat(notModified.etags).containsExactly("\"v1\"", "\"v1\"");
        assertThat(cache.stats().revalidations()).isEqualTo(2);
    }

    @Test
    void getWithLoader_notModifiedWithoutTime_holdsAsLongAsTheManifestSays() {
        Manifest shortLived = A.toBuilder().ttlSeconds(7).build();
        cache.get(URL, TestLoader.of(shortLived, SECOND, "\"v1\""));
        ticker.move(SECOND);
        cache.get(URL, TestLoader.of(etag -> new Fetched.NotModified(null)));

        ticker.move(Duration.ofSeconds(7).minusNanos(1));
        assertThat(cache.get(URL)).isPresent();
        ticker.move(Duration.ofNanos(1));
        assertThat(cache.get(URL)).isEmpty();
    }

    @Test
    void getWithLoader_expiredAndChanged_replacesManifestAndEtag() {
        cache.get(URL, TestLoader.of(A, TTL, "\"v1\""));
        ticker.move(TTL);
        TestLoader changed = TestLoader.of(B, TTL, "\"v2\"");

        assertThat(cache.get(URL, changed)).isSameAs(B);
        ticker.move(TTL);
        cache.get(URL, changed);

        assertThat(changed.etags).containsExactly("\"v1\"", "\"v2\"");
    }

    @Test
    void getWithLoader_evictedWhileRevalidated_isRenewed() {
        ManifestCache one = ManifestCache.builder().maxSize(1).ticker(ticker).build();
        one.get(URL, TestLoader.of(A, TTL, "\"v1\""));
        ticker.move(TTL);

        Manifest renewed = one.get(URL, TestLoader.of(etag -> {
            one.set("other", B, TTL);
            return new Fetched.NotModified(TTL);
        }));

        assertThat(renewed).isSameAs(A);
        assertThat(one.get(URL)).containsSame(A);
        assertThat(one.size()).isOne();
    }

    @Test
    void getWithLoader_noTime_asksEachTimeAndKeepsOnlyWhatCanBeAskedFor() {
        cache.get(URL, TestLoader.of(A, Duration.ZERO, null));
        assertThat(cache.size()).isZero();

        TestLoader tagged = TestLoader.of(A, Duration.ZERO, "\"v1\"");
        cache.get(URL, tagged);
        cache.get(URL, tagged);

        assertThat(cache.get(URL)).isEmpty();
        assertThat(tagged.etags).containsExactly(null, "\"v1\"");
    }

    @Test
    void getWithLoader_etagThatFitsNoHeader_isNotUsed() {
        for (String etag : List.of("", "\"a\nb\"", "\"\u00e4\"", "x".repeat(1025))) {
            cache.clearAll();
            cache.get(URL, TestLoader.of(A, SECOND, etag));
            ticker.move(SECOND);
            TestLoader next = TestLoader.of(A, SECOND, null);
            cache.get(URL, next);
            assertThat(next.etags).containsExactly((String) null);
        }
    }

    @Test
    void getWithLoader_notModifiedWithoutBeingAsked_isAnError() {
        assertThatThrownBy(() -> cache.get(URL, TestLoader.of(etag -> new Fetched.NotModified(TTL))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(cache.size()).isZero();
    }

    @Test
    void getWithLoader_setOrInvalidatedMeanwhile_keepsWhatWasSaidLast() {
        assertThat(cache.get(URL, TestLoader.of(etag -> {
                    cache.set(URL, B, TTL);
                    return new Fetched.Fresh(A, TTL, null);
                })))
                .isSameAs(A);
        assertThat(cache.get(URL)).containsSame(B);

        cache.invalidate(URL);
        cache.get(URL, TestLoader.of(etag -> {
            cache.invalidate(URL);
            return new Fetched.Fresh(A, TTL, null);
        }));
        assertThat(cache.get(URL)).isEmpty();

        cache.get(URL, TestLoader.of(etag -> {
            cache.clearAll();
            return new Fetched.Fresh(A, TTL, null);
        }));
        assertThat(cache.size()).isZero();

        ConnectionException refused = refused();
        assertThatThrownBy(() -> cache.get(URL, TestLoader.of(etag -> {
                    cache.set(URL, B, TTL);
                    throw refused;
                })))
                .isSameAs(refused);
        assertThat(cache.get(URL)).containsSame(B);
    }

    // ---- Failures

    static Stream<RuntimeException> failuresThatInvalidate() {
        return Stream.of(
                ConnectionException.ofStatus("HTTP 404", URL, 404, null),
                ConnectionException.ofStatus("HTTP 500", URL, 500, null),
                new JsonException("bad JSON"),
                new JsonRpcError(JsonRpcError.PARSE_ERROR, "bad JSON", null).toException(),
                new RequestTimeoutException("timeout", SECOND, null),
                new ConnectionException("cannot connect", URL, null),
                new IllegalStateException("unexpected"));
    }

    @ParameterizedTest
    @MethodSource("failuresThatInvalidate")
    void failure_ofPeerOrTransport_invalidatesTheEntry(RuntimeException failure) {
        cache.get(URL, TestLoader.of(A, TTL, "\"v1\""));
        ticker.move(TTL);

        fail(URL, failure);
        assertThat(cache.size()).isZero();

        ticker.move(SECOND);
        TestLoader next = TestLoader.of(B, TTL, null);
        assertThat(cache.get(URL, next)).isSameAs(B);
        assertThat(next.etags).containsExactly((String) null);
    }

    static Stream<RuntimeException> failuresOfTheDocument() {
        return Stream.of(
                new ValidationException(
                        "Manifest", List.of(new Violation(Violation.MISSING, List.of("id"), "is required"))),
                new SignatureVerificationException("not verified", JsonObject.empty()));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheDocument")
    void failure_ofSchemaOrSignature_raisesWithoutCaching(RuntimeException failure) {
        cache.get(URL, TestLoader.of(A, TTL, "\"v1\""));
        ticker.move(TTL);

        fail(URL, failure);
        assertThat(cache.get(URL)).isEmpty();

        ticker.move(SECOND);
        TestLoader next = TestLoader.of(etag -> new Fetched.NotModified(TTL));
        assertThat(cache.get(URL, next)).isSameAs(A);
        assertThat(next.etags).containsExactly("\"v1\"");
    }

    @Test
    void failure_withinItsTime_isRaisedAgainWithoutFetching() {
        ConnectionException refused = refused();
        TestLoader loader = TestLoader.failing(refused);
        for (int i = 0; i < 1000; i++) {
            assertThatThrownBy(() -> cache.get(URL, loader)).isSameAs(refused);
        }
        assertThat(loader.count()).isOne();
        assertThat(cache.stats()).isEqualTo(new Stats(0, 1, 1, 1, 0, 0, 999));

        ticker.move(SECOND.minusNanos(1));
        assertThatThrownBy(() -> cache.get(URL, loader)).isSameAs(refused);
        assertThat(loader.count()).isOne();

        ticker.move(Duration.ofNanos(1));
        assertThat(cache.get(URL, TestLoader.of(A, TTL, null))).isSameAs(A);
    }

    @Test
    void failure_switchedOff_isFetchedEachTime() {
        ManifestCache eager =
                ManifestCache.builder().failureTtl(Duration.ZERO).ticker(ticker).build();
        TestLoader loader = TestLoader.failing(refused());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> eager.get(URL, loader)).isInstanceOf(ConnectionException.class);
        }

        assertThat(loader.count()).isEqualTo(3);
        assertThat(eager.stats().negativeHits()).isZero();
    }

    @Test
    void failure_manifestSet_isForgotten() {
        fail(URL, refused());
        cache.set(URL, A, TTL);

        assertThat(cache.get(URL, TestLoader.failing(refused()))).isSameAs(A);
    }

    @Test
    void failures_moreThanFit_forgetTheOldest() {
        ManifestCache small = ManifestCache.builder().maxSize(2).ticker(ticker).build();
        for (String url : List.of("a", "b", "c")) {
            assertThatThrownBy(() -> small.get(url, TestLoader.failing(refused())))
                    .isInstanceOf(ConnectionException.class);
            ticker.move(Duration.ofMillis(1));
        }
        TestLoader loader = TestLoader.of(A, TTL, null);

        assertThatThrownBy(() -> small.get("b", loader)).isInstanceOf(ConnectionException.class);
        assertThatThrownBy(() -> small.get("c", loader)).isInstanceOf(ConnectionException.class);
        assertThat(small.get("a", loader)).isSameAs(A);
        assertThat(loader.count()).isOne();
    }

    @Test
    void failures_whoseTimeIsOver_makeRoom() {
        ManifestCache small = ManifestCache.builder().maxSize(2).ticker(ticker).build();
        for (String url : List.of("a", "b", "c")) {
            assertThatThrownBy(() -> small.get(url, TestLoader.failing(refused())))
                    .isInstanceOf(ConnectionException.class);
            ticker.move(SECOND);
        }

        assertThat(small.get("a", TestLoader.of(A, TTL, null))).isSameAs(A);
    }

    @Test
    void failure_ofThisSide_isNotRemembered() {
        for (RuntimeException ended :
                List.of(new CallInterruptedException("interrupted", null), new ClientClosedException("closed", null))) {
            cache.clearAll();
            cache.get(URL, TestLoader.of(A, TTL, "\"v1\""));
            ticker.move(TTL);

            assertThatThrownBy(() -> cache.get(URL, TestLoader.failing(ended))).isSameAs(ended);
            TestLoader next = TestLoader.of(etag -> new Fetched.NotModified(TTL));
            assertThat(cache.get(URL, next)).isSameAs(A);
            assertThat(next.etags).containsExactly("\"v1\"");
        }
        assertThat(cache.stats().loadFailures()).isZero();
    }

    // ---- Sharing

    @Test
    void bindTo_otherTrust_isRefused() {
        ManifestTrust strict =
                ManifestTrust.strict(Map.of(URL, Ed25519PrivateKey.generate().publicKey()));
        cache.bindTo(ManifestTrust.none());
        cache.bindTo(ManifestTrust.none());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.bindTo(strict))
                .withMessageStartingWith("manifestCache serves a client with ManifestTrust.none, got one with"
                        + " ManifestTrust.strict (keys: 1); ");
    }

    private void fail(String url, RuntimeException failure) {
        assertThatThrownBy(() -> cache.get(url, TestLoader.failing(failure))).isSameAs(failure);
    }

    private static ConnectionException refused() {
        return new ConnectionException("cannot connect", URL, null);
    }
}
