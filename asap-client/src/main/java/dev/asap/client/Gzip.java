// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Gzip as the JDK has it, from array to array. */
final class Gzip {
    /** Deflate, no flags, no time, no statement about level and system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** Checksum and length. */
    private static final int TRAILER_BYTES = 8;

    /** What JSON shrinks to is usually less than this part of it. */
    private static final int USUAL_RATIO = 4;

    private Gzip() {}

    /** One gzip member with the content; null if that would not be smaller. */
    static byte @Nullable [] compress(byte[] content, int level) {
        // An end without pooling: a new Deflater costs little beside its work, and none can leak.
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setInput(content);
            deflater.finish();
            return compress(content, deflater);
        } finally {
            deflater.end();
        }
    }

    private static byte @Nullable [] compress(byte[] content, Deflater deflater) {
        // What does not fit into one byte less than the content is no gain.
        int most = content.length - 1 - TRAILER_BYTES;
        int first = HEADER.length + content.length / USUAL_RATIO;
        if (first > most) {
            return null;
        }
        byte[] out = Arrays.copyOf(HEADER, first + TRAILER_BYTES);
        int length = HEADER.length;
        while (true) {
            length += deflater.deflate(out, length, out.length - TRAILER_BYTES - length);
            if (deflater.finished()) {
                return withTrailer(out, length, content);
            }
            int room = out.length - TRAILER_BYTES;
            if (length == room) {
                if (room == most) {
                    return null;
                }
                out = Arrays.copyOf(out, (int) Math.min(2L * room, most) + TRAILER_BYTES);
            }
        }
    }

    private static byte[] withTrailer(byte[] out, int length, byte[] content) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ByteBuffer.wrap(out)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(length)
                .putInt((int) checksum.getValue())
                .putInt(content.length);
        return length + TRAILER_BYTES == out.length ? out : Arrays.copyOf(out, length + TRAILER_BYTES);
    }
}
