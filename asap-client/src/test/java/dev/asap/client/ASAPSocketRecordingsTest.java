// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.model.AckStatus;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.model.TaskStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What the protocol's other implementation sent over WebSockets, recorded, frame by frame to this client, in the spelling of its
 * writer: blanks after colons and commas, everything beyond ASCII escaped.
 */
class ASAPSocketRecordingsTest extends SocketTesting {
    private final BlockingQueue<MessageAck> acks = new LinkedBlockingQueue<>();
    private final BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
    private final BlockingQueue<BreachNotice> breaches = new LinkedBlockingQueue<>();

    /** What became of the requests of a recording, in order. */
    private final List<CompletableFuture<Envelope>> answers = new ArrayList<>();

    private final List<EnvelopeStream> streams = new ArrayList<>();

    @Test
    void send() {
        replay("send");
        assertThat(get(answers.get(0)).correlationId()).isEqualTo("01KGE000000000000000000201");
    }

    @Test
    void twoInOrder() {
        replay("two-in-order");
        assertThat(get(answers.get(0)).correlationId()).isEqualTo("01KGE000000000000000000203");
        assertThat(get(answers.get(1)).correlationId()).isEqualTo("01KGE000000000000000000204");
    }

    @Test
    void sendRequiresAck() throws Exception {
        replay("send-requires-ack");
        assertThat(get(answers.get(0)).correlationId()).isEqualTo("01KGE000000000000000000202");
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
    }

    @Test
    void handlerCrashAck() throws Exception {
        replay("handler-crash-ack");
        assertThat(failedWith(answers.get(0))).isEqualTo(-32603);
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
        assertThat(acks.poll(10, TimeUnit.SECONDS).error()).isEqualTo("handler exploded");
    }

    @Test
    void handlerFatalAck() throws Exception {
        replay("handler-fatal-ack");
        assertThat(failedWith(answers.get(0))).isEqualTo(-32040);
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
        assertThat(nextAck()).isEqualTo(AckStatus.REJECTED);
    }

    @Test
    void handlerNotFound() throws Exception {
        replay("handler-not-found");
        failedWith(answers.get(0));
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
    }

    @Test
    void staleTimestampWithAck() throws Exception {
        replay("stale-timestamp-with-ack");
        assertThat(failure(answers.get(0))).isInstanceOfSatisfying(RemoteErrorException.class, e -> {
            assertThat(e.jsonRpcCode()).isEqualTo(-32002);
            assertThat(e.retryable()).isTrue();
        });
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
    }

    @Test
    void streaming() {
        replay("streaming");
        assertThat(chunks()).containsExactly("alpha ", "beta\n");
    }

    @Test
    void streamingAck() throws Exception {
        replay("streaming-ack");
        assertThat(chunks()).containsExactly("x ", "y\n");
        assertThat(nextAck()).isEqualTo(AckStatus.RECEIVED);
    }

    @Test
    void streamThatAnswersASend() {
        replay("bearer-ok");
        assertThat(((TaskStream) get(answers.get(0)).payload()).isFinal()).isTrue();
    }

    @Test
    void bearerMissing_failsTheMessageAndLeavesTheConnectionOpen() {
        replay("bearer-missing");
        assertThat(failedWith(answers.get(0))).isEqualTo(-32600);
    }

    @Test
    void heartbeat() {
        replay("heartbeat");
    }

    @Test
    void rateLimit() {
        replay("rate-limit");
        get(answers.get(0));
        get(answers.get(1));
        assertThat(failedWith(answers.get(2))).isEqualTo(-32001);
    }

    @Test
    void oauthMissing() {
        assertUnauthenticated("oauth-missing", "Authentication required");
    }

    @Test
    void oauthInvalid() {
        assertUnauthenticated("oauth-invalid", "Invalid token");
    }

    private void assertUnauthenticated(String recording, String reason) {
        Ends ends = replay(recording);
        awaitState(ends.socket(), SocketState.CLOSED);
        assertThat(failure(ends.socket().sendAsync(plain("m-1"))))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("4401 (" + reason + "), set bearerToken or renew it");
    }

