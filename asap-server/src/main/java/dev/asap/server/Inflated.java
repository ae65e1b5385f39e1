// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.io.ByteArrayOutputStream;
import java.util.function.LongConsumer;

/**
 * What comes out of a compressed body, up to a limit. A little beyond it is still counted, so that the refusal can say the size of what is
 * somewhat too large, and then no more: a few bytes unpack to gigabytes. Belongs to one thread.
 */
final class Inflated {
    private static final int MIN_COUNTED_BYTES = 64 * 1024;

    private final long maxBytes;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final LongConsumer room;
    private long size;

    /**
     * Nothing yet.
     *
     * @param maxBytes how much there may be
     * @param room told how much more is kept, each time before it is; may refuse by throwing
     */
    Inflated(long maxBytes, LongConsumer room) {
        this.maxBytes = maxBytes;
        this.room = room;
    }

    /**
     * Takes the next bytes.
     *
     * @throws UndecodableBodyException if it is far too much
     */
    void add(byte[] bytes, int offset, int length) {
        size += length;
        if (size <= maxBytes) {
            room.accept(length);
            content.write(bytes, offset, length);
        } else if (size - maxBytes > Math.max(maxBytes, MIN_COUNTED_BYTES)) {
            throw UndecodableBodyException.tooLarge("over " + (size - length), maxBytes);
        }
    }

    /**
     * All of it.
     *
     * @throws UndecodableBodyException if it is too much
     */
    byte[] content() {
        if (size > maxBytes) {
            throw UndecodableBodyException.tooLarge(Long.toString(size), maxBytes);
        }
        return content.toByteArray();
    }
}
