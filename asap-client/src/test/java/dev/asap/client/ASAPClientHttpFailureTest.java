// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.error.ConnectionException;
import dev.asap.error.ErrorCode;
import dev.asap.error.RemoteErrorException;
import java.time.Duration;
import java.time.Instant;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ASAPClientHttpFailureTest extends ServerTesting {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    private ASAPClient client;

    @BeforeEach
    void start() {
        client = Peer.client(server.url("/").toString())
                .clock(() -> NOW)
                .bearerToken("t0ken")
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private ConnectionException connectionFailure() {
        return catchThrowableOfType(ConnectionException.class, () -> client.send(Peer.message()));
    }

    private RemoteErrorException remoteError() {
        return catchThrowableOfType(RemoteErrorException.class, () -> client.send(Peer.message()));
    }

    private static MockResponse withRetryAfter(int status, String body, String value) {
        return Peer.json(status, body)
                .newBuilder()
                .setHeader("Retry-After", value)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "400, false",
        "401, false",
        "403, false",
        "404, false",
        "408, true",
        "413, false",
        "415, false",
        "429, true",
        "500, true",
        "502, true",
        "503, true",
        "599, true"
    })
    void send_httpFailure_isConnectionFailureWithStatus(int status, boolean retryable) {
        server.enqueue(Peer.json(status, "{\"detail\":\"s3cret\"}"));
        ConnectionException e = connectionFailure();
        assertThat(e)
                .hasMessageStartingWith("POST " + server.url("/asap") + " was answered with HTTP " + status)
                .hasMessageNotContaining("s3cret")
                .hasMessageNotContaining("t0ken");
        assertThat(e.httpStatus()).hasValue(status);
        assertThat(e.retryable()).isEqualTo(retryable);
        assertThat(e.retryAfter()).isEmpty();
        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
        assertThat(e.details().getString("url")).isEqualTo(server.url("/asap").toString());
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "429, 3, 3000",
        "429, 1.5, 1500",
        "429, .5, 500",
        "503, 0, 0",
        "503, 30, 30000",
        "503, 99999999999999999999, 31536000000",
        "408, 99999999999999999999, 31536000000",
        "500, 'Wed, 04 Mar 2026 05:06:17 GMT', 10000",
    })
    void send_failureWithRetryAfter_tellsHowLongAndIsNotRepeated(int status, String value, long millis) {
        server.enqueue(withRetryAfter(status, "", value));
        ConnectionException e = connectionFailure();
        assertThat(e.httpStatus()).hasValue(status);
        assertThat(e.retryAfter()).contains(Duration.ofMillis(millis));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1.2.3", "Wed, 04 Mar 2026 05:06:07 GMT", "."})
    void send_failureWithUnusableRetryAfter_tellsNothing(String value) {
        server.enqueue(withRetryAfter(503, "", value));
        assertThat(connectionFailure().retryAfter()).isEmpty();
    }

    @Test
    void send_rateLimited_isRemoteErrorWithWaitOfHeader() {
        server.enqueue(withRetryAfter(
                429,
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\","
                        + "\"data\":{\"retry_after\":1,\"limit\":\"10 per 1 second\"}}}",
                "7"));
        RemoteErrorException e = remoteError();
        assertThat(e).hasMessage("Remote error 429: Rate limit exceeded");
        assertThat(e.jsonRpcCode()).isEqualTo(429);
        assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_ERROR);
        assertThat(e.retryable()).isTrue();
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(e.data().getString("limit")).isEqualTo("10 per 1 second");
    }

    @Test
    void send_failureWithHintsOfItsOwn_keepsThem() {
        server.enqueue(withRetryAfter(
                503,
                "{\"error\":{\"code\":-32030,\"message\":\"no\",\"data\":{\"code\":\"asap:task/already_completed\","
                        + "\"recoverable\":false,\"retry_after_ms\":250}}}",
                "7"));
        RemoteErrorException e = remoteError();
        assertThat(e.code()).isEqualTo(ErrorCode.TASK_ALREADY_COMPLETED);
        assertThat(e.retryable()).isFalse();
        assertThat(e.retryAfter()).contains(Duration.ofMillis(250));
    }

    @Test
    void send_agentWithoutFreeThread_isRemoteErrorWithItsHints() {
        server.enqueue(Peer.json(
                503,
                "{\"error\":\"Service Temporarily Unavailable\",\"code\":\"asap:transport/thread_pool_exhausted\","
                        + "\"rpc_code\":-32031,\"message\":\"Thread pool exhausted: 4/4 threads in use.\","
                        + "\"details\":{\"max_threads\":4,\"active_threads\":4},\"recoverable\":true,"
                        + "\"retry_after_ms\":1000,\"fallback_action\":\"retry_later\"}"));
        RemoteErrorException e = remoteError();
        assertThat(e).hasMessage("Remote error -32031: Thread pool exhausted: 4/4 threads in use.");
        assertThat(e.code()).isEqualTo(ErrorCode.THREAD_POOL_EXHAUSTED);
        assertThat(e.retryable()).isTrue();
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(e.fallbackAction()).contains("retry_later");
        assertThat(e.details().getObject("details").getInt("max_threads")).isEqualTo(4);
    }

    @Test
    void send_classicAgentWithoutFreeThread_isTheSameWithoutHints() {
        server.enqueue(Peer.json(
                503,
                "{\"error\":\"Service Temporarily Unavailable\",\"code\":\"asap:transport/thread_pool_exhausted\","
                        + "\"message\":\"full\",\"details\":{\"max_threads\":4,\"active_threads\":4}}"));
        RemoteErrorException e = remoteError();
        assertThat(e.code()).isEqualTo(ErrorCode.THREAD_POOL_EXHAUSTED);
        assertThat(e.jsonRpcCode()).isEqualTo(-32031);
        assertThat(e.retryable()).isTrue();
        assertThat(e.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "[]", "{\"error\":\"constraint_violated\"}", "{\"error\":null}"})
    void send_failureWithOtherBody_isConnectionFailure(String body) {
        server.enqueue(Peer.json(403, body));
        assertThat(connectionFailure().httpStatus()).hasValue(403);
    }

    @Test
    void send_failureWithHugeBody_isConnectionFailure() {
        server.enqueue(Peer.json(500, "x".repeat(1_000_000)));
        assertThat(connectionFailure().httpStatus()).hasValue(500);
    }

    @Test
    void send_failureCutShort_isConnectionFailureWithStatus() {
        server.enqueue(Peer.json(500, "{}")
                .newBuilder()
                .setHeader("Content-Length", 5000)
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build());
        assertThat(connectionFailure().httpStatus()).hasValue(500);
    }

    @Test
    void send_urlWithPassword_isMaskedInMessage() {
        server.enqueue(Peer.json(500, ""));
        String url = "http://user:s3cret@" + server.getHostName() + ":" + server.getPort();
        try (ASAPClient withPassword = Peer.client(url).build()) {
            ConnectionException e =
                    catchThrowableOfType(ConnectionException.class, () -> withPassword.send(Peer.message()));
            assertThat(e).hasMessageContaining("http://user:***@").hasMessageNotContaining("s3cret");
            assertThat(e.details().toString()).doesNotContain("s3cret");
        }
    }
}
