// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Bodies in gzip, right and wrong ones. */
final class GzipBodies {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TRAILER_BYTES = 8;

    /** The first byte of a last block of the reserved kind. */
    private static final byte NO_KIND_OF_BLOCK = 7;

    private static final int BLANKS_BYTES = 1 << 20;
    private static final int MARGIN = 1024;

    private GzipBodies() {}

    static byte[] gzip(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] corrupt(byte[] body) {
        byte[] bytes = gzip(body);
        bytes[HEADER.length] = NO_KIND_OF_BLOCK;
        return bytes;
    }

    static byte[] withWrongChecksum(byte[] body) {
        byte[] bytes = gzip(body);
        bytes[bytes.length - TRAILER_BYTES] ^= 1;
        return bytes;
    }

    /** Blanks, then the body. The same block of blanks is deflated once and repeated: it refers to nothing before it. */
    static byte[] bomb(long blanks, byte[] body) {
        byte[] block = new byte[BLANKS_BYTES];
        Arrays.fill(block, (byte) ' ');
        byte[] deflated = deflated(block, block.length, Deflater.FULL_FLUSH);
        int rest = (int) (blanks % block.length);
        CRC32 checksum = new CRC32();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(HEADER);
        for (long i = 0; i < blanks / block.length; i++) {
            bytes.writeBytes(deflated);
            checksum.update(block);
        }
        bytes.writeBytes(deflated(block, rest, Deflater.FULL_FLUSH));
        checksum.update(block, 0, rest);
        bytes.writeBytes(deflated(body, body.length, Deflater.NO_FLUSH));
        checksum.update(body);
        writeLittleEndian(bytes, checksum.getValue());
        writeLittleEndian(bytes, blanks + body.length);
        return bytes.toByteArray();
    }

    /** Deflated bytes; the last block of a stream unless they are flushed. */
    private static byte[] deflated(byte[] bytes, int length, int flush) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes, 0, length);
            if (flush == Deflater.NO_FLUSH) {
                deflater.finish();
            }
            byte[] deflated = new byte[length + MARGIN];
            return Arrays.copyOf(deflated, deflater.deflate(deflated, 0, deflated.length, flush));
        } finally {
            deflater.end();
        }
    }

    private static void writeLittleEndian(ByteArrayOutputStream bytes, long value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write((int) (value >>> shift));
        }
    }
}
