// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;

/** Gzip from array to array, strict: members that are cut short or damaged, and anything behind them, are refused. Stateless. */
final class Gzip {
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int METHOD_DEFLATE = 8;
    private static final int FLAG_HEADER_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xE0;
    private static final int PIECE_BYTES = 16 * 1024;

    private Gzip() {}

    /**
     * The content of all members, one behind the other.
     *
     * @throws UndecodableBodyException if it is no gzip, or unpacks to too much
     */
    static byte[] inflate(byte[] packed, Inflated content) {
        ByteBuffer in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        Inflater inflater = new Inflater(true);
        try {
            do {
                skipHeader(in);
                inflater.reset();
                inflateMember(in, inflater, content);
            } while (in.hasRemaining());
        } catch (DataFormatException e) {
            throw UndecodableBodyException.corrupt("a gzip member is damaged", e);
        } finally {
            inflater.end();
        }
        return content.content();
    }

    private static void inflateMember(ByteBuffer in, Inflater inflater, Inflated content) throws DataFormatException {
        CRC32 checksum = new CRC32();
        byte[] piece = new byte[PIECE_BYTES];
        inflater.setInput(in.slice());
        while (!inflater.finished()) {
            int length = inflater.inflate(piece);
            if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                throw cutShort();
            }
            checksum.update(piece, 0, length);
            content.add(piece, 0, length);
        }
        in.position(in.limit() - inflater.getRemaining());
        require(in, TRAILER_BYTES);
        if (in.getInt() != (int) checksum.getValue() || in.getInt() != (int) inflater.getBytesWritten()) {
            throw UndecodableBodyException.corrupt("a gzip member's checksum or length is wrong", null);
        }
    }

    private static void skipHeader(ByteBuffer in) {
        if (in.remaining() >= 2 && in.getShort(in.position()) != (short) 0x8b1f) {
            throw UndecodableBodyException.corrupt("there is something else where a gzip member should begin", null);
        }
        require(in, FIXED_HEADER_BYTES);
        int method = in.get(in.position() + 2);
        int flags = in.get(in.position() + 3);
        if (method != METHOD_DEFLATE || (flags & RESERVED_FLAGS) != 0) {
            throw UndecodableBodyException.corrupt("a gzip member is of an unknown kind", null);
        }
        skip(in, FIXED_HEADER_BYTES);
        if ((flags & FLAG_EXTRA) != 0) {
            require(in, 2);
            skip(in, Short.toUnsignedInt(in.getShort()));
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText(in);
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText(in);
        }
        if ((flags & FLAG_HEADER_CHECKSUM) != 0) {
            skip(in, 2);
        }
    }

    private static void skipText(ByteBuffer in) {
        do {
            require(in, 1);
        } while (in.get() != 0);
    }

    private static void skip(ByteBuffer in, int bytes) {
        require(in, bytes);
        in.position(in.position() + bytes);
    }

    private static void require(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw cutShort();
        }
    }

    private static UndecodableBodyException cutShort() {
        return UndecodableBodyException.corrupt("the gzip stream ends too early", null);
    }

    /** One member with the content. */
    static byte[] deflate(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, PIECE_BYTES)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return out.toByteArray();
    }
}
