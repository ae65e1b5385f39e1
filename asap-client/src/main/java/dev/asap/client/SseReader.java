// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;
import okio.Buffer;
import okio.BufferedSource;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events from a body, one at a time, and buffers no more than the event that is being read. Not thread-safe.
 *
 * <p>Of an event it keeps the data and whether it is called an error. Comments (heartbeats), ids, retry times and unknown fields are
 * passed over, and so are events without data. An event that the end of the body cuts short is given out as it is.
 */
final class SseReader {
    /**
     * What an event brought.
     *
     * <p>The bytes are shared and must not be changed.
     */
    static final class Event {
        private final byte[] data;
        private final boolean isError;
        private final boolean isWhole;

        private Event(byte[] data, boolean isError, boolean isWhole) {
            this.data = data;
            this.isError = isError;
            this.isWhole = isWhole;
        }

        /** The data lines joined with line feeds, as they were sent: whether they are UTF-8 is for the reader of the text to say. */
        byte[] data() {
            return data;
        }

        /** Whether its type is {@code error}. */
        boolean isError() {
            return isError;
        }

        /** Whether an empty line ended it, not the end of the body. */
        boolean isWhole() {
            return isWhole;
        }
    }

    private static final ByteString LINE_ENDS = ByteString.encodeUtf8("\r\n");
    private static final ByteString BYTE_ORDER_MARK = ByteString.decodeHex("efbbbf");
    private static final ByteString DATA = ByteString.encodeUtf8("data");
    private static final ByteString EVENT = ByteString.encodeUtf8("event");
    private static final ByteString ERROR = ByteString.encodeUtf8("error");

    /** What a line may have beyond the data: {@code "data: "}. */
    private static final int FIELD_BYTES = 6;

    private final BufferedSource source;
    private final Buffer buffer;
    private final Operation operation;
    private final long maxEventBytes;

    private boolean atStart = true;

    /** A carriage return ended the last line; a line feed that follows belongs to it, and may not have come yet. */
    private boolean afterReturn;

    private Buffer data = new Buffer();
    private boolean hasData;
    private boolean isError;

    SseReader(BufferedSource source, Operation operation, long maxEventBytes) {
        this.source = source;
        this.buffer = source.getBuffer();
        this.operation = operation;
        this.maxEventBytes = maxEventBytes;
    }

    /**
     * Waits for an event.
     *
     * @return the event, or null at the end of the body
     * @throws IOException if the body cannot be read
     * @throws EventTooLargeException if an event, or a line that is none, is larger than allowed
     */
    @Nullable
    Event next() throws IOException {
        skipByteOrderMark();
        while (true) {
            skipRestOfLineEnd();
            long length = lineLength();
            if (length < 0) {
                takeLine(buffer.size());
                return finish(false);
            }
            afterReturn = buffer.getByte(length) == '\r';
            boolean isBlank = length == 0;
            takeLine(length);
            buffer.skip(1);
            Event event = isBlank ? finish(true) : null;
            if (event != null) {
                return event;
            }
        }
    }

    private void skipByteOrderMark() throws IOException {
        if (!atStart) {
            return;
        }
        atStart = false;
        for (int i = 0; i < BYTE_ORDER_MARK.size(); i++) {
            // One by one: a stream may begin with a shorter line and then wait.
            if (!source.request(i + 1) || buffer.getByte(i) != BYTE_ORDER_MARK.getByte(i)) {
                return;
            }
        }
        buffer.skip(BYTE_ORDER_MARK.size());
    }

    private void skipRestOfLineEnd() throws IOException {
        if (afterReturn && source.request(1) && buffer.getByte(0) == '\n') {
            buffer.skip(1);
        }
        afterReturn = false;
    }

    /** How many bytes come before the next line end; negative if the body ends before. */
    private long lineLength() throws IOException {
        long scanned = 0;
        while (true) {
            long at = buffer.indexOfElement(LINE_ENDS, scanned);
            scanned = buffer.size();
            if ((at < 0 ? scanned : at) > maxEventBytes + FIELD_BYTES) {
                throw new EventTooLargeException(operation, maxEventBytes);
            }
            if (at >= 0 || !source.request(scanned + 1)) {
                return at;
            }
        }
    }

    /** Takes a line without its end off the buffer. */
    private void takeLine(long length) {
        if (isField(DATA, length)) {
            takeData(length - skipName(DATA, length));
        } else if (isField(EVENT, length)) {
            long rest = length - skipName(EVENT, length);
            isError = rest == ERROR.size() && buffer.rangeEquals(0, ERROR);
            skip(rest);
        } else {
            skip(length);
        }
    }

    /** Whether the line has this name, with or without a value. */
    private boolean isField(ByteString name, long length) {
        return length >= name.size()
                && buffer.rangeEquals(0, name)
                && (length == name.size() || buffer.getByte(name.size()) == ':');
    }

    /** Skips a field's name, the colon and one blank; gives how much that was. */
    private long skipName(ByteString name, long length) {
        long skipped = name.size();
        if (length > skipped) {
            skipped++;
        }
        if (length > skipped && buffer.getByte(skipped) == ' ') {
            skipped++;
        }
        skip(skipped);
        return skipped;
    }

    private void takeData(long length) {
        if (hasData) {
            data.writeByte('\n');
        }
        hasData = true;
        if (data.size() + length > maxEventBytes) {
            throw new EventTooLargeException(operation, maxEventBytes);
        }
        data.write(buffer, length);
    }

    private void skip(long length) {
        try {
            buffer.skip(length);
        } catch (IOException e) {
            throw new IllegalStateException("the buffer holds less than it said", e);
        }
    }

    private @Nullable Event finish(boolean isWhole) {
        Event event = data.size() > 0 ? new Event(data.readByteArray(), isError, isWhole) : null;
        data = new Buffer();
        hasData = false;
        isError = false;
        return event;
    }
}
