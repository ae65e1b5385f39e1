// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ConnectionException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections "connection" and "heartbeat and staleness" of the protocol: frames of all kinds, and none. */
class ASAPSocketFrameTest extends SocketTesting {
    @Test
    void handshake_goesToTheSocketsPathWithTheToken() {
        CompletableFuture<ASAPSocket> connecting = connecting(builder().bearerToken("secret"));
        WebSocketPeer.Connection connection = peer.acceptSilently();
        assertThat(connection.requestLine()).isEqualTo("GET /asap/ws HTTP/1.1");
        assertThat(connection.header("Authorization")).isEqualTo("Bearer secret");
        assertThat(connection.header("Sec-WebSocket-Extensions")).isNull();
        assertThat(connection.header("Sec-WebSocket-Protocol")).isNull();
        connection.completeHandshake();
        get(connecting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"ping\"}", "{\"type\": \"ping\", \"new_member\": 1}"})
    void ping_isAnsweredWithPong(String ping) {
        Ends ends = open();
        ends.peer().send(ping);
        assertThat(ends.peer().read().text()).isEqualTo("{\"type\":\"pong\"}");
    }

    @Test
    void controlPing_isAnswered() {
        Ends ends = open();
        ends.peer().sendFrame(0x80 | WebSocketPeer.PING, new byte[] {1, 2});
        WebSocketPeer.Received pong = ends.peer().read();
        assertThat(pong.opcode()).isEqualTo(WebSocketPeer.PONG);
        assertThat(pong.payload()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "{\"unfinished\":",
                "[]",
                "[{\"type\":\"ping\"}]",
                "7",
                "\"ping\"",
                "null",
                "{}",
                "{\"type\":\"pong\"}",
                "{\"type\":7}",
                "{\"detail\":\"Request size (11) exceeds maximum (10)\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"new.method\",\"params\":{}}",
                "{\"jsonrpc\":\"2.0\",\"method\":7,\"id\":1}",
                "{\"jsonrpc\":\"2.0\",\"result\":{\"subscribed\":true},\"id\":null}",
                "{\"jsonrpc\":\"2.0\",\"result\":7,\"id\":{}}",
                "{\"jsonrpc\":\"2.0\",\"result\":{\"envelope\":{}},\"id\":\"unknown\"}",
                "{\"jsonrpc\":\"2.0\",\"error\":7,\"id\":\"unknown\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"sla.breach\",\"params\":{\"breach\":7}}"
            })
    void unknownFrame_isPassedOver(String frame) {
        Ends ends = open();
        ends.peer().send(frame);
        ends.peer().sendBinary(frame.getBytes(StandardCharsets.UTF_8));
        settle(ends);
    }

    @Test
    void deeplyNestedFrame_isPassedOver() {
        Ends ends = open();
        ends.peer().send("[".repeat(100_000));
        settle(ends);
    }

    @Test
    void errorWithoutId_failsNoCall() {
        Ends ends = open();
        ends.peer()
                .send("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid request\"},\"id\":null}");
        settle(ends);
    }

