// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.asap.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks on an agent with a heap of 128 MB, while another client goes on calling it. Each attack ends with an answer or a closed
 * connection, no call of the other client fails, and the heap comes back to what it was.
 *
 * <p>{@code -Dasap.attacks=10} makes each attack ten times as large.
 */
class AttackTest {
    private static final int SCALE = Integer.getInteger("asap.attacks", 1);

    /** What is in use after an attack, at most; an agent at rest has less than a third of it. */
    private static final long HEAP_BOUND = 64L << 20;

    private static final int MAX_BODY = 10 << 20;

    private static AgentUnderAttack agent;
    private static GoodClient good;

    private final Attacker attacker = new Attacker(agent.port);

    @BeforeAll
    static void startAgent() throws IOException {
        Brotli4jLoader.ensureAvailability();
        agent = AgentUnderAttack.start(SCALE == 1);
        good = GoodClient.start(agent.port);
    }

    @AfterAll
    static void stopAgent() throws Exception {
        good.close();
        agent.close();
    }

    @BeforeEach
    void goodClientIsServed() {
        awaitCalls(5);
        assertThat(good.failures()).isEmpty();
    }

    @AfterEach
    void goodClientWasServed() throws IOException {
        awaitCalls(5);
        attacker.close();
        assertThat(agent.isAlive()).isTrue();
        assertThat(good.failures()).isEmpty();
        await().atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(agent.usedBytes()).isLessThan(HEAP_BOUND));
    }

    private static void awaitCalls(int more) {
        int before = good.calls();
        await().atMost(30, TimeUnit.SECONDS).until(() -> good.calls() >= before + more);
    }

    /** Many connections that are talked to a little again and again until the server has closed them all. */
    private void trickle(int connections, String beginning) throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Socket socket = attacker.connect();
            Attacker.send(socket, beginning);
            slow.add(socket);
        }
        Thread talker = new Thread(() -> {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Attacker.DEADLINE_MILLIS);
            while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
                slow.forEach(socket -> Attacker.send(socket, "x"));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        });
        talker.start();
        try {
            for (Socket socket : slow) {
                assertThat(Attacker.readToEnd(socket)).doesNotContain("200 OK");
            }
        } finally {
            talker.interrupt();
            talker.join();
        }
    }

    @Test
    void headsThatNeverEnd() throws Exception {
        trickle(300 * SCALE, "GET / HTTP/1.1\r\nX-Slow: ");
    }

    @Test
    void bodiesThatNeverEnd() throws Exception {
        trickle(300 * SCALE, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
    }

    @Test
    void chunkExtensionsThatNeverEnd() throws Exception {
        trickle(50 * SCALE, "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;");
        Socket fast = attacker.connect();
        Attacker.send(fast, "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;");
        Attacker.send(fast, new byte[64 * 1024], 1000 * SCALE);
        assertThat(Attacker.readToEnd(fast)).doesNotContain("200 OK");
    }

    @Test
    void trailersThatNeverEnd() throws Exception {
        Socket socket = attacker.connect();
        Attacker.send(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
        Attacker.send(socket, Attacker.latin1("X-Trailer: x\r\n".repeat(1000)), 1000 * SCALE);
        assertThat(Attacker.readToEnd(socket)).doesNotContain("200 OK");
    }

    @Test
    void headsThatAreTooLarge() throws IOException {
        String head = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(attacker.exchange(head + "X-Large: " + "x".repeat(1_000_000)))
                .contains(" 431 ");
        assertThat(attacker.exchange(head + "X-Many: x\r\n".repeat(10_000))).contains(" 431 ");
        assertThat(attacker.exchange("GET /" + "x".repeat(1_000_000))).contains(" 414 ");
        assertThat(attacker.exchange("x".repeat(1_000_000))).containsAnyOf(" 400 ", " 431 ");
        assertThat(attacker.exchange(new byte[1_000_000])).doesNotContain("200 OK");
    }

    /** Thirty bodies of 10 MB that stop before their last byte, and others that stop after their first. */
    @Test
    void bodiesThatStall() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        for (int i = 0; i < 30 * SCALE; i++) {
            Socket socket = attacker.connect();
            stalled.add(socket);
            Attacker.send(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + MAX_BODY + "\r\n\r\n");
            Attacker.send(socket, new byte[1024], MAX_BODY / 1024 - 1);
        }
        for (int i = 0; i < 200 * SCALE; i++) {
            Socket socket = attacker.connect();
            stalled.add(socket);
            Attacker.send(socket, "POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\nx");
        }
        for (Socket socket : stalled) {
            assertThat(Attacker.readToEnd(socket)).doesNotContain("200 OK");
        }
    }

    private static byte[] packed(String coding, int megabytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packing = coding.equals("br")
                ? new BrotliOutputStream(out, Encoder.Parameters.create(4))
                : new GZIPOutputStream(out)) {
            byte[] piece = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < megabytes; i++) {
                packing.write(piece);
            }
        }
        return out.toByteArray();
    }

    private static byte[] packedAgain(byte[] packed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packing = new GZIPOutputStream(out)) {
            packing.write(packed);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br"})
    void bombs(String coding) throws Exception {
        String header = "Content-Encoding: " + coding + "\r\n";
        byte[] bomb = packed(coding, 200);
        assertThat(attacker.post(header, bomb)).contains(" 413 ");
        assertThat(attacker.post("Content-Encoding: gzip\r\n", packedAgain(bomb)))
                .contains("-32700");
        assertThat(attacker.post("Content-Encoding: gzip, " + coding + "\r\n", packedAgain(bomb)))
                .contains(" 415 ");
        byte[] largest = packed(coding, 10);
        inParallel(16, () -> {
            for (int i = 0; i < 3 * SCALE; i++) {
                assertThat(attacker().post(header, largest)).containsAnyOf("-32700", " 503 ");
            }
        });
    }

    private static Attacker attacker() {
        return new Attacker(agent.port);
    }

    private interface Attack {
        void run() throws Exception;
    }

    private static void inParallel(int threads, Attack attack) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    attack.run();
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    /** Messages of the largest size, whose answers are as large. */
    @Test
    void messagesThatAreAsLargeAsTheyMayBe() throws Exception {
        byte[] large = TestAgent.echo(JsonObject.of("text", "x".repeat(MAX_BODY - 1000)))
                .toBytes();
        byte[] escaped = TestAgent.echo(JsonObject.of("text", "\u00e4".repeat(MAX_BODY / 2 - 1000)))
                .with("id", "y".repeat(1000))
                .toBytes();
        inParallel(8, () -> {
            try (Attacker own = attacker()) {
                for (int i = 0; i < 2 * SCALE; i++) {
                    assertThat(own.post("", large)).containsAnyOf(" 200 ", " 503 ");
                    assertThat(own.post("", escaped)).containsAnyOf(" 200 ", " 503 ");
                }
            }
        });
    }

    @Test
    void connectionsWithoutEnd() throws Exception {
        List<Socket> open = new ArrayList<>();
        int refused = 0;
        int wanted = SCALE == 1 ? 2 * AgentUnderAttack.FEW_CONNECTIONS : filesToOpen();
        for (int i = 0; i < wanted; i++) {
            Socket socket = attacker.connect();
            open.add(socket);
        }
        for (Socket socket : open) {
            String answer = Attacker.readToEnd(socket);
            assertThat(answer).doesNotContain("200 OK");
            refused += answer.contains("503 Service Unavailable") ? 1 : 0;
        }
        assertThat(refused).isPositive();
    }

    /** 10,000 if the machine allows that many, less some for other uses. */
    private static int filesToOpen() {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return (int) Math.min(10_000, system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - 200);
    }

    @Test
    void requestsThatTwoServersWouldReadDifferently() throws IOException {
        String post = "POST /asap HTTP/1.1\r\nHost: localhost\r\n";
        String hidden = "GET /asap/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
        List<String> requests = List.of(
                post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                post + "Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
                post + "Content-Length: 0, 60\r\n\r\n",
                post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n",
                post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
                post + "X-Folded: a\r\n Content-Length: 60\r\n\r\n",
                post + "X: a\rContent-Length: 60\r\n\r\n",
                post + "X: a\0b\r\n\r\n",
                "POST /asap HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "POST /asap HTTP/1.1\r\n\r\n",
                "POST /asap HTTP/9.9\r\nHost: localhost\r\n\r\n");
        for (String request : requests) {
            assertThat(attacker.exchange(request + hidden)).as(request).doesNotContain("200 OK");
        }
    }

    @Test
    void batchFloods() throws Exception {
        byte[] many = Attacker.latin1("[" + "{},".repeat(2_000_000) + "{}]");
        byte[] nested = Attacker.latin1("[".repeat(5_000_000));
        String element = "{\"jsonrpc\":\"2.0\",\"method\":\"asap.send\",\"params\":{\"envelope\":" + "{".repeat(1000)
                + "},\"id\":1}";
        byte[] broken = Attacker.latin1("[" + (element + ",").repeat(49) + element + "]");
        byte[] ids = Attacker.latin1("[" + ("{\"id\":\"" + "x".repeat(100_000) + "\"},").repeat(49) + "{}]");
        inParallel(4, () -> {
            for (int i = 0; i < 5 * SCALE; i++) {
                assertThat(attacker().post("", many)).containsAnyOf("exceeds max 50", " 503 ");
                assertThat(attacker().post("", nested)).containsAnyOf("-32700", " 503 ");
                assertThat(attacker().post("", broken)).containsAnyOf("-32700", " 503 ");
                assertThat(attacker().post("", ids)).containsAnyOf("-32600", " 503 ");
            }
        });
    }

    @Test
    void jsonTricks() throws Exception {
        List<String> inputs = List.of(
                "{\"a\":".repeat(1_000_000),
                "[".repeat(1_000_000),
                "9".repeat(5_000_000),
                "1e999999999",
                "-0." + "0".repeat(900) + "1e-999999999",
                "{\"" + "x".repeat(5_000_000) + "\":1}",
                "\"\\ud800\"",
                "\"" + "\\u0000".repeat(500_000) + "\"");
        for (String input : inputs) {
            String call = TestAgent.echo(JsonObject.empty())
                    .toString()
                    .replace("\"input\":{}", "\"input\":{\"n\":" + input + "}");
            assertThat(attacker.post("", Attacker.latin1(call))).contains(" 200 ");
            assertThat(attacker.post("", Attacker.latin1(call.replace("\"req-1\"", input))))
                    .contains(" 200 ");
        }
    }

    /** Names that no two requests have in common, and then ordinary requests. */
    @Test
    void namesWithoutEnd() throws IOException {
        for (int i = 0; i < 30 * SCALE; i++) {
            StringBuilder names = new StringBuilder("{");
            for (int j = 0; j < 20_000; j++) {
                names.append('"').append(i).append('_').append(j).append("_some_longer_name\":0,");
            }
            assertThat(attacker.post("", Attacker.latin1(names + "\"end\":0}"))).contains(" 200 ");
        }
        for (int i = 0; i < 200; i++) {
            byte[] call = TestAgent.echo(JsonObject.of("own_name_" + i, i)).toBytes();
            assertThat(attacker.post("", call)).contains("\"result\"");
        }
    }

    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /asap/ws HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private static byte[] frame(int first, int second, byte[] rest) {
        return ByteBuffer.allocate(2 + rest.length)
                .put((byte) first)
                .put((byte) second)
                .put(rest)
                .array();
    }

    @Test
    void malformedFrames() throws Exception {
        byte[] mask = {0, 0, 0, 0};
        List<byte[]> frames = List.of(
                frame(0xF1, 0x80, mask),
                frame(0x83, 0x80, mask),
                frame(0x81, 0x01, new byte[] {'x'}),
                frame(0x80, 0x80, mask),
                frame(0x09, 0x80, mask),
                frame(0x89, 0xFE, Arrays.copyOf(new byte[] {0x10, 0}, 6 + 0x1000)),
                frame(0x88, 0x81, new byte[] {0, 0, 0, 0, 3}),
                frame(0x88, 0x82, new byte[] {0, 0, 0, 0, 0, 1}),
                frame(0x81, 0x82, new byte[] {0, 0, 0, 0, (byte) 0xC0, (byte) 0x80}),
                frame(0x81, 0xFF, new byte[] {0x7F, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0}),
                frame(0x81, 0xFF, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0}));
        for (byte[] frame : frames) {
            Socket socket = attacker.connect();
            Attacker.send(socket, HANDSHAKE);
            Attacker.send(socket, frame, 1);
            assertThat(Attacker.readToEnd(socket))
                    .as(HexFormat.of().formatHex(frame))
                    .startsWith("HTTP/1.1 101");
        }
    }

    @Test
    void messagesOfSocketsThatNeverEnd() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Socket socket = attacker.connect();
            sockets.add(socket);
            Attacker.send(socket, HANDSHAKE);
            Attacker.send(socket, frame(0x01, 0x80, new byte[4]), 1);
            byte[] piece = new byte[6 + 65_536];
            ByteBuffer.wrap(piece).putShort((short) 0xFFFF).putInt(0);
            Attacker.send(socket, frame(0x00, 0x80, new byte[4]), 10_000 * SCALE);
            Attacker.send(
                    socket,
                    frame(
                            0x00,
                            0xFE,
                            ByteBuffer.allocate(6 + 60_000)
                                    .putShort((short) 60_000)
                                    .array()),
                    400 * SCALE);
        }
        for (Socket socket : sockets) {
            assertThat(Attacker.readToEnd(socket)).startsWith("HTTP/1.1 101");
        }
    }

    private static final byte[] PREFACE = Attacker.latin1("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private static byte[] http2(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** GET http://localhost/health. */
    private static byte[] headers() {
        return new byte[] {(byte) 0x82, (byte) 0x86, 0x04, 7, '/', 'h', 'e', 'a', 'l', 't', 'h', 0x01, 1, 'h'};
    }

    private void http2(Consumer<Socket> attack) throws IOException {
        Socket socket = attacker.connect();
        Attacker.send(socket, PREFACE, 1);
        Attacker.send(socket, http2(4, 0, 0, new byte[0]), 1);
        attack.accept(socket);
        assertThat(Attacker.readToEnd(socket)).isNotEmpty();
    }

    @Test
    void http2Floods() throws Exception {
        // Requests that are taken back at once.
        http2(socket -> {
            for (int i = 0; i < 20_000 * SCALE; i++) {
                Attacker.send(socket, http2(1, 5, 2 * i + 1, headers()), 1);
                Attacker.send(socket, http2(3, 0, 2 * i + 1, new byte[] {0, 0, 0, 8}), 1);
            }
        });
        // Requests that stay open.
        http2(socket -> {
            for (int i = 0; i < 5000; i++) {
                Attacker.send(socket, http2(1, 4, 2 * i + 1, headers()), 1);
            }
        });
        // Headers in pieces that never end.
        http2(socket -> {
            Attacker.send(socket, http2(1, 1, 1, headers()), 1);
            Attacker.send(socket, http2(9, 0, 1, new byte[1000]), 10_000 * SCALE);
        });
        http2(socket -> {
            Attacker.send(socket, http2(1, 1, 1, headers()), 1);
            Attacker.send(socket, http2(9, 0, 1, new byte[0]), 100_000 * SCALE);
        });
        // What has to be acknowledged.
        http2(socket -> Attacker.send(socket, http2(6, 0, 0, new byte[8]), 100_000 * SCALE));
        http2(socket -> Attacker.send(socket, http2(4, 0, 0, new byte[0]), 100_000 * SCALE));
        // Data without content, and priorities of nothing.
        http2(socket -> {
            Attacker.send(socket, http2(1, 4, 1, headers()), 1);
            Attacker.send(socket, http2(0, 0, 1, new byte[0]), 100_000 * SCALE);
        });
        http2(socket -> Attacker.send(socket, http2(2, 0, 1, new byte[] {0, 0, 0, 3, 1}), 100_000 * SCALE));
    }
}
