// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import okio.Buffer;
import okio.BufferedSource;
import okio.Source;
import okio.Timeout;

/**
 * The content of a stream that brotli compressed, in pieces of at most 8 KiB. Refers to brotli4j and is therefore touched only where
 * that is present. Like any source it belongs to one thread at a time; its native memory is free after {@link #close}.
 */
final class BrotliSource implements Source {
    private static final int PIECE_BYTES = 8192;

    private final BufferedSource compressed;
    private final DecoderJNI.Wrapper decoder;
    private boolean closed;

    BrotliSource(BufferedSource compressed) throws IOException {
        this(compressed, new DecoderJNI.Wrapper(PIECE_BYTES));
    }

    /** Takes the decoder over. */
    BrotliSource(BufferedSource compressed, DecoderJNI.Wrapper decoder) {
        this.compressed = compressed;
        this.decoder = decoder;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        while (byteCount > 0) {
            switch (decoder.getStatus()) {
                case NEEDS_MORE_OUTPUT -> {
                    int pulled = sink.write(decoder.pull((int) Math.min(byteCount, PIECE_BYTES)));
                    if (pulled > 0) {
                        return pulled;
                    }
                }
                case NEEDS_MORE_INPUT -> push();
                case OK -> decoder.push(0);
                case DONE -> {
                    if (!compressed.exhausted()) {
                        throw new IOException("there are bytes after the end of the brotli stream");
                    }
                    return -1;
                }
                case ERROR -> throw new IOException("this is no brotli stream, or one with bytes after its end");
            }
        }
        return 0;
    }

    private void push() throws IOException {
        ByteBuffer input = decoder.getInputBuffer().clear();
        int length = compressed.read(input);
        if (length < 0) {
            throw new EOFException("the brotli stream ends too early");
        }
        decoder.push(length);
    }

    @Override
    public Timeout timeout() {
        return compressed.timeout();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            decoder.destroy();
            compressed.close();
        }
    }
}
