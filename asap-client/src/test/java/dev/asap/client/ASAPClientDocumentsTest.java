// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ASAPClientDocumentsTest extends ServerTesting {
    private static final Manifest MANIFEST = Manifest.builder(
                    Peer.ECHO, "Echo", "1.0.0", Endpoint.of("https://echo.example/asap"))
            .build();
    private static final String HEALTHY =
            "{\"status\":\"healthy\",\"agent_id\":\"urn:asap:agent:echo\",\"version\":\"1.2.3\","
                    + "\"asap_version\":\"0.1\",\"uptime_seconds\":12.34,\"load\":null,\"new\":1}";

    private ASAPClient client;

    @BeforeEach
    void start() {
        client = ASAPClient.builder(server.url("/a").toString())
                .bearerToken("s3cret")
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private static byte[] manifestBytes() {
        return ASAPCodec.strict().write(MANIFEST);
    }

    // ---- Manifest

    @Test
    void getManifest_plain_returnsItAndSendsNoToken() throws Exception {
        server.enqueue(Peer.json(200, manifestBytes()));
        assertThat(client.getManifest()).isEqualTo(MANIFEST);

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("GET /a/.well-known/asap/manifest.json HTTP/1.1");
        assertThat(request.getHeaders().names())
                .containsExactlyInAnyOrder("Accept", "Accept-Encoding", "Host", "Connection", "User-Agent");
    }

    @Test
    void getManifest_signed_returnsTheManifestInside() {
        server.enqueue(Peer.json(
                200,
                JsonObject.of(
                                "manifest",
                                JsonObject.parse(manifestBytes()).with("new", 1),
                                "signature",
                                JsonObject.of("alg", "ed25519", "signature", "c2ln", "trust_level", "self-signed"),
                                "public_key",
                                "a2V5")
                        .toBytes()));
        assertThat(client.getManifest().id()).isEqualTo(Peer.ECHO);
    }

    @Test
    void getManifest_anyUrl_asksThere() throws Exception {
        server.enqueue(Peer.json(200, manifestBytes()));
        assertThat(client.getManifest(server.url("/m.json?v=1").toString())).isEqualTo(MANIFEST);
        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/m.json?v=1");
        assertThat(request.getHeaders().get("Authorization")).isNull();
    }

    @Test
    void getManifest_unencryptedUrlElsewhere_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.getManifest("http://agent.example/m.json"))
                .withMessage("the manifest's URL must use https, got 'http://agent.example/m.json'; if the network in"
                        + " between is trusted, say so with requireHttps(false)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.getManifest("/m.json"))
                .withMessageStartingWith("the manifest's URL must begin with https://");
    }

    @Test
    void getManifest_brokenRules_listsThemAndNamesTheUrl() {
        server.enqueue(Peer.json(
                200, JsonObject.parse(manifestBytes()).with("version", "one").toBytes()));
        assertThatThrownBy(client::getManifest)
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("manifest from " + server.url("/a/.well-known/asap/manifest.json"))
                .hasMessageContaining("version");
    }

    @Test
    void getManifest_notJson_isRemoteError() {
        server.enqueue(Peer.json(200, "<html>"));
        RemoteErrorException e = catchThrowableOfType(RemoteErrorException.class, client::getManifest);
        assertThat(e.jsonRpcCode()).isEqualTo(-32700);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 404, 500})
    void getManifest_otherStatus_isConnectionFailure(int status) {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Location", server.url("/elsewhere"))
                .build());
        ConnectionException e = catchThrowableOfType(ConnectionException.class, client::getManifest);
        assertThat(e.httpStatus()).hasValue(status);
        assertThat(e).hasMessageStartingWith("GET " + server.url("/a/.well-known/asap/manifest.json"));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void getManifest_tooLarge_isRefused() {
        server.enqueue(Peer.json(200, manifestBytes()));
        try (ASAPClient bounded = ASAPClient.builder(server.url("/").toString())
                .maxResponseBytes(10)
                .build()) {
            assertThatThrownBy(bounded::getManifest).isInstanceOf(ResponseTooLargeException.class);
        }
    }

    @Test
    void getManifest_silentPeer_endsWithTheShorterTimeout() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        try (ASAPClient impatient = ASAPClient.builder(server.url("/").toString())
                .readTimeout(Duration.ofMillis(150))
                .build()) {
            assertThatThrownBy(impatient::getManifest)
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageContaining("is 150 ms");
        }
    }

    // ---- Discovery

    @Test
    void discover_baseUrl_asksAtItsWellKnownPathWithoutTokenAndRemembers() throws Exception {
        server.enqueue(Peer.json(200, manifestBytes()));
        assertThat(client.discover(server.url("/b/").toString())).isEqualTo(MANIFEST);
        assertThat(client.discover(server.url("/b").toString())).isEqualTo(MANIFEST);
        assertThat(client.getManifest(
                        server.url("/b/.well-known/asap/manifest.json").toString()))
                .isEqualTo(MANIFEST);

        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/b/.well-known/asap/manifest.json");
        assertThat(request.getHeaders().get("Authorization")).isNull();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void discover_maxAge_isTheTimeToLive() {
        CacheSetup.HandTicker ticker = new CacheSetup.HandTicker();
        ManifestCache cache = ManifestCache.builder().ticker(ticker).build();
        MockResponse shortLived = Peer.json(200, manifestBytes())
                .newBuilder()
                .setHeader("Cache-Control", "public, max-age=7")
                .build();
        server.enqueue(shortLived);
        server.enqueue(shortLived);
        String url = server.url("/").toString();
        try (ASAPClient caching = ASAPClient.builder(url).manifestCache(cache).build()) {
            caching.discover(url);
            ticker.move(Duration.ofSeconds(7).minusNanos(1));
            caching.discover(url);
            assertThat(server.getRequestCount()).isEqualTo(1);
            ticker.move(Duration.ofNanos(1));
            caching.discover(url);
            assertThat(server.getRequestCount()).isEqualTo(2);
        }
    }

    @Test
    void discover_unencryptedUrlElsewhere_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.discover("http://agent.example"))
                .withMessageStartingWith("the base URL must use https, got 'http://agent.example");
    }

    // ---- Health

    @Test
    void healthCheck_healthy_returnsStatusAndSendsNoToken() throws Exception {
        server.enqueue(Peer.json(200, HEALTHY));
        assertThat(client.healthCheck())
                .isEqualTo(new HealthStatus("healthy", "urn:asap:agent:echo", "1.2.3", "0.1", 12.34, null));
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("GET /a/.well-known/asap/health HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isNull();
    }

    @Test
    void healthCheck_unhealthy_returnsStatus() {
        server.enqueue(Peer.json(503, HEALTHY.replace("healthy", "unhealthy")));
        HealthStatus status = client.healthCheck();
        assertThat(status.isHealthy()).isFalse();
        assertThat(status.version()).isEqualTo("1.2.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "busy"})
    void healthCheck_unavailableWithoutStatus_isConnectionFailure(String body) {
        server.enqueue(
                Peer.json(503, body).newBuilder().setHeader("Retry-After", 5).build());
        ConnectionException e = catchThrowableOfType(ConnectionException.class, client::healthCheck);
        assertThat(e.httpStatus()).hasValue(503);
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500})
    void healthCheck_otherFailure_isConnectionFailure(int status) {
        server.enqueue(Peer.json(status, HEALTHY));
        ConnectionException e = catchThrowableOfType(ConnectionException.class, client::healthCheck);
        assertThat(e.httpStatus()).hasValue(status);
    }

    @Test
    void healthCheck_incompleteStatus_namesTheUrl() {
        server.enqueue(Peer.json(200, "{\"status\":\"healthy\"}"));
        assertThatThrownBy(client::healthCheck)
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("health status from " + server.url("/a/.well-known/asap/health"));
    }
}
