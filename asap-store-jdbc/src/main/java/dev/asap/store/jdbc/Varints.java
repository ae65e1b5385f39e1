// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Reads integers of variable length, one after the other: seven bits in each byte, the lowest first; the highest bit says that more
 * follow. Not thread-safe.
 */
final class Varints {
    private final byte[] bytes;
    private final Function<String, ? extends RuntimeException> damaged;
    private int at;

    /**
     * Reads from the beginning.
     *
     * @param damaged makes the exception out of what is wrong with the bytes
     */
    Varints(byte[] bytes, Function<String, ? extends RuntimeException> damaged) {
        this.bytes = bytes;
        this.damaged = damaged;
    }

    /** Writes an integer so; ten bytes for what is below 0. */
    static void write(ByteArrayOutputStream bytes, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    boolean hasNext() {
        return at < bytes.length;
    }

    long next() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            if (at == bytes.length || shift > 63) {
                throw damaged.apply("its figures end in the middle of one, or are too large");
            }
            next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    /** A text: the number of its bytes, then these. */
    String text() {
        long length = next();
        if (length < 0 || length > bytes.length - at) {
            throw damaged.apply("a name is longer than what is there");
        }
        String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
        at += (int) length;
        return text;
    }
}
