// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * Collects bytes; a text that the generator writes in one piece, as it does with all but large ones, is copied just once.
 * Not thread-safe.
 */
final class ExactOutput extends OutputStream {
    private byte[] collected = new byte[0];

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        if (collected.length == 0) {
            collected = Arrays.copyOfRange(source, offset, offset + length);
        } else {
            append(source, offset, length);
        }
    }

    byte[] toByteArray() {
        return size == 0 ? collected : Arrays.copyOf(collected, size);
    }

    // 0 as long as the first piece is the only one and fills the array.
    private int size;

    private void append(byte[] source, int offset, int length) {
        int used = size == 0 ? collected.length : size;
        if (used + length > collected.length) {
            collected = Arrays.copyOf(collected, Math.max(used + length, 2 * collected.length));
        }
        System.arraycopy(source, offset, collected, used, length);
        size = used + length;
    }
}
