// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed, oversized, deeply nested, wrongly typed and hostile requests: each gets the answer that the protocol names. */
class BadInputTest {
    private static TestAgent agent;

    @BeforeAll
    static void start() {
        agent = TestAgent.start(builder -> builder.maxRequestBytes(100_000));
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("empty", "", -32700),
                Arguments.of("blank", "   ", -32700),
                Arguments.of("text", "hello", -32700),
                Arguments.of("cut short", "{\"jsonrpc\":", -32700),
                Arguments.of("two values", "{} {}", -32700),
                Arguments.of("byte order mark", "\uFEFF{}", -32700),
                Arguments.of("NaN", "{\"id\":NaN}", -32700),
                Arguments.of("comment", "/* hi */ {}", -32700),
                Arguments.of("single quotes", "{'id':1}", -32700),
                Arguments.of("deep arrays", "[".repeat(5000), -32700),
                Arguments.of("deep objects", "{\"a\":".repeat(5000), -32700),
                Arguments.of(
                        "deep well-formed input",
                        TestAgent.echo(JsonObject.empty())
                                .toString()
                                .replace(
                                        "\"input\":{}",
                                        "\"input\":{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}"),
                        -32700),
                Arguments.of("a number of 5000 digits", "{\"id\":" + "9".repeat(5000) + "}", -32700),
                Arguments.of("null", "null", -32600),
                Arguments.of("true", "true", -32600),
                Arguments.of("number", "1.5", -32600),
                Arguments.of("empty object", "{}", -32600),
                Arguments.of("id of the wrong type", "{\"method\":\"asap.send\",\"params\":{},\"id\":[1]}", -32600),
                Arguments.of("params of the wrong type", "{\"method\":\"asap.send\",\"params\":1,\"id\":1}", -32602),
                Arguments.of("unknown method", "{\"method\":\"rm -rf\",\"params\":{},\"id\":1}", -32601),
                Arguments.of("no envelope", "{\"method\":\"asap.send\",\"params\":{},\"id\":1}", -32602),
                Arguments.of("half a surrogate pair in a member's name", "{\"\\ud800\":1}", -32700));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void malformedBody_isAJsonRpcError(String what, String body, int code) throws IOException {
        JsonObject answer = agent.post(body);

        assertThat(answer.getObject("error").getInt("code")).isEqualTo(code);
        assertThat(answer.toString()).doesNotContain("dev.asap", "Exception", "jackson");
    }

    @Test
    void invalidUtf8_isAParseErrorAlsoInsideUnreadObjects() throws IOException {
        byte[] body = TestAgent.echo(JsonObject.of("text", "xx")).toBytes();
        int at = new String(body, StandardCharsets.ISO_8859_1).indexOf("xx");
        body[at] = (byte) 0xC0;
        body[at + 1] = (byte) 0x80;

        assertThat(agent.post(body).getObject("error").getInt("code")).isEqualTo(-32700);
    }

