// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import okio.Buffer;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
    private static final Operation OPERATION =
            Operation.post(PeerAddress.ofDocument("http://agent.example/asap/stream"));
    private static final long LIMIT = 1000;

    /** A body whose bytes come in pieces of given sizes, over and over, and that may go on for ever. */
    private static final class Pieces implements Source {
        private final byte[] bytes;
        private final int[] sizes;
        private final boolean forEver;
        private long position;
        private int piece;

        Pieces(byte[] bytes, boolean forEver, int... sizes) {
            this.bytes = bytes;
            this.sizes = sizes;
            this.forEver = forEver;
        }

        @Override
        public long read(Buffer sink, long byteCount) {
            if (!forEver && position >= bytes.length) {
                return -1;
            }
            long size = Math.min(byteCount, sizes[piece++ % sizes.length]);
            long taken = 0;
            while (taken < size && (forEver || position < bytes.length)) {
                sink.writeByte(bytes[(int) (position % bytes.length)]);
                position++;
                taken++;
            }
            return taken;
        }

        @Override
        public Timeout timeout() {
            return Timeout.NONE;
        }

        @Override
        public void close() {}
    }

    private static SseReader reader(Source body) {
        return new SseReader(Okio.buffer(body), OPERATION, LIMIT);
    }

    private static List<String> read(Source body) throws IOException {
        SseReader reader = reader(body);
        List<String> events = new ArrayList<>();
        for (SseReader.Event event = reader.next(); event != null; event = reader.next()) {
            events.add((event.isError() ? "error " : "")
                    + new String(event.data(), UTF_8)
                    + (event.isWhole() ? "" : " cut"));
        }
        assertThat(reader.next()).isNull();
        return events;
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                body(""),
                body("data: a\n\n", "a"),
                body("data: a\r\n\r\n", "a"),
                body("data: a\r\r", "a"),
                body("data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", "a", "b", "c"),
                body("data:a\n\ndata:  b\n\n", "a", " b"),
                body("\uFEFFdata: a\n\n", "a"),
                body("data: \uFEFFa\n\n", "\uFEFFa"),
                body("data: a\ndata: b\ndata:\ndata: c\n\n", "a\nb\n\nc"),
                body("data: žluť 🐎\n\n", "žluť 🐎"),
                body(": heartbeat\n\n:\n\n\n\n\ndata: a\n: between\n\n", "a"),
                body("id: 7\nevent: chunk\nretry: soon\ndata: a\nnothing\nmore: x\ndatas: y\ndat: z\n\n", "a"),
                body("id\nevent\nretry\ndata: a\n\n", "a"),
                body("event: error\ndata: a\n\ndata: b\n\n", "error a", "b"),
                body("event:error\ndata: a\n\n", "error a"),
                body("event: error\nevent: other\ndata: a\n\n", "a"),
                body("event: errors\ndata: a\n\nevent: erro\ndata: b\n\n", "a", "b"),
                body("event: error\n\ndata: a\n\n", "a"),
                body("data\n\ndata:\n\ndata: \n\n"),
                body("data: a\n\ndata: b", "a", "b cut"),
                body("data: a\n", "a cut"),
                body("data: a\r", "a cut"),
                body("data: a\n\n: heart", "a"),
                body("data: a\n\ndat", "a"),
                body("\n\n\n"),
                body("data: a\u0000\u0007\n\n", "a\u0000\u0007"));
    }

    private static Arguments body(String text, String... events) {
        return Arguments.of(text, List.of(events));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void next_bodyInAnyPieces_givesTheSameEvents(String text, List<String> events) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        for (int size = 1; size <= bytes.length + 1; size++) {
            assertThat(read(new Pieces(bytes, false, size)))
                    .as("pieces of %s", size)
                    .isEqualTo(events);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void next_randomBodies_giveWhatWasWritten(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "" : "\uFEFF");
            List<String> expected = new ArrayList<>();
            int events = random.nextInt(6);
            for (int i = 0; i < events; i++) {
                List<String> lines = new ArrayList<>();
                for (int line = random.nextInt(4); line >= 0; line--) {
                    lines.add("x".repeat(1 + random.nextInt(20)) + "ž".repeat(random.nextInt(3)));
                }
                expected.add(String.join("\n", lines));
                for (String line : lines) {
                    if (random.nextInt(4) == 0) {
                        text.append(": beat").append(lineEnd(random));
                    }
                    text.append(random.nextBoolean() ? "data: " : "data:")
                            .append(line)
                            .append(lineEnd(random));
                }
                String end = lineEnd(random);
                boolean wouldJoin = text.charAt(text.length() - 1) == '\r' && end.startsWith("\n");
                text.append(wouldJoin ? "\r\n" : end);
            }
            int[] sizes = random.ints(8, 1, 30).toArray();
            assertThat(read(new Pieces(text.toString().getBytes(UTF_8), false, sizes)))
                    .as("seed %s, round %s", seed, round)
                    .isEqualTo(expected);
        }
    }

    private static String lineEnd(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> "\n";
            case 1 -> "\r\n";
            default -> "\r";
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: a\n\n", "data: a\r\r", "data: a\r\n\r", "data: a\n\r"})
    void next_eventHasEnded_doesNotWaitForMore(String text) throws IOException {
        Buffer body = new Buffer().writeUtf8(text);
        SseReader reader = reader(new EndingSource(body, 1, () -> {
            throw new AssertionError("would wait");
        }));
        assertThat(reader.next().data()).asString(UTF_8).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "data: x", ": ", "event: "})
    void next_endlessLine_failsWithoutKeepingMuch(String begin) {
        Pieces body = new Pieces(begin.repeat(1).getBytes(UTF_8), true, 100);
        assertThatThrownBy(() -> reader(body).next())
                .isInstanceOf(EventTooLargeException.class)
                .hasMessage("An event in the answer to POST http://agent.example/asap/stream is larger than 1000 bytes;"
                        + " raise maxEventBytes if that is expected");
        assertThat(body.position).isLessThan(LIMIT + 10_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: x\n", "data:\n", "data\n", "data: x\n: beat\n"})
    void next_endlessEvent_failsWithoutKeepingMuch(String line) {
        Pieces body = new Pieces(line.getBytes(UTF_8), true, 100);
        EventTooLargeException e = catchThrowableOfType(
                EventTooLargeException.class, () -> reader(body).next());
        assertThat(e.limitBytes()).isEqualTo(LIMIT);
        assertThat(e.retryable()).isFalse();
        assertThat(body.position).isLessThan(LIMIT * line.length() + 10_000);
    }

    @Test
    void next_eventAtTheLimit_isRead() throws IOException {
        String line = "data: " + "x".repeat((int) LIMIT);
        assertThat(read(new Pieces((line + "\n\n" + line + "\n\n").getBytes(UTF_8), false, 7)))
                .hasSize(2)
                .allMatch(data -> data.length() == LIMIT);
        String longer = line + "x\n\n";
        assertThatThrownBy(() -> read(new Pieces(longer.getBytes(UTF_8), false, 7)))
                .isInstanceOf(EventTooLargeException.class);
        String half = "data: " + "x".repeat((int) LIMIT / 2) + "\n";
        assertThatThrownBy(() -> read(new Pieces((half + half + "\n").getBytes(UTF_8), false, 7)))
                .isInstanceOf(EventTooLargeException.class);
    }

    @Test
    void next_moreHeartbeatsThanAnEventMayHave_areNoEvent() throws IOException {
        String beats = ": heartbeat\n".repeat(1000) + "retry: 5\n\n".repeat(1000);
        assertThat(read(new Pieces((beats + "data: a\n\n").getBytes(UTF_8), false, 8192)))
                .containsExactly("a");
    }

    @Test
    void next_bytesThatAreNoUtf8_areGivenOutAsTheyAre() throws IOException {
        byte[] body = {'d', 'a', 't', 'a', ':', (byte) 0xC3, (byte) 0x28, (byte) 0xFF, '\n', '\n'};
        assertThat(reader(new Pieces(body, false, 3)).next().data()).isEqualTo(Arrays.copyOfRange(body, 5, 8));
    }

    @Test
    void next_brokenBody_failsAsTheBodyDoes() throws IOException {
        Buffer body = new Buffer().writeUtf8("data: a\n\ndata: b\n");
        SseReader reader = reader(new EndingSource(body, 4, () -> {
            throw new IOException("reset");
        }));
        assertThat(reader.next().data()).asString(UTF_8).isEqualTo("a");
        assertThatThrownBy(reader::next).isInstanceOf(IOException.class).hasMessage("reset");
    }

    /** Gives a few bytes at a time, and does something else when there are no more. */
    private record EndingSource(Buffer body, long step, End end) implements Source {
        @FunctionalInterface
        interface End {
            long run() throws IOException;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            return body.exhausted() ? end.run() : body.read(sink, step);
        }

        @Override
        public Timeout timeout() {
            return Timeout.NONE;
        }

        @Override
        public void close() {}
    }
}
