// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.compliance;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Asks an agent as a stranger does: by plain HTTP, with nothing of this library in between. */
final class AgentProbe implements AutoCloseable {
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient http = new OkHttpClient();
    private final URI url;

    AgentProbe(URI url) {
        this.url = url;
    }

    /** An answer, read to its end. */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared nowhere
    record Answer(int status, Headers headers, byte[] body) {
        String contentType() {
            String value = headers.get("Content-Type");
            return value == null ? "" : value;
        }

        /** The body as JSON; null if it is none. */
        @Nullable
        JsonValue json() {
            try {
                return JsonValue.parse(body);
            } catch (JsonException e) {
                return null;
            }
        }

        /** The body as a JSON object, an empty one if it is none. */
        JsonObject object() {
            return json() instanceof JsonObject object ? object : JsonObject.empty();
        }

        /** The code of a JSON-RPC error; 0 without one. */
        int errorCode() {
            return object().find("error").orElse(null) instanceof JsonObject error ? error.getInt("code", 0) : 0;
        }

        @Override
        public String toString() {
            return "HTTP " + status + " " + new String(body, StandardCharsets.UTF_8);
        }
    }

    Answer get(String path) throws IOException {
        return exchange(path, null);
    }

    /** Posts a body; headers are names and values in turn. */
    Answer post(String path, String body, String... headers) throws IOException {
        return exchange(path, RequestBody.create(body.getBytes(StandardCharsets.UTF_8), JSON), headers);
    }

    private Answer exchange(String path, @Nullable RequestBody body, String... headers) throws IOException {
        Request request = new Request.Builder()
                .url(url + path)
                .method(body == null ? "GET" : "POST", body)
                .headers(Headers.of(headers))
                .build();
        try (Response response = http.newCall(request).execute()) {
            return new Answer(
                    response.code(), response.headers(), response.body().bytes());
        }
    }

    @Override
    public void close() {
        http.connectionPool().evictAll();
        http.dispatcher().executorService().shutdown();
    }
}
