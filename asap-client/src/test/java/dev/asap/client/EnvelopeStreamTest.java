// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.ErrorCode;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.McpResourceData;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okio.Buffer;
import okio.BufferedSink;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream brings, and what it means that it does not. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
class EnvelopeStreamTest {
    private static final String ONE = StreamPeer.chunk("one ", false);
    private static final String TWO = StreamPeer.chunk("two ", false);
    private static final String LAST = StreamPeer.chunk("three", true);

    private final MockWebServer server = new MockWebServer();
    private StreamFixture fixture;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server.start();
        url = server.url("/asap/stream").toString();
        fixture = new StreamFixture(url);
    }

    @AfterEach
    void stop() {
        fixture.close();
        server.close();
        ClientTestThreads.assertNoneLeft();
    }

    // ---- What is asked for

    @Test
    void open_request_asksForAPlainEventStream() throws Exception {
        server.enqueue(stream(LAST));
        fixture.readAll();
        RecordedRequest request = server.takeRequest();
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getHeaders().values("Accept")).containsExactly("text/event-stream");
        assertThat(request.getHeaders().values("Accept-Encoding")).containsExactly("identity");
    }

    // ---- Recorded streams

    @ParameterizedTest
    @CsvSource({"words, alpha beta gamma", "single, one", "unicode, žluť 🐎", "gzip, a b"})
    void stream_recorded_givesItsEnvelopes(String name, String words) throws IOException {
        JsonObject exchange = recording(name);
        JsonObject response = exchange.getObject("response");
        JsonArray events = response.get("events").asArray();
        StringBuilder body = new StringBuilder(response.getString("first_event_text"));
        events.values().stream()
                .skip(1)
                .forEach(event -> body.append("data: ").append(event).append("\n\n"));
        server.enqueue(recorded(response, body.toString()));

        List<Envelope> envelopes = new ArrayList<>();
        try (EnvelopeStream stream =
                fixture.calls.open(fixture::request, recordedMessage(exchange), StreamFixture.DEFAULTS)) {
            stream.forEach(envelopes::add);
        }
        assertThat(chunks(envelopes)).isEqualTo(words + "\n");
        assertThat(envelopes)
                .isEqualTo(events.values().stream()
                        .map(event -> ASAPCodec.tolerant().read(event.asObject(), Envelope.class))
                        .toList());
        assertThat(((TaskStream) envelopes.get(envelopes.size() - 1).payload()).isFinal())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "no-streaming-handler, -32012, asap:transport/handler_not_found, false",
        "stale-timestamp, -32002, asap:protocol/invalid_timestamp, true",
        "invalid-envelope, -32602, asap:rpc/remote_error, false"
    })
    void open_recordedError_isRemoteError(String name, int code, String taxonomy, boolean retryable)
            throws IOException {
        JsonObject response = recording(name).getObject("response");
        server.enqueue(recorded(response, response.get("body").toString()));
        RemoteErrorException e = catchThrowableOfType(RemoteErrorException.class, fixture::open);
        assertThat(e.jsonRpcCode()).isEqualTo(code);
        assertThat(e.code().name()).isEqualTo(taxonomy);
        assertThat(e.retryable()).isEqualTo(retryable);
    }

    // ---- How events may be written

    @Test
    void stream_envelopePerDataLine_givesEach() {
        String event = "data: " + StreamPeer.json("one ", false) + "\ndata: " + StreamPeer.json("two ", false) + "\n\n";
        server.enqueue(stream(event + LAST));
        assertThat(chunks(fixture.readAll())).isEqualTo("one two three");
    }

    @Test
    void stream_envelopePerDataLineWithEmptyOnes_givesEach() {
        String event = "data:\ndata: " + StreamPeer.json("one ", false) + "\ndata:\ndata: "
                + StreamPeer.json("two", true) + "\ndata: rubbish after the end\n\n";
        server.enqueue(stream(event));
        assertThat(chunks(fixture.readAll())).isEqualTo("one two");
    }

    @Test
    void stream_envelopeOverSeveralDataLines_isOne() {
        String event = "data: " + StreamPeer.json("one", true).replace(",", ",\r\ndata: ") + "\r\n\r\n";
        server.enqueue(stream(event));
        assertThat(chunks(fixture.readAll())).isEqualTo("one");
    }

    @Test
    void stream_oneLineOfSeveralIsNotJson_givesWhatCameBeforeIt() {
        String event = "data: " + StreamPeer.json("one ", false) + "\ndata: rubbish\n\n";
        server.enqueue(stream(event + LAST));
        assertBreaksAfter("one ", RemoteErrorException.class, "is not JSON");
    }

    @Test
    void stream_withEverythingElseThatEventsMayHave_givesTheEnvelopes() {
        server.enqueue(stream("\uFEFF: hello\r\n\r\nid: 1\nevent: TaskStream\nretry: 99999999999999999999\n" + ONE
                + "event: chunk\r" + LAST.replace('\n', '\r')));
        assertThat(chunks(fixture.readAll())).isEqualTo("one three");
    }

    @Test
    void stream_moreThanOneAnswerMayBeButNoEventIs_isReadToItsEnd() {
        String big = "x".repeat(100_000);
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            body.append(StreamPeer.chunk(big, false));
        }
        server.enqueue(stream(body + LAST));
        assertThat(chunks(fixture.readAll())).hasSize(3_000_005);
    }

    @Test
    void stream_slowDrip_isPutTogether() throws Exception {
        byte[] bytes = (ONE + StreamPeer.chunk("žluť 🐎 ", false) + LAST).getBytes(StandardCharsets.UTF_8);
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    for (byte b : bytes) {
                        exchange.socket().getOutputStream().write(new byte[] {'1', '\r', '\n', b, '\r', '\n'});
                    }
                    exchange.end();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThat(chunks(local.readAll())).isEqualTo("one žluť 🐎 three");
        }
    }

    // ---- The end

    @Test
    void stream_lastChunk_endsItThoughTheBodyGoesOn() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE + LAST + "data: rubbish\n\n");
                    exchange.awaitDisconnect();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThat(chunks(local.readAll())).isEqualTo("one three");
        }
    }

    @Test
    void stream_lastChunkAndEndOfBody_connectionIsUsedAgain() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE + LAST);
                    exchange.end();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            local.readAll();
            local.readAll();
            try (EnvelopeStream stream = local.open()) {
                // Closed after the last chunk, but without asking for more.
                Iterator<Envelope> envelopes = stream.iterator();
                envelopes.next();
                envelopes.next();
            }
            local.readAll();
            assertThat(peer.requests()).isEqualTo(4);
            assertThat(peer.connections()).isEqualTo(1);
        }
    }

    @Test
    void stream_afterItsEnd_hasNoMore() {
        server.enqueue(stream(LAST));
        EnvelopeStream stream = fixture.open();
        Iterator<Envelope> envelopes = stream.iterator();
        assertThat(envelopes.hasNext()).isTrue();
        assertThat(envelopes.hasNext()).isTrue();
        envelopes.next();
        assertThat(envelopes.hasNext()).isFalse();
        assertThatThrownBy(envelopes::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("the stream has ended");
        stream.close();
        assertThat(envelopes.hasNext()).isFalse();
    }

    @Test
    void stream_iteratedTwice_isRefused() {
        server.enqueue(stream(LAST));
        try (EnvelopeStream stream = fixture.open()) {
            Iterator<Envelope> unused = stream.iterator();
            assertThatThrownBy(stream::iterator)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a stream can be gone through once; keep what is needed twice");
        }
    }

    @Test
    void stream_taskResponseAtTheEnd_needsNoLastChunk() {
        server.enqueue(stream(ONE + event(TaskResponse.completed("t-1", JsonObject.empty()), "m-1")));
        assertThat(fixture.readAll()).hasSize(2);
    }

    @Test
    void stream_bodyEndsBeforeLastChunk_isBroken() {
        server.enqueue(stream(ONE + TWO));
        StreamBrokenException e = assertBreaksAfter("one two ", StreamBrokenException.class, "broke off");
        assertThat(e)
                .hasMessage(
                        "The stream of POST " + url + " broke off after 2 envelopes: the peer ended it before its last"
                                + " chunk; if it always does, set lastChunkRequired to false");
        assertThat(e.received()).isEqualTo(2);
        assertThat(e.retryable()).isTrue();
        assertThat(e.code()).isEqualTo(ErrorCode.CONNECTION_ERROR);
    }

    @Test
    void stream_chunkAfterAnAnswer_isUnfinishedAgain() {
        server.enqueue(stream(event(TaskResponse.completed("t-1", JsonObject.empty()), "m-1") + ONE));
        assertThatThrownBy(fixture::readAll).isInstanceOf(StreamBrokenException.class);
    }

    @Test
    void stream_withoutAnything_isBroken() {
        server.enqueue(stream(""));
        assertThatThrownBy(fixture::readAll)
                .isInstanceOf(StreamBrokenException.class)
                .hasMessageContaining("broke off after 0 envelopes: the peer ended it without an envelope");
    }

    @Test
    void stream_lastChunkNotRequired_endsWithTheBody() {
        StreamOptions options = StreamFixture.DEFAULTS.withLastChunkRequired(false);
        server.enqueue(stream(ONE + TWO));
        assertThat(chunks(fixture.readAll(options))).isEqualTo("one two ");
        server.enqueue(stream(""));
        assertThat(fixture.readAll(options)).isEmpty();
    }

    @Test
    void stream_lastEventWithoutEmptyLine_counts() {
        server.enqueue(stream(ONE + LAST.strip()));
        assertThat(chunks(fixture.readAll())).isEqualTo("one three");
    }

    @Test
    void stream_bodyEndsWithinAnEvent_isBroken() {
        server.enqueue(stream(ONE + LAST.substring(0, 50)));
        assertBreaksAfter("one ", StreamBrokenException.class, "the peer ended it within an event");
    }

    // ---- Broken connections

    @Test
    void stream_truncated_isBroken() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.write("ff\r\ndata: {");
                    exchange.socket().close();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            StreamBrokenException e = catchThrowableOfType(StreamBrokenException.class, local::readAll);
            assertThat(e)
                    .hasMessage("The stream of POST " + peer.url()
                            + " broke off after 1 envelope: the connection was closed"
                            + " too early, or what came is not HTTP")
                    .hasCauseInstanceOf(IOException.class);
            assertThat(e.received()).isEqualTo(1);
        }
    }

    @Test
    void stream_truncatedWhereLastChunkIsNotRequired_isBroken() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.socket().close();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThatThrownBy(() -> local.readAll(StreamFixture.DEFAULTS.withLastChunkRequired(false)))
                    .isInstanceOf(StreamBrokenException.class);
        }
    }

    @Test
    void stream_reset_isBroken() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.reset();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThatThrownBy(local::readAll)
                    .isInstanceOf(StreamBrokenException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void stream_garbageInTheFraming_isBrokenAndNotRepeated() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    exchange.write("s3cret garbage\r\n\r\n\u0000\u0001");
                    exchange.awaitDisconnect();
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThatThrownBy(local::readAll)
                    .isInstanceOf(StreamBrokenException.class)
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void open_connectionLostBeforeTheAnswer_isConnectionFailure() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        assertThatThrownBy(fixture::open)
                .isInstanceOf(ConnectionException.class)
                .hasMessageStartingWith("POST " + url + " failed: ");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void stream_failed_failsTheSameWayAgain() {
        server.enqueue(stream(ONE));
        EnvelopeStream stream = fixture.open();
        Iterator<Envelope> envelopes = stream.iterator();
        envelopes.next();
        ASAPException first = catchThrowableOfType(ASAPException.class, envelopes::hasNext);
        assertThatThrownBy(envelopes::hasNext).isSameAs(first);
        assertThatThrownBy(envelopes::next).isSameAs(first);
        stream.close();
        assertThatThrownBy(envelopes::next).isSameAs(first);
    }

    // ---- Errors

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 413, 429, 500, 502, 503})
    void open_httpFailure_isConnectionFailureWithStatus(int status) {
        server.enqueue(Peer.json(status, "{\"detail\":\"s3cret\"}"));
        ConnectionException e = catchThrowableOfType(ConnectionException.class, fixture::open);
        assertThat(e)
                .hasMessageStartingWith("POST " + url + " was answered with HTTP " + status)
                .hasMessageNotContaining("s3cret");
        assertThat(e.httpStatus()).hasValue(status);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void open_httpFailureWithError_isRemoteErrorWithItsHints() {
        server.enqueue(Peer.json(
                        429,
                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\"}}")
                .newBuilder()
                .setHeader("Retry-After", "7")
                .build());
        RemoteErrorException e = catchThrowableOfType(RemoteErrorException.class, fixture::open);
        assertThat(e.jsonRpcCode()).isEqualTo(429);
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void open_httpFailureWithHugeBody_isConnectionFailure() {
        server.enqueue(Peer.json(500, "x".repeat(2_000_000)));
        assertThatThrownBy(fixture::open).isInstanceOf(ConnectionException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "text/plain", "nonsense"})
    void open_errorWithStatus200_isRemoteErrorWhateverItsType(String type) {
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", type)
                .body(
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\"ASAP protocol version incompatible\","
                                + "\"data\":{\"requested\":\"9\",\"supported\":[\"2.1\",\"2.2\"]}},\"id\":null}")
                .build());
        RemoteErrorException e = catchThrowableOfType(RemoteErrorException.class, fixture::open);
        assertThat(e.jsonRpcCode()).isEqualTo(-32000);
        assertThat(e).hasMessage("Remote error -32000: ASAP protocol version incompatible");
    }

    @Test
    void open_textWithStatus200_isRemoteError() {
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", "text/html")
                .body("<p>s3cret")
                .build());
        assertThatThrownBy(fixture::open)
                .isInstanceOf(RemoteErrorException.class)
                .hasMessage("Remote error -32700: the answer to POST " + url + " (HTTP 200, 9 bytes) is not JSON");
    }

    @Test
    void open_hugeTextWithStatus200_isTooLarge() {
        server.enqueue(Peer.json(200, "x".repeat((int) StreamFixture.MAX_RESPONSE_BYTES + 1)));
        assertThatThrownBy(fixture::open).isInstanceOf(ResponseTooLargeException.class);
    }

    @Test
    void open_redirect_isNotFollowed() {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .setHeader("Location", "/elsewhere")
                .setHeader("Content-Type", "text/event-stream")
                .build());
        assertThatThrownBy(fixture::open)
                .isInstanceOf(RemoteErrorException.class)
                .hasMessageContaining("redirects are not followed");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void open_answerThatIsNoStream_isRefused() {
        server.enqueue(Peer.answer());
        assertThatThrownBy(fixture::open)
                .isInstanceOf(RemoteErrorException.class)
                .hasMessageEndingWith("is a single task.response and no stream; send such a message with send");
    }

    @Test
    void open_compressedStream_isRefused() throws IOException {
        Buffer zipped = new Buffer();
        try (BufferedSink sink = Okio.buffer(new GzipSink(zipped))) {
            sink.writeUtf8(LAST);
        }
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", "text/event-stream")
                .setHeader("Content-Encoding", "gzip")
                .body(zipped)
                .build());
        assertThatThrownBy(fixture::open)
                .isInstanceOf(RemoteErrorException.class)
                .hasMessageEndingWith(
                        "is compressed, though it was asked for as it is; streams are not read compressed");
    }

    @Test
    void open_encodingIdentity_isNone() {
        server.enqueue(stream(LAST)
                .newBuilder()
                .setHeader("Content-Encoding", "Identity")
                .build());
        assertThat(fixture.readAll()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32030,\"message\":\"no\",\"data\":{\"code\":"
                        + "\"asap:task/already_completed\"}},\"id\":\"req-1\"}\n\n",
                "event: error\ndata: {\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32030,\"message\":\"no\",\"data\":{\"code\":"
                        + "\"asap:task/already_completed\"}},\"id\":null}\n\n",
                "event: error\ndata: {\"code\":-32030,\"message\":\"no\",\"data\":{\"code\":\"asap:task/already_completed\"}}\n\n"
            })
    void stream_errorInAnEvent_isRemoteError(String event) {
        server.enqueue(stream(ONE + event + LAST));
        RemoteErrorException e = assertBreaksAfter("one ", RemoteErrorException.class, "Remote error -32030: no");
        assertThat(e.code()).isEqualTo(ErrorCode.TASK_ALREADY_COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "[1]", "{\"s3cret\":1}", "\"s3cret\""})
    void stream_errorEventWithAnything_isRemoteError(String data) {
        server.enqueue(stream(ONE + "event: error\ndata: " + data + "\n\n"));
        RemoteErrorException e = assertBreaksAfter("one ", RemoteErrorException.class, "reported an error");
        assertThat(e).hasMessageNotContaining("s3cret");
        assertThat(e.jsonRpcCode()).isEqualTo(-32603);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "{", "[DONE]", "{\"a\":1} x"})
    void stream_chunkThatIsNotJson_isRemoteError(String data) {
        server.enqueue(stream(ONE + "data: " + data + "\n\n" + LAST));
        RemoteErrorException e = assertBreaksAfter("one ", RemoteErrorException.class, "is not JSON");
        assertThat(e)
                .hasMessage("Remote error -32700: envelope 2 in the stream of POST " + url + " (" + data.length()
                        + " bytes) is not JSON");
    }

    @Test
    void stream_chunkThatIsNotUtf8_isRemoteError() {
        String json = StreamPeer.json("one", true);
        int within = json.indexOf("one");
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", "text/event-stream")
                .body(new Buffer()
                        .writeUtf8("data: " + json.substring(0, within))
                        .writeByte(0xC3)
                        .writeUtf8(json.substring(within) + "\n\n"))
                .build());
        assertThatThrownBy(fixture::readAll)
                .isInstanceOf(RemoteErrorException.class)
                .hasMessageContaining("is not JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "7",
                "{\"payload_type\":\"TaskStream\",\"sender\":\"s3cret\"}",
                "{\"error\":\"s3cret\"}"
            })
    void stream_chunkThatIsNoEnvelope_isMalformed(String data) {
        server.enqueue(stream(ONE + "data: " + data + "\n\n" + LAST));
        MalformedEnvelopeException e =
                assertBreaksAfter("one ", MalformedEnvelopeException.class, "envelope 2 in the stream of POST ");
        assertThat(e).hasMessageContaining("breaks rules: ").hasMessageNotContaining("s3cret");
        assertThat(e.details().toString()).doesNotContain("s3cret");
    }

    // ---- Correlation

    @ParameterizedTest
    @ValueSource(strings = {"TaskStream", "task_stream", "task.response", "mcp_resource_data"})
    void stream_answerToAnotherMessage_isCorrelationFailure(String type) {
        Payload payload = switch (PayloadType.of(type).key()) {
            case "taskstream" -> TaskStream.of("x");
            case "taskresponse" -> TaskResponse.completed("t-1", JsonObject.empty());
            default -> new McpResourceData("r-1", JsonObject.empty());
        };
        Envelope other = Envelope.builder(Peer.ECHO, Peer.CALLER, payload)
                .payloadType(PayloadType.of(type))
                .correlationId("m-2")
                .build();
        server.enqueue(stream(ONE + event(other) + LAST));
        CorrelationException e = assertBreaksAfter("one ", CorrelationException.class, "m-2");
        assertThat(e.details().getString("request_id")).isEqualTo("m-1");
    }

    @Test
    void stream_otherEnvelopes_areNotBound() {
        Envelope other = Envelope.builder(Peer.ECHO, Peer.CALLER, Peer.task()).build();
        server.enqueue(stream(event(other) + LAST));
        assertThat(fixture.readAll()).first().isEqualTo(other);
    }

    // ---- Bounds

    @Test
    void stream_hugeEvent_isTooLarge() {
        server.enqueue(stream(ONE + StreamPeer.chunk("x".repeat((int) StreamFixture.MAX_RESPONSE_BYTES), true)));
        EventTooLargeException e = assertBreaksAfter("one ", EventTooLargeException.class, "raise maxEventBytes");
        assertThat(e.limitBytes()).isEqualTo(StreamFixture.MAX_RESPONSE_BYTES);
    }

    @Test
    void stream_eventLargerThanTheOptionsAllow_isTooLarge() {
        StreamOptions options = StreamFixture.DEFAULTS.withMaxEventBytes(
                StreamPeer.json("one ", false).length());
        server.enqueue(stream(ONE + StreamPeer.chunk("x".repeat(1000), true)));
        assertThatThrownBy(() -> fixture.readAll(options))
                .isInstanceOf(EventTooLargeException.class)
                .hasMessageContaining("larger than " + options.maxEventBytes().getAsLong() + " bytes");
    }

    @Test
    void stream_endlessLine_isTooLargeAndCutsThePeerOff() throws Exception {
        try (StreamPeer peer = new StreamPeer(exchange -> {
                    exchange.open();
                    exchange.send(ONE);
                    while (true) {
                        exchange.send("x".repeat(10_000));
                    }
                });
                StreamFixture local = new StreamFixture(peer.url())) {
            assertThatThrownBy(local::readAll).isInstanceOf(EventTooLargeException.class);
            assertDisconnected(peer);
        }
    }

    // ---- HTTP/2

    @Test
    void close_http2WhileThePeerIsSilent_endsTheStreamAndKeepsTheConnection() throws Exception {
        try (MockWebServer local = new MockWebServer()) {
            local.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
            local.start();
            OkHttpClient.Builder http = new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
            try (StreamFixture over2 =
                    new StreamFixture(local.url("/asap/stream").toString(), http)) {
                local.enqueue(stream2(ONE + LAST)
                        .throttleBody(ONE.length(), 1, TimeUnit.HOURS)
                        .build());
                EnvelopeStream stream = over2.open();
                Iterator<Envelope> envelopes = stream.iterator();
                envelopes.next();
                int before = over2.time.readings();
                CompletableFuture<Object> read = StreamFixture.inBackground(envelopes::hasNext);
                over2.awaitReadings(before + 1);
                stream.close();
                assertThat(read.get(20, TimeUnit.SECONDS)).isInstanceOf(StreamClosedException.class);

                local.enqueue(stream2(ONE + LAST).build());
                assertThat(chunks(over2.readAll())).isEqualTo("one three");
                assertThat(over2.connections.connectionCount()).isEqualTo(1);
            }
        }
    }

    private static MockResponse.Builder stream2(String body) {
        return new MockResponse.Builder()
                .setHeader("Content-Type", "text/event-stream")
                .body(body);
    }

    // ---- Mistakes in interceptors

    @Test
    void open_interceptorThrows_isThrownAsItIs() {
        OkHttpClient.Builder http = new OkHttpClient.Builder().addInterceptor(chain -> {
            throw new IllegalStateException("mistake");
        });
        try (StreamFixture local = new StreamFixture(url, http)) {
            assertThatThrownBy(local::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("mistake");
        }
    }

    // ---- How it is done here

    static void assertDisconnected(StreamPeer peer) {
        StreamFixture.soon().until(() -> peer.openConnections() == 0);
    }

    private <T extends Throwable> T assertBreaksAfter(String chunks, Class<T> type, String message) {
        List<Envelope> before = new ArrayList<>();
        T failure;
        try (EnvelopeStream stream = fixture.open()) {
            failure = catchThrowableOfType(type, () -> stream.forEach(before::add));
        }
        assertThat(failure).hasMessageContaining(message);
        assertThat(chunks(before)).isEqualTo(chunks);
        return failure;
    }

    private static MockResponse stream(String body) {
        return new MockResponse.Builder()
                .setHeader("Content-Type", "text/event-stream; charset=utf-8")
                .chunkedBody(body, 7)
                .build();
    }

    private static String event(Payload payload, String correlationId) {
        return event(Envelope.builder(Peer.ECHO, Peer.CALLER, payload)
                .correlationId(correlationId)
                .build());
    }

    private static String event(Envelope envelope) {
        return "data: " + new String(ASAPCodec.strict().write(envelope), StandardCharsets.UTF_8) + "\n\n";
    }

    static String chunks(List<Envelope> envelopes) {
        return envelopes.stream()
                .map(envelope -> ((TaskStream) envelope.payload()).chunk())
                .collect(Collectors.joining());
    }

    private static JsonObject recording(String name) throws IOException {
        try (InputStream in = EnvelopeStreamTest.class.getResourceAsStream("/golden/stream/" + name + ".json")) {
            JsonObject recording = JsonValue.parse(in.readAllBytes()).asObject();
            return recording.get("exchanges").asArray().values().get(0).asObject();
        }
    }

    private static Envelope recordedMessage(JsonObject exchange) {
        JsonObject envelope = exchange.getObject("request")
                .getObject("body")
                .getObject("params")
                .getObject("envelope");
        return ASAPCodec.tolerant().read(envelope, Envelope.class);
    }

    private static MockResponse recorded(JsonObject response, String body) {
        MockResponse.Builder answer = new MockResponse.Builder().code(response.getInt("status"));
        response.getObject("headers").members().forEach((name, value) -> answer.setHeader(name, value.asString()));
        return answer.chunkedBody(body, 100).build();
    }
}
