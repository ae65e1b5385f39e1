// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.MessageAck;
import dev.asap.model.Payload;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.rpc.JsonRpcId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer says when nothing else was asked for. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class EchoAgentTest {
    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());
    private static final JsonObject INPUT = JsonObject.of("text", "hello");

    private final FaultyPeer peer = FaultyPeer.start();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        peer.close();
    }

    private static byte[] message(Payload payload) {
        Envelope envelope = Envelope.builder(
                        AgentUrn.of("urn:asap:agent:caller"), AgentUrn.of("urn:asap:agent:other"), payload)
                .id("m-1")
                .build();
        return CODEC.writeRequest(JsonRpcId.of("req-1"), envelope, "key");
    }

    private static byte[] task() {
        return message(TaskRequest.of("c", "echo", INPUT));
    }

    private HttpResponse<byte[]> fetch(String method, String path, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(peer.url() + path)).method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return fetch("GET", path, new byte[0]);
    }

    private HttpResponse<byte[]> post(byte[] body, String... headers) throws Exception {
        return fetch("POST", "/asap", body, headers);
    }

    private static Envelope envelope(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return ((IncomingAnswer.Result) CODEC.readAnswer(response.body())).envelope();
    }

    @Test
    void task_isCompletedWithItsInput() throws Exception {
        Envelope answer = envelope(post(task()));
        assertThat(answer.correlationId()).isEqualTo("m-1");
        assertThat(answer.sender()).isEqualTo(AgentUrn.of("urn:asap:agent:other"));
        assertThat(answer.recipient()).isEqualTo(AgentUrn.of("urn:asap:agent:caller"));
        assertThat(((TaskResponse) answer.payload()).result()).isEqualTo(INPUT);
        assertThat(JsonObject.parse(post(task()).body()).getString("id")).isEqualTo("req-1");
    }

    @Test
    void wrongIds_areWrongAndNothingElse() throws Exception {
        peer.next(Fault.wrongCorrelation());
        Envelope answer = envelope(post(task()));
        assertThat(answer.correlationId()).isEqualTo("not-what-was-asked");
        assertThat(((TaskResponse) answer.payload()).result()).isEqualTo(INPUT);
        peer.next(Fault.wrongRpcId());
        HttpResponse<byte[]> response = post(task());
        assertThat(envelope(response).correlationId()).isEqualTo("m-1");
        assertThat(JsonObject.parse(response.body()).getString("id")).isEqualTo("not-what-was-asked");
    }

    @Test
    void compressedTask_isCompleted() throws Exception {
        assertThat(envelope(post(GzipBodies.gzip(task()), "Content-Encoding", "gzip"))
                        .correlationId())
                .isEqualTo("m-1");
        assertThat(post(task(), "Content-Encoding", "gzip").statusCode()).isEqualTo(400);
        assertThat(post(task(), "Content-Encoding", "br").statusCode()).isEqualTo(415);
    }

    @Test
    void batch_isAnsweredInOrder() throws Exception {
        String task = new String(task(), StandardCharsets.UTF_8);
        HttpResponse<byte[]> response = post(("[" + task + ",5," + task + "]").getBytes(StandardCharsets.UTF_8));
        JsonArray answers = JsonValue.parse(response.body()).asArray();
        assertThat(answers.size()).isEqualTo(3);
        assertThat(answers.get(0).asObject().has("result")).isTrue();
        assertThat(answers.get(1).asObject().getObject("error").getInt("code")).isEqualTo(-32600);
        assertThat(answers.get(2).asObject().has("result")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "5", "{}", "{\"method\":\"asap.send\",\"params\":{},\"id\":1}"})
    void whatIsNoMessage_getsAnError(String body) throws Exception {
        HttpResponse<byte[]> response = post(body.getBytes(StandardCharsets.UTF_8));
        assertThat(CODEC.readAnswer(response.body())).isInstanceOf(IncomingAnswer.Failed.class);
    }

    @Test
    void otherPayload_getsAnError() throws Exception {
        HttpResponse<byte[]> response = post(message(MessageAck.received("m-0")));
        assertThat(((IncomingAnswer.Failed) CODEC.readAnswer(response.body()))
                        .error()
                        .data())
                .hasToString("{\"error\":\"answers task requests only; start the peer with a function for others\"}");
    }

    @Test
    void stream_givesTheInputInTwoPieces() throws Exception {
        HttpResponse<byte[]> response = fetch("POST", "/asap/stream", task());
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        List<String> events = List.of(new String(response.body(), StandardCharsets.UTF_8).split("\n\n", -1));
        assertThat(events).hasSize(3).last().isEqualTo("");
        StringBuilder text = new StringBuilder();
        for (String event : events.subList(0, 2)) {
            byte[] json = event.substring("data: ".length()).getBytes(StandardCharsets.UTF_8);
            Envelope envelope = ASAPCodec.strict().read(json, Envelope.class);
            assertThat(envelope.correlationId()).isEqualTo("m-1");
            text.append(((TaskStream) envelope.payload()).chunk());
            assertThat(((TaskStream) envelope.payload()).isFinal()).isEqualTo(text.length() > 10);
        }
        assertThat(text).hasToString(INPUT.toString());
        assertThat(CODEC.readAnswer(fetch("POST", "/asap/stream", new byte[0]).body()))
                .isInstanceOf(IncomingAnswer.Failed.class);
    }

    @Test
    void documents_areAtTheirPlaces() throws Exception {
        Manifest manifest = ASAPCodec.strict()
                .readManifest(get("/.well-known/asap/manifest.json").body());
        assertThat(manifest.endpoints().asap()).isEqualTo(peer.url() + "/asap");
        assertThat(manifest.endpoints().events()).isEqualTo(peer.webSocketUrl());
        HealthStatus health =
                ASAPCodec.strict().read(get("/.well-known/asap/health").body(), HealthStatus.class);
        assertThat(health.isHealthy()).isTrue();
    }

    @Test
    void anythingElse_isNotFound() throws Exception {
        assertThat(get("/asap").statusCode()).isEqualTo(404);
        assertThat(fetch("POST", "/other", task()).statusCode()).isEqualTo(404);
        assertThat(fetch("DELETE", "/asap", new byte[0]).statusCode()).isEqualTo(404);
        assertThat(get("/other").body()).asString().isEqualTo("{\"detail\":\"Not Found\"}");
    }
}
