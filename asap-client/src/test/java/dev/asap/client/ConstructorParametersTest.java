// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.crypto.TlsMaterial;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is built with: a class for each parameter of the protocol's table, with its default and its effect. */
class ConstructorParametersTest extends ServerTesting {
    /** For an agent that is not there. */
    private static ASAPClient.Builder remote() {
        return ASAPClient.builder("https://agent.example");
    }

    /** {@code base_url}; its forms are in {@link PeerAddressTest}. */
    @Nested
    class BaseUrl {
        @Test
        void uri_isTakenLikeText() {
            ASAPClient.builder(URI.create("https://agent.example/a")).build().close();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ASAPClient.builder(URI.create("agent.example")))
                    .withMessageContaining("'agent.example'");
        }
    }

    /** {@code timeout}. */
    @Nested
    class Timeout {
        @Test
        void unset_isAMinuteForEachPart() {
            ClientOptions options = remote().options();
            OkHttpClient messages =
                    new HttpClients(options, new PeerSignals(options.agent(), challenge -> {})).messages();
            assertThat(messages.connectTimeoutMillis()).isEqualTo(60_000);
            assertThat(messages.readTimeoutMillis()).isEqualTo(60_000);
            assertThat(messages.writeTimeoutMillis()).isEqualTo(60_000);
            assertThat(messages.callTimeoutMillis()).isZero();
            assertThat(remote().options().callTimeout()).isNull();
        }

        @Test
        void set_isTheSameForEachPart() {
            Duration value = Duration.ofSeconds(7);
            assertThat(remote().timeout(value).options().timeouts()).isEqualTo(new Timeouts(value, value, value, null));
        }

        static Stream<BiFunction<ASAPClient.Builder, Duration, ASAPClient.Builder>> timeouts() {
            return Stream.of(
                    ASAPClient.Builder::connectTimeout,
                    ASAPClient.Builder::readTimeout,
                    ASAPClient.Builder::writeTimeout,
                    ASAPClient.Builder::callTimeout);
        }

        @ParameterizedTest
        @MethodSource("timeouts")
        void outOfRange_isRefused(BiFunction<ASAPClient.Builder, Duration, ASAPClient.Builder> option) {
            for (Duration value :
                    List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(999_999), Duration.ofDays(25))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> option.apply(remote(), value))
                        .withMessageContaining("must be 1 ms to 24 days, got " + value);
            }
            option.apply(remote(), Duration.ofMillis(1)).build().close();
            option.apply(remote(), Duration.ofMillis(Integer.MAX_VALUE)).build().close();
        }
    }

    /** {@code require_https}. */
    @Nested
    class RequireHttps {
        @ParameterizedTest
        @ValueSource(strings = {"http://agent.example", "http://127.0.0.2:8000"})
        void unencryptedUrl_isRefusedWithRemedy(String url) {
            ASAPClient.Builder builder = ASAPClient.builder(url);
            assertThatIllegalArgumentException()
                    .isThrownBy(builder::build)
                    .withMessageStartingWith("the base URL must use https, got '" + url)
                    .withMessageEndingWith("if the network in between is trusted, say so with requireHttps(false)");
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"})
        void unencryptedUrlOfThisMachine_isAllowed(String url) {
            assertThatNoException()
                    .isThrownBy(() -> ASAPClient.builder(url).build().close());
        }

        @Test
        void switchedOff_allowsAnyHost() {
            assertThatNoException()
                    .isThrownBy(() -> ASAPClient.builder("http://agent.example")
                            .requireHttps(false)
                            .build()
                            .close());
        }
    }

    /** {@code max_retries}, {@code base_delay}, {@code max_delay}, {@code jitter}. */
    @Nested
    class MaxRetriesAndDelays {
        @Test
        void unset_areThreeAttemptsWithin1sTo60sWithJitter() {
            RetryPolicy policy = remote().options().retry();
            assertThat(policy.maxAttempts()).isEqualTo(3);
            assertThat(policy.baseDelay()).isEqualTo(Duration.ofSeconds(1));
            assertThat(policy.maxDelay()).isEqualTo(Duration.ofSeconds(60));
            assertThat(policy.jitter()).isTrue();
        }

        @Test
        void wrongValues_areRefused() {
            RetryPolicy policy = RetryPolicy.defaults();
            assertThatIllegalArgumentException().isThrownBy(() -> policy.withMaxAttempts(0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policy.withDelays(Duration.ofSeconds(2), Duration.ofSeconds(1)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policy.withDelays(Duration.ofSeconds(-1), Duration.ofSeconds(1)));
            assertThatIllegalArgumentException().isThrownBy(() -> policy.withMaxRetryAfter(Duration.ofDays(25)));
        }
    }

    /** {@code circuit_breaker_enabled}, {@code _threshold}, {@code _timeout}; the latter two are in {@link BreakerTableTest}. */
    @Nested
    class CircuitBreakerParameters {
        @Test
        void unset_isNone() {
            assertThat(remote().options().circuitBreaker()).isNull();
        }
    }

    /** {@code pool_connections}, {@code pool_maxsize}, {@code pool_timeout}. */
    @Nested
    class Pool {
        @Test
        void unset_keepsAndRunsAHundredAndWaits5s() {
            assertThat(remote().options().pool())
                    .isEqualTo(new PoolOptions(100, 100, Duration.ofSeconds(5), Duration.ofSeconds(5)));
        }

        @Test
        void poolConnections_none_opensAConnectionForEachCall() {
            server.setDispatcher(new Peer.EchoDispatcher());
            try (ASAPClient client = builder().poolConnections(0).build()) {
                client.send(Peer.message());
                client.send(Peer.message());
                assertThat(client.stats().connectionsOpened()).isEqualTo(2);
                assertThat(client.stats().connectionsReused()).isZero();
            }
        }

        @Test
        void poolMaxSize_aThousandAtOnce_allAreAnswered() throws Exception {
            server.setDispatcher(new Peer.EchoDispatcher());
            try (ASAPClient client = builder()
                    .poolMaxSize(50)
                    .poolTimeout(Duration.ofSeconds(60))
                    .build()) {
                List<CompletableFuture<Envelope>> answers = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    answers.add(client.sendAsync(Peer.message("m-" + i)));
                }
                for (int i = 0; i < 1000; i++) {
                    assertThat(answers.get(i).get(60, TimeUnit.SECONDS).correlationId())
                            .isEqualTo("m-" + i);
                }
                assertThat(client.stats().connectionsOpened()).isLessThanOrEqualTo(50);
            }
        }

        @Test
        void poolTimeout_allPlacesTaken_failsTheCallUnsent() throws Exception {
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch release = Peer.hold(server, arrived);
            try (ASAPClient client =
                    builder().poolMaxSize(1).poolTimeout(Duration.ofMillis(50)).build()) {
                CompletableFuture<Envelope> first = client.sendAsync(Peer.message());
                assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(client.stats().busySlots()).isEqualTo(1);
                assertThatThrownBy(() -> client.send(Peer.message()))
                        .isInstanceOf(RequestTimeoutException.class)
                        .hasMessageContaining("poolMaxSize");
                assertThat(client.sendAsync(Peer.message()))
                        .failsWithin(Duration.ofSeconds(10))
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOf(RequestTimeoutException.class);
                release.countDown();
                assertThat(first.get(10, TimeUnit.SECONDS).correlationId()).isEqualTo("m-1");
            }
            assertThat(server.getRequestCount()).isEqualTo(1);
        }

        @Test
        void wrongValues_areRefused() {
            assertThatIllegalArgumentException().isThrownBy(() -> remote().poolMaxSize(0));
            assertThatIllegalArgumentException().isThrownBy(() -> remote().poolConnections(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> remote().poolTimeout(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> remote().poolIdleExpiry(Duration.ZERO));
        }
    }

    /** {@code http2}. */
    @Nested
    class Http2Parameter {
        @Test
        void unset_isAgreedOnByTls() {
            assertThat(remote().options().http2()).isEqualTo(Http2.WHERE_AGREED);
        }

        @Test
        void priorKnowledge_manyCallsShareAConnection() throws Exception {
            server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
            server.setDispatcher(new Peer.EchoDispatcher());
            try (ASAPClient client = builder().http2(Http2.PRIOR_KNOWLEDGE).build()) {
                client.send(Peer.message());
                List<BatchItem> items = client.sendBatch(IntStream.range(0, 50)
                        .mapToObj(i -> Peer.message("m-" + i))
                        .toList());
                assertThat(items).allMatch(BatchItem.Ok.class::isInstance);
                assertThat(client.stats().connections()).isEqualTo(1);
            }
            assertThat(server.takeRequest().getVersion()).isEqualTo("HTTP/2");
        }

        @Test
        void priorKnowledgeWithTls_isRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ASAPClient.builder("https://agent.example")
                            .http2(Http2.PRIOR_KNOWLEDGE)
                            .build());
        }
    }

    /** {@code compression}, {@code compression_threshold}; the values are in {@link CompressionTest}. */
    @Nested
    class CompressionParameters {
        @Test
        void unset_isTheDefault() {
            assertThat(remote().options().compression()).isEqualTo(Compression.defaults());
        }
    }

    /** {@code manifest_cache_size}; the value is in {@link CacheRulesTest}. */
    @Nested
    class ManifestCacheSize {
        @Test
        void unset_isACacheOfItsOwn() {
            assertThat(remote().options().manifestCache())
                    .isNotSameAs(remote().options().manifestCache());
        }
    }

    /** {@code verify_signatures}, {@code trusted_manifest_keys}; what they do is in {@link ManifestTrustTest}. */
    @Nested
    class VerifySignaturesAndTrustedManifestKeys {
        @Test
        void unset_verifiesNothing() {
            assertThat(remote().options().manifestTrust()).isEqualTo(ManifestTrust.none());
        }
    }

    /** {@code mtls_config}; what it is read from is tested with {@link TlsMaterial}. */
    @Nested
    class MtlsConfig {
        @Test
        void identityAndTrust_areUsedOnBothSides() throws Exception {
            HeldCertificate authority =
                    new HeldCertificate.Builder().certificateAuthority(0).build();
            HeldCertificate own = new HeldCertificate.Builder()
                    .signedBy(authority)
                    .commonName("caller")
                    .build();
            HeldCertificate theirs = new HeldCertificate.Builder()
                    .signedBy(authority)
                    .addSubjectAlternativeName(server.getHostName())
                    .build();
            server.useHttps(new HandshakeCertificates.Builder()
                    .heldCertificate(theirs)
                    .addTrustedCertificate(authority.certificate())
                    .build()
                    .sslSocketFactory());
            server.requireClientAuth();
            server.setDispatcher(new Peer.EchoDispatcher());
            TlsMaterial tls = TlsMaterial.builder()
                    .identity(own.keyPair().getPrivate(), List.of(own.certificate()))
                    .trust(List.of(authority.certificate()))
                    .build();
            try (ASAPClient client = builder().tls(tls).build()) {
                assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
            }
            assertThat(server.takeRequest().getHandshake().peerPrincipal()).hasToString("CN=caller");
        }

        @Test
        void togetherWithAnOkHttpClient_isRefused() {
            HeldCertificate authority = new HeldCertificate.Builder().build();
            TlsMaterial tls = TlsMaterial.builder()
                    .trust(List.of(authority.certificate()))
                    .build();
            ASAPClient.Builder both = remote().tls(tls).okHttpClient(new OkHttpClient());
            assertThatIllegalArgumentException()
                    .isThrownBy(both::build)
                    .withMessage(
                            "tls and okHttpClient cannot both be set; give the OkHttpClient its certificates itself");
        }
    }

    /** {@code auth_token}, which may change here. */
    @Nested
    class AuthToken {
        @Test
        void bearerToken_isInHeaderOnly() throws Exception {
            server.enqueue(Peer.answer());
            try (ASAPClient bearer = builder().bearerToken("s3cret").build()) {
                bearer.send(Peer.message());
            }
            RecordedRequest request = server.takeRequest();
            assertThat(request.getHeaders().values("Authorization")).isEqualTo(List.of("Bearer s3cret"));
            assertThat(request.getBody().utf8()).doesNotContain("s3cret");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "s3cret\n", "s3 cret", "s3crét", "s3cret\u007f"})
        void bearerToken_notVisibleAscii_isRefusedWithoutShowingIt(String value) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> remote().bearerToken(value))
                    .withMessageContaining("not shown")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3"));
        }

        @Test
        void tokenProvider_refusedToken_isRenewedOnceInTheSameCall() throws Exception {
            server.enqueue(Peer.json(401, ""));
            server.enqueue(Peer.answer());
            TokenProvider tokens = new TokenProvider() {
                @Override
                public String token() {
                    return "old";
                }

                @Override
                public String renewed(String refused) {
                    return refused.equals("old") ? "new" : null;
                }
            };
            try (ASAPClient client = builder().tokenProvider(tokens).build()) {
                assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
            }
            assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer old");
            assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Bearer new");
        }

        @Test
        void tokenProvider_renewedTokenRefusedToo_fails() {
            server.enqueue(Peer.json(401, ""));
            server.enqueue(Peer.json(401, ""));
            try (ASAPClient client = builder()
                    .tokenProvider(new TokenProvider() {
                        @Override
                        public String token() {
                            return "old";
                        }

                        @Override
                        public String renewed(String refused) {
                            return "new";
                        }
                    })
                    .build()) {
                assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
            }
            assertThat(server.getRequestCount()).isEqualTo(2);
        }
    }

    /** {@code supported_transport_versions}; what is sent unless set is in {@link ASAPClientSendTest}. */
    @Nested
    class SupportedTransportVersions {
        static Stream<List<String>> wrongVersions() {
            return Stream.of(List.of(), List.of("2.3"), List.of("2.2", "2.0"), List.of("2.2", "2.2"));
        }

        @ParameterizedTest
        @MethodSource("wrongVersions")
        void noneOrUnknownOrTwice_areRefused(List<String> value) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> remote().asapVersions(value))
                    .withMessage("asapVersions must be some of [2.2, 2.1], each once, got " + value);
        }

        @Test
        void ownOrder_isSent() throws Exception {
            server.setDispatcher(new Peer.EchoDispatcher());
            try (ASAPClient client =
                    builder().asapVersions(List.of("2.1", "2.2")).build()) {
                client.send(Peer.message());
            }
            assertThat(server.takeRequest().getHeaders().get("ASAP-Version")).isEqualTo("2.1, 2.2");
        }
    }

    /** Ours: how large an answer may be. */
    @Nested
    class MaxResponseBytes {
        @ParameterizedTest
        @ValueSource(longs = {0, -1, Integer.MAX_VALUE - 7L})
        void outOfRange_isRefused(long value) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> remote().maxResponseBytes(value))
                    .withMessage("maxResponseBytes must be 1 to 2147483639, got " + value);
        }
    }
}
