// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.testkit.LeakChecks;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages over sockets. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class SocketTest {
    private static final SocketOptions FREE = SocketOptions.defaults().withMessagesPerSecond(0);

    private static TestAgent start() {
        return start(builder -> builder);
    }

    private static TestAgent start(UnaryOperator<ASAPServer.Builder> options) {
        return TestAgent.start(builder -> options.apply(builder.sockets(FREE)));
    }

    private static JsonObject task(String skill) {
        return TestRequests.task(skill, JsonObject.empty());
    }

    private static JsonObject acked(JsonObject call) {
        return TestRequests.withEnvelope(call, "requires_ack", true);
    }

    private static JsonObject ack(JsonObject frame) {
        assertThat(frame.has("id")).isFalse();
        assertThat(frame.getString("method")).isEqualTo("asap.ack");
        JsonObject envelope = frame.getObject("params").getObject("envelope");
        assertThat(envelope.getString("payload_type")).isEqualTo("MessageAck");
        assertThat(envelope.getString("recipient")).isEqualTo("urn:asap:agent:caller");
        assertThat(envelope.getObject("payload").getString("original_envelope_id"))
                .isEqualTo("envelope-1");
        return envelope.getObject("payload");
    }

    @Test
    void message_isAnswered() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = TestSocket.open(agent)) {
            JsonObject answer = socket.call(TestAgent.echo(JsonObject.of("a", "ž")));

            assertThat(answer.getString("id")).isEqualTo("req-1");
            assertThat(answer.getObject("result")
                            .getObject("envelope")
                            .getObject("payload")
                            .getObject("result"))
                    .isEqualTo(JsonObject.of("echoed", JsonObject.of("a", "ž")));
        }
    }

    @Test
    void message_isAnsweredOverTls() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        SSLContext tls = new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslContext();
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpClient http = new OkHttpClient.Builder()
                .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
                .build();
        try (TestAgent agent = TestAgent.start(builder -> builder.tls(tls).sockets(FREE), http);
                TestSocket socket = TestSocket.open(agent)) {
            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void messages_areAnsweredInTheirOrder() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = TestSocket.open(agent)) {
            for (int i = 0; i < 200; i++) {
                socket.send(TestAgent.echo(JsonObject.of("i", i)).with("id", i));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(socket.next().getInt("id")).isEqualTo(i);
            }
        }
    }

    @Test
    void largeMessages_passUpToTheLimitOfRequests() throws Exception {
        try (TestAgent agent = start(builder -> builder.maxRequestBytes(2_000_000));
                TestSocket socket = TestSocket.open(agent)) {
            for (int i = 0; i < 3; i++) {
                assertThat(socket.call(TestAgent.echo(JsonObject.of("text", "x".repeat(1_000_000))))
                                .toString())
                        .hasSizeGreaterThan(1_000_000);
            }
            socket.send(TestAgent.echo(JsonObject.of("text", "x".repeat(2_000_000))));
            assertThat(socket.nextText()).startsWith("closed 1009");
        }
    }

    @Test
    void acknowledgements_comeBeforeTheAnswer() throws Exception {
        try (TestAgent agent = start(builder -> builder.skill("crash", task -> {
                            throw new IllegalStateException("secret");
                        })
                        .skill("refuse", task -> {
                            throw ProtocolException.builder(new ErrorCode("asap:skill/rejected", -32040), "not this")
                                    .build();
                        }));
                TestSocket socket = TestSocket.open(agent)) {
            socket.send(acked(TestAgent.echo(JsonObject.empty())));
            assertThat(ack(socket.next()).getString("status")).isEqualTo("received");
            assertThat(socket.next().has("result")).isTrue();

            socket.send(acked(task("refuse")));
            assertThat(ack(socket.next()).getString("status")).isEqualTo("received");
            assertThat(ack(socket.next()))
                    .extracting(each -> each.getString("status"), each -> each.getString("error"))
                    .containsExactly("rejected", "not this");
            assertThat(socket.next().getObject("error").getInt("code")).isEqualTo(-32040);

            socket.send(acked(task("crash")));
            assertThat(ack(socket.next()).getString("status")).isEqualTo("received");
            assertThat(ack(socket.next()).getString("error")).isEqualTo("Internal server error");
            assertThat(socket.next().getObject("error").getInt("code")).isEqualTo(-32603);

            // Refused before a handler saw it: received is all that is said.
            socket.send(acked(TestAgent.call("task.cancel", JsonObject.of("task_id", "t"))));
            assertThat(ack(socket.next()).getString("status")).isEqualTo("received");
            assertThat(socket.next().getObject("error").getInt("code")).isEqualTo(-32012);
        }
    }

    @Test
    void streamingSkill_answersWithOneResultForEachPiece() throws Exception {
        try (TestAgent agent = start(builder -> builder.streamingSkill("write", (task, stream) -> {
                            stream.chunk("a");
                            stream.end("b");
                        })
                        .streamingSkill("half", (task, stream) -> {
                            stream.chunk("a");
                            throw new IllegalStateException("secret");
                        })
                        .skill("write", task -> task.completed(JsonObject.empty())));
                TestSocket socket = TestSocket.open(agent)) {
            socket.send(acked(task("write")));
            assertThat(ack(socket.next()).getString("status")).isEqualTo("received");
            for (String chunk : new String[] {"a", "b"}) {
                JsonObject frame = socket.next();
                assertThat(frame.getString("id")).isEqualTo("req-1");
                assertThat(frame.getObject("result")
                                .getObject("envelope")
                                .getObject("payload")
                                .getString("chunk"))
                        .isEqualTo(chunk);
            }
            // A skill without a streaming handler is answered in one piece on the same socket.
            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).toString())
                    .contains("task.response");

            socket.send(task("half"));
            assertThat(socket.next().has("result")).isTrue();
            assertThat(socket.next().getObject("error").getInt("code")).isEqualTo(-32603);
        }
    }

    @Test
    void framesThatAreNoRequests_areTreatedAsTheProtocolSays() throws Exception {
        try (TestAgent agent = start()) {
            try (TestSocket socket = TestSocket.open(agent)) {
                socket.send("not json");
                socket.send("{\"cut\":");
                socket.send("{\"sla.\":");
                socket.send("");
                socket.send("{\"type\":\"pong\"}");
                assertThat(socket.call(JsonObject.of("type", "ping"))
                                .getObject("error")
                                .getInt("code"))
                        .isEqualTo(-32600);
                assertThat(socket.call(JsonObject.of(
                                        "type", "pong", "method", "x", "params", JsonObject.empty(), "id", 5))
                                .getInt("id"))
                        .isEqualTo(5);
            }
            for (String frame : new String[] {"[]", " [{}]", "1", "\"x\"", "null"}) {
                try (TestSocket socket = TestSocket.open(agent)) {
                    socket.send(frame);
                    assertThat(socket.nextText()).as(frame).isEqualTo("closed 1001 ");
                }
            }
            try (TestSocket socket = TestSocket.open(agent)) {
                socket.socket.send(ByteString.of((byte) '{', (byte) '}'));
                assertThat(socket.nextText()).isEqualTo("closed 1001 ");
            }
        }
    }

    @Test
    void messageTooMuch_endsTheSocket() throws Exception {
        try (TestAgent agent = TestAgent.start(
                        builder -> builder.sockets(SocketOptions.defaults().withMessagesPerSecond(0.001)));
                TestSocket socket = TestSocket.open(agent)) {
            for (int i = 0; i < 20; i++) {
                socket.send("{\"type\":\"pong\"}");
                assertThat(socket.call(JsonObject.of("method", "sla.unsubscribe", "id", i))
                                .getInt("id"))
                        .isEqualTo(i);
            }
            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
            socket.send(TestAgent.echo(JsonObject.empty()).with("id", "two"));

            assertThat(socket.nextText())
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32001,\"message\":\"Rate limit exceeded; too many messages per second\"},\"id\":\"two\"}");
            assertThat(socket.nextText()).isEqualTo("closed 1008 ");
        }
    }

    @Test
    void heartbeats_come_andAPeerThatSaysNothingIsCutOff() throws Exception {
        try (TestAgent agent = start(builder -> builder.sockets(FREE.withHeartbeat(Duration.ofMillis(250))));
                TestSocket answering = TestSocket.open(agent);
                TestSocket silent = TestSocket.open(agent)) {
            for (int i = 0; i < 8; i++) {
                assertThat(answering.nextText()).isEqualTo("{\"type\":\"ping\"}");
                answering.send("{\"type\":\"pong\"}");
            }
            String last = silent.nextText();
            while (last.contains("ping")) {
                last = silent.nextText();
            }
            assertThat(last).isEqualTo("closed 1001 No sign of life");
            assertThat(answering.call(TestAgent.echo(JsonObject.empty())).toString())
                    .containsAnyOf("ping", "result");
        }
    }

    @Test
    void signsOfLife_areHeardWhileAHandlerRuns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent = start(builder -> builder.sockets(FREE.withHeartbeat(Duration.ofMillis(250)))
                        .skill("slow", task -> {
                            release.await();
                            return task.completed(JsonObject.empty());
                        }));
                TestSocket socket = TestSocket.open(agent)) {
            socket.send(task("slow"));
            for (int i = 0; i < 8; i++) {
                assertThat(socket.nextText()).contains("ping");
                socket.send("{\"type\":\"pong\"}");
            }
            release.countDown();
            String frame = socket.nextText();
            assertThat(frame.contains("ping") ? socket.nextText() : frame).contains("result");
        }
    }

    @Test
    void socketTooMuch_isToldToComeLater() throws Exception {
        try (TestAgent agent = start(builder -> builder.sockets(FREE.withMaxConnections(1)))) {
            try (TestSocket first = TestSocket.open(agent)) {
                assertThat(first.call(TestAgent.echo(JsonObject.empty())).has("result"))
                        .isTrue();
                try (TestSocket second = TestSocket.open(agent)) {
                    assertThat(second.nextText()).isEqualTo("closed 1013 Too many connections");
                }
                assertThat(first.call(TestAgent.echo(JsonObject.empty())).has("result"))
                        .isTrue();
                first.socket.close(1000, null);
            }
            await().untilAsserted(() -> {
                try (TestSocket third = TestSocket.open(agent)) {
                    third.send(TestAgent.echo(JsonObject.empty()));
                    assertThat(third.nextText()).contains("result");
                }
            });
        }
    }

    private static SLABreach breach(String id) {
        return new SLABreach(
                id,
                TestAgent.URN.value(),
                BreachType.LATENCY,
                "500ms",
                "700ms",
                BreachSeverity.WARNING,
                Instant.parse("2026-01-02T03:04:05Z"),
                null);
    }

    @Test
    void breaches_goToThoseWhoSubscribed() throws Exception {
        try (TestAgent agent = start();
                TestSocket subscriber = TestSocket.open(agent);
                TestSocket other = TestSocket.open(agent)) {
            assertThat(subscriber.call(JsonObject.of("jsonrpc", "2.0", "method", "sla.subscribe", "id", 1)))
                    .isEqualTo(JsonObject.of("jsonrpc", "2.0", "result", JsonObject.of("subscribed", true), "id", 1));
            assertThat(subscriber.call(JsonObject.of("method", "sla.subscribe")).toString())
                    .endsWith("\"id\":null}");
            assertThat(agent.server.breaches().subscribers()).isEqualTo(1);

            agent.server.breaches().publish(breach("breach_1"));

            assertThat(subscriber.nextText())
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"method\":\"sla.breach\",\"params\":{\"breach\":{\"id\":\"breach_1\","
                                    + "\"agent_id\":\"urn:asap:agent:under-test\",\"breach_type\":\"latency\",\"threshold\":\"500ms\","
                                    + "\"actual\":\"700ms\",\"severity\":\"warning\",\"detected_at\":\"2026-01-02T03:04:05Z\","
                                    + "\"resolved_at\":null}}}");
            assertThat(subscriber
                            .call(JsonObject.of("method", "sla.unsubscribe", "id", "u"))
                            .getObject("result"))
                    .isEqualTo(JsonObject.of("unsubscribed", true));
            agent.server.breaches().publish(breach("breach_2"));
            assertThat(subscriber.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
            assertThat(other.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void subscriberThatReadsNothing_isCutOffAndDelaysNobody() throws Exception {
        try (TestAgent agent = start(builder -> builder.sockets(FREE.withMaxWaitingBreaches(10)));
                TestSocket reading = TestSocket.open(agent);
                Socket deaf = new Socket(InetAddress.getLoopbackAddress(), agent.server.port())) {
            assertThat(reading.call(JsonObject.of("method", "sla.subscribe", "id", 1))
                            .has("result"))
                    .isTrue();
            subscribe(deaf);
            await().until(() -> agent.server.breaches().subscribers() == 2);
            SLABreach large = new SLABreach(
                    "b",
                    "x".repeat(1000),
                    BreachType.LATENCY,
                    "y".repeat(1000),
                    "z".repeat(1000),
                    BreachSeverity.WARNING,
                    Instant.EPOCH,
                    null);

            int published = 0;
            while (agent.server.breaches().subscribers() == 2) {
                assertThat(published++).isLessThan(100_000);
                agent.server.breaches().publish(large);
                assertThat(reading.nextText()).contains("sla.breach");
            }

            agent.server.breaches().publish(breach("last"));
            assertThat(reading.nextText()).contains("\"last\"");
        }
    }

    private static void subscribe(Socket raw) throws Exception {
        OutputStream out = raw.getOutputStream();
        String request = String.join(
                "\r\n",
                "GET /asap/ws HTTP/1.1",
                "Host: a",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "",
                "");
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = raw.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        assertThat(head).startsWith("HTTP/1.1 101");
        byte[] text = "{\"method\":\"sla.subscribe\"}".getBytes(StandardCharsets.US_ASCII);
        // A final text frame with a mask of zeros.
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | text.length), 0, 0, 0, 0});
        out.write(text);
    }

    @Test
    void overload_isAnErrorFrame() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent = start(builder -> builder.maxConcurrentHandlers(1).skill("slow", task -> {
                    entered.countDown();
                    release.await();
                    return task.completed(JsonObject.empty());
                }));
                TestSocket first = TestSocket.open(agent);
                TestSocket second = TestSocket.open(agent)) {
            first.send(task("slow"));
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(second.call(TestAgent.echo(JsonObject.empty())))
                    .isEqualTo(JsonObject.parse("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32031,"
                            + "\"message\":\"Thread pool exhausted: 1/1 threads in use. Service temporarily unavailable.\","
                            + "\"data\":{\"recoverable\":true,\"retry_after_ms\":1000,\"fallback_action\":\"retry_later\","
                            + "\"details\":{\"max_threads\":1,\"active_threads\":1}}},\"id\":\"req-1\"}"));
            release.countDown();
            assertThat(first.next().has("result")).isTrue();
        }
    }

    @Test
    void repeatedMessage_isExecutedOnce() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (TestAgent agent = start(builder ->
                        builder.skill("count", task -> task.completed(JsonObject.of("run", runs.incrementAndGet()))));
                TestSocket socket = TestSocket.open(agent)) {
            JsonObject call = TestRequests.withKey(task("count"), "k");

            assertThat(socket.call(call).toString()).contains("\"run\":1");
            JsonObject again = socket.call(call.with("id", "again"));

            assertThat(again.getString("id")).isEqualTo("again");
            assertThat(again.toString()).contains("\"run\":1");
        }
    }

    @Test
    void closingServer_letsMessagesEndAndSaysGoodbye() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent = start(builder -> builder.skill("slow", task -> {
                    entered.countDown();
                    release.await();
                    return task.completed(JsonObject.empty());
                }));
                TestSocket idle = TestSocket.open(agent);
                TestSocket busy = TestSocket.open(agent)) {
            assertThat(idle.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
            busy.send(task("slow"));
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
            Thread closer = new Thread(() -> agent.server.close(Duration.ofSeconds(30)));
            closer.start();

            assertThat(idle.nextText()).isEqualTo("closed 1001 Server shutting down");
            release.countDown();

            assertThat(busy.next().has("result")).isTrue();
            assertThat(busy.nextText()).isEqualTo("closed 1001 Server shutting down");
            closer.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(closer.isAlive()).isFalse();
        }
    }

    @Test
    void closingServer_isBoundedWhenAHandlerHangs() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (TestAgent agent = start(builder -> builder.skill("hang", task -> {
                    entered.countDown();
                    new CountDownLatch(1).await();
                    return task.completed(JsonObject.empty());
                }));
                TestSocket socket = TestSocket.open(agent)) {
            socket.send(task("hang"));
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

            agent.server.close(Duration.ofMillis(200));

            assertThat(socket.nextText()).isNotNull();
        }
    }

    @Test
    void peerThatLeaves_endsItsStream() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (TestAgent agent = start(builder -> builder.streamingSkill("endless", (task, stream) -> {
            try {
                while (true) {
                    stream.chunk("x");
                }
            } catch (StreamClosedException e) {
                thrown.set(e);
                throw e;
            }
        }))) {
            try (TestSocket socket = TestSocket.open(agent)) {
                socket.send(task("endless"));
                assertThat(socket.next().has("result")).isTrue();
            }
            await().until(() -> thrown.get() != null);
        }
    }

    @Test
    void pageOfAnotherHost_mayNotOpenASocket() throws Exception {
        try (TestAgent agent = start();
                TestSocket foreign = TestSocket.open(agent, "Origin", "https://evil.example");
                TestSocket nobody = TestSocket.open(agent, "Origin", "null");
                TestSocket own =
                        TestSocket.open(agent, "Origin", agent.server.url().toString());
                TestSocket program = TestSocket.open(agent)) {
            assertThat(foreign.nextText()).isEqualTo(TestSocket.FAILED);
            assertThat(nobody.nextText()).isEqualTo(TestSocket.FAILED);
            assertThat(own.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
            assertThat(program.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void pageOfAnAllowedOrigin_mayOpenASocket() throws Exception {
        for (String allowed : List.of("https://App.example", "*")) {
            try (TestAgent agent = start(builder -> builder.sockets(FREE.withAllowedOrigins(Set.of(allowed))));
                    TestSocket page = TestSocket.open(agent, "Origin", "https://app.example")) {
                assertThat(page.call(TestAgent.echo(JsonObject.empty())).has("result"))
                        .isTrue();
            }
        }
    }

    @Test
    void plainRequestForTheSocketsPath_isNotFound() throws Exception {
        try (TestAgent agent = start();
                okhttp3.Response response = agent.get("/asap/ws")) {
            assertThat(response.code()).isEqualTo(404);
        }
    }

    @Test
    void options_sayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> FREE.withHeartbeat(Duration.ZERO)).hasMessageContaining("heartbeat must be");
        assertThatThrownBy(() -> FREE.withMessagesPerSecond(-1)).hasMessageContaining("messagesPerSecond");
        assertThatThrownBy(() -> FREE.withMessagesPerSecond(Double.NaN)).hasMessageContaining("messagesPerSecond");
        assertThatThrownBy(() -> FREE.withMaxConnections(0)).hasMessageContaining("maxConnections");
        assertThatThrownBy(() -> FREE.withMaxWaitingBreaches(0)).hasMessageContaining("maxWaitingBreaches");
    }
}
