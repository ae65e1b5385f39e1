// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Manifest;
import dev.asap.storage.Storage;
import java.io.IOException;
import java.util.function.UnaryOperator;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A server over a storage, and a plain HTTP client for its REST routes. */
final class RestAgent implements AutoCloseable {
    /** An answer, read to its end. */
    record Answer(int status, Headers headers, String text) {
        JsonObject json() {
            return JsonObject.parse(text);
        }

        JsonArray array() {
            return JsonValue.parse(text).asArray();
        }

        /** The type and the place of the only mistake that is listed. */
        String mistake() {
            JsonArray detail = json().getArray("detail");
            JsonObject only = detail.get(0).asObject();
            return detail.size() + " " + only.getString("type") + " " + only.getArray("loc");
        }
    }

    private static final MediaType JSON = MediaType.get("application/json");

    final ASAPServer server;
    private final OkHttpClient http =
            new OkHttpClient.Builder().followRedirects(false).build();

    private RestAgent(ASAPServer server) {
        this.server = server;
    }

    static RestAgent start(Storage storage, UnaryOperator<ASAPServer.Builder> options) {
        return start(TestAgent.manifest(), storage, options);
    }

    static RestAgent start(Manifest manifest, Storage storage, UnaryOperator<ASAPServer.Builder> options) {
        return new RestAgent(
                options.apply(ASAPServer.builder(manifest).storage(storage).rateLimit(RateLimit.none()))
                        .start());
    }

    Answer get(String path) throws IOException {
        return send("GET", path, null, Headers.EMPTY);
    }

    Answer post(String path, String body) throws IOException {
        return send("POST", path, body, Headers.EMPTY);
    }

    Answer send(String method, String path, @Nullable String body, Headers headers) throws IOException {
        Request request = new Request.Builder()
                .url(server.url() + path)
                .headers(headers)
                .method(method, body == null ? null : RequestBody.create(body, JSON))
                .build();
        try (Response response = http.newCall(request).execute()) {
            return new Answer(
                    response.code(), response.headers(), response.body().string());
        }
    }

    @Override
    public void close() {
        server.close();
        http.connectionPool().evictAll();
        http.dispatcher().executorService().shutdown();
    }
}
