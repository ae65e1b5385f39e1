// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.testkit.ReceivedRequest.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each fault does over HTTP/2 what it says: seen by the JDK's client, and frame by frame. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class FaultyPeerHttp2Test {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private static final Duration FOREVER = Duration.ofDays(1000);
    private static final String BODY = "0123456789";

    private final FaultyPeer peer =
            FaultyPeer.startH2c(request -> request.path().equals("/echo")
                    ? Answer.of(200).withBody(request.body())
                    : Answer.of(200).withHeader("Content-Type", "text/plain").withBody(BODY));

    @AfterEach
    void stop() {
        peer.close();
    }

    /** A frame as the peer sent it. */
    private record Frame(int type, int flags, int stream, String payload) {
        boolean endsStream() {
            return (flags & END_STREAM) != 0;
        }
    }

    /** A client that begins with HTTP/2 and has read the peer's settings and their acknowledgement of its own. */
    private RawClient connect(byte... settings) throws IOException {
        RawClient client = new RawClient(peer);
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(SETTINGS, 0, 0, settings));
        assertThat(read(client)).isEqualTo(new Frame(SETTINGS, 0, 0, "\0\3\0\0\0\u00fa"));
        assertThat(read(client)).isEqualTo(new Frame(SETTINGS, 1, 0, ""));
        return client;
    }

    private RawClient get(Fault fault) throws IOException {
        peer.next(fault);
        return connect().send(request(1));
    }

    private static byte[] request(int stream) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, requestHeaders());
    }

    private static byte[] requestHeaders() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        Hpack.write(block, ":method", "GET");
        Hpack.write(block, ":scheme", "http");
        Hpack.write(block, ":authority", "peer");
        Hpack.write(block, ":path", "/x");
        Hpack.write(block, "x-custom", "y");
        return block.toByteArray();
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static Frame read(RawClient client) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(client.read(9));
        int lengthAndType = head.getInt();
        return new Frame(lengthAndType & 0xff, head.get(), head.getInt(), client.readText(lengthAndType >>> 8));
    }

    private static String status(Frame frame) throws IOException {
        assertThat(frame.type()).isEqualTo(HEADERS);
        return new Hpack()
                .read(RawClient.bytes(frame.payload())).stream()
                        .filter(header -> header.name().equals(":status"))
                        .map(Header::value)
                        .findFirst()
                        .orElseThrow();
    }

    private static void requireAnswer(RawClient client, int stream) throws IOException {
        Frame head = read(client);
        assertThat(status(head)).isEqualTo("200");
        assertThat(head.stream()).isEqualTo(stream);
        assertThat(read(client)).isEqualTo(new Frame(DATA, 0, stream, BODY));
        assertThat(read(client)).isEqualTo(new Frame(DATA, END_STREAM, stream, ""));
    }

    // A client that knows nothing of faults.

    @Test
    void upgrade_goesOnWithHttp2() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        String large = "large".repeat(100_000);
        for (String body : List.of("first", large, "third")) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(peer.url() + "/echo"))
                            .header("X-Custom", "value")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.body()).isEqualTo(body);
        }
        assertThat(peer.connectionCount()).isEqualTo(1);
        assertThat(peer.requests()).extracting(ReceivedRequest::stream).containsExactly(1, 3, 5);
        ReceivedRequest last = peer.requests().get(2);
        assertThat(last.method()).isEqualTo("POST");
        assertThat(last.path()).isEqualTo("/echo");
        assertThat(last.header("x-custom")).isPresent();
        assertThat(last.header("Host")).contains("127.0.0.1:" + peer.port());
        assertThat(last.text()).isEqualTo("third");
        assertThat(last).hasToString("POST /echo (connection 1, stream 5, 5 bytes)");
    }

    @Test
    void http1_isSpokenAsWell() throws Exception {
        peer.next(Fault.none(), Http2Faults.resetStream(Http2Error.CANCEL));
        try (RawClient client = new RawClient(peer).get()) {
            assertThat(client.readText(12)).isEqualTo("HTTP/1.1 200");
        }
        try (RawClient client = new RawClient(peer).get()) {
            assertThat(client.readText(12)).isEqualTo("HTTP/1.1 500");
        }
    }

    // Frame by frame.

    @Test
    void none_answers() throws Exception {
        try (RawClient client = get(Fault.none())) {
            requireAnswer(client, 1);
            requireAnswer(client.send(request(3)), 3);
            assertThat(peer.requests().get(1).header("X-Custom")).contains("y");
        }
        peer.requireNoConnections();
    }

    @Test
    void request_inPieces_isRecordedWhole() throws Exception {
        byte[] block = requestHeaders();
        ByteBuffer padded = ByteBuffer.allocate(1 + 5 + 4 + 2).put((byte) 2);
        padded.position(6);
        padded.put(block, 0, 4);
        byte[] rest = Arrays.copyOfRange(block, 4, block.length);
        try (RawClient client = connect()) {
            client.send(frame(HEADERS, 0x8 | 0x20, 1, padded.array()))
                    .send(frame(CONTINUATION, END_HEADERS, 1, rest))
                    .send(frame(DATA, 0x8, 1, (byte) 1, (byte) 'a', (byte) 'b', (byte) 0))
                    .send(frame(0x77, 0, 1, (byte) 1))
                    .send(frame(DATA, END_STREAM, 1, (byte) 'c'));
            for (int stream : new int[] {0, 1}) {
                assertThat(read(client)).isEqualTo(new Frame(WINDOW_UPDATE, 0, stream, "\0\0\0\4"));
            }
            for (int stream : new int[] {0, 1}) {
                assertThat(read(client)).isEqualTo(new Frame(WINDOW_UPDATE, 0, stream, "\0\0\0\1"));
            }
            requireAnswer(client, 1);
        }
        assertThat(peer.requests().get(0).text()).isEqualTo("abc");
        assertThat(peer.requests().get(0).path()).isEqualTo("/x");
    }

    @Test
    void ping_isAnswered() throws Exception {
        try (RawClient client = connect()) {
            client.send(frame(PING, 0, 0, RawClient.bytes("12345678")));
            assertThat(read(client)).isEqualTo(new Frame(PING, 1, 0, "12345678"));
        }
    }

    @Test
    void whatIsNoHttp2_endsTheConnection() throws Exception {
        try (RawClient client = new RawClient(peer).send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")) {
            assertThat(read(client).type()).isEqualTo(SETTINGS);
            assertThat(client.readToEnd()).isEmpty();
        }
        try (RawClient client = connect().send(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0})) {
            assertThat(client.readToEnd()).isEmpty();
        }
        try (RawClient client = connect().send(frame(HEADERS, 0x8, 1, (byte) 9))) {
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void goAwayBelow_leavesTheRequestUnanswered() throws Exception {
        try (RawClient client = get(Http2Faults.goAwayBelow(Http2Error.NO_ERROR))) {
            assertThat(read(client)).isEqualTo(new Frame(GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0"));
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.next(Fault.none(), Http2Faults.goAwayBelow(Http2Error.ENHANCE_YOUR_CALM));
        try (RawClient client = connect().send(request(1))) {
            requireAnswer(client, 1);
            assertThat(read(client.send(request(3)))).isEqualTo(new Frame(GOAWAY, 0, 0, "\0\0\0\1\0\0\0\u000b"));
        }
    }

    @Test
    void goAwayAbove_answersTheRequest() throws Exception {
        Frame goAway = new Frame(GOAWAY, 0, 0, "\u007f\u00ff\u00ff\u00ff\0\0\0\2");
        try (RawClient client = get(Http2Faults.goAwayAbove(Http2Error.INTERNAL_ERROR))) {
            assertThat(read(client)).isEqualTo(goAway);
            requireAnswer(client, 1);
        }
        try (RawClient client =
                get(Http2Faults.goAwayAbove(Http2Error.INTERNAL_ERROR).and(Fault.closeBeforeAnswer()))) {
            assertThat(read(client)).isEqualTo(goAway);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void resetStream_leavesTheConnectionAsItIs() throws Exception {
        try (RawClient client = get(Http2Faults.resetStream(Http2Error.REFUSED_STREAM))) {
            assertThat(read(client)).isEqualTo(new Frame(RST_STREAM, 0, 1, "\0\0\0\7"));
            requireAnswer(client.send(request(3)), 3);
            peer.next(Http2Faults.resetStreamMidBody(Http2Error.CANCEL));
            assertThat(status(read(client.send(request(5))))).isEqualTo("200");
            assertThat(read(client)).isEqualTo(new Frame(DATA, 0, 5, "01234"));
            assertThat(read(client)).isEqualTo(new Frame(RST_STREAM, 0, 5, "\0\0\0\10"));
        }
    }

    @Test
    void brokenConnection_breaksWhereItSays() throws Exception {
        try (RawClient client = get(Fault.resetBeforeAnswer())) {
            assertThat(client.readToReset()).isEmpty();
        }
        try (RawClient client = get(Fault.resetMidHeaders())) {
            assertThat(client.readToReset()).hasSizeBetween(9, 60);
        }
        try (RawClient client = get(Fault.resetMidBody())) {
            assertThat(status(read(client))).isEqualTo("200");
            assertThat(read(client)).isEqualTo(new Frame(DATA, 0, 1, "01234"));
            assertThatThrownBy(() -> client.read(1)).isInstanceOf(SocketException.class);
        }
        try (RawClient client = get(Fault.chunkedWithoutEnd())) {
            assertThat(status(read(client))).isEqualTo("200");
            assertThat(read(client)).isEqualTo(new Frame(DATA, 0, 1, BODY));
            assertThat(client.readToEnd()).isEmpty();
        }
        peer.next(Fault.resetUnread());
        try (RawClient client = new RawClient(peer).send("P")) {
            assertThat(client.readToReset()).isEmpty();
        }
        assertThat(peer.requestCount()).isEqualTo(4);
        peer.requireNoConnections();
    }

    @Test
    void closeOnNextRequest_hitsTheIdleConnection() throws Exception {
        try (RawClient client = get(Fault.closeOnNextRequest())) {
            requireAnswer(client, 1);
            assertThat(client.send(request(3)).readToEnd()).isEmpty();
        }
        assertThat(peer.requestCount()).isEqualTo(1);
        try (RawClient client = get(Fault.closeAfterAnswer())) {
            requireAnswer(client, 1);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void delay_holdsUpNoOtherStream() throws Exception {
        peer.next(Fault.delay(FOREVER), Fault.noAnswer(), Fault.delay(Duration.ofMillis(100)));
        try (RawClient client = connect().send(request(1)).send(request(3)).send(request(5))) {
            requireAnswer(client, 5);
            requireAnswer(client.send(request(7)), 7);
        }
        peer.requireNoConnections();
    }

    @Test
    void delay_endsWhenTheClientGivesUp() throws Exception {
        try (RawClient client = get(Fault.delay(FOREVER))) {
            requireAnswer(client.send(request(3)), 3);
            assertThat(streamThreads()).hasSize(1);
            client.send(frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8}));
            assertThat(Patience.waitUntil(() -> streamThreads().isEmpty())).isTrue();
        }
    }

    private static List<Thread> streamThreads() {
        return LeakChecks.threads().stream()
                .filter(thread -> thread.getName().contains("stream-1-1"))
                .toList();
    }

    @Test
    void slowly_dripsTheBody() throws Exception {
        try (RawClient client = get(Fault.slowly(4, Duration.ofMillis(1)))) {
            assertThat(status(read(client))).isEqualTo("200");
            List<String> pieces = new ArrayList<>();
            for (Frame frame = read(client); !frame.endsStream(); frame = read(client)) {
                pieces.add(frame.payload());
            }
            assertThat(pieces).containsExactly("0123", "4567", "89");
        }
    }

    @Test
    void body_waitsForTheWindow() throws Exception {
        peer.next(Fault.none());
        try (RawClient client = connect(new byte[] {0, 4, 0, 0, 0, 4})) {
            client.send(request(1));
            assertThat(status(read(client))).isEqualTo("200");
            assertThat(read(client)).isEqualTo(new Frame(DATA, 0, 1, "0123"));
            assertThat(client.hearsNothing()).isTrue();
            client.send(frame(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 2}));
            assertThat(read(client)).isEqualTo(new Frame(DATA, 0, 1, "45"));
            client.send(frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 100}));
            List<Frame> rest = List.of(read(client), read(client), read(client));
            assertThat(rest)
                    .contains(new Frame(SETTINGS, 1, 0, ""), new Frame(DATA, 0, 1, "6789"))
                    .contains(new Frame(DATA, END_STREAM, 1, ""));
        }
    }

    @Test
    void endlessBody_fillsTheWindow() throws Exception {
        try (RawClient client = get(Fault.endlessBody())) {
            assertThat(status(read(client))).isEqualTo("200");
            int received = 0;
            while (received < 65_535) {
                received += read(client).payload().length();
            }
            assertThat(received).isEqualTo(65_535);
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void endlessHeaders_goOn() throws Exception {
        try (RawClient client = get(Fault.endlessHeaders())) {
            Frame first = read(client);
            assertThat(first.type()).isEqualTo(HEADERS);
            assertThat(first.flags()).isZero();
            for (int i = 0; i < 200; i++) {
                Frame next = read(client);
                assertThat(next.type()).isEqualTo(CONTINUATION);
                assertThat(next.flags()).isZero();
            }
        }
        peer.requireNoConnections();
    }

    @Test
    void spoiledAnswers_areSpoiledAsTheySay() throws Exception {
        try (RawClient client = get(Fault.garbage())) {
            assertThat(client.readToEnd()).startsWith("\u00ff\u00ff\u00ff");
        }
        try (RawClient client = get(Fault.informational(103, 1))) {
            assertThat(status(read(client))).isEqualTo("103");
            requireAnswer(client, 1);
        }
        try (RawClient client = get(Fault.duplicateAnswer())) {
            requireAnswer(client, 1);
            requireAnswer(client, 1);
        }
        try (RawClient client = get(Fault.contentLengthOffBy(7))) {
            assertThat(read(client).payload()).contains("content-length\00217");
        }
    }

    @Test
    void largeHeaders_comeInSeveralFrames() throws Exception {
        Answer answer = Answer.of(200).withHeader("X-Large", "x".repeat(40_000));
        try (RawClient client = get(Fault.answer(answer))) {
            Frame first = read(client);
            Frame second = read(client);
            Frame third = read(client);
            assertThat(List.of(first.type(), second.type(), third.type()))
                    .containsExactly(HEADERS, CONTINUATION, CONTINUATION);
            assertThat(List.of(first.flags(), second.flags(), third.flags())).containsExactly(0, 0, END_HEADERS);
            List<Header> headers =
                    new Hpack().read(RawClient.bytes(first.payload() + second.payload() + third.payload()));
            assertThat(headers).contains(new Header("x-large", "x".repeat(40_000)));
        }
    }
}
