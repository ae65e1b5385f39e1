// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that are slow, too many, too large or ambiguous on purpose. */
class EngineLimitsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private static Socket connect(TestAgent agent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends a letter every few milliseconds until the server closes; gives what it answered. */
    private static String trickle(Socket socket) throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            try {
                while (!closed.await(20, TimeUnit.MILLISECONDS)) {
                    say(socket, "x");
                }
            } catch (IOException | InterruptedException e) {
                closed.countDown();
            }
        });
        sender.start();
        try {
            return readToEnd(socket);
        } finally {
            closed.countDown();
            sender.join();
        }
    }

    private static String readToEnd(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0; c = in.read()) {
                answer.append((char) c);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            // Reset, since we were still sending.
            return answer.toString();
        }
        return answer.toString();
    }

    private static String answerOf(Socket socket, String request) throws IOException {
        say(socket, request);
        return readHead(socket);
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        for (int i = 0; i < "{\"status\":\"ok\"}".length() && head.indexOf("200 OK") > 0; i++) {
            in.read();
        }
        return head.toString();
    }

    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @Test
    void headThatNeverEnds_isCutOff_andAnIdleConnectionIsNot() throws Exception {
        try (TestAgent agent = TestAgent.start(builder -> builder.requestTimeout(SHORT));
                Socket idle = connect(agent);
                Socket slow = connect(agent);
                Socket slowAgain = connect(agent)) {
            assertThat(answerOf(idle, HEALTH)).startsWith("HTTP/1.1 200");
            say(slow, "GET / HTTP/1.1\r\nX-Slow: ");
            assertThat(trickle(slow)).isEmpty();

            assertThat(answerOf(slowAgain, HEALTH)).startsWith("HTTP/1.1 200");
            say(slowAgain, "GET / HTTP/1.1\r\nX-Slow: ");
            assertThat(trickle(slowAgain)).isEmpty();

            assertThat(answerOf(idle, HEALTH)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void handshakeThatNeverEnds_isCutOff() throws Exception {
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(new HeldCertificate.Builder().build())
                .build();
        try (TestAgent agent =
                        TestAgent.start(builder -> builder.requestTimeout(SHORT).tls(certificates.sslContext()));
                Socket slow = connect(agent)) {
            // The head of a record of TLS that announces 16 KiB.
            slow.getOutputStream().write(new byte[] {0x16, 3, 1, 0x3f, 0x00});
            assertThat(trickle(slow)).doesNotContain("HTTP");
        }
    }

    @Test
    void http2_allowsABoundedNumberOfRequestsAtATime() throws IOException {
        try (TestAgent agent = TestAgent.start();
                Socket socket = connect(agent)) {
            say(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int length = in.readInt() >>> 8;
            in.readFully(new byte[5]);
            Map<Short, Integer> settings = new HashMap<>();
            for (int i = 0; i < length / 6; i++) {
                settings.put(in.readShort(), in.readInt());
            }

            assertThat(settings).containsEntry((short) 3, 128);
        }
    }

    @Test
    void bodyThatNeverEnds_isAnswered408() throws Exception {
        try (TestAgent agent = TestAgent.start(builder -> builder.requestTimeout(SHORT));
                Socket known = connect(agent);
                Socket chunked = connect(agent)) {
            say(known, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
            assertThat(trickle(known)).startsWith("HTTP/1.1 408").contains("was not sent within 300 ms");

            say(chunked, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n");
            assertThat(trickle(chunked)).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void chunkWhoseExtensionNeverEnds_isCutOff() throws Exception {
        try (TestAgent agent = TestAgent.start(builder -> builder.requestTimeout(SHORT));
                Socket slow = connect(agent)) {
            say(slow, "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;");
            assertThat(trickle(slow)).doesNotContain("200 OK");
        }
    }

    @Test
    void slowHandler_isNotASlowPeer() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestAgent agent =
                        TestAgent.start(builder -> builder.requestTimeout(SHORT).skill("wait", task -> {
                            go.await(10, TimeUnit.SECONDS);
                            return task.completed(JsonObject.empty());
                        }));
                Socket slow = connect(agent)) {
            Thread other = new Thread(() -> {
                try (Socket cut = connect(agent)) {
                    say(cut, "GET / HTTP/1.1\r\nX-Slow: ");
                    trickle(cut);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                } finally {
                    // By now the waiting request has taken longer than a request may.
                    go.countDown();
                }
            });
            other.start();
            String body = TestAgent.call(
                            "task.request",
                            JsonObject.of("conversation_id", "c", "skill_id", "wait", "input", JsonObject.empty()))
                    .toString();

            assertThat(answerOf(
                            slow,
                            "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body))
                    .startsWith("HTTP/1.1 200");
            other.join();
        }
    }

    @Test
    void connectionsBeyondTheLimit_areRefusedUntilOthersAreClosed() throws Exception {
        try (TestAgent agent = TestAgent.start(builder -> builder.maxConnections(2));
                Socket second = connect(agent);
                Socket third = connectAfterTwo(agent, second)) {
            assertThat(readToEnd(third)).startsWith("HTTP/1.1 503").contains("Retry-After: 1");

            second.shutdownOutput();

            await().atMost(Duration.ofSeconds(10)).until(() -> {
                try (Socket fourth = connect(agent)) {
                    return answerOf(fourth, HEALTH).startsWith("HTTP/1.1 200");
                }
            });
        }
    }

    /** The first connection is closed with the agent; both are known to the server when they have been answered. */
    private static Socket connectAfterTwo(TestAgent agent, Socket second) throws IOException {
        Socket first = connect(agent);
        assertThat(answerOf(first, HEALTH)).startsWith("HTTP/1.1 200");
        assertThat(answerOf(second, HEALTH)).startsWith("HTTP/1.1 200");
        return connect(agent);
    }

    @Test
    void stalledBodies_doNotTakeAllMemory() throws Exception {
        int bodies = 30;
        try (TestAgent agent =
                TestAgent.start(builder -> builder.maxRequestBytes(200_000).maxBufferedBytes(2_000_000))) {
            List<Socket> stalled = new ArrayList<>();
            try {
                for (int i = 0; i < bodies; i++) {
                    Socket socket = connect(agent);
                    stalled.add(socket);
                    say(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 150000\r\n\r\n");
                    say(socket, "x".repeat(70_000));
                }
                // Some have taken what is beyond 64 KiB and wait for the rest; those that found no room were answered.
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> stalled.stream().anyMatch(EngineLimitsTest::hasAnswer));
                Socket refused = stalled.stream()
                        .filter(EngineLimitsTest::hasAnswer)
                        .findFirst()
                        .orElseThrow();
                assertThat(readHead(refused)).startsWith("HTTP/1.1 503").contains("Retry-After: 1");
                assertThat(agent.post(TestAgent.echo(JsonObject.empty())).has("result"))
                        .isTrue();
            } finally {
                for (Socket socket : stalled) {
                    socket.close();
                }
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> large(agent, 150_000) == 200);
        }
    }

    @Test
    void slowBodies_occupyNoThreads() throws Exception {
        try (TestAgent agent = TestAgent.start(builder -> builder.maxThreads(12))) {
            List<Socket> slow = new ArrayList<>();
            try {
                for (int i = 0; i < 60; i++) {
                    Socket socket = connect(agent);
                    slow.add(socket);
                    say(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe");
                }

                for (int i = 0; i < 20; i++) {
                    assertThat(agent.post(TestAgent.echo(JsonObject.empty())).has("result"))
                            .isTrue();
                }
                say(slow.get(7), "llo");
                assertThat(readHead(slow.get(7))).startsWith("HTTP/1.1 200");
            } finally {
                for (Socket socket : slow) {
                    socket.close();
                }
            }
        }
    }

    private static boolean hasAnswer(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int large(TestAgent agent, int bytes) throws IOException {
        try (Response response = agent.exchange("POST", "/asap", RequestBody.create(new byte[bytes], null))) {
            return response.code();
        }
    }

    @Test
    void memoryOfBodies_isGivenBack() throws IOException {
        try (TestAgent agent =
                TestAgent.start(builder -> builder.maxRequestBytes(200_000).maxBufferedBytes(1))) {
            for (int i = 0; i < 50; i++) {
                assertThat(large(agent, 200_000)).isEqualTo(200);
                assertThat(large(agent, 10)).isEqualTo(200);
            }
        }
    }

    static Stream<Arguments> ambiguous() {
        String body = "\r\n\r\n0\r\n\r\n";
        return Stream.of(
                Arguments.of("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked" + body, 400),
                Arguments.of("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5" + body, 400),
                Arguments.of("two lengths", "Content-Length: 5\r\nContent-Length: 6" + body, 400),
                Arguments.of("two lengths in one", "Content-Length: 5, 5" + body, 400),
                Arguments.of("a signed length", "Content-Length: +5" + body, 400),
                Arguments.of("a blank before the colon", "Content-Length : 5" + body, 400),
                Arguments.of("a folded line", "X-A: b\r\n c: d\r\nContent-Length: 5" + body, 400),
                Arguments.of("chunked twice", "Transfer-Encoding: chunked, chunked" + body, 400),
                Arguments.of("chunked before another", "Transfer-Encoding: chunked, gzip" + body, 400),
                Arguments.of("a head that is too large", "X-Large: " + "x".repeat(17_000) + body, 431));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void ambiguousRequest_isRefused(String what, String headers, int status) throws IOException {
        try (TestAgent agent = TestAgent.start();
                Socket socket = connect(agent)) {
            String answer = answerOf(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\n" + headers);

            assertThat(answer).startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void headWithALongToken_isRead() throws IOException {
        try (TestAgent agent = TestAgent.start();
                Response response =
                        agent.exchange("GET", "/health", (JsonObject) null, "Authorization", "x".repeat(12_000))) {
            assertThat(response.code()).isEqualTo(200);
        }
    }

    @Test
    void upgradeToHttp2_isNotFollowed() throws IOException {
        try (TestAgent agent = TestAgent.start();
                Socket socket = connect(agent)) {
            assertThat(answerOf(
                            socket,
                            String.join(
                                    "\r\n",
                                    "GET /health HTTP/1.1",
                                    "Host: localhost",
                                    "Connection: Upgrade, HTTP2-Settings",
                                    "Upgrade: h2c",
                                    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                                    "",
                                    "")))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void options_thatMakeNoSense_areRefused() {
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.requestTimeout(Duration.ZERO)))
                .hasMessageContaining("requestTimeout must be positive");
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.maxBufferedBytes(0)))
                .hasMessageContaining("maxBufferedBytes must be positive");
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.maxConnections(0)))
                .hasMessageContaining("maxConnections must be positive");
    }
}