    @Test
    void slaBreach() throws Exception {
        replay("sla-breach");
        assertThat(breaches.poll(10, TimeUnit.SECONDS).breach().getString("breach_type"))
                .isEqualTo("availability");
        assertThat(breaches.poll(10, TimeUnit.SECONDS).breach().getString("severity"))
                .isEqualTo("warning");
    }

    private AckStatus nextAck() throws InterruptedException {
        return acks.poll(10, TimeUnit.SECONDS).status();
    }

    private static int failedWith(CompletableFuture<Envelope> answer) {
        return ((RemoteErrorException) failure(answer)).jsonRpcCode();
    }

    private List<String> chunks() {
        List<String> chunks = new ArrayList<>();
        for (Iterator<Envelope> each = streams.get(0).iterator(); each.hasNext(); ) {
            chunks.add(((TaskStream) each.next().payload()).chunk());
        }
        return chunks;
    }

    /** Plays the recorded server: expects what was sent, sends what was received. */
    private Ends replay(String name) {
        boolean streamed = name.startsWith("streaming");
        Ends ends = open(builder().onAck(acks::add).onMessage(pushed::add));
        Map<JsonValue, String> ids = new HashMap<>();
        CompletableFuture<Subscription> subscription = null;
        for (JsonValue each : recording(name).getArray("frames")) {
            JsonObject frame = each.asObject();
            JsonObject json = frame.find("json").map(JsonValue::asObject).orElse(JsonObject.empty());
            if (frame.getString("dir").equals("send")) {
                switch (json.getString("method", "pong")) {
                    case "asap.send" -> {
                        Envelope message = ASAPCodec.tolerant()
                                .read(json.getObject("params").getObject("envelope"), Envelope.class);
                        if (streamed) {
                            streams.add(ends.socket().stream(message));
                        } else {
                            answers.add(ends.socket().sendAsync(message));
                        }
                        JsonObject request = ends.peer().readJson();
                        assertThat(envelopeOf(request).get("payload"))
                                .isEqualTo(json.getObject("params")
                                        .getObject("envelope")
                                        .get("payload"));
                        ids.put(json.get("id"), idOf(request));
                    }
                    case "sla.subscribe" -> {
                        subscription = inBackground(() -> ends.socket().subscribe(breaches::add));
                        ids.put(json.get("id"), idOf(ends.peer().readJson()));
                    }
                    case "sla.unsubscribe" -> {
                        await().atMost(PATIENCE).until(() -> breaches.size() == 2);
                        get(subscription).close();
                        ids.put(json.get("id"), idOf(ends.peer().readJson()));
                    }
                    default -> assertThat(ends.peer().readJson()).isEqualTo(json);
                }
            } else if (frame.has("close")) {
                ends.peer()
                        .sendClose(
                                frame.getObject("close").getInt("code"),
                                frame.getObject("close").getString("reason"));
            } else if (frame.has("json")) {
                String id = json.has("id") ? ids.get(json.get("id")) : null;
                ends.peer().send(spelled(id == null ? json : json.with("id", id)));
                if (json.has("result") && json.getObject("result").has("subscribed")) {
                    get(subscription);
                }
            }
        }
        return ends;
    }

    private static JsonObject recording(String name) {
        try (InputStream in =
                ASAPSocketRecordingsTest.class.getResourceAsStream("/golden/websocket/" + name + ".json")) {
            return JsonObject.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** JSON as the other implementation writes it. */
    private static String spelled(JsonValue value) {
        if (value instanceof JsonObject object) {
            return object.members().entrySet().stream()
                    .map(member -> spelled(new JsonString(member.getKey())) + ": " + spelled(member.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        } else if (value instanceof JsonArray array) {
            return array.stream().map(ASAPSocketRecordingsTest::spelled).collect(Collectors.joining(", ", "[", "]"));
        }
        return value.toString()
                .chars()
                .mapToObj(c -> c < 0x80 ? String.valueOf((char) c) : String.format("\\u%04x", c))
                .collect(Collectors.joining());
    }
}
