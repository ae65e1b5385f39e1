// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.CorrelationException;
import dev.asap.error.ErrorCode;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.RemoteErrorException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.McpResourceData;
import dev.asap.model.McpToolResult;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.rpc.JsonRpcId;
import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ASAPClientSendTest extends ServerTesting {
    private ASAPClient client;

    @BeforeEach
    void start() {
        client = builder().build();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private RecordedRequest request() throws InterruptedException {
        return server.takeRequest();
    }

    // ---- The request

    @Test
    void send_anyMessage_writesBytesOfTheProtocol() throws Exception {
        server.enqueue(Peer.answer());
        server.enqueue(Peer.answer());
        try (ASAPClient fixed = builder().idempotencyKeys(() -> "key-1").build()) {
            fixed.send(Peer.message());
            fixed.send(Peer.message());
        }

        RecordedRequest first = request();
        assertThat(first.getRequestLine()).isEqualTo("POST /asap HTTP/1.1");
        assertThat(first.getBody().utf8())
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"asap.send\",\"params\":{\"envelope\":{\"id\":\"m-1\","
                        + "\"asap_version\":\"0.1\",\"timestamp\":\"2026-03-04T05:06:07Z\","
                        + "\"sender\":\"urn:asap:agent:caller\",\"recipient\":\"urn:asap:agent:echo\","
                        + "\"payload_type\":\"task.request\",\"payload\":{\"conversation_id\":\"c1\","
                        + "\"skill_id\":\"echo\",\"input\":{\"text\":\"hello\"}}},"
                        + "\"idempotency_key\":\"key-1\"},\"id\":\"req-1\"}");
        assertThat(request().getBody().utf8()).endsWith("\"id\":\"req-2\"}");
    }

    @Test
    void send_anyMessage_sendsHeadersOfTheProtocolAndNoOthers() throws Exception {
        server.enqueue(Peer.answer());
        try (ASAPClient fixed = builder().idempotencyKeys(() -> "key-1").build()) {
            fixed.send(Peer.message());
        }
        Headers headers = request().getHeaders();
        assertThat(headers.names())
                .containsExactlyInAnyOrder(
                        "Content-Type",
                        "Content-Length",
                        "Accept",
                        "Accept-Encoding",
                        "X-Idempotency-Key",
                        "ASAP-Version",
                        "Host",
                        "Connection",
                        "User-Agent");
        assertThat(headers.get("Content-Type")).isEqualTo("application/json");
        assertThat(headers.get("Accept")).isEqualTo("application/json");
        assertThat(headers.get("X-Idempotency-Key")).isEqualTo("key-1");
        assertThat(headers.get("ASAP-Version")).isEqualTo("2.2, 2.1");
    }

    @Test
    void send_eachTime_usesFreshUlidInHeaderAndBody() throws Exception {
        server.enqueue(Peer.answer());
        server.enqueue(Peer.answer());
        client.send(Peer.message());
        client.send(Peer.message());

        RecordedRequest first = request();
        String key = first.getHeaders().get("X-Idempotency-Key");
        assertThat(key).matches(Pattern.compile("[0-9A-HJKMNP-TV-Z]{26}"));
        assertThat(first.getBody().utf8()).contains("\"idempotency_key\":\"" + key + "\"");
        assertThat(request().getHeaders().get("X-Idempotency-Key")).isNotEqualTo(key);
    }

    @Test
    void send_belowPrefix_postsToPrefix() throws Exception {
        server.enqueue(Peer.answer());
        try (ASAPClient prefixed =
                ASAPClient.builder(server.url("/agents/a/asap/").uri()).build()) {
            prefixed.send(Peer.message());
        }
        assertThat(request().getTarget()).isEqualTo("/agents/a/asap");
    }

    @Test
    void send_oneAfterTheOther_usesOneConnection() throws Exception {
        server.setDispatcher(new Peer.EchoDispatcher());
        client.send(Peer.message());
        client.send(Peer.message());
        assertThat(request().getConnectionIndex()).isEqualTo(request().getConnectionIndex());
    }

    // ---- The answer

    @Test
    void send_taskResponse_returnsEnvelope() {
        server.setDispatcher(new Peer.EchoDispatcher());
        Envelope answer = client.send(Peer.message());
        assertThat(answer.correlationId()).isEqualTo("m-1");
        assertThat(answer.payload()).isEqualTo(TaskResponse.completed("t-1", JsonObject.of("text", "hello")));
    }

    @Test
    void send_answerOfNewerPeer_passesOverUnknownMembers() {
        server.enqueue(Peer.json(
                200,
                "{\"jsonrpc\":\"2.0\",\"new\":1,\"result\":{\"new\":1,\"envelope\":{\"new\":1,\"sender\":\"urn:asap:agent:echo\","
                        + "\"recipient\":\"urn:asap:agent:caller\",\"payload_type\":\"task.response\",\"asap_version\":\"0.1\","
                        + "\"correlation_id\":\"m-1\","
                        + "\"payload\":{\"task_id\":\"t-1\",\"status\":\"working\",\"new\":1}}},\"id\":\"other\"}"));
        TaskResponse response = (TaskResponse) client.send(Peer.message()).payload();
        assertThat(response.status()).isEqualTo(TaskStatus.WORKING);
    }

    @Test
    void send_answerWithStatus299_isReadLike200() {
        server.enqueue(Peer.answer().newBuilder().code(299).build());
        assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
    }

    @Test
    void request_taskResponse_returnsIt() {
        server.setDispatcher(new Peer.EchoDispatcher());
        assertThat(client.request(Peer.CALLER, Peer.ECHO, Peer.task()).result())
                .isEqualTo(JsonObject.of("text", "hello"));
    }

    @Test
    void request_answerOfOtherType_isRefused() {
        server.enqueue(Peer.answer(new CustomPayload(PayloadType.of("weather.report"), JsonObject.empty()), "m-1"));
        assertThatThrownBy(() -> client.request(Peer.CALLER, Peer.ECHO, Peer.task()))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessage("Expected a task.response from urn:asap:agent:echo, got the payload type 'weather.report';"
                        + " use send for other answers");
    }

    // ---- Correlation

    static Stream<Payload> boundPayloads() {
        return Stream.of(
                TaskResponse.completed("t-1", JsonObject.empty()),
                new McpToolResult("call-1", true, JsonObject.empty(), null),
                new McpResourceData("file:///x", JsonObject.empty()));
    }

    @ParameterizedTest
    @MethodSource("boundPayloads")
    void send_answerToOtherRequest_isRefused(Payload payload) {
        server.enqueue(Peer.answer(payload, "m-2"));
        assertThatThrownBy(() -> client.send(Peer.message()))
                .isInstanceOf(CorrelationException.class)
                .hasMessageContaining("'m-1'")
                .hasMessageContaining("'m-2'");
    }

    @Test
    void send_answerInOtherSpelling_isBoundToo() {
        Envelope answer = Envelope.builder(Peer.ECHO, Peer.CALLER, TaskResponse.completed("t-1", JsonObject.empty()))
                .payloadType(PayloadType.of("TaskResponse"))
                .correlationId("m-2")
                .build();
        server.enqueue(Peer.json(200, new JsonRpcCodec(Clock.systemUTC()).writeResult(JsonRpcId.of(1), answer)));
        assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(CorrelationException.class);
    }

    @Test
    void send_customAnswer_isNotBound() {
        server.enqueue(Peer.answer(new CustomPayload(PayloadType.of("weather.report"), JsonObject.empty()), "m-2"));
        assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-2");
    }

    // ---- Errors in answers

    @Test
    void send_jsonRpcError_keepsNumberNameAndHints() {
        server.enqueue(
                Peer.json(
                        200,
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32002,\"message\":\"too old\",\"data\":{"
                                + "\"code\":\"asap:protocol/invalid_timestamp\",\"rpc_code\":-32002,\"message\":\"too old\","
                                + "\"details\":{\"age_seconds\":400.0},\"retry_after_ms\":5000,"
                                + "\"alternative_agents\":[\"urn:asap:agent:other\"],"
                                + "\"fallback_action\":\"resend_with_fresh_timestamp\",\"recoverable\":true}},\"id\":\"req-1\"}"));
        RemoteErrorException e = remoteError();
        assertThat(e).hasMessage("Remote error -32002: too old");
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(e.jsonRpcCode()).isEqualTo(-32002);
        assertThat(e.retryable()).isTrue();
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(5));
        assertThat(e.alternativeAgents()).containsExactly(AgentUrn.of("urn:asap:agent:other"));
        assertThat(e.fallbackAction()).contains("resend_with_fresh_timestamp");
        assertThat(e.details().getObject("details").getDouble("age_seconds")).isEqualTo(400.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>s3cret</html>", "{\"result\":", "\u00ff\u00fe"})
    void send_bodyThatIsNotJson_isRemoteErrorThatDoesNotShowIt(String body) {
        server.enqueue(Peer.json(200, body));
        RemoteErrorException e = remoteError();
        assertThat(e.jsonRpcCode()).isEqualTo(-32700);
        assertThat(e)
                .hasMessageContaining("the answer to POST " + server.url("/asap"))
                .hasMessageContaining("HTTP 200")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"result\":{}}", "{\"result\":{\"envelope\":null}}", "{\"error\":\"text\"}", "[]", "7"})
    void send_bodyWithoutEnvelope_isRemoteError(String body) {
        server.enqueue(Peer.json(200, body));
        assertThat(remoteError().jsonRpcCode()).isEqualTo(-32603);
    }

    @Test
    void send_invalidEnvelope_namesMembersAndNotValues() {
        server.enqueue(Peer.json(
                200,
                "{\"result\":{\"envelope\":{\"asap_version\":\"0.1\",\"sender\":\"s3cret\","
                        + "\"recipient\":\"urn:asap:agent:caller\",\"payload_type\":\"task.response\","
                        + "\"payload\":{\"status\":\"completed\"}}}}"));
        MalformedEnvelopeException e =
                catchThrowableOfType(MalformedEnvelopeException.class, () -> client.send(Peer.message()));
        assertThat(e)
                .hasMessageContaining("The answer to POST " + server.url("/asap") + " holds no valid envelope")
                .hasMessageContaining("sender")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
        assertThat(e.details().toString()).contains("task_id").doesNotContain("s3cret");
    }

    @Test
    void send_redirect_isNotFollowed() throws Exception {
        try (MockWebServer other = new MockWebServer();
                ASAPClient bearer = builder().bearerToken("s3cret").build()) {
            other.start();
            server.enqueue(new MockResponse.Builder()
                    .code(307)
                    .setHeader("Location", other.url("/asap"))
                    .build());
            RemoteErrorException e =
                    catchThrowableOfType(RemoteErrorException.class, () -> bearer.send(Peer.message()));
            assertThat(e.jsonRpcCode()).isEqualTo(-32700);
            assertThat(e).hasMessageContaining("redirects are not followed");
            assertThat(other.getRequestCount()).isZero();
            assertThat(server.getRequestCount()).isEqualTo(1);
        }
    }

    private RemoteErrorException remoteError() {
        return catchThrowableOfType(RemoteErrorException.class, () -> client.send(Peer.message()));
    }
}
