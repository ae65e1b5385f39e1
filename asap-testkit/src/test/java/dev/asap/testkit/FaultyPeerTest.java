// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault does over HTTP/1.1 what it says. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class FaultyPeerTest {
    private static final Duration FOREVER = Duration.ofDays(100_000);
    private static final String HEAD = "HTTP/1.1 200 \r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\n";
    private static final String BODY = "0123456789";
    private static final String WHOLE = HEAD + BODY;

    private final FaultyPeer peer = FaultyPeer.start(
            request -> Answer.of(200).withHeader("Content-Type", "text/plain").withBody(BODY));

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        peer.close();
    }

    private RawClient get(Fault fault) throws IOException {
        peer.next(fault);
        return new RawClient(peer).get();
    }

    private HttpResponse<byte[]> fetch(Fault fault) throws Exception {
        peer.next(fault);
        return http.send(HttpRequest.newBuilder(URI.create(peer.url())).build(), BodyHandlers.ofByteArray());
    }

    // The script.

    @Test
    void none_answersAndKeepsTheConnection() throws Exception {
        try (RawClient client = get(Fault.none())) {
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThat(client.get().readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThat(peer.openConnections()).isEqualTo(1);
        }
        peer.requireNoConnections();
        assertThat(peer.connectionCount()).isEqualTo(1);
        assertThat(peer.requestCount()).isEqualTo(2);
    }

    @Test
    void script_isUsedUpInOrder_thenAlwaysCounts() throws Exception {
        peer.next(Fault.status(500), Fault.status(501))
                .always(Fault.status(404))
                .next(Fault.status(502));
        StringBuilder statuses = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            try (RawClient client = new RawClient(peer).get()) {
                statuses.append(client.readText(12).substring(8));
            }
        }
        assertThat(statuses).hasToString(" 500 501 502 404 404");
    }

    @Test
    void requests_areRecordedWhole() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(peer.url() + "/asap?q=1"))
                .header("X-Twice", "a")
                .header("X-Twice", "b")
                .POST(BodyPublishers.ofString("grüße"))
                .build();
        HttpResponse<String> unused = http.send(request, BodyHandlers.ofString());
        ReceivedRequest received = peer.requests().get(0);
        assertThat(received.method()).isEqualTo("POST");
        assertThat(received.path()).isEqualTo("/asap?q=1");
        assertThat(received.headers().get("x-twice")).containsExactly("a", "b");
        assertThat(received.header("HOST")).contains("127.0.0.1:" + peer.port());
        assertThat(received.header("none")).isEmpty();
        assertThat(received.text()).isEqualTo("grüße");
        assertThat(received.body()).hasSize(7);
        assertThat(received.connection()).isEqualTo(1);
        assertThat(received.stream()).isZero();
        assertThat(received).hasToString("POST /asap?q=1 (connection 1, 7 bytes)");
    }

    @Test
    void chunkedRequest_isRecordedWhole() throws Exception {
        try (RawClient client = new RawClient(peer)) {
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .send("3\r\nabc\r\n")
                    .send("2;x=y\r\nde\r\n")
                    .send("0\r\nTrailer: 1\r\n\r\n");
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThat(peer.requests().get(0).text()).isEqualTo("abcde");
        }
    }

    @Test
    void requestThatExpectsContinue_getsIt() throws Exception {
        try (RawClient client = new RawClient(peer)) {
            client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
            assertThat(client.readText(17)).isEqualTo("HTTP/1.1 100 \r\n\r\n");
            assertThat(client.send("x").readText(WHOLE.length())).isEqualTo(WHOLE);
        }
    }

    @Test
    void headRequest_getsNoBody() throws Exception {
        try (RawClient client = new RawClient(peer)) {
            client.send("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertThat(client.readToEnd()).isEqualTo(HEAD.replace("Content-Length: 10\r\n", ""));
        }
    }

    @ParameterizedTest
    @MethodSource
    void whatIsNoRequest_endsTheConnection(String bytes) throws Exception {
        try (RawClient client = new RawClient(peer)) {
            client.send(bytes);
            try {
                assertThat(client.readToEnd()).isEmpty();
            } catch (IOException e) {
                // What the peer has not read makes the end a reset.
                assertThat(e).hasMessageContaining("reset");
            }
        }
        assertThat(peer.requestCount()).isZero();
    }

    static List<String> whatIsNoRequest_endsTheConnection() {
        return List.of(
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\nnonsense\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nContent-Length: 67108865\r\n\r\n",
                "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "GET / HTTP/1.1\r\nX: " + "x".repeat(70_000) + "\r\n\r\n");
    }

    @Test
    void functionThatThrows_isAnsweredWithHttp500() throws Exception {
        try (FaultyPeer broken = FaultyPeer.start(request -> {
                    throw new IllegalStateException("no idea");
                });
                RawClient client = new RawClient(broken).get()) {
            assertThat(client.readText(132)).startsWith("HTTP/1.1 500 ").contains("GET /x", "no idea");
        }
    }

    @Test
    void functionThatGivesNothing_isAnsweredWithHttp500() throws Exception {
        assertThat(fetch(Fault.change(answer -> null)).statusCode()).isEqualTo(500);
    }

    // Late, slow, silent.

    @Test
    void delay_letsTheAnswerWait() throws Exception {
        try (RawClient client = get(Fault.delay(Duration.ofMillis(300)))) {
            assertThat(client.hearsNothing()).isTrue();
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
        }
    }

    @Test
    void delay_endsWhenTheClientHangsUp() throws Exception {
        try (RawClient client = get(Fault.delay(FOREVER))) {
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void delay_endsWhenThePeerIsClosed() throws Exception {
        try (RawClient client = get(Fault.delay(FOREVER)).get()) {
            assertThat(client.hearsNothing()).isTrue();
            peer.close();
            LeakChecks.requireNoThreads();
        }
    }

    @Test
    void delay_withTheNextRequestAlreadyThere_goesOnToIt() throws Exception {
        try (RawClient client = get(Fault.delay(Duration.ofMillis(100))).get()) {
            assertThat(client.readText(2 * WHOLE.length())).isEqualTo(WHOLE + WHOLE);
        }
    }

    @Test
    void delayBody_letsTheBodyWait() throws Exception {
        try (RawClient client = get(Fault.delayBody(Duration.ofMillis(300)))) {
            assertThat(client.readText(HEAD.length())).isEqualTo(HEAD);
            assertThat(client.hearsNothing()).isTrue();
            assertThat(client.readText(BODY.length())).isEqualTo(BODY);
        }
    }

    @Test
    void slowly_dripsTheWholeAnswer() throws Exception {
        try (RawClient client = get(Fault.slowly(7, Duration.ofMillis(1)))) {
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
        }
        try (RawClient client = get(Fault.slowly(7, FOREVER))) {
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void noAnswer_isSilentUntilTheClientHangsUp() throws Exception {
        try (RawClient client = get(Fault.noAnswer())) {
            assertThat(client.hearsNothing()).isTrue();
            assertThat(peer.requestCount()).isEqualTo(1);
        }
        peer.requireNoConnections();
    }

    @Test
    void stallMidBody_isSilentInTheBody() throws Exception {
        try (RawClient client = get(Fault.stallMidBody())) {
            assertThat(client.readText(HEAD.length() + 5)).isEqualTo(HEAD + "01234");
            assertThat(client.hearsNothing()).isTrue();
        }
        peer.requireNoConnections();
    }

    @Test
    void readNothing_isSilentUntilThePeerHangsUp() throws Exception {
        try (RawClient client = get(Fault.readNothing())) {
            assertThat(client.hearsNothing()).isTrue();
            assertThat(peer.requestCount()).isZero();
            assertThat(peer.openConnections()).isEqualTo(1);
            peer.dropConnections();
            assertThat(client.readToEnd()).isEmpty();
        }
        peer.requireNoConnections();
    }

    // Broken off.

    @Test
    void resetUnread_resetsWithoutRecordingTheRequest() throws Exception {
        try (RawClient client = get(Fault.resetUnread())) {
            assertThat(client.readToReset()).isEmpty();
        }
        assertThat(peer.requestCount()).isZero();
        assertThat(fetch(Fault.none()).statusCode()).isEqualTo(200);
    }

    @Test
    void reset_comesWhereItSays() throws Exception {
        try (RawClient client = get(Fault.resetBeforeAnswer())) {
            assertThat(client.readToReset()).isEmpty();
        }
        try (RawClient client = get(Fault.resetMidHeaders())) {
            assertThat(client.readToReset()).isEqualTo(HEAD.substring(0, HEAD.length() / 2));
        }
        try (RawClient client = get(Fault.resetMidBody())) {
            assertThat(client.readToReset()).isEqualTo(HEAD + "01234");
        }
        try (RawClient client = get(Fault.resetAfterBytes(9))) {
            assertThat(client.readToReset()).isEqualTo("HTTP/1.1 ");
        }
        try (RawClient client = get(Fault.resetAfterBytes(1000))) {
            assertThat(client.readToReset()).isEqualTo(WHOLE);
        }
        assertThat(peer.requestCount()).isEqualTo(5);
        peer.requireNoConnections();
    }

    @Test
    void close_comesWhereItSays() throws Exception {
        try (RawClient client = get(Fault.closeBeforeAnswer())) {
            assertThat(client.readToEnd()).isEmpty();
        }
        try (RawClient client = get(Fault.closeMidHeaders())) {
            assertThat(client.readToEnd()).isEqualTo(HEAD.substring(0, HEAD.length() / 2));
        }
        try (RawClient client = get(Fault.truncateBody(3))) {
            assertThat(client.readToEnd()).isEqualTo(HEAD + "012");
        }
        try (RawClient client = get(Fault.closeAfterAnswer())) {
            assertThat(client.readToEnd()).isEqualTo(WHOLE);
        }
        assertThatThrownBy(() -> fetch(Fault.truncateBody(3))).isInstanceOf(IOException.class);
    }

    @Test
    void chunkedWithoutEnd_lacksTheLastChunk() throws Exception {
        assertThat(fetch(Fault.chunked()).body()).asString().isEqualTo(BODY);
        try (RawClient client = get(Fault.chunkedWithoutEnd())) {
            assertThat(client.readToEnd()).endsWith("Transfer-Encoding: chunked\r\n\r\na\r\n" + BODY + "\r\n");
        }
        assertThatThrownBy(() -> fetch(Fault.chunkedWithoutEnd())).isInstanceOf(IOException.class);
    }

    @Test
    void closeOnNextRequest_hitsTheIdleConnection() throws Exception {
        try (RawClient client = get(Fault.closeOnNextRequest())) {
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThat(client.hearsNothing()).isTrue();
            assertThat(client.get().readToEnd()).isEmpty();
        }
        assertThat(peer.requestCount()).isEqualTo(1);
    }

    // Spoiled.

    @Test
    void garbage_isNoHttp() throws Exception {
        try (RawClient client = get(Fault.garbage())) {
            assertThat(client.readToEnd()).isNotEmpty().doesNotContain("HTTP");
        }
        try (RawClient client = get(Fault.garbage(RawClient.bytes("SSH-2.0")))) {
            assertThat(client.readToEnd()).isEqualTo("SSH-2.0");
        }
    }

    @Test
    void contentLengthOffBy_liesAboutTheBody() throws Exception {
        try (RawClient client = get(Fault.contentLengthOffBy(5))) {
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE.replace("10", "15"));
            assertThat(client.hearsNothing()).isTrue();
        }
        try (RawClient client = get(Fault.contentLengthOffBy(-4)).get()) {
            assertThat(client.readText(WHOLE.length() - 1 + 5)).isEqualTo(WHOLE.replace("10", "6") + "HTTP/");
        }
    }

    @Test
    void duplicateAnswer_comesTwice() throws Exception {
        try (RawClient client = get(Fault.duplicateAnswer())) {
            assertThat(client.readText(2 * WHOLE.length())).isEqualTo(WHOLE + WHOLE);
        }
    }

    @Test
    void informational_comesBeforeTheAnswer() throws Exception {
        String early = "HTTP/1.1 103 \r\n\r\n";
        try (RawClient client = get(Fault.informational(103, 2))) {
            assertThat(client.readText(2 * early.length() + WHOLE.length())).isEqualTo(early + early + WHOLE);
        }
    }

    @Test
    void endless_goesOnUntilTheClientHangsUp() throws Exception {
        try (RawClient client = get(Fault.endlessHeaders())) {
            assertThat(client.readText(1 << 20))
                    .startsWith("HTTP/1.1 200 \r\nX-Endless: xxx")
                    .doesNotContain("\r\n\r\n");
        }
        try (RawClient client = get(Fault.endlessBody())) {
            assertThat(client.readText(1 << 20)).contains("a\r\n" + BODY + "\r\n1000\r\n   ");
        }
        peer.requireNoConnections();
    }

    @Test
    void endlessAnswerThatNobodyReads_endsWhenThePeerIsClosed() throws Exception {
        try (RawClient client = get(Fault.endlessBody())) {
            assertThat(client.readText(12)).isEqualTo("HTTP/1.1 200");
            peer.close();
            LeakChecks.requireNoThreads();
        }
    }

    @Test
    void answer_replacesTheUsualOne() throws Exception {
        HttpResponse<byte[]> response =
                fetch(Fault.answer(Answer.of(503).withHeader("retry-after", "7").withBody("busy")));
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
        assertThat(response.body()).asString().isEqualTo("busy");
        assertThat(fetch(Fault.status(204)).body()).isEmpty();
        assertThat(fetch(Fault.change(usual -> usual.withBody(usual.text() + "!")))
                        .body())
                .asString()
                .isEqualTo(BODY + "!");
    }

    // Compressed.

    private static byte[] inflated(HttpResponse<byte[]> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            return gzip.readAllBytes();
        }
    }

    @Test
    void gzip_inflatesToTheAnswer() throws Exception {
        assertThat(inflated(fetch(Fault.gzip()))).asString().isEqualTo(BODY);
    }

    @Test
    void gzipBomb_isSmallAndInflatesToBlanksAndTheAnswer() throws Exception {
        HttpResponse<byte[]> response = fetch(Fault.gzipBomb((3 << 20) + 7));
        assertThat(response.body()).hasSizeLessThan(8000);
        assertThat(inflated(response)).hasSize((3 << 20) + 7 + BODY.length()).endsWith(RawClient.bytes("  " + BODY));
        assertThat(inflated(fetch(Fault.gzipBomb(1)))).asString().isEqualTo(" " + BODY);
    }

    @Test
    void spoiledGzip_cannotBeInflated() throws Exception {
        assertThatThrownBy(() -> inflated(fetch(Fault.corruptGzip())))
                .isInstanceOf(ZipException.class)
                .hasMessageContaining("invalid block type");
        assertThatThrownBy(() -> inflated(fetch(Fault.gzipWithWrongChecksum())))
                .isInstanceOf(ZipException.class)
                .hasMessageContaining("Corrupt GZIP trailer");
    }

    @Test
    void encodedBody_isSentAsItIs() throws Exception {
        HttpResponse<byte[]> response = fetch(Fault.encodedBody("br", new byte[] {0x3b}));
        assertThat(response.headers().firstValue("Content-Encoding")).contains("br");
        assertThat(response.body()).containsExactly(0x3b);
    }

    // Several at once, and those that do not fit.

    @Test
    void and_addsUp() throws Exception {
        Fault fault = Fault.status(503)
                .and(Fault.change(answer -> answer.withBody("later")))
                .and(Fault.delay(Duration.ofMillis(1)))
                .and(Fault.closeAfterAnswer());
        assertThat(fault).hasToString("status(503).and(change(…)).and(delay(PT0.001S)).and(closeAfterAnswer())");
        try (RawClient client = get(fault)) {
            assertThat(client.readToEnd()).isEqualTo("HTTP/1.1 503 \r\nContent-Length: 5\r\n\r\nlater");
        }
    }

    @Test
    void and_refusesWhatCannotMeet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.resetUnread().and(Fault.status(500)))
                .withMessage("resetUnread() and status(500) cannot meet; script them one after the other");
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.none().and(Fault.readNothing()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketFaults.drop().and(Http2Faults.resetStream(Http2Error.CANCEL)));
    }

    @Test
    void arguments_outOfBounds_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.resetAfterBytes(-1))
                .withMessage("bytes must be 0 or more, got -1");
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.truncateBody(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.slowly(0, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.delay(Duration.ofMillis(-1)))
                .withMessage("a pause must not be negative, got PT-0.001S");
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.informational(200, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.informational(103, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.gzipBomb(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.gzipBomb((4L << 30) + 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> peer.next(Http2Faults.resetStream(Http2Error.CANCEL)))
                .withMessage("Http2Faults.resetStream(CANCEL) needs HTTP/2; start the peer with startH2c()");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> peer.always(Http2Faults.goAwayBelow(Http2Error.NO_ERROR)));
    }

    @Test
    void faultThatDoesNotFit_saysSoInTheAnswer() throws Exception {
        assertThat(fetch(WebSocketFaults.drop()).body())
                .asString()
                .isEqualTo("The script's WebSocketFaults.drop() does not work on GET / (connection 1, 0 bytes)");
        assertThat(fetch(Fault.wrongCorrelation()).statusCode()).isEqualTo(500);
    }

    // Connections.

    @Test
    void refuseConnections_refusesUntilTheyAreAccepted() throws Exception {
        try (RawClient open = get(Fault.none())) {
            assertThat(open.readText(WHOLE.length())).isEqualTo(WHOLE);
            peer.refuseConnections();
            peer.refuseConnections();
            assertThatThrownBy(() -> new RawClient(peer)).isInstanceOf(ConnectException.class);
            assertThat(open.get().readText(WHOLE.length())).isEqualTo(WHOLE);
            peer.acceptConnections();
            peer.acceptConnections();
            assertThat(fetch(Fault.none()).statusCode()).isEqualTo(200);
        }
        peer.refuseConnections();
    }

    @Test
    void dropConnections_endsThemAll() throws Exception {
        try (RawClient one = get(Fault.none());
                RawClient two = get(Fault.none())) {
            assertThat(one.readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThat(two.readText(WHOLE.length())).isEqualTo(WHOLE);
            peer.dropConnections();
            assertThat(one.readToEnd()).isEmpty();
            assertThat(two.readToEnd()).isEmpty();
        }
        peer.requireNoConnections();
    }

    @Test
    void requireNoConnections_tellsOfTheOpenOne() throws Exception {
        try (RawClient client = get(Fault.none())) {
            assertThat(client.readText(WHOLE.length())).isEqualTo(WHOLE);
            assertThatThrownBy(peer::requireNoConnections)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("connections to " + peer.url() + " left open: 1");
        }
    }

    @Test
    void close_freesThreadsAndPort() throws Exception {
        peer.close();
        CountDownLatch asked = new CountDownLatch(1);
        FaultyPeer held = FaultyPeer.start(request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.of(200);
        });
        try (RawClient client = new RawClient(held).get()) {
            asked.await();
            assertThat(client.hearsNothing()).isTrue();
            held.close();
            assertThat(LeakChecks.threads()).isEmpty();
            held.close();
        }
        assertThatThrownBy(() -> new RawClient(held)).isInstanceOf(ConnectException.class);
        assertThat(held).hasToString("FaultyPeer[http://127.0.0.1:" + held.port() + "]");
        held.refuseConnections();
        held.acceptConnections();
    }

    @Test
    void close_fromTheFunction_doesNotWaitForItself() throws Exception {
        FaultyPeer[] self = new FaultyPeer[1];
        self[0] = FaultyPeer.start(request -> {
            self[0].close();
            return Answer.of(200);
        });
        try (RawClient client = new RawClient(self[0]).get()) {
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void body_isWhatCountsNotItsText() {
        Answer answer = Answer.json("{}".getBytes(StandardCharsets.UTF_8)).withoutHeader("content-type");
        assertThat(answer.headers()).isEmpty();
        assertThat(answer).hasToString("Answer[200, {}, 2 bytes]");
        answer.body()[0] = 'x';
        assertThat(answer.text()).isEqualTo("{}");
    }
}
