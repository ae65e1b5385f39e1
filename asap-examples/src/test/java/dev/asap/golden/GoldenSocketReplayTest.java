// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.asap.codec.ASAPCodec;
import dev.asap.examples.GoldenAgent;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.server.ASAPServer;
import dev.asap.sla.SLAEvaluation;
import dev.asap.sla.SLAMetrics;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recorded conversation over a socket goes as it was recorded. */
class GoldenSocketReplayTest {
    private static final OkHttpClient HTTP = new OkHttpClient();

    private static GoldenAgents agents;

    @BeforeAll
    static void start() {
        agents = new GoldenAgents();
    }

    @AfterAll
    static void stop() {
        agents.close();
        HTTP.connectionPool().evictAll();
        HTTP.dispatcher().executorService().shutdown();
    }

    static List<Recording> recordings() throws IOException {
        return GoldenAgents.recordings("websocket");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void recording_goesAsRecorded(Recording recording) throws Exception {
        GoldenAgents.refresh(recording);
        ASAPServer agent = agents.of(recording);
        JsonNode frames = recording.root().get("frames");
        try (Peer peer = new Peer(agent, recording.root().path("headers"))) {
            for (int i = 0; i < frames.size(); i++) {
                play(recording, i, frames.get(i), agent, peer);
            }
        }
    }

    private static void play(Recording recording, int index, JsonNode frame, ASAPServer agent, Peer peer)
            throws Exception {
        switch (frame.get("dir").asText()) {
            case "send" -> peer.send(frame);
            case "server" -> measure(agent, frame.at("/event/sla_metrics_recorded"));
            default -> receive(recording, index, frame, peer);
        }
    }

    private static void receive(Recording recording, int index, JsonNode frame, Peer peer) throws Exception {
        if (frame.has("nothing_for_seconds")) {
            long millis = (long) (frame.get("nothing_for_seconds").asDouble() * 1000);
            assertThat(peer.received.poll(millis, TimeUnit.MILLISECONDS))
                    .as("frame %d", index)
                    .isNull();
            return;
        }
        JsonNode actual = peer.received.poll(20, TimeUnit.SECONDS);
        assertThat(actual).as("frame %d within 20 s", index).isNotNull();
        AnswerComparison comparison = new AnswerComparison(recording);
        if (frame.has("close")) {
            comparison.compare(at(index, "close"), frame.get("close"), actual.path("close"));
        } else {
            JsonNode expected = frame.get("json");
            GoldenAgents.withoutTrace(expected.at("/result/envelope"));
            GoldenAgents.withoutTrace(actual.at("/result/envelope"));
            comparison.compare(at(index, "json"), expected, actual);
        }
        assertThat(comparison.differences()).as("frame %d", index).isEmpty();
    }

    private static JsonPointer at(int index, String member) {
        return JsonPointer.compile("/frames/" + index + "/" + member);
    }

    /** What the agent does when it measures itself: it looks for broken promises and tells of them. */
    private static void measure(ASAPServer agent, JsonNode metrics) {
        SLAMetrics measured = ASAPCodec.strict().read(JsonObject.parse(metrics.toString()), SLAMetrics.class);
        SLAEvaluation.evaluate(GoldenAgent.manifest(GoldenAgent.Profile.full).sla(), measured)
                .forEach(finding -> agent.breaches()
                        .publish(finding.toBreach(Ulid.next("breach_"), measured.agentId(), Instant.now())));
    }

    private static final class Peer extends WebSocketListener implements AutoCloseable {
        private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
        private final WebSocket socket;

        Peer(ASAPServer agent, JsonNode headers) {
            Request.Builder request = new Request.Builder().url(agent.url() + "/asap/ws");
            headers.properties()
                    .forEach(header ->
                            request.header(header.getKey(), header.getValue().asText()));
            socket = HTTP.newWebSocket(request.build(), this);
        }

        void send(JsonNode frame) {
            boolean sent = frame.has("binary_base64")
                    ? socket.send(ByteString.of(Base64.getDecoder()
                            .decode(frame.get("binary_base64").asText())))
                    : socket.send(
                            frame.has("text")
                                    ? frame.get("text").asText()
                                    : frame.get("json").toString());
            assertThat(sent).isTrue();
        }

        @Override
        public void onMessage(WebSocket webSocket, String text) {
            try {
                received.add(Recording.JSON.readTree(text));
            } catch (IOException e) {
                received.add(NullNode.getInstance());
            }
        }

        @Override
        public void onClosing(WebSocket webSocket, int code, String reason) {
            received.add(Recording.JSON
                    .createObjectNode()
                    .set(
                            "close",
                            Recording.JSON.createObjectNode().put("code", code).put("reason", reason)));
            webSocket.close(code, reason);
        }

        @Override
        public void close() {
            socket.cancel();
        }
    }
}
