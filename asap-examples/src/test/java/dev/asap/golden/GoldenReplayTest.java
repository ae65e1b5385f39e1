// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.asap.examples.GoldenAgent;
import dev.asap.json.WireTime;
import dev.asap.server.ASAPServer;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded exchange gets the answer that was recorded. */
class GoldenReplayTest {
    private static final Path RECORDINGS = Path.of("src/test/resources/golden");

    private static final Path SCHEMAS = Path.of("../../shared/protocol/schemas");

    private static final Duration UNTIL_AT_WORK = Duration.ofMillis(300);

    private static final Pattern CLAIM =
            Pattern.compile("claim (\\w+) of the token at (/exchanges/(\\d+)/response/body.*)");

    /** A tag of requests: it is counted down when the request is sent. */
    private record Sent(CountDownLatch latch) {
        Sent() {
            this(new CountDownLatch(1));
        }
    }

    private static final OkHttpClient HTTP = new OkHttpClient.Builder()
            .followRedirects(false)
            .eventListener(new EventListener() {
                @Override
                public void requestBodyEnd(Call call, long byteCount) {
                    Sent sent = call.request().tag(Sent.class);
                    if (sent != null) {
                        sent.latch().countDown();
                    }
                }
            })
            .build();

    @SuppressWarnings("ArrayRecordComponent") // read once, compared nowhere
    private record Answer(int status, Headers headers, byte[] body) {
        JsonNode json() {
            try {
                return Recording.JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A golden agent over a storage of its own. */
    private record Agent(ASAPServer server, Storage storage) implements AutoCloseable {
        static Agent start(GoldenAgent.Profile profile) {
            Storage storage = Storage.open("memory", StorageSettings.defaults());
            return new Agent(GoldenAgent.start(profile, 0, storage), storage);
        }

        @Override
        public void close() {
            server.close();
            storage.close();
        }
    }

    /** The agents of recordings that do not care what happened before. */
    private static final Map<GoldenAgent.Profile, Agent> AGENTS = new EnumMap<>(GoldenAgent.Profile.class);

    private static final ExecutorService SENDERS = Executors.newCachedThreadPool();

    @AfterAll
    static void stopAgents() {
        HTTP.connectionPool().evictAll();
        AGENTS.values().forEach(Agent::close);
        SENDERS.shutdownNow();
    }

    static List<Recording> all() throws IOException {
        try (Stream<Path> files = Files.walk(RECORDINGS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Recording::read)
                    .filter(GoldenReplayTest::isPlain)
                    .toList();
        }
    }

    static List<Recording> recordings() throws IOException {
        return all();
    }

    /** Sockets are replayed by a test of their own. */
    private static boolean isPlain(Recording recording) {
        return recording.root().has("exchanges");
    }

    @Test
    void recordings_areAllThere() throws IOException {
        assertThat(all()).hasSizeGreaterThanOrEqualTo(231);
    }

    @Test
    void acceptedDifferences_areFewAndExplained() throws IOException {
        List<Recording> recordings = all();
        assertThat(AcceptedDifference.ALL).hasSizeLessThanOrEqualTo(10).allSatisfy(difference -> {
            assertThat(difference.reason()).isNotBlank();
            assertThat(recordings).anyMatch(recording -> recording.accepted().contains(difference));
        });
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void recording_isAnsweredAsRecorded(Recording recording) throws Exception {
        setTimes(recording);
        GoldenAgent.Profile profile = GoldenAgent.Profile.valueOf(recording.profile());
        if (!recording.needsFreshServer()) {
            replay(recording, AGENTS.computeIfAbsent(profile, Agent::start));
            return;
        }
        try (Agent agent = Agent.start(profile)) {
            recording
                    .seed("sla_metrics", SLAMetrics.class)
                    .forEach(agent.storage().sla()::recordMetrics);
            recording
                    .seed("sla_breaches", SLABreach.class)
                    .forEach(agent.storage().sla()::recordBreach);
            replay(recording, agent);
        }
    }

    private static void setTimes(Recording recording) {
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
    }

    private static void replay(Recording recording, Agent agent) throws Exception {
        List<JsonNode> exchanges = recording.exchanges();
        for (int i = 0; i < exchanges.size(); i++) {
            JsonNode exchange = exchanges.get(i);
            if (exchange.path("concurrent_with_next").asBoolean()) {
                Sent sent = new Sent();
                Future<Answer> running = SENDERS.submit(() -> send(agent, exchange.get("request"), sent));
                assertThat(sent.latch().await(30, TimeUnit.SECONDS)).as("sent").isTrue();
                // Nothing that can be seen from outside says that the agent works on it.
                await().pollDelay(UNTIL_AT_WORK).until(() -> true);
                Answer next = send(agent, exchanges.get(i + 1).get("request"), new Sent());
                check(recording, i, running.get(30, TimeUnit.SECONDS));
                i++;
                check(recording, i, next);
            } else {
                check(recording, i, send(agent, exchange.get("request"), new Sent()));
            }
        }
    }

    private static void check(Recording recording, int exchange, Answer answer) throws IOException {
        JsonPointer at = JsonPointer.compile("/exchanges/" + exchange);
        JsonNode recorded = recording.root().at(at);
        compare(recording, at.appendProperty("response"), recorded.get("response"), answer);
        if (recorded.has("decoded_token")) {
            AnswerComparison comparison = new AnswerComparison(recording);
            JsonPointer token = at.appendProperty("decoded_token");
            comparison.compare(
                    token,
                    recorded.get("decoded_token"),
                    decodedToken(answer.json().get("token")));
            assertThat(comparison.differences()).isEmpty();
        }
        validate(answer);
        takeOver(recording, answer, exchange);
    }

    private static void compare(Recording recording, JsonPointer at, JsonNode recorded, Answer answer)
            throws IOException {
        AnswerComparison comparison = new AnswerComparison(recording);
        assertThat(answer.status())
                .as("status")
                .isEqualTo(recorded.get("status").asInt());
        JsonPointer headers = at.appendProperty("headers");
        recorded.get("headers").properties().forEach(header -> {
            String value = answer.headers().get(header.getKey());
            assertThat(value).as(header.getKey()).isNotNull();
            if (!recording.volatileValues().contains(headers.appendProperty(header.getKey()))) {
                assertThat(value)
                        .as(header.getKey())
                        .isEqualTo(header.getValue().asText());
            }
        });
        if (recorded.has("body")) {
            comparison.compare(at.appendProperty("body"), recorded.get("body"), answer.json());
        } else if (recorded.has("body_text")) {
            JsonNode text = TextNode.valueOf(answer.text());
            comparison.compare(at.appendProperty("body_text"), recorded.get("body_text"), text);
        } else if (recorded.has("events")) {
            compareEvents(comparison, at, recorded, answer);
        } else {
            assertThat(answer.body()).as("body").isEmpty();
        }
        assertThat(comparison.differences()).isEmpty();
    }

    private static void compareEvents(AnswerComparison comparison, JsonPointer at, JsonNode recorded, Answer answer)
            throws IOException {
        String text = answer.text();
        ArrayNode events = Recording.JSON.createArrayNode();
        for (String event : text.strip().split("\n\n", -1)) {
            assertThat(event).startsWith("data: ").doesNotContain("\n");
            events.add(Recording.JSON.readTree(event.substring("data: ".length())));
        }
        comparison.compare(at.appendProperty("events"), recorded.get("events"), events);
        if (recorded.has("first_event_text")) {
            JsonNode first = TextNode.valueOf(text.substring(0, text.indexOf("\n\n") + 2));
            comparison.compare(at.appendProperty("first_event_text"), recorded.get("first_event_text"), first);
        }
    }

    /** What we emit is valid by the protocol's public schemas, where they are at hand. */
    private static void validate(Answer answer) throws IOException {
        if (!Files.isDirectory(SCHEMAS) || answer.body().length == 0 || answer.body()[0] != '{') {
            return;
        }
        JsonNode body = answer.json();
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
    private static void takeOver(Recording recording, Answer answer, int exchange) throws IOException {
        String headers = "/exchanges/" + exchange + "/response/headers/";
        String body = "/exchanges/" + exchange + "/response/body";
        for (JsonNode capture : recording.root().path("captures")) {
            String from = capture.get("value").asText();
            Matcher claim = CLAIM.matcher(from);
            if (from.startsWith(headers)) {
                takeOver(recording, capture, answer.headers().get(from.substring(headers.length())));
            } else if (claim.matches() && Integer.parseInt(claim.group(3)) == exchange) {
                JsonNode token = answer.json().at(claim.group(2).substring(body.length()));
                takeOver(
                        recording,
                        capture,
                        decodedToken(token).at("/claims/" + claim.group(1)).asText());
            }
        }
    }

    private static void takeOver(Recording recording, JsonNode capture, String value) {
        Recording.put(
                recording.root(),
                JsonPointer.compile(capture.get("into").asText()),
                TextNode.valueOf(capture.get("format").asText().replace("{0}", value)));
    }

    /** The header and the claims of a token, as recordings show them. */
    private static JsonNode decodedToken(JsonNode token) throws IOException {
        String[] parts = token.asText().split("\\.", -1);
        return Recording.JSON
                .createObjectNode()
                .<ObjectNode>set(
                        "header", Recording.JSON.readTree(Base64.getUrlDecoder().decode(parts[0])))
                .set("claims", Recording.JSON.readTree(Base64.getUrlDecoder().decode(parts[1])));
    }

    private static Answer send(Agent agent, JsonNode request, Sent sent) throws IOException {
        Request.Builder http = new Request.Builder()
                .url(agent.server().url() + request.get("path").asText())
                .tag(Sent.class, sent)
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

    /** The content of the one chunk of a recorded body: the client frames it anew. */
    private static byte[] chunk(byte[] framed) {
        int start = new String(framed, StandardCharsets.ISO_8859_1).indexOf("\r\n") + 2;
        int length = Integer.parseInt(new String(framed, 0, start - 2, StandardCharsets.US_ASCII), 16);
        return Arrays.copyOfRange(framed, start, start + length);
    }

    private static byte[] bodyBytes(JsonNode request) {
        try {
            if (request.has("body_base64")) {
                byte[] sent =
                        Base64.getDecoder().decode(request.get("body_base64").asText());
                boolean framed = "chunked"
                        .equals(request.at("/headers/Transfer-Encoding").asText());
                return framed ? chunk(sent) : sent;
            } else if (request.has("body_text")) {
                return request.get("body_text").asText().getBytes(StandardCharsets.UTF_8);
            }
            return request.has("body") ? Recording.bytes(request.get("body")) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