    @Test
    void halfASurrogatePair_isRefusedInTypedTextsAndKeptInFreeOnes() throws IOException {
        String request = TestAgent.echo(JsonObject.of("text", "@")).toString();

        JsonObject kept = agent.post(request.replace("@", "\\ud83d"));
        JsonObject refused = agent.post(request.replace("\"id\":\"envelope-1\"", "\"trace_id\":\"\\ud83d\""));

        assertThat(kept.toString()).contains("\"echoed\":{\"text\":\"\\ud83d\"}");
        assertThat(refused.getObject("error").getInt("code")).isEqualTo(-32602);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e-999999999",
                "1e999999999",
                "1e-99999999999",
                "1e99999999999",
                "-1e308",
                "\"0001-01-01T00:00:00Z\"",
                "\"9999-12-31T23:59:59.999999Z\"",
                "\"10000-01-01T00:00:00Z\"",
                "\"2026-13-01T00:00:00Z\"",
                "[]",
                "true"
            })
    void hostileTimestamp_isRefusedAtOnce(String timestamp) throws IOException {
        String request = TestAgent.echo(JsonObject.empty())
                .toString()
                .replace("\"asap_version\"", "\"timestamp\":" + timestamp + ",\"asap_version\"");

        assertThat(agent.post(request).getObject("error").getInt("code")).isIn(-32602, -32002);
    }

    @Test
    void manyUnknownMembers_giveABoundedAnswer() throws IOException {
        StringBuilder body = new StringBuilder("{\"method\":\"asap.send\",\"params\":{},\"id\":1");
        for (int i = 0; i < 5000; i++) {
            body.append(",\"m").append(i).append("\":1");
        }

        JsonObject answer = agent.post(body.append('}').toString());

        assertThat(answer.getObject("error")
                        .getObject("data")
                        .getArray("validation_errors")
                        .size())
                .isEqualTo(100);
    }

    @Test
    void longValues_areNotEchoedBack() throws IOException {
        JsonObject request =
                TestAgent.call("task.response", JsonObject.of("task_id", "t", "status", "x".repeat(50_000)));

        assertThat(agent.post(request).toString().length()).isLessThan(2000);
    }

    @Test
    void unknownNames_areQuotedShortened() throws IOException {
        String name = "x".repeat(50_000);
        JsonObject skill = TestAgent.call(
                "task.request", JsonObject.of("conversation_id", "c", "skill_id", name, "input", JsonObject.empty()));
        JsonObject type = TestAgent.call(name, JsonObject.empty());
        String method = TestAgent.echo(JsonObject.empty()).toString().replace("asap.send", name);
        String stale = TestAgent.echo(JsonObject.empty())
                .toString()
                .replace("envelope-1", name)
                .replace("\"asap_version\"", "\"timestamp\":0,\"asap_version\"");

        for (String request : java.util.List.of(skill.toString(), type.toString(), method, stale)) {
            String answer = agent.post(request).toString();
            assertThat(answer)
                    .contains("x".repeat(200) + "…")
                    .doesNotContain("x".repeat(201))
                    .hasSizeLessThan(2000);
        }
    }

    @Test
    void randomMutations_neverCauseAnInternalError() throws IOException {
        byte[] valid = TestAgent.echo(JsonObject.of("text", "žluťoučký", "list", java.util.List.of(1, 2.5, true)))
                .toBytes();
        Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            byte[] mutated = valid.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) == 0) {
                mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
            }

            JsonObject answer = agent.post(mutated);

            assertThat(answer.find("error").map(error -> error.asObject().getInt("code")))
                    .as("mutation %d", i)
                    .isNotEqualTo(java.util.Optional.of(-32603));
        }
    }

    @Test
    void bodyAtTheLimit_isAccepted_andOneByteMoreIsNot() throws IOException {
        String request = TestAgent.echo(JsonObject.empty()).toString();

        assertThat(agent.post(request + " ".repeat(100_000 - request.length())).has("result"))
                .isTrue();
        try (Response response = post(request + " ".repeat(100_001 - request.length()))) {
            assertThat(response.code()).isEqualTo(413);
            assertThat(response.header("ASAP-Version")).isEqualTo("2.2");
            assertThat(JsonObject.parse(response.body().string()).getString("detail"))
                    .isEqualTo("Request size (100001 bytes) exceeds maximum (100000 bytes)");
        }
    }

    @Test
    void oversizedChunks_are413() throws IOException {
        RequestBody chunked = new RequestBody() {
            @Override
            public MediaType contentType() {
                return MediaType.get("application/json");
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                for (int i = 0; i < 11; i++) {
                    sink.write(new byte[10_000]);
                    sink.flush();
                }
            }
        };

        try (Response response = agent.exchange("POST", "/asap", chunked)) {
            assertThat(response.code()).isEqualTo(413);
        }
    }

    @Test
    void oversizedBodyOnAnyPath_is413BeforeItIsRouted() throws IOException {
        try (Response response = agent.exchange("POST", "/nowhere", RequestBody.create(new byte[100_001], null))) {
            assertThat(response.code()).isEqualTo(413);
        }
    }

    @Test
    void contentCodings_areRefusedByName() throws IOException {
        for (Map.Entry<String, Integer> coding : Map.of(
                        "identity", 200, " IDENTITY ", 200, "", 200, "deflate", 415, "gzip, br", 415)
                .entrySet()) {
            RequestBody body =
                    RequestBody.create(TestAgent.echo(JsonObject.empty()).toBytes(), null);
            okhttp3.Request request = new okhttp3.Request.Builder()
                    .url(agent.server.url() + "/asap")
                    .header("Content-Encoding", coding.getKey())
                    .post(body)
                    .build();
            try (Response response = agent.http.newCall(request).execute()) {
                assertThat(response.code()).as(coding.getKey()).isEqualTo(coding.getValue());
            }
        }
    }

    @Test
    void garbageInsteadOfHttp_closesTheConnectionWithoutAnAnswerFromUs() throws IOException {
        assertThat(raw("\u0000\u0001garbage\r\n\r\n")).doesNotContain("dev.asap", "Exception", "Jetty");
    }

    @Test
    void hugeHeader_isRefusedWithoutDetails() throws IOException {
        String answer = raw("GET /health HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(100_000) + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 431").doesNotContain("Exception", "Jetty");
    }

    @Test
    void bodyCutShort_isNoTask() throws IOException {
        String answer = raw("POST /asap HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{}");

        assertThat(answer).doesNotContain("result", "Exception");
    }

    /** Sends bytes, half-closes, and reads what comes back. */
    private static String raw(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.server.port())) {
            socket.setSoTimeout(10_000);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                socket.getInputStream().transferTo(received);
            } catch (IOException e) {
                // The server may reset the connection: what it said before that counts.
                assertThat(e).isNotInstanceOf(java.net.SocketTimeoutException.class);
            }
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static Response post(String body) throws IOException {
        return agent.exchange("POST", "/asap", RequestBody.create(body, MediaType.get("application/json")));
    }
}
