// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.util.Arrays;

/**
 * Reads and writes as much of DER, the encoding of keys, as their envelopes need. The JDK reads the keys themselves. Not
 * thread-safe.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;

    /** The tag of an optional member with the number 0. */
    static final int CONTEXT_0 = 0xa0;

    private static final int LONG_FORM = 0x80;

    /** Lengths in more bytes do not occur in files that are small enough to be read. */
    private static final int MAX_LENGTH_BYTES = 3;

    /** Those of algorithms have about ten. */
    private static final int MAX_IDENTIFIER_BYTES = 64;

    private final byte[] bytes;
    private int position;

    Der(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean next(int tag) {
        return position < bytes.length && (bytes[position] & 0xff) == tag;
    }

    /** The members of the sequence that comes next. */
    Der sequence() throws InvalidKeyException {
        return new Der(read(SEQUENCE));
    }

    /** The content of what comes next, which must have this tag. */
    byte[] read(int tag) throws InvalidKeyException {
        if (!next(tag)) {
            throw new InvalidKeyException("expected the DER tag " + tag + " at byte " + position);
        }
        position++;
        int length = length();
        if (length > bytes.length - position) {
            throw new InvalidKeyException("DER value ends after the end, at byte " + position);
        }
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    /** A small number; what is larger than an int is {@link Integer#MAX_VALUE}. */
    int number() throws InvalidKeyException {
        byte[] content = read(INTEGER);
        if (content.length == 0) {
            throw new InvalidKeyException("empty DER integer before byte " + position);
        }
        BigInteger value = new BigInteger(content);
        return value.bitLength() < Integer.SIZE ? value.intValue() : Integer.MAX_VALUE;
    }

    /** An object identifier in its usual form, as in {@code 1.2.840.113549.1.1.1}. */
    String objectIdentifier() throws InvalidKeyException {
        byte[] content = read(OBJECT_IDENTIFIER);
        if (content.length > MAX_IDENTIFIER_BYTES) {
            throw new InvalidKeyException("object identifier of " + content.length + " bytes before byte " + position);
        }
        StringBuilder text = new StringBuilder();
        BigInteger number = BigInteger.ZERO;
        for (byte each : content) {
            number = number.shiftLeft(7).or(BigInteger.valueOf(each & 0x7f));
            if (each >= 0) {
                text.append(text.isEmpty() ? firstTwo(number.intValue()) : "." + number);
                number = BigInteger.ZERO;
            }
        }
        return text.toString();
    }

    /** The first number of the encoding stands for two. */
    private static String firstTwo(int number) {
        int first = Math.min(number / 40, 2);
        return first + "." + (number - 40 * first);
    }

    private int length() throws InvalidKeyException {
        int first = lengthByte();
        if (first < LONG_FORM) {
            return first;
        }
        int count = first - LONG_FORM;
        if (count == 0 || count > MAX_LENGTH_BYTES) {
            throw new InvalidKeyException("DER length in " + count + " bytes before byte " + position);
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = length << 8 | lengthByte();
        }
        return length;
    }

    private int lengthByte() throws InvalidKeyException {
        if (position == bytes.length) {
            throw new InvalidKeyException("DER length ends at byte " + position);
        }
        return bytes[position++] & 0xff;
    }

    /** Encodes a value of these parts. */
    static byte[] encode(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] head = head(tag, length);
        byte[] encoded = Arrays.copyOf(head, head.length + length);
        int end = head.length;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, encoded, end, part.length);
            end += part.length;
        }
        return encoded;
    }

    private static byte[] head(int tag, int length) {
        if (length < LONG_FORM) {
            return new byte[] {(byte) tag, (byte) length};
        }
        byte[] number = BigInteger.valueOf(length).toByteArray();
        int leadingZero = number[0] == 0 ? 1 : 0;
        int count = number.length - leadingZero;
        byte[] head = new byte[2 + count];
        head[0] = (byte) tag;
        head[1] = (byte) (LONG_FORM | count);
        System.arraycopy(number, leadingZero, head, 2, count);
        return head;
    }
}
