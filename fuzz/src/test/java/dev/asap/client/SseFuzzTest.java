// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.asap.fuzz.Bounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/** Server-sent events, in one piece and byte by byte. */
class SseFuzzTest {
    private static final int LIMIT = 256;
    private static final Operation OPERATION =
            Operation.post(PeerAddress.ofDocument("http://agent.example/asap/stream"));

    /** What was read until the end, or until something was too large. */
    private record Read(List<String> events, boolean tooLarge) {}

    @FuzzTest(maxDuration = "30s")
    void events_doNotDependOnThePiecesTheyComeIn_andAreReadAgainTheSame(byte[] text) {
        Bounds.within(text.length, () -> {
            Read read = read(new Buffer().write(text));
            assertThat(read(oneByOne(text))).isEqualTo(read);
            assertThat(read.events().size()).isLessThanOrEqualTo(text.length);
        });
    }

    private static Source oneByOne(byte[] text) {
        return new ForwardingSource(new Buffer().write(text)) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                return super.read(sink, Math.min(1, byteCount));
            }
        };
    }

    private static Read read(Source body) {
        List<String> events = new ArrayList<>();
        SseReader reader = new SseReader(Okio.buffer(body), OPERATION, LIMIT);
        try {
            for (SseReader.Event event = reader.next(); event != null; event = reader.next()) {
                assertThat(event.data()).hasSizeBetween(1, LIMIT);
                assertThat(event.data()).doesNotContain('\r');
                assertThat(again(event)).isEqualTo(shown(event, true));
                events.add(shown(event, event.isWhole()));
            }
        } catch (EventTooLargeException e) {
            return new Read(events, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Read(events, false);
    }

    /** The event, written and read. */
    private static String again(SseReader.Event event) throws IOException {
        Buffer body = new Buffer();
        if (event.isError()) {
            body.writeUtf8("event: error\n");
        }
        body.writeUtf8("data: ");
        for (byte b : event.data()) {
            body.writeByte(b);
            if (b == '\n') {
                body.writeUtf8("data: ");
            }
        }
        body.writeUtf8("\n\n");
        SseReader reader = new SseReader(body, OPERATION, LIMIT);
        SseReader.Event read = reader.next();
        assertThat(read).isNotNull();
        assertThat(reader.next()).isNull();
        return shown(read, read.isWhole());
    }

    private static String shown(SseReader.Event event, boolean isWhole) {
        return (event.isError() ? "error " : "message ")
                + (isWhole ? "whole " : "cut ")
                + new Buffer().write(event.data()).readByteString().hex();
    }
}
