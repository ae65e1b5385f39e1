// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.ASAPException;
import dev.asap.client.ASAPClient;
import dev.asap.client.ASAPSocket;
import dev.asap.client.BatchItem;
import dev.asap.client.BreachNotice;
import dev.asap.client.Compression;
import dev.asap.client.EnvelopeStream;
import dev.asap.client.ManifestCache;
import dev.asap.client.ManifestTrust;
import dev.asap.client.RetryPolicy;
import dev.asap.client.Subscription;
import dev.asap.client.TokenProvider;
import dev.asap.client.TransportMode;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.crypto.TlsMaterial;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.SignatureVerificationException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.AuthScheme;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.MessageAck;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.server.ASAPServer;
import dev.asap.server.ClientCertificates;
import dev.asap.server.KeySetSource;
import dev.asap.server.OAuth2;
import dev.asap.server.RateLimit;
import dev.asap.server.SocketOptions;
import dev.asap.server.TokenValidator;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client of this library talks to the server of this library, in every way that both know. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class EndToEndTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final AgentUrn SELF = AgentUrn.of("urn:asap:agent:caller");
    private static final AgentUrn AGENT = AgentUrn.of("urn:asap:agent:writer");
    private static final Endpoint ENDPOINT = Endpoint.of("http://agent.example/asap");
    private static final Manifest MANIFEST =
            Manifest.builder(AGENT, "Writer", "1.0.0", ENDPOINT).build();
    private static final Manifest WITH_TOKENS = Manifest.builder(AGENT, "Writer", "1.0.0", ENDPOINT)
            .auth(AuthScheme.of("bearer"))
            .build();
    private static final HeldCertificate CERTIFICATE =
            new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();

    /** How the two are connected. */
    enum Wire {
        HTTP_1,
        CLEARTEXT_HTTP_2,
        TLS
    }

    private static final class Setup implements AutoCloseable {
        private final Wire wire;
        private final Storage storage = Storage.open("memory", StorageSettings.defaults());
        private final ASAPServer server;
        private final @Nullable OkHttpClient http;

        Setup(Wire wire) {
            this(wire, MANIFEST, builder -> builder);
        }

        Setup(Wire wire, Manifest manifest, UnaryOperator<ASAPServer.Builder> options) {
            this.wire = wire;
            ASAPServer.Builder builder = ASAPServer.builder(manifest)
                    .rateLimit(RateLimit.none())
                    .storage(storage)
                    .sockets(SocketOptions.defaults().withMessagesPerSecond(0).withHeartbeat(Duration.ofSeconds(1)))
                    .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                    .streamingSkill("write", (task, stream) -> {
                        for (int i = 1; i <= 100; i++) {
                            stream.chunk("line " + i + "\n", i / 100.0);
                        }
                        stream.end("ž\n");
                    });
            if (wire == Wire.TLS) {
                builder.tls(new HandshakeCertificates.Builder()
                        .heldCertificate(CERTIFICATE)
                        .build()
                        .sslContext());
            }
            server = options.apply(builder).start();
            http = newHttp();
        }

        private @Nullable OkHttpClient newHttp() {
            if (wire == Wire.HTTP_1) {
                return null;
            }
            OkHttpClient.Builder builder = new OkHttpClient.Builder();
            if (wire == Wire.CLEARTEXT_HTTP_2) {
                return builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
            }
            HandshakeCertificates trust = new HandshakeCertificates.Builder()
                    .addTrustedCertificate(CERTIFICATE.certificate())
                    .build();
            return builder.sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
                    .build();
        }

        ASAPClient client(Compression compression) {
            return client(builder -> builder.compression(compression));
        }

        ASAPClient client(UnaryOperator<ASAPClient.Builder> options) {
            ASAPClient.Builder builder = ASAPClient.builder(server.url()).requireHttps(false);
            if (http != null) {
                builder.okHttpClient(http);
            }
            return options.apply(builder).build();
        }

        ASAPSocket socket(BlockingQueue<MessageAck> acks) {
            ASAPSocket.Builder builder =
                    ASAPSocket.builder(server.url()).requireHttps(false).onAck(acks::add);
            // Sockets are opened over HTTP/1.1, whatever the other calls use.
            if (http != null && wire == Wire.TLS) {
                builder.okHttpClient(http);
            }
            return builder.build();
        }

        /** A client for which documents hold a second, whatever the server says. */
        OkHttpClient forgetful() {
            OkHttpClient.Builder builder = http == null ? new OkHttpClient.Builder() : http.newBuilder();
            return builder.addNetworkInterceptor(chain -> chain.proceed(chain.request())
                            .newBuilder()
                            .header("Cache-Control", "public, max-age=1")
                            .build())
                    .build();
        }

        /** What the server answers to a request that came another way. */
        Answer forwarded(ReceivedRequest request) {
            OkHttpClient plain = http == null ? new OkHttpClient() : http;
            Request sent = new Request.Builder()
                    .url(server.url() + request.path())
                    .post(RequestBody.create(request.body(), MediaType.get("application/json")))
                    .build();
            try (Response response = plain.newCall(sent).execute()) {
                return Answer.json(response.body().bytes()).withStatus(response.code());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                if (http == null) {
                    plain.connectionPool().evictAll();
                }
            }
        }

        @Override
        public void close() {
            server.close();
            storage.close();
            if (http != null) {
                http.connectionPool().evictAll();
                http.dispatcher().executorService().shutdown();
            }
        }
    }

    private static Envelope task(String skill, JsonObject input) {
        return Envelope.of(SELF, AGENT, TaskRequest.of("conversation-1", skill, input));
    }

    private static JsonObject echoed(Envelope answer) {
        return ((TaskResponse) answer.payload()).result().getObject("echoed");
    }

    @ParameterizedTest
    @EnumSource
    void messages_compressedAndNot(Wire wire) {
        JsonObject large = JsonObject.of("text", "lorem ipsum ".repeat(5000));
        try (Setup setup = new Setup(wire)) {
            for (Compression.Coding coding : Compression.Coding.values()) {
                Compression compression =
                        Compression.builder().codings(List.of(coding)).build();
                try (ASAPClient client = setup.client(compression)) {
                    assertThat(echoed(client.send(task("echo", large)))).isEqualTo(large);
                    assertThat(echoed(client.send(task("echo", JsonObject.of("i", 1)))))
                            .isEqualTo(JsonObject.of("i", 1));
                }
            }
            try (ASAPClient client = setup.client(Compression.off())) {
                assertThat(echoed(client.send(task("echo", large)))).isEqualTo(large);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void batch_answersEachInItsPlace(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(Compression.defaults())) {
            List<Envelope> messages = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                messages.add(task(i == 7 ? "nobody" : "echo", JsonObject.of("i", i, "text", "x".repeat(100))));
            }

            List<BatchItem> answers = client.sendBatch(messages);

            assertThat(answers).hasSize(50);
            for (int i = 0; i < 50; i++) {
                if (i == 7) {
                    assertThat(answers.get(i)).isInstanceOf(BatchItem.Failed.class);
                } else {
                    assertThat(echoed(answers.get(i).orThrow()).getInt("i")).isEqualTo(i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_comesPieceByPiece(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(Compression.defaults());
                EnvelopeStream stream = client.stream(task("write", JsonObject.empty()))) {
            List<Envelope> pieces = new ArrayList<>();
            stream.forEach(pieces::add);

            assertThat(pieces).hasSize(101);
            assertThat(((TaskStream) pieces.get(100).payload()).isFinal()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void socket_carriesMessagesStreamsAndBreaches(Wire wire) throws InterruptedException {
        BlockingQueue<MessageAck> acks = new LinkedBlockingQueue<>();
        BlockingQueue<BreachNotice> breaches = new LinkedBlockingQueue<>();
        try (Setup setup = new Setup(wire);
                ASAPSocket socket = setup.socket(acks).connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(echoed(socket.send(task("echo", JsonObject.of("i", i))))
                                .getInt("i"))
                        .isEqualTo(i);
                assertThat(acks.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
            try (EnvelopeStream stream = socket.stream(task("write", JsonObject.empty()))) {
                assertThat(stream).hasSize(101);
            }
            try (Subscription subscription = socket.subscribe(breaches::add)) {
                await().until(() -> setup.server.breaches().subscribers() == 1);
                setup.server
                        .breaches()
                        .publish(new SLABreach(
                                "breach_1",
                                AGENT.value(),
                                BreachType.LATENCY,
                                "500ms",
                                "700ms",
                                BreachSeverity.WARNING,
                                Instant.EPOCH,
                                null));
                BreachNotice notice = breaches.poll(20, TimeUnit.SECONDS);
                assertThat(notice).isNotNull();
                assertThat(notice.breach().getString("id")).isEqualTo("breach_1");
                assertThat(subscription).isNotNull();
            }
            await().until(() -> setup.server.breaches().subscribers() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void calls_blockingAndNot(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(builder -> builder)) {
            JsonObject input = JsonObject.of("i", 1);

            assertThat(client.request(SELF, AGENT, TaskRequest.of("c", "echo", input))
                            .result())
                    .isEqualTo(JsonObject.of("echoed", input));
            assertThat(client.sendAsync(task("echo", input)).thenApply(EndToEndTest::echoed))
                    .succeedsWithin(LIMIT)
                    .isEqualTo(input);
            assertThat(client.batch(List.of(task("echo", input), task("nobody", input))))
                    .hasSize(2)
                    .first()
                    .satisfies(first -> assertThat(echoed(first.orThrow())).isEqualTo(input));
            assertThat(client.sendBatchAsync(List.of(task("echo", input))))
                    .succeedsWithin(LIMIT)
                    .satisfies(answers ->
                            assertThat(echoed(answers.get(0).orThrow())).isEqualTo(input));
            assertThat(client.healthCheck().isHealthy()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void publisher_handsOnEachPiece(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(builder -> builder)) {
            Pieces pieces = new Pieces();
            client.publisher(task("write", JsonObject.empty())).subscribe(pieces);

            assertThat(pieces.all)
                    .succeedsWithin(LIMIT)
                    .satisfies(all -> assertThat(all).hasSize(101));
        }
    }

    /** Asks for one piece after the other. */
    private static final class Pieces implements Flow.Subscriber<Envelope> {
        private final List<Envelope> received = new ArrayList<>();
        private final CompletableFuture<List<Envelope>> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription = value;
            subscription.request(1);
        }

        @Override
        public void onNext(Envelope piece) {
            received.add(piece);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(received);
        }
    }

    /** Sockets are opened over HTTP/1.1. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLEARTEXT_HTTP_2")
    void clientOverASocket_sendsTheSame(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(builder -> builder.transportMode(TransportMode.WEBSOCKET))) {
            assertThat(echoed(client.send(task("echo", JsonObject.of("i", 1))))).isEqualTo(JsonObject.of("i", 1));
            assertThat(client.sendAsync(task("echo", JsonObject.of("i", 2))).thenApply(EndToEndTest::echoed))
                    .succeedsWithin(LIMIT)
                    .isEqualTo(JsonObject.of("i", 2));
            assertThat(client.getManifest()).isEqualTo(MANIFEST);
        }
    }

    @ParameterizedTest
    @EnumSource
    void signedManifest_isVerifiedKeptAndRevalidated(Wire wire) {
        Ed25519PrivateKey key = Ed25519PrivateKey.generate();
        ManifestCache cache = ManifestCache.withMaxSize(10);
        try (Setup setup = new Setup(wire, MANIFEST, builder -> builder.manifestSigner(ManifestSigner.of(key)))) {
            String url = setup.server.url() + "/.well-known/asap/manifest.json";
            OkHttpClient forgetful = setup.forgetful();
            try (ASAPClient client = setup.client(builder -> builder.okHttpClient(forgetful)
                    .manifestCache(cache)
                    .manifestTrust(ManifestTrust.strict(Map.of(url, key.publicKey()))))) {
                assertThat(client.getManifest()).isEqualTo(MANIFEST);
                await().untilAsserted(() -> {
                    assertThat(client.getManifest()).isEqualTo(MANIFEST);
                    assertThat(cache.stats().revalidations()).isPositive();
                });
            }
            forgetful.connectionPool().evictAll();
            try (ASAPClient client = setup.client(builder -> builder.manifestTrust(ManifestTrust.strict(
                    Map.of(url, Ed25519PrivateKey.generate().publicKey()))))) {
                assertThatThrownBy(client::getManifest).isInstanceOf(SignatureVerificationException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tooManyMessages_areToldWhenToComeBack(Wire wire) {
        try (Setup setup = new Setup(wire, MANIFEST, builder -> builder.rateLimit(RateLimit.parse("1/hour")));
                ASAPClient client = setup.client(builder -> builder.retry(RetryPolicy.never()))) {
            client.send(task("echo", JsonObject.empty()));

            assertThatThrownBy(() -> client.send(task("echo", JsonObject.empty())))
                    .isInstanceOfSatisfying(RemoteErrorException.class, refusal -> {
                        assertThat(refusal).hasMessageContaining("429");
                        assertThat(refusal.retryable()).isTrue();
                        assertThat(refusal.retryAfter())
                                .hasValueSatisfying(wait -> assertThat(wait).isPositive());
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void busyAgent_saysSo(Wire wire) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        UnaryOperator<ASAPServer.Builder> busy =
                builder -> builder.maxConcurrentHandlers(1).skill("wait", task -> {
                    begun.countDown();
                    release.await();
                    return task.completed(JsonObject.of("echoed", JsonObject.empty()));
                });
        try (Setup setup = new Setup(wire, MANIFEST, busy);
                ASAPClient client = setup.client(builder -> builder.retry(RetryPolicy.never()))) {
            CompletableFuture<Envelope> first = client.sendAsync(task("wait", JsonObject.empty()));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> client.send(task("echo", JsonObject.empty())))
                    .isInstanceOfSatisfying(
                            ASAPException.class,
                            refusal -> assertThat(refusal.retryable()).isTrue());
            release.countDown();
            assertThat(first).succeedsWithin(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bearerTokens_letTheirOwnersIn(Wire wire) {
        TokenValidator tokens = token -> token.equals("token-1") ? SELF : null;
        try (Setup setup = new Setup(wire, WITH_TOKENS, builder -> builder.tokenValidator(tokens))) {
            try (ASAPClient client = setup.client(builder -> builder.bearerToken("token-1"))) {
                assertThat(echoed(client.send(task("echo", JsonObject.of("i", 1)))))
                        .isEqualTo(JsonObject.of("i", 1));
            }
            try (ASAPClient client = setup.client(builder -> builder.bearerToken("token-2"))) {
                assertThatThrownBy(() -> client.send(task("echo", JsonObject.empty())))
                        .isInstanceOf(RemoteErrorException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void accessTokens_areRenewedWhenTheyAreRefused(Wire wire) {
        Ed25519PrivateKey issuer = Ed25519PrivateKey.generate();
        String keySet = JsonObject.of("keys", List.of(issuer.publicKey().toJwk().with("kid", "k")))
                .toString();
        OAuth2 oauth2 = OAuth2.keys(KeySetSource.of(keySet)).build();
        TokenProvider tokens = new TokenProvider() {
            @Override
            public String token() {
                return "expired";
            }

            @Override
            public String renewed(String refused) {
                return accessToken(issuer);
            }
        };
        try (Setup setup = new Setup(wire, WITH_TOKENS, builder -> builder.oauth2(oauth2))) {
            try (ASAPClient client = setup.client(builder -> builder.tokenProvider(tokens))) {
                assertThat(echoed(client.send(task("echo", JsonObject.of("i", 1)))))
                        .isEqualTo(JsonObject.of("i", 1));
            }
            try (ASAPClient client = setup.client(builder -> builder)) {
                assertThatThrownBy(() -> client.send(task("echo", JsonObject.empty())))
                        .isInstanceOfSatisfying(
                                ConnectionException.class,
                                refusal -> assertThat(refusal.httpStatus()).hasValue(401));
            }
        }
    }

    private static String accessToken(Ed25519PrivateKey issuer) {
        JsonObject header = JsonObject.of("alg", "EdDSA", "kid", "k");
        JsonObject claims = JsonObject.of(
                "sub",
                SELF.value(),
                "exp",
                Instant.now().plusSeconds(600).getEpochSecond(),
                "scope",
                "asap:read asap:execute",
                OAuth2.DEFAULT_IDENTITY_CLAIM,
                AGENT.value());
        String signed = base64(header.toBytes()) + "." + base64(claims.toBytes());
        return signed + "." + base64(issuer.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void repetitionAfterALostAnswer_hasNoEffectOfItsOwn(Wire wire) {
        AtomicInteger runs = new AtomicInteger();
        UnaryOperator<ASAPServer.Builder> counting = builder -> builder.skill(
                "count", task -> task.completed(JsonObject.of("echoed", JsonObject.of("run", runs.incrementAndGet()))));
        try (Setup setup = new Setup(wire, MANIFEST, counting);
                ASAPClient direct = setup.client(builder -> builder);
                FaultyPeer lossy = FaultyPeer.start(request -> setup.forwarded(request));
                ASAPClient client = ASAPClient.builder(lossy.url())
                        .requireHttps(false)
                        .retry(RetryPolicy.defaults()
                                .withDelays(Duration.ofMillis(1), Duration.ofMillis(1))
                                .withRepeatUnknownOutcome(true))
                        .build()) {
            lossy.next(Fault.resetBeforeAnswer());

            JsonObject answer = echoed(client.send(task("count", JsonObject.empty())));

            assertThat(answer).isEqualTo(JsonObject.of("run", 1));
            assertThat(lossy.requestCount()).isEqualTo(2);
            assertThat(runs).hasValue(1);
            assertThat(echoed(direct.send(task("count", JsonObject.empty())))).isEqualTo(JsonObject.of("run", 2));
        }
    }

    @Test
    void certificates_letInWhoHasOne() {
        HeldCertificate authority =
                new HeldCertificate.Builder().certificateAuthority(0).build();
        HeldCertificate own = new HeldCertificate.Builder()
                .signedBy(authority)
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        HeldCertificate callers =
                new HeldCertificate.Builder().signedBy(authority).build();
        TlsMaterial forServer = TlsMaterial.builder()
                .identity(own.keyPair().getPrivate(), List.of(own.certificate()))
                .trust(List.of(authority.certificate()))
                .build();
        TlsMaterial.Builder forClient = TlsMaterial.builder().trust(List.of(authority.certificate()));
        try (Setup setup = new Setup(
                Wire.HTTP_1,
                MANIFEST,
                builder -> builder.tls(forServer.sslContext()).clientCertificates(ClientCertificates.REQUIRED))) {
            try (ASAPClient stranger =
                    setup.client(builder -> builder.tls(forClient.build()).retry(RetryPolicy.never()))) {
                assertThatThrownBy(() -> stranger.send(task("echo", JsonObject.empty())))
                        .isInstanceOf(ASAPException.class);
            }
            forClient.identity(callers.keyPair().getPrivate(), List.of(callers.certificate()));
            try (ASAPClient caller = setup.client(builder -> builder.tls(forClient.build()))) {
                assertThat(echoed(caller.send(task("echo", JsonObject.of("i", 1)))))
                        .isEqualTo(JsonObject.of("i", 1));
            }
        }
    }
}
