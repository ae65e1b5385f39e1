// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.EOFException;
import java.io.IOException;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a stream while it is read, counts what goes into the decoder and what comes out of it, and tells a broken coding from a
 * broken connection. Like any source it belongs to one thread at a time. The decoder is made when it is first needed and is closed with
 * this source.
 */
final class InflatingSource implements Source {
    /** Makes a decoder for a stream; the decoder closes the stream. */
    @FunctionalInterface
    interface Decoder {
        Source over(BufferedSource packed) throws IOException;
    }

    private final Input input;
    private final BufferedSource packed;
    private final Decoder decoder;
    private final long maxBytes;
    private @Nullable Source content;
    private long contentBytes;

    InflatingSource(Source packed, Decoder decoder, long maxBytes) {
        this.input = new Input(packed, maxBytes);
        this.packed = Okio.buffer(input);
        this.decoder = decoder;
        this.maxBytes = maxBytes;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        long count = decode(sink, byteCount);
        contentBytes += Math.max(0, count);
        if (contentBytes > maxBytes) {
            throw new OversizedAnswerException(maxBytes);
        }
        return count;
    }

    private long decode(Buffer sink, long byteCount) throws IOException {
        try {
            if (content == null) {
                content = decoder.over(packed);
            }
            return content.read(sink, byteCount);
        } catch (IOException e) {
            if (input.failed) {
                throw e;
            }
            throw new BrokenEncodingException(
                    e instanceof EOFException
                            ? "the answer ends before its compressed content does"
                            : "the answer is not compressed as its Content-Encoding says, or not in a way that was asked for",
                    e);
        }
    }

    @Override
    public Timeout timeout() {
        return packed.timeout();
    }

    @Override
    public void close() throws IOException {
        if (content != null) {
            content.close();
        } else {
            packed.close();
        }
    }

    /**
     * What goes into the decoder. It has the limit of what comes out: there are streams without end that unpack to nothing.
     */
    private static final class Input extends ForwardingSource {
        private final long maxBytes;
        private long bytes;
        private boolean failed;

        Input(Source packed, long maxBytes) {
            super(packed);
            this.maxBytes = maxBytes;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            try {
                long count = super.read(sink, byteCount);
                bytes += Math.max(0, count);
                if (bytes > maxBytes) {
                    throw new OversizedAnswerException(maxBytes);
                }
                return count;
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }
    }
}
