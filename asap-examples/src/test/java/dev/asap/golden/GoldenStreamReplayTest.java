// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded stream of events comes as it was recorded. */
class GoldenStreamReplayTest {
    private static final OkHttpClient HTTP = new OkHttpClient();

    /** The place of each blank, comma and colon, with the values that change from run to run left out. */
    private static final Pattern VOLATILE =
            Pattern.compile("\"(id|timestamp|trace_id|extensions)\": (null|\"[^\"]*\"|\\{[^}]*\\})");

    private static GoldenAgents agents;

    @BeforeAll
    static void start() {
        agents = new GoldenAgents();
    }

    @AfterAll
    static void stop() {
        agents.close();
        HTTP.connectionPool().evictAll();
    }

    static List<Recording> recordings() throws IOException {
        return GoldenAgents.recordings("stream").stream()
                .filter(recording -> recording.root().findValue("events") != null)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void recording_isAnsweredAsRecorded(Recording recording) throws IOException {
        JsonNode exchange = recording.exchanges().get(0);
        JsonNode recorded = exchange.get("response");
        try (Response response = send(recording, exchange.get("request"))) {
            assertThat(response.code()).isEqualTo(200);
            recorded.get("headers")
                    .properties()
                    .forEach(header -> assertThat(response.header(header.getKey()))
                            .as(header.getKey())
                            .isEqualTo(header.getValue().asText()));
            String body = response.body().string();
            assertThat(firstEvent(body))
                    .isEqualTo(masked(recorded.get("first_event_text").asText()));
            compare(recording, recorded.get("events"), events(body));
        }
    }

    private static void compare(Recording recording, JsonNode expected, ArrayNode actual) {
        expected.forEach(GoldenAgents::withoutTrace);
        actual.forEach(GoldenAgents::withoutTrace);
        AnswerComparison comparison = new AnswerComparison(recording);
        comparison.compare(JsonPointer.compile("/exchanges/0/response/events"), expected, actual);
        assertThat(comparison.differences()).isEmpty();
    }

    private static ArrayNode events(String body) throws IOException {
        ArrayNode events = Recording.JSON.createArrayNode();
        String[] texts = body.split("\n\n", -1);
        assertThat(texts[texts.length - 1]).as("what follows the last event").isEmpty();
        for (String event : List.of(texts).subList(0, texts.length - 1)) {
            assertThat(event).startsWith("data: ").doesNotContain("\n");
            events.add(Recording.JSON.readTree(event.substring("data: ".length())));
        }
        return events;
    }

    private static String firstEvent(String body) {
        return masked(body.substring(0, body.indexOf("\n\n") + 2));
    }

    private static String masked(String event) {
        return VOLATILE.matcher(event).replaceAll("\"$1\": *");
    }

    private static Response send(Recording recording, JsonNode request) throws IOException {
        byte[] body = request.has("body_base64")
                ? Base64.getDecoder().decode(request.get("body_base64").asText())
                : Recording.JSON.writeValueAsBytes(request.get("body"));
        Request.Builder http = new Request.Builder()
                .url(agents.of(recording).url() + request.get("path").asText())
                .post(RequestBody.create(body, null));
        request.path("headers")
                .properties()
                .forEach(
                        header -> http.header(header.getKey(), header.getValue().asText()));
        return HTTP.newCall(http.build()).execute();
    }
}
