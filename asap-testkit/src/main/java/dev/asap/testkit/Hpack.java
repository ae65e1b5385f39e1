// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.ReceivedRequest.Header;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * HPACK as RFC 7541 has it: reads everything, writes literals only, which need no memory. Keeps what the client lets it remember
 * from one block of headers to the next, so one reader belongs to one connection and one thread.
 */
final class Hpack {
    private static final int MAX_TABLE_BYTES = 4096;
    private static final int ENTRY_OVERHEAD = 32;

    /** The static table of appendix A; names without a value have none. */
    private static final List<Header> STATIC = """
            :authority
            :method=GET
            :method=POST
            :path=/
            :path=/index.html
            :scheme=http
            :scheme=https
            :status=200
            :status=204
            :status=206
            :status=304
            :status=400
            :status=404
            :status=500
            accept-charset
            accept-encoding=gzip, deflate
            accept-language
            accept-ranges
            accept
            access-control-allow-origin
            age
            allow
            authorization
            cache-control
            content-disposition
            content-encoding
            content-language
            content-length
            content-location
            content-range
            content-type
            cookie
            date
            etag
            expect
            expires
            from
            host
            if-match
            if-modified-since
            if-none-match
            if-range
            if-unmodified-since
            last-modified
            link
            location
            max-forwards
            proxy-authenticate
            proxy-authorization
            range
            referer
            refresh
            retry-after
            server
            set-cookie
            strict-transport-security
            transfer-encoding
            user-agent
            vary
            via
            www-authenticate
            """.lines().map(Hpack::entry).toList();

    /**
     * How long the code of each byte is in appendix B: {@code a} is 5 bits, {@code b} is 6 bits and so on. The codes follow from
     * that: they ascend with their length, and with the byte among those of one length.
     */
    private static final String CODE_LENGTHS = "isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhf"
            + "ibccccccccccccccccccccccdcdioijbkabababbbaccbbbabcbaabccccckgjix"
            + "prpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrs"
            + "vvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvwwwwwxwwwwwv";

    private static final int SHORTEST_CODE = 5;
    private static final int LONGEST_CODE = 30;

    /** The bytes in the order of their codes. */
    private static final int[] SYMBOLS = new int[CODE_LENGTHS.length()];

    /** How many codes there are of each length. */
    private static final int[] CODES = new int[LONGEST_CODE + 1];

    static {
        int next = 0;
        for (int length = SHORTEST_CODE; length <= LONGEST_CODE; length++) {
            for (int symbol = 0; symbol < SYMBOLS.length; symbol++) {
                if (CODE_LENGTHS.charAt(symbol) - 'a' + SHORTEST_CODE == length) {
                    SYMBOLS[next++] = symbol;
                    CODES[length]++;
                }
            }
        }
    }

    /** The newest entry is the first. */
    private final List<Header> dynamic = new ArrayList<>();

    private int dynamicBytes;
    private int maxDynamicBytes = MAX_TABLE_BYTES;

    private static Header entry(String line) {
        int separator = line.indexOf('=');
        return separator < 0
                ? new Header(line, "")
                : new Header(line.substring(0, separator), line.substring(separator + 1));
    }

    // Writing.

    /** Appends a header that nobody is to remember. */
    static void write(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        writeText(block, name);
        writeText(block, value);
    }

    private static void writeText(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int limit = 0x7f;
        if (bytes.length < limit) {
            block.write(bytes.length);
        } else {
            block.write(limit);
            int rest = bytes.length - limit;
            for (; rest > 0x7f; rest >>>= 7) {
                block.write((rest & 0x7f) | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    // Reading.

    /**
     * Reads a whole block of headers.
     *
     * @throws ProtocolException if it is none
     */
    List<Header> read(byte[] block) throws ProtocolException {
        List<Header> headers = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(block);
        while (in.hasRemaining()) {
            int first = in.get() & 0xff;
            if ((first & 0x80) != 0) {
                headers.add(at(readNumber(in, first, 7)));
            } else if ((first & 0xc0) == 0x40) {
                Header header = readLiteral(in, first, 6);
                headers.add(header);
                remember(header);
            } else if ((first & 0xe0) == 0x20) {
                maxDynamicBytes = Math.min(readNumber(in, first, 5), MAX_TABLE_BYTES);
                forget();
            } else {
                headers.add(readLiteral(in, first, 4));
            }
        }
        return headers;
    }

    private Header readLiteral(ByteBuffer in, int first, int bits) throws ProtocolException {
        int index = readNumber(in, first, bits);
        String name = index == 0 ? readText(in) : at(index).name();
        return new Header(name, readText(in));
    }

    private Header at(int index) throws ProtocolException {
        if (index < 1 || index > STATIC.size() + dynamic.size()) {
            throw new ProtocolException("there is no header " + index);
        }
        return index <= STATIC.size() ? STATIC.get(index - 1) : dynamic.get(index - STATIC.size() - 1);
    }

    private void remember(Header header) {
        dynamic.add(0, header);
        dynamicBytes += size(header);
        forget();
    }

    private void forget() {
        while (dynamicBytes > maxDynamicBytes) {
            dynamicBytes -= size(dynamic.remove(dynamic.size() - 1));
        }
    }

    private static int size(Header header) {
        return header.name().length() + header.value().length() + ENTRY_OVERHEAD;
    }

    /** A number whose first bits are the last ones of the byte that was read. */
    private static int readNumber(ByteBuffer in, int first, int bits) throws ProtocolException {
        int limit = (1 << bits) - 1;
        int value = first & limit;
        if (value < limit) {
            return value;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            int next = readByte(in);
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw new ProtocolException("a number in the headers is too large");
    }

    private static String readText(ByteBuffer in) throws ProtocolException {
        int first = readByte(in);
        int length = readNumber(in, first, 7);
        if (length > in.remaining()) {
            throw new ProtocolException("a text in the headers is too long");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return (first & 0x80) == 0 ? new String(bytes, StandardCharsets.ISO_8859_1) : decoded(bytes);
    }

    private static int readByte(ByteBuffer in) throws ProtocolException {
        if (!in.hasRemaining()) {
            throw new ProtocolException("the headers end too early");
        }
        return in.get() & 0xff;
    }

    /** Decodes bit by bit; what remains at the end is padding. */
    private static String decoded(byte[] huffman) throws ProtocolException {
        StringBuilder text = new StringBuilder();
        int code = 0;
        int length = 0;
        int firstCode = 0;
        int firstSymbol = 0;
        for (int bit = 0; bit < huffman.length * Byte.SIZE; bit++) {
            if (length == LONGEST_CODE) {
                throw new ProtocolException("a text in the headers has no such code");
            }
            firstSymbol += CODES[length];
            firstCode = (firstCode + CODES[length]) << 1;
            code = (code << 1) | ((huffman[bit / Byte.SIZE] >> (7 - bit % Byte.SIZE)) & 1);
            length++;
            if (code - firstCode < CODES[length]) {
                text.append((char) SYMBOLS[firstSymbol + code - firstCode]);
                code = 0;
                length = 0;
                firstCode = 0;
                firstSymbol = 0;
            }
        }
        return text.toString();
    }
}
