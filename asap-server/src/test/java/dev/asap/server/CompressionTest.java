// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.asap.json.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that come compressed, and answers that leave so. */
@Timeout(60)
class CompressionTest {
    private static final int LIMIT = 100_000;

    private static TestAgent agent;
    private static TestAgent h2c;

    @BeforeAll
    static void start() {
        agent = TestAgent.start(builder -> builder.maxRequestBytes(LIMIT));
        h2c = TestAgent.start(builder -> builder.maxRequestBytes(LIMIT), TestAgent.h2cClient());
    }

    @AfterAll
    static void stop() {
        agent.close();
        h2c.close();
    }

    private static byte[] echo() {
        return TestAgent.echo(JsonObject.of("text", "z".repeat(3000))).toBytes();
    }

    private static byte[] packed(String coding, byte[] content) {
        if (coding.equals("gzip")) {
            return TestRequests.gzip(content);
        }
        assumeThat(Brotli.isAvailable()).isTrue();
        byte[] packed = Brotli.deflate(content);
        assertThat(packed).isNotNull();
        return packed;
    }

    private static Response post(TestAgent to, String coding, byte[] body) throws IOException {
        return post(to.http, to, "/asap", coding, body);
    }

    private static Response post(OkHttpClient http, TestAgent to, String path, String coding, byte[] body)
            throws IOException {
        return http.newCall(new Request.Builder()
                        .url(to.server.url() + path)
                        .header("Content-Encoding", coding)
                        .post(RequestBody.create(body, null))
                        .build())
                .execute();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br"})
    void compressedRequest_isAnswered(String coding) throws IOException {
        for (TestAgent each : List.of(agent, h2c)) {
            for (String spelling : List.of(coding, " " + coding.toUpperCase(java.util.Locale.ROOT) + " ")) {
                try (Response response = post(each, spelling, packed(coding, echo()))) {
                    assertThat(response.code()).isEqualTo(200);
                    assertThat(response.body().string()).contains("zzz");
                }
            }
        }
    }

    @Test
    void gzipMembers_areJoined() throws IOException {
        byte[] body = echo();
        byte[] halves = TestRequests.join(
                TestRequests.gzip(Arrays.copyOf(body, 100)),
                TestRequests.gzip(new byte[0]),
                TestRequests.gzip(Arrays.copyOfRange(body, 100, body.length)));
        for (TestAgent each : List.of(agent, h2c)) {
            try (Response response = post(each, "gzip", halves)) {
                assertThat(response.code()).isEqualTo(200);
                assertThat(response.body().string()).contains("zzz");
            }
        }
    }

    static Stream<Arguments> damaged() {
        return Stream.of("gzip", "br")
                .flatMap(coding -> Stream.of(agent, h2c)
                        .flatMap(each -> Stream.of("cut", "empty", "garbage", "behind", "flipped")
                                .map(what -> Arguments.of(coding, each == agent ? "h1" : "h2c", what))));
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void damagedBody_isABadRequest(String coding, String protocol, String what) throws IOException {
        byte[] good = packed(coding, echo());
        byte[] body = switch (what) {
            case "cut" -> Arrays.copyOf(good, good.length - 3);
            case "empty" -> new byte[0];
            case "garbage" -> new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
            case "behind" -> TestRequests.join(good, new byte[] {42});
            default -> flipped(good);
        };
        try (Response response = post(protocol.equals("h1") ? agent : h2c, coding, body)) {
            if (what.equals("flipped") && coding.equals("br")) {
                // Brotli has no checksum: what comes out is no request, at worst.
                assertThat(response.code()).isIn(200, 400);
            } else {
                assertThat(response.code()).isEqualTo(400);
                assertThat(response.body().string()).startsWith("{\"detail\":\"Invalid compressed data: ");
            }
        }
    }

    private static byte[] flipped(byte[] good) {
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 0x55;
        return bad;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyDamage_isNoServerError(int seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            String coding = random.nextBoolean() || !Brotli.isAvailable() ? "gzip" : "br";
            byte[] body = packed(coding, echo());
            for (int k = 0; k < 3; k++) {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
            try (Response response = post(agent, coding, body)) {
                assertThat(response.code()).isIn(200, 400, 413);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip,100001,100001", "br,100001,100001", "gzip,30000000,over", "br,30000000,over"})
    void bodyThatUnpacksToTooMuch_isRefusedWhileItDoes(String coding, int size, String named) throws IOException {
        for (TestAgent each : List.of(agent, h2c)) {
            try (Response response = post(each, coding, packed(coding, new byte[size]))) {
                assertThat(response.code()).isEqualTo(413);
                assertThat(response.body().string())
                        .startsWith("{\"detail\":\"Decompressed request size (" + named)
                        .endsWith(" bytes) exceeds maximum (100000 bytes)\"}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "gzip, br", "zstd", "x-gzip"})
    void otherCodings_areUnsupported(String coding) throws IOException {
        String supported = Brotli.isAvailable() ? "br, gzip" : "gzip";
        for (String path : List.of("/asap", "/asap/stream")) {
            try (Response response = post(agent.http, agent, path, coding, echo())) {
                assertThat(response.code()).isEqualTo(415);
                assertThat(response.body().string())
                        .isEqualTo("{\"detail\":\"Unsupported Content-Encoding: " + coding + ". Supported: " + supported
                                + "\"}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", " Identity "})
    void plainBodies_needNoUnpacking(String coding) throws IOException {
        try (Response response = post(agent, coding, echo())) {
            assertThat(response.code()).isEqualTo(200);
        }
    }

    private static Response ask(TestAgent to, String accept, int size) throws IOException {
        return to.http
                .newCall(new Request.Builder()
                        .url(to.server.url() + "/asap")
                        .header("Accept-Encoding", accept)
                        .post(RequestBody.create(
                                TestAgent.echo(JsonObject.of("text", "z".repeat(size)))
                                        .toBytes(),
                                null))
                        .build())
                .execute();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "br, gzip, identity | br",
                "gzip | gzip",
                "GZIP;Q=0.5 | gzip",
                "br;q=0.2, gzip;q=0.8 | gzip",
                "gzip;q=0, br;q=0 | none",
                "identity;q=1, gzip;q=0.5 | none",
                "* | br",
                "*;q=0 | none",
                "br;q=0, * | gzip",
                "gzip;q=x | none",
                "deflate | none",
                ", ;q=1 | none"
            })
    void answer_isCompressedAsTheCallerWants(String accept, String expected) throws IOException {
        String coding =
                expected.equals("br") && !Brotli.isAvailable() ? null : expected.equals("none") ? null : expected;
        assumeThat(Brotli.isAvailable() || !expected.equals("br")).isTrue();
        try (Response response = ask(agent, accept, 5000)) {
            assertThat(response.header("Content-Encoding")).isEqualTo(coding);
            assertThat(response.header("Vary")).isEqualTo("Accept-Encoding");
            assertThat(response.header("ASAP-Version")).isEqualTo("2.2");
            byte[] body = response.body().bytes();
            byte[] content = coding == null
                    ? body
                    : coding.equals("br")
                            ? Brotli.inflate(body, new Inflated(1 << 20, room -> {}))
                            : Gzip.inflate(body, new Inflated(1 << 20, room -> {}));
            assertThat(JsonObject.parse(content).has("result")).isTrue();
        }
    }

    @Test
    void smallAnswers_andThoseOfAServerThatDoesNot_staySo() throws IOException {
        try (Response small = ask(agent, "gzip, br", 10)) {
            assertThat(small.header("Content-Encoding")).isNull();
        }
        try (TestAgent plain = TestAgent.start(builder -> builder.responseCompression(false));
                Response large = ask(plain, "gzip, br", 5000)) {
            assertThat(large.header("Content-Encoding")).isNull();
        }
    }
}
