// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.asap.examples.GoldenAgent;
import dev.asap.json.WireTime;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded exchange gets the answer that was recorded. */
class GoldenReplayTest {
    private static final Path RECORDINGS = Path.of("src/test/resources/golden");

    private static final Path SCHEMAS = Path.of("../../shared/protocol/schemas");

    /** Recordings whose notes call another answer the better one, which is ours; see {@link #better}. */
    private static final Set<String> ANSWERED_BETTER =
            Set.of("jsonrpc-errors/float-request-id", "jsonrpc-errors/object-request-id", "jsonrpc-errors/nan");

    private static final OkHttpClient HTTP =
            new OkHttpClient.Builder().followRedirects(false).build();

    @SuppressWarnings("ArrayRecordComponent") // read once, compared nowhere
    private record Answer(int status, Headers headers, byte[] body) {}

    private static final Map<GoldenAgent.Profile, ASAPServer> AGENTS = new EnumMap<>(GoldenAgent.Profile.class);
    private static Storage storage;

    @BeforeAll
    static void startAgents() {
        storage = Storage.open("memory", StorageSettings.defaults());
        for (GoldenAgent.Profile profile : GoldenAgent.Profile.values()) {
            AGENTS.put(profile, GoldenAgent.start(profile, 0, storage));
        }
    }

    @AfterAll
    static void stopAgents() {
        HTTP.connectionPool().evictAll();
        AGENTS.values().forEach(ASAPServer::close);
        storage.close();
    }

    static List<Recording> recordings() throws IOException {
        try (Stream<Path> files = Files.walk(RECORDINGS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Recording::read)
                    .toList();
        }
    }

    @Test
    void recordings_areAllThere() throws IOException {
        assertThat(recordings()).hasSizeGreaterThanOrEqualTo(131);
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void recording_isAnsweredAsRecorded(Recording recording) throws Exception {
        Instant now = Instant.now();
        recording
                .root()
                .path("time_offsets")
                .properties()
                .forEach(offset -> Recording.put(
                        recording.root(),
                        JsonPointer.compile(offset.getKey()),
                        TextNode.valueOf(WireTime.format(WireTime.toPrecision(now)
                                .plusMillis((long) (offset.getValue().asDouble() * 1000))))));
        List<JsonNode> exchanges = recording.exchanges();
        for (int i = 0; i < exchanges.size(); i++) {
            JsonNode exchange = exchanges.get(i);
            JsonNode recorded = exchange.get("response");
            Answer answer = send(recording, exchange.get("request"));
            JsonPointer at = JsonPointer.compile("/exchanges/" + i + "/response");
            if (ANSWERED_BETTER.contains(recording.name())) {
                better(recording, answer);
            } else {
                compare(recording, at, recorded, answer);
            }
            validate(answer);
            takeOver(recording, answer, i);
        }
    }

    /** What the notes of the recordings call better: numbers that are no ids are refused, and NaN is no JSON. */
    private static void better(Recording recording, Answer answer) throws IOException {
        JsonNode body = Recording.JSON.readTree(answer.body());
        int code = recording.name().endsWith("nan") ? -32700 : -32600;
        assertThat(answer.status()).isEqualTo(200);
        assertThat(body.at("/error/code").asInt()).isEqualTo(code);
        assertThat(body.get("id").isNull()).isTrue();
    }

    private static void compare(Recording recording, JsonPointer at, JsonNode recorded, Answer answer)
            throws IOException {
        AnswerComparison comparison = new AnswerComparison(recording);
        assertThat(answer.status())
                .as("status")
                .isEqualTo(recorded.get("status").asInt());
        recorded.get("headers").properties().forEach(header -> {
            String value = answer.headers().get(header.getKey());
            assertThat(value).as(header.getKey()).isNotNull();
            JsonPointer place = at.appendProperty("headers").appendProperty(header.getKey());
            comparison.compare(place, header.getValue(), TextNode.valueOf(value));
        });
        if (recorded.has("body")) {
            comparison.compare(at.appendProperty("body"), recorded.get("body"), Recording.JSON.readTree(answer.body()));
        } else if (recorded.has("body_text")) {
            JsonNode text = TextNode.valueOf(new String(answer.body(), StandardCharsets.UTF_8));
            comparison.compare(at.appendProperty("body_text"), recorded.get("body_text"), text);
        } else {
            assertThat(answer.body()).as("body").isEmpty();
        }
        assertThat(comparison.differences()).isEmpty();
    }

    /** What we emit is valid by the protocol's public schemas, where they are at hand. */
    private static void validate(Answer answer) throws IOException {
        if (!Files.isDirectory(SCHEMAS) || answer.body().length == 0 || answer.body()[0] != '{') {
            return;
        }
        JsonNode body = Recording.JSON.readTree(answer.body());
        JsonNode envelope = body.at("/result/envelope");
        if (!envelope.isMissingNode()) {
            assertThat(schema("envelope.schema.json").validate(envelope)).isEmpty();
        }
        if (body.has("endpoints")) {
            assertThat(schema("entities/manifest.schema.json").validate(body)).isEmpty();
        }
    }

    private static JsonSchema schema(String file) throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(Recording.JSON.readTree(SCHEMAS.resolve(file).toFile()));
    }

    /** Takes values of this answer over into later requests. */
    private static void takeOver(Recording recording, Answer answer, int exchange) {
        String headers = "/exchanges/" + exchange + "/response/headers/";
        for (JsonNode capture : recording.root().path("captures")) {
            String from = capture.get("value").asText();
            if (from.startsWith(headers)) {
                String value = answer.headers().get(from.substring(headers.length()));
                Recording.put(
                        recording.root(),
                        JsonPointer.compile(capture.get("into").asText()),
                        TextNode.valueOf(capture.get("format").asText().replace("{0}", value)));
            }
        }
    }

    private static Answer send(Recording recording, JsonNode request) throws IOException {
        String path = request.get("path").asText();
        Request.Builder http = new Request.Builder()
                .url(AGENTS.get(GoldenAgent.Profile.valueOf(recording.profile()))
                                .url()
                        + path)
                .method(request.get("method").asText(), body(request));
        request.path("headers").properties().forEach(header -> {
            // The client makes these itself, from the body that it is given.
            if (!Set.of("Content-Length", "Transfer-Encoding").contains(header.getKey())) {
                http.header(header.getKey(), header.getValue().asText());
            }
        });
        try (Response response = HTTP.newCall(http.build()).execute()) {
            return new Answer(
                    response.code(), response.headers(), response.body().bytes());
        }
    }

    private static @Nullable RequestBody body(JsonNode request) {
        if (!request.get("method").asText().equals("POST")) {
            return null;
        }
        byte[] bytes = bodyBytes(request);
        boolean chunked =
                "chunked".equals(request.at("/headers/Transfer-Encoding").asText());
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public long contentLength() {
                return chunked ? -1 : bytes.length;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.write(bytes);
            }
        };
    }

    private static byte[] bodyBytes(JsonNode request) {
        try {
            if (request.has("body_base64")) {
                return Base64.getDecoder().decode(request.get("body_base64").asText());
            } else if (request.has("body_text")) {
                return request.get("body_text").asText().getBytes(StandardCharsets.UTF_8);
            }
            return request.has("body") ? Recording.JSON.writeValueAsBytes(request.get("body")) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
