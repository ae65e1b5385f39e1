// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import dev.asap.rpc.JsonRpcId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each fault does over a WebSocket what it says: seen by the JDK's client, and byte by byte. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class FaultyPeerWebSocketTest {
    /** The example of RFC 6455, 1.3. */
    private static final String HANDSHAKE = """
            GET /asap/ws HTTP/1.1
            Host: peer
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """;

    private static final String SWITCH = """
            HTTP/1.1 101\s
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

            """.replace("\n", "\r\n");

    private final FaultyPeer peer = FaultyPeer.start(request -> Answer.of(200).withBody("re: " + request.text()));

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        peer.close();
    }

    /** What a client sees: texts, and at the end why it ended. */
    private static final class Heard implements WebSocket.Listener {
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        final CompletableFuture<String> end = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer payload) {
            texts.add("ping");
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            end.complete("close " + code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            end.complete("error");
        }

        String next() throws InterruptedException {
            return texts.poll(10, TimeUnit.SECONDS);
        }
    }

    private WebSocket open(FaultyPeer at, Heard heard) {
        return http.newWebSocketBuilder()
                .buildAsync(URI.create(at.webSocketUrl()), heard)
                .join();
    }

    private RawClient open() throws IOException {
        RawClient client = new RawClient(peer).send(HANDSHAKE);
        assertThat(client.readText(SWITCH.length())).isEqualTo(SWITCH);
        return client;
    }

    /** A client's frame: masked, with zeros. */
    private static byte[] frame(int start, String text) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(start);
        frame.write(0x80 | text.length());
        frame.writeBytes(new byte[4]);
        frame.writeBytes(RawClient.bytes(text));
        return frame.toByteArray();
    }

    private static String message(boolean requiresAck) {
        Envelope envelope = Envelope.builder(
                        AgentUrn.of("urn:asap:agent:caller"),
                        AgentUrn.of("urn:asap:agent:echo"),
                        TaskRequest.of("c", "echo", JsonObject.of("text", "hello")))
                .id("m-1")
                .requiresAck(requiresAck)
                .build();
        return new String(
                new JsonRpcCodec(Clock.systemUTC()).writeRequest(JsonRpcId.of("req-1"), envelope, "key"),
                StandardCharsets.UTF_8);
    }

    // The protocol.

    @Test
    void messages_areAnsweredInOrder() throws Exception {
        Heard heard = new Heard();
        WebSocket socket = open(peer, heard);
        String large = "large".repeat(30_000);
        for (String text : new String[] {"one", "x".repeat(1000), large}) {
            socket.sendText(text, true).join();
            assertThat(heard.next()).isEqualTo("re: " + text);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
        assertThat(heard.end.join()).isEqualTo("close 1000");
        peer.requireNoConnections();
        assertThat(peer.requests())
                .extracting(ReceivedRequest::method)
                .containsExactly("GET", "MESSAGE", "MESSAGE", "MESSAGE");
        ReceivedRequest last = peer.requests().get(3);
        assertThat(last.text()).isEqualTo(large);
        assertThat(last.path()).isEqualTo("/asap/ws");
        assertThat(last.header("Upgrade")).contains("websocket");
    }

    @Test
    void message_inPieces_isOne() throws Exception {
        try (RawClient client = open()) {
            client.send(frame(0x01, "a"))
                    .send(frame(0x89, "?"))
                    .send(frame(0x80, "b"))
                    .send(frame(0x8a, ""));
            assertThat(client.readText(3)).isEqualTo("\u008a\1?");
            assertThat(client.readText(8)).isEqualTo("\u0081\6re: ab");
        }
    }

    @Test
    void unmaskedFrame_endsTheConnection() throws Exception {
        try (RawClient client = open().send(new byte[] {(byte) 0x81, 0})) {
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void echo_acknowledgesWhereItIsAskedTo() throws Exception {
        try (FaultyPeer echo = FaultyPeer.start()) {
            Heard heard = new Heard();
            WebSocket socket = open(echo, heard);
            socket.sendText(message(true), true).join();
            JsonObject ack = JsonObject.parse(heard.next());
            assertThat(ack.getString("method")).isEqualTo("asap.ack");
            JsonObject envelope = ack.getObject("params").getObject("envelope");
            assertThat(envelope.getString("recipient")).isEqualTo("urn:asap:agent:caller");
            assertThat(envelope.getObject("payload").getString("original_envelope_id"))
                    .isEqualTo("m-1");
            assertThat(JsonObject.parse(heard.next()).getString("id")).isEqualTo("req-1");

            echo.next(Fault.none(), WebSocketFaults.noAcknowledgement(), Fault.noAnswer(), Fault.wrongRpcId());
            socket.sendText(message(false), true).join();
            assertThat(JsonObject.parse(heard.next()).getString("id")).isEqualTo("req-1");
            socket.sendText(message(true), true).join();
            assertThat(JsonObject.parse(heard.next()).getString("id")).isEqualTo("req-1");
            socket.sendText(message(true), true).join();
            socket.sendText(message(false), true).join();
            assertThat(JsonObject.parse(heard.next()).getString("id")).isEqualTo("not-what-was-asked");
            socket.abort();
        }
    }

    // The handshake.

    @Test
    void handshake_isRefusedWithTheStatus() {
        peer.next(Fault.status(403));
        assertThatThrownBy(() -> open(peer, new Heard())).hasCauseInstanceOf(WebSocketHandshakeException.class);
        peer.next(Fault.closeMidHeaders());
        assertThatThrownBy(() -> open(peer, new Heard())).hasRootCauseInstanceOf(IOException.class);
        peer.next(Fault.wrongRpcId());
        assertThatThrownBy(() -> open(peer, new Heard())).hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void handshake_silence_isSilent() throws Exception {
        peer.next(Fault.noAnswer());
        try (RawClient client = new RawClient(peer).send(HANDSHAKE)) {
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void faultAtTheHandshake_comesRightAfterIt() throws Exception {
        peer.next(WebSocketFaults.close(1011));
        Heard closed = new Heard();
        WebSocket unused = open(peer, closed);
        assertThat(closed.end.join()).isEqualTo("close 1011");

        peer.next(WebSocketFaults.drop());
        try (RawClient client = open()) {
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    // Messages.

    @Test
    void close_atAMessage_takesTheAnswersPlace() throws Exception {
        peer.next(Fault.none(), Fault.none(), WebSocketFaults.close(4000));
        Heard heard = new Heard();
        WebSocket socket = open(peer, heard);
        socket.sendText("one", true).join();
        assertThat(heard.next()).isEqualTo("re: one");
        socket.sendText("two", true).join();
        assertThat(heard.end.join()).isEqualTo("close 4000");
        assertThat(heard.texts).isEmpty();
        socket.abort();
        peer.requireNoConnections();
    }

    @Test
    void drop_endsWithoutACloseFrame() throws Exception {
        peer.next(Fault.none(), WebSocketFaults.drop(), Fault.none(), Fault.resetBeforeAnswer());
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToEnd()).isEmpty();
        }
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToReset()).isEmpty();
        }
    }

    @Test
    void silence_answersNotEvenPings() throws Exception {
        peer.next(WebSocketFaults.silence());
        try (RawClient client = open()) {
            client.send(frame(0x81, "a")).send(frame(0x89, "?")).send(frame(0x88, ""));
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
        assertThat(peer.requestCount()).isEqualTo(1);
    }

    @Test
    void noAnswer_isAboutOneMessage() throws Exception {
        peer.next(Fault.none(), Fault.noAnswer());
        try (RawClient client = open().send(frame(0x81, "a")).send(frame(0x81, "b"))) {
            assertThat(client.readText(7)).isEqualTo("\u0081\5re: b");
        }
        peer.next(Fault.none(), Fault.stallMidBody());
        try (RawClient client = open().send(frame(0x81, "a")).send(frame(0x81, "b"))) {
            assertThat(client.readText(4)).isEqualTo("\u0081\5re");
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void brokenFrames_breakWhereTheySay() throws Exception {
        peer.next(
                Fault.none(), Fault.resetMidBody(), Fault.none(), Fault.truncateBody(3), Fault.none(), Fault.garbage());
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToReset()).isEqualTo("\u0081\5re");
        }
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToEnd()).isEqualTo("\u0081\5re:");
        }
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToEnd()).startsWith("\u00ff\u00ff");
        }
    }

    @Test
    void garbageFrame_isAnErrorToAClient() throws Exception {
        peer.next(Fault.none(), WebSocketFaults.garbageFrame());
        Heard heard = new Heard();
        WebSocket socket = open(peer, heard);
        socket.sendText("one", true).join();
        assertThat(heard.end.join()).isEqualTo("error");
        socket.abort();
    }

    @Test
    void oversizedFrame_hasItsSize() throws Exception {
        peer.next(Fault.none(), WebSocketFaults.oversizedFrame(100_001));
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readText(10)).isEqualTo("\u0081\u007f\0\0\0\0\0\1\u0086\u00a1");
            assertThat(client.readText(100_001)).isBlank();
            assertThat(client.readText(7)).isEqualTo("\u0081\5re: a");
        }
        peer.next(WebSocketFaults.oversizedFrame(Long.MAX_VALUE));
        try (RawClient client = open()) {
            assertThat(client.readText(1 << 20)).endsWith("     ");
        }
        peer.requireNoConnections();
    }

    @Test
    void pings_comeBeforeTheAnswer() throws Exception {
        peer.next(Fault.none(), WebSocketFaults.pings(3));
        Heard heard = new Heard();
        WebSocket socket = open(peer, heard);
        socket.sendText("one", true).join();
        for (String expected : new String[] {"ping", "ping", "ping", "re: one"}) {
            assertThat(heard.next()).isEqualTo(expected);
        }
        socket.abort();
    }

    @Test
    void lateAndRepeatedAnswers_areLateAndRepeated() throws Exception {
        peer.next(
                Fault.none(),
                Fault.slowly(2, Duration.ofMillis(1)),
                Fault.duplicateAnswer(),
                Fault.delay(Duration.ofMillis(100)),
                Fault.status(200));
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readText(7)).isEqualTo("\u0081\5re: a");
            client.send(frame(0x81, "b"));
            assertThat(client.readText(14)).isEqualTo("\u0081\5re: b\u0081\5re: b");
            client.send(frame(0x81, "c")).send(frame(0x81, "d")).send(frame(0x81, "e"));
            assertThat(client.readText(14)).isEqualTo("\u0081\5re: c\u0081\5re: e");
        }
    }

    @Test
    void endlessBody_isAMessageInPieces() throws Exception {
        for (Fault endless : new Fault[] {Fault.endlessBody(), Fault.endlessHeaders()}) {
            peer.next(Fault.none(), endless);
            try (RawClient client = open().send(frame(0x81, "a"))) {
                assertThat(client.readText(1 << 20)).contains("    ");
            }
            peer.requireNoConnections();
        }
    }

    @Test
    void closeOnNextRequest_hitsTheNextMessage() throws Exception {
        peer.next(Fault.none(), Fault.closeOnNextRequest(), Fault.none(), Fault.closeAfterAnswer());
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readText(7)).isEqualTo("\u0081\5re: a");
            assertThat(client.send(frame(0x81, "b")).readToEnd()).isEmpty();
        }
        try (RawClient client = open().send(frame(0x81, "a"))) {
            assertThat(client.readToEnd()).isEqualTo("\u0081\5re: a");
        }
    }

    @Test
    void arguments_outOfBounds_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> WebSocketFaults.close(65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> WebSocketFaults.pings(0));
        assertThatIllegalArgumentException().isThrownBy(() -> WebSocketFaults.oversizedFrame(0));
    }
}