    @Test
    void binaryFrameWithJson_isReadLikeText() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().sendBinary(result(id, done("hello", "m-1")).getBytes(StandardCharsets.UTF_8));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void binaryFrameOfAnythingElse_isPassedOver() {
        Ends ends = open();
        ends.peer().sendBinary(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        ends.peer().sendBinary(new byte[0]);
        settle(ends);
    }

    @Test
    void answerInSeveralFramesWithAPingBetween_isPutTogether() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        byte[] whole =
                result(idOf(ends.peer().readJson()), done("hello", "m-1")).getBytes(StandardCharsets.UTF_8);
        ends.peer().sendFrame(WebSocketPeer.TEXT, Arrays.copyOfRange(whole, 0, 10));
        ends.peer().sendFrame(0x80 | WebSocketPeer.PING, new byte[0]);
        ends.peer().sendFrame(0, Arrays.copyOfRange(whole, 10, 20));
        ends.peer().sendFrame(0x80, Arrays.copyOfRange(whole, 20, whole.length));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 125, 126, 127, 1000, 65_535, 65_536, 200_000})
    void messageOfExactlyTheLimit_isRead(int size) {
        Ends ends = open(builder().maxResponseBytes(200_000));
        ends.peer().send("7".repeat(size));
        ends.peer().send("{\"type\":\"ping\"}");
        assertThat(ends.peer().read().text()).isEqualTo("{\"type\":\"pong\"}");
        ends.peer().send("7".repeat(200_000));
        settle(ends);
    }

    @Test
    void messageAboveTheLimit_endsTheConnectionWith1009BeforeItIsRead() {
        Ends ends = open(builder().maxResponseBytes(200_000));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().write(WebSocketPeer.Connection.header(0x80 | WebSocketPeer.TEXT, 200_001));
        WebSocketPeer.Received close = ends.peer().read();
        assertThat(close.opcode()).isEqualTo(WebSocketPeer.CLOSE);
        assertThat(close.closeCode()).isEqualTo(1009);
        assertThat(failure(answer))
                .isInstanceOfSatisfying(
                        ResponseTooLargeException.class,
                        e -> assertThat(e.limitBytes()).isEqualTo(200_000));
        awaitState(ends.socket(), SocketState.CLOSED);
        ends.peer().awaitEnd();
    }

    @Test
    void messageAboveTheLimitInSmallFrames_endsTheConnectionToo() {
        Ends ends = open(builder().maxResponseBytes(1000));
        byte[] part = "7".repeat(400).getBytes(StandardCharsets.UTF_8);
        ends.peer().sendFrame(WebSocketPeer.TEXT, part);
        ends.peer().sendFrame(0, part);
        ends.peer().sendFrame(0, part);
        assertThat(ends.peer().read().closeCode()).isEqualTo(1009);
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void frameOfImpossibleLength_endsTheConnection(long length) {
        Ends ends = open();
        byte[] header = new byte[10];
        header[0] = (byte) (0x80 | WebSocketPeer.TEXT);
        header[1] = 127;
        ByteBuffer.wrap(header).putLong(2, length);
        ends.peer().write(header);
        assertThat(ends.peer().read().closeCode()).isEqualTo(1009);
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.CLOSED);
    }

    @Test
    void compressedFrame_thatWasNotAgreedOn_endsTheConnection() {
        CompletableFuture<ASAPSocket> connecting = connecting(builder());
        WebSocketPeer.Connection connection = peer.acceptSilently();
        connection.completeHandshake("Sec-WebSocket-Extensions: permessage-deflate");
        ASAPSocket socket = get(connecting);
        connection.sendFrame(0x80 | 0x40 | WebSocketPeer.TEXT, new byte[] {1, 2, 3});
        awaitState(socket, SocketState.CLOSED);
    }

    @Test
    void noFrameForStaleLimit_endsTheConnection() {
        Ends ends = open(builderWithStaleLimit().receiveTimeout(Duration.ofMinutes(10)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        timer.advance(Duration.ofMillis(89_999));
        assertThat(ends.socket().state()).isEqualTo(SocketState.OPEN);
        timer.advance(Duration.ofMillis(1));
        assertThat(ends.socket().state()).isEqualTo(SocketState.CLOSED);
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasCauseInstanceOf(ConnectionException.class)
                .hasMessage(
                        "message 'm-1' to " + peer.shown() + " failed: the peer was silent for 90000 ms; " + UNKNOWN);
        ends.peer().awaitEnd();
    }

    @ParameterizedTest
    @ValueSource(ints = {WebSocketPeer.TEXT, WebSocketPeer.BINARY, WebSocketPeer.PING, WebSocketPeer.PONG})
    void anyFrame_putsOffTheStaleLimit(int opcode) {
        Ends ends = open(builderWithStaleLimit());
        for (int i = 0; i < 5; i++) {
            timer.advance(Duration.ofSeconds(80));
            ends.peer().sendFrame(0x80 | opcode, new byte[] {'7'});
            ends.peer().send("{\"type\":\"ping\"}");
            String text = ends.peer().read().text();
            assertThat(text.equals("7") ? ends.peer().read().text() : text).isEqualTo("{\"type\":\"pong\"}");
        }
        assertThat(ends.socket().state()).isEqualTo(SocketState.OPEN);
        timer.advance(Duration.ofSeconds(90));
        assertThat(ends.socket().state()).isEqualTo(SocketState.CLOSED);
    }

    @Test
    void staleLimitZero_isNone() {
        Ends ends = open(builder().staleLimit(Duration.ZERO));
        timer.advance(Duration.ofDays(1));
        settle(ends);
    }

    @Test
    void protocolLevelPing_isOffUnlessAskedFor() {
        Ends ends = open(builder().pingInterval(Duration.ofMillis(20)));
        assertThat(ends.peer().read().opcode()).isEqualTo(WebSocketPeer.PING);
    }
}
