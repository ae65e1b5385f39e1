// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A server over a store in memory, and a plain HTTP client for it. */
final class TestAgent implements AutoCloseable {
    static final AgentUrn URN = AgentUrn.of("urn:asap:agent:under-test");
    private static final MediaType JSON = MediaType.get("application/json");

    final Storage storage = Storage.open("memory", StorageSettings.defaults());
    final ASAPServer server;
    final OkHttpClient http;

    private TestAgent(Manifest manifest, UnaryOperator<ASAPServer.Builder> options, OkHttpClient http) {
        ASAPServer.Builder builder = ASAPServer.builder(manifest)
                .storage(storage)
                .rateLimit(RateLimit.none())
                .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())));
        this.server = options.apply(builder).start();
        this.http = http;
    }

    static TestAgent start() {
        return start(builder -> builder);
    }

    static TestAgent start(UnaryOperator<ASAPServer.Builder> options) {
        return start(options, new OkHttpClient.Builder().followRedirects(false).build());
    }

    static TestAgent start(UnaryOperator<ASAPServer.Builder> options, OkHttpClient http) {
        return new TestAgent(manifest(), options, http);
    }

    static TestAgent start(Manifest manifest, UnaryOperator<ASAPServer.Builder> options) {
        return new TestAgent(
                manifest,
                options,
                new OkHttpClient.Builder().followRedirects(false).build());
    }

    static Manifest manifest() {
        return Manifest.builder(URN, "Under test", "1.0.0", Endpoint.of("http://agent.example/asap"))
                .build();
    }

    static OkHttpClient h2cClient() {
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
    }

    /** A request that the echo skill answers. */
    static JsonObject call(String payloadType, JsonObject payload) {
        return JsonObject.of(
                "jsonrpc", "2.0",
                "method", "asap.send",
                "params",
                        JsonObject.of(
                                "envelope",
                                JsonObject.of(
                                        "id",
                                        "envelope-1",
                                        "asap_version",
                                        "0.1",
                                        "sender",
                                        "urn:asap:agent:caller",
                                        "recipient",
                                        URN.value(),
                                        "payload_type",
                                        payloadType,
                                        "payload",
                                        payload)),
                "id", "req-1");
    }

    static JsonObject echo(JsonObject input) {
        return call("task.request", JsonObject.of("conversation_id", "c", "skill_id", "echo", "input", input));
    }

    JsonObject post(JsonObject body) throws IOException {
        return post(body.toString());
    }

    JsonObject post(String body) throws IOException {
        return post(body.getBytes(StandardCharsets.UTF_8));
    }

    JsonObject post(byte[] body) throws IOException {
        try (Response response = exchange("POST", "/asap", RequestBody.create(body, JSON))) {
            return JsonObject.parse(response.body().string());
        }
    }

    /** The payload of the answer, which must be a result. */
    JsonObject payload(JsonObject request) throws IOException {
        return post(request).getObject("result").getObject("envelope").getObject("payload");
    }

    /** The answer to a request with headers: names and values in turn. */
    Response exchange(String method, String path, @Nullable JsonObject body, String... headers) throws IOException {
        RequestBody sent = body == null ? null : RequestBody.create(body.toBytes(), JSON);
        return http.newCall(new Request.Builder()
                        .url(server.url() + path)
                        .method(method, sent)
                        .headers(Headers.of(headers))
                        .build())
                .execute();
    }

    /** The answer to a message that is sent with headers: names and values in turn. */
    JsonObject postWith(JsonObject body, String... headers) throws IOException {
        try (Response response = exchange("POST", "/asap", body, headers)) {
            return JsonObject.parse(response.body().string());
        }
    }

    Response get(String path) throws IOException {
        return exchange("GET", path, null);
    }

    Response exchange(String method, String path, @Nullable RequestBody body) throws IOException {
        return http.newCall(new Request.Builder()
                        .url(server.url() + path)
                        .method(method, body)
                        .build())
                .execute();
    }

    @Override
    public void close() {
        server.close();
        storage.close();
        http.connectionPool().evictAll();
        http.dispatcher().executorService().shutdown();
    }
}
