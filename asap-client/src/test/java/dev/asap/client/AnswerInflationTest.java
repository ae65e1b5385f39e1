// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import dev.asap.client.Compression.Coding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerInflationTest {
    private static final int MAX_BYTES = 200_000;

    private final MockWebServer server = new MockWebServer();
    private OkHttpClient http;

    @BeforeEach
    void start() throws Exception {
        server.start();
        http = client(Compression.defaults());
    }

    @AfterEach
    void stop() {
        http.connectionPool().evictAll();
        server.close();
    }

    private static OkHttpClient client(Compression options) {
        return new OkHttpClient.Builder()
                .addInterceptor(new AnswerInflation(options, MAX_BYTES))
                .build();
    }

    private Response get() throws IOException {
        return http.newCall(new Request.Builder().url(server.url("/")).build()).execute();
    }

    private void answer(String contentEncoding, byte[] body) {
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .setHeader("Content-Encoding", contentEncoding)
                .body(new Buffer().write(body))
                .build());
    }

    private byte[] read() throws IOException {
        try (Response response = get()) {
            return response.body().bytes();
        }
    }

    private void assertBroken() {
        assertThatThrownBy(this::read)
                .isInstanceOf(BrokenEncodingException.class)
                .hasMessageStartingWith("the answer is not compressed as its Content-Encoding says");
    }

    private void assertCutShort() {
        assertThatThrownBy(this::read)
                .isInstanceOf(BrokenEncodingException.class)
                .hasMessage("the answer ends before its compressed content does");
    }

    private void assertOversized() {
        assertThatThrownBy(this::read)
                .isInstanceOf(OversizedAnswerException.class)
                .hasMessage("the answer is larger than 200000 bytes");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_compressed_isUnpacked(Coding coding) throws Exception {
        byte[] content = Packed.json(150_000);
        answer(coding.token(), Packed.pack(coding, content));

        try (Response response = get()) {
            assertThat(response.header("Content-Encoding")).isNull();
            assertThat(response.header("Content-Length")).isNull();
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            assertThat(response.body().contentLength()).isEqualTo(-1);
            assertThat(response.body().bytes()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_compressedInChunks_isUnpacked(Coding coding) throws Exception {
        byte[] content = Packed.json(100_000);
        server.enqueue(new MockResponse.Builder()
                .setHeader("Content-Encoding", coding.token())
                .chunkedBody(new Buffer().write(Packed.pack(coding, content)), 7)
                .build());

        assertThat(read()).isEqualTo(content);
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_compressedNothing_isEmpty(Coding coding) throws Exception {
        answer(coding.token(), Packed.pack(coding, new byte[0]));

        assertThat(read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GZIP", " Gzip "})
    void answer_codingSpelledOtherwise_isUnpacked(String spelling) throws Exception {
        answer(spelling, Packed.pack(Coding.GZIP, Packed.json(2000)));

        assertThat(read()).isEqualTo(Packed.json(2000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", ""})
    void answer_notCompressed_staysAsItIs(String coding) throws Exception {
        answer(coding, Packed.json(2000));

        assertThat(read()).isEqualTo(Packed.json(2000));
    }

    @Test
    void request_plain_asksForWhatIsPreferred() throws Exception {
        answer("identity", new byte[0]);

        assertThat(read()).isEmpty();

        assertThat(server.takeRequest().getHeaders().values("Accept-Encoding")).containsExactly("br, gzip");
    }

    @Test
    void request_compressionOff_asksForNone() throws Exception {
        http = client(Compression.off());
        answer("identity", new byte[0]);

        assertThat(read()).isEmpty();

        assertThat(server.takeRequest().getHeaders().values("Accept-Encoding")).containsExactly("identity");
    }

    @Test
    void acceptEncoding_codingsSet_namesThem() {
        assertThat(acceptEncoding(Coding.GZIP)).isEqualTo("gzip");
        assertThat(acceptEncoding(Coding.BROTLI)).isEqualTo("br");
        assertThat(acceptEncoding(Coding.GZIP, Coding.BROTLI)).isEqualTo("gzip, br");
    }

    private static String acceptEncoding(Coding... codings) {
        Compression options =
                Compression.builder().codings(Arrays.asList(codings)).build();
        return new AnswerInflation(options, MAX_BYTES).acceptEncoding();
    }

    @Test
    void request_acceptEncodingSetByTheUser_getsTheAnswerAsItCame() throws Exception {
        byte[] packed = Packed.pack(Coding.GZIP, Packed.json(2000));
        answer("gzip", packed);
        Request request = new Request.Builder()
                .url(server.url("/"))
                .header("Accept-Encoding", "gzip")
                .build();

        try (Response response = http.newCall(request).execute()) {
            assertThat(response.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(response.body().bytes()).isEqualTo(packed);
        }
        assertThat(server.takeRequest().getHeaders().values("Accept-Encoding")).containsExactly("gzip");
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_cutShort_isBroken(Coding coding) {
        byte[] packed = Packed.pack(coding, Packed.json(20_000));
        answer(coding.token(), Arrays.copyOf(packed, packed.length / 2));

        assertCutShort();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void source_cutShortAnywhere_isBroken(Coding coding) throws Exception {
        byte[] packed = Packed.pack(coding, Packed.json(3000));
        InflatingSource.Decoder decoder = coding == Coding.BROTLI ? Brotli::decoder : okio.GzipSource::new;
        for (int length = 0; length < packed.length; length++) {
            Buffer input = new Buffer().write(packed, 0, length);
            try (BufferedSource content = Okio.buffer(new InflatingSource(input, decoder, MAX_BYTES))) {
                assertThatThrownBy(content::readByteArray)
                        .as("the first %d bytes", length)
                        .isInstanceOf(BrokenEncodingException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_emptyWithCoding_isBroken(Coding coding) {
        answer(coding.token(), new byte[0]);

        assertCutShort();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_garbage_isBroken(Coding coding) {
        byte[] garbage = Packed.noise(5000);
        garbage[0] = (byte) 0xff;
        answer(coding.token(), garbage);

        assertBroken();
    }

    @ParameterizedTest
    @CsvSource({"BROTLI, 1", "BROTLI, 20000", "GZIP, 1", "GZIP, 20000"})
    void answer_bytesAfterTheEnd_isBroken(Coding coding, int count) {
        answer(coding.token(), joined(Packed.pack(coding, Packed.json(2000)), Packed.noise(count)));

        assertBroken();
    }

    @Test
    void source_brotliEndsWithAPiece_seesTheBytesBehindIt() throws Exception {
        byte[] packed = Packed.pack(Coding.BROTLI, Packed.json(2000));
        // One byte at a time: the byte behind the end is not yet there when the decoder says that it is done.
        ForwardingSource slow = new ForwardingSource(new Buffer().write(packed).writeByte(0)) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                return super.read(sink, 1);
            }
        };
        try (BufferedSource content = Okio.buffer(new InflatingSource(slow, Brotli::decoder, MAX_BYTES))) {
            assertThatThrownBy(content::readByteArray).isInstanceOf(BrokenEncodingException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_twoStreams_isBroken(Coding coding) {
        byte[] packed = Packed.pack(coding, Packed.json(2000));
        answer(coding.token(), joined(packed, packed));

        assertBroken();
    }

    @Test
    void answer_otherCodingThanNamed_isBroken() {
        answer("br", Packed.pack(Coding.GZIP, Packed.json(2000)));
        assertBroken();

        answer("gzip", Packed.pack(Coding.BROTLI, Packed.json(2000)));
        assertBroken();
    }

    @Test
    void answer_damagedInTheMiddle_isBroken() {
        byte[] packed = Packed.pack(Coding.GZIP, Packed.json(20_000));
        packed[packed.length - 5] ^= 1;
        answer("gzip", packed);

        assertBroken();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "zstd", "x-gzip", "gzip;q=1", "gzip, br", "br,gzip", "gzip, identity", ","})
    void answer_unknownCodingOrSeveral_isBroken(String coding) {
        answer(coding, Packed.pack(Coding.GZIP, Packed.json(2000)));

        assertBroken();
    }

    @Test
    void answer_severalHeaders_isBroken() {
        server.enqueue(new MockResponse.Builder()
                .addHeader("Content-Encoding", "gzip")
                .addHeader("Content-Encoding", "br")
                .body("x")
                .build());

        assertBroken();
    }

    @Test
    void answer_brotliNotAskedFor_isBroken() {
        http = client(Compression.builder().codings(List.of(Coding.GZIP)).build());
        answer("br", Packed.pack(Coding.BROTLI, Packed.json(2000)));

        assertBroken();
    }

    @ParameterizedTest
    @CsvSource({"204, GET", "304, GET", "200, HEAD"})
    void answer_withoutBody_passes(int status, String method) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Encoding", "gzip")
                .build());
        Request request =
                new Request.Builder().url(server.url("/")).method(method, null).build();

        try (Response response = http.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(status);
            assertThat(response.body().bytes()).isEmpty();
        }
    }

    @Test
    void answer_brokenAndNotRead_tellsItsStatus() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .setHeader("Content-Encoding", "zstd, gzip")
                .setHeader("Retry-After", "7")
                .body("not compressed at all")
                .build());

        try (Response response = get()) {
            assertThat(response.code()).isEqualTo(503);
            assertThat(response.header("Retry-After")).isEqualTo("7");
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_exactlyAtTheLimit_isRead(Coding coding) throws Exception {
        answer(coding.token(), Packed.pack(coding, new byte[MAX_BYTES]));

        assertThat(read()).hasSize(MAX_BYTES);
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_oneByteAboveTheLimit_isRefused(Coding coding) {
        answer(coding.token(), Packed.pack(coding, new byte[MAX_BYTES + 1]));

        assertOversized();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_bomb_isRefusedAtTheLimit(Coding coding) throws Exception {
        answer(coding.token(), Packed.pack(coding, new byte[50 << 20]));

        try (Response response = get()) {
            BufferedSource content = response.body().source();
            assertThatThrownBy(() -> content.request(Long.MAX_VALUE)).isInstanceOf(OversizedAnswerException.class);
            // What was unpacked when the limit was seen: a piece more than allowed at most.
            assertThat(content.getBuffer().size()).isBetween((long) MAX_BYTES, MAX_BYTES + 8192L);
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void answer_endlessStreamOfNothing_isRefusedAtTheLimit(Coding coding) {
        byte[] start;
        byte[] nothing;
        if (coding == Coding.BROTLI) {
            start = new byte[] {0x0c};
            // A block of metadata without any.
            nothing = new byte[] {0x06};
        } else {
            start = Arrays.copyOf(Packed.pack(Coding.GZIP, new byte[0]), 10);
            // A stored block of length 0.
            nothing = new byte[] {0, 0, 0, (byte) 0xff, (byte) 0xff};
        }
        Buffer body = new Buffer().write(start);
        while (body.size() < 2 * MAX_BYTES) {
            body.write(nothing);
        }
        answer(coding.token(), body.readByteArray());

        assertOversized();
    }

    @Test
    void answer_endlessNameInTheGzipHeader_isRefusedAtTheLimit() {
        byte[] body = new byte[2 * MAX_BYTES];
        Arrays.fill(body, (byte) 'n');
        System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0}, 0, body, 0, 10);
        answer("gzip", body);

        assertOversized();
    }

    @Test
    void answer_connectionBreaks_isNoBrokenEncoding() throws Exception {
        byte[] packed = Packed.pack(Coding.BROTLI, Packed.json(20_000));
        try (RawPeer peer = new RawPeer(out -> {
            out.write(RawPeer.ascii(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: " + packed.length + "\r\n\r\n"));
            out.write(packed, 0, packed.length / 2);
            out.close();
        })) {
            Request request = new Request.Builder().url(peer.url()).build();
            try (Response response = http.newCall(request).execute()) {
                assertThatThrownBy(() -> response.body().bytes())
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(BrokenEncodingException.class)
                        .isNotInstanceOf(OversizedAnswerException.class);
            }
        }
    }

    @Test
    void answer_closedBeforeItsEnd_closesTheDecoder() throws Exception {
        Buffer packed = new Buffer().write(Packed.pack(Coding.BROTLI, Packed.json(100_000)));
        DecoderJNI.Wrapper decoder = new DecoderJNI.Wrapper(8192);
        BufferedSource content =
                Okio.buffer(new InflatingSource(packed, source -> new BrotliSource(source, decoder), MAX_BYTES));
        assertThat(content.readByteArray(10)).hasSize(10);

        content.close();

        assertThatIllegalStateException().isThrownBy(decoder::destroy).withMessageContaining("already destroyed");
    }

    @Test
    void source_closedTwice_freesTheDecoderOnce() throws Exception {
        BrotliSource source = new BrotliSource(new Buffer());

        source.close();
        source.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> source.read(new Buffer(), 1))
                .withMessage("closed");
    }

    @Test
    void source_closedUnread_makesNoDecoderAndClosesTheInput() throws Exception {
        AtomicInteger decoders = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        ForwardingSource input = new ForwardingSource(new Buffer()) {
            @Override
            public void close() throws IOException {
                closed.incrementAndGet();
                super.close();
            }
        };

        new InflatingSource(
                        input,
                        packed -> {
                            decoders.incrementAndGet();
                            return packed;
                        },
                        MAX_BYTES)
                .close();

        assertThat(decoders).hasValue(0);
        assertThat(closed).hasValue(1);
    }

    @Test
    void connection_answersReadToTheirEnd_isUsedAgain() throws Exception {
        for (Coding coding : Coding.values()) {
            answer(coding.token(), Packed.pack(coding, Packed.json(2000)));
            assertThat(read()).isEqualTo(Packed.json(2000));
        }

        assertThat(server.takeRequest().getConnectionIndex())
                .isEqualTo(server.takeRequest().getConnectionIndex());
    }
}
