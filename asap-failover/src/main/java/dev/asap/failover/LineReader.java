// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads lines of a bounded length; longer ones are passed over. Not thread-safe. */
final class LineReader {
    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int filled;
    private long number;

    /**
     * A line.
     *
     * @param number 1 for the first
     * @param bytes the line without its end, or null where it is too long
     */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one line and is never compared.
    record Line(long number, byte @Nullable [] bytes) {}

    LineReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    static int requireLimit(int maxLineBytes) {
        if (maxLineBytes < 1) {
            throw new IllegalArgumentException("maxLineBytes must be 1 or more, got " + maxLineBytes);
        }
        return maxLineBytes;
    }

    /** The next line, which may lack its end if it is the last; empty at the end. */
    Optional<Line> next() throws IOException {
        if (!fill()) {
            return Optional.empty();
        }
        number++;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean isTooLong = false;
        boolean isComplete = false;
        while (!isComplete && fill()) {
            int end = position;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            isComplete = end < filled;
            isTooLong |= line.size() + (end - position) > maxBytes;
            if (!isTooLong) {
                line.write(buffer, position, end - position);
            }
            position = isComplete ? end + 1 : end;
        }
        return Optional.of(new Line(number, isTooLong ? null : line.toByteArray()));
    }

    /** Makes sure that there is a byte to read; false at the end. */
    private boolean fill() throws IOException {
        while (position == filled) {
            int count = in.read(buffer);
            if (count < 0) {
                return false;
            }
            position = 0;
            filled = count;
        }
        return true;
    }
}
