// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brotli by brotli4j, which an application may bring and which needs native code. Only what {@link #isAvailable} has said true to
 * may be called. Thread-safe.
 */
final class Brotli {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final int PIECE_BYTES = 16 * 1024;
    private static final int QUALITY = 4;

    /** 256 KiB: larger windows take longer at this quality and give no smaller result for the usual body. */
    private static final int WINDOW_BITS = 18;

    /** Initialized by whoever asks first, once in a JVM. */
    private static final class Probe {
        static final boolean PASSED = probe();
    }

    private Brotli() {}

    /** Whether brotli works here. The first call loads native code and says in one log line if that is not possible. */
    static boolean isAvailable() {
        return Probe.PASSED;
    }

    /** The compressed content; null if there is no native memory for it. */
    static byte @Nullable [] deflate(byte[] content) {
        try {
            return Encoder.compress(content, Encoder.Parameters.create(QUALITY, WINDOW_BITS));
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * The content.
     *
     * @throws UndecodableBodyException if it is no brotli, or unpacks to too much
     */
    static byte[] inflate(byte[] packed, Inflated content) {
        DecoderJNI.Wrapper decoder;
        try {
            decoder = new DecoderJNI.Wrapper(PIECE_BYTES);
        } catch (IOException e) {
            throw new IllegalStateException("there is no native memory to unpack a body in", e);
        }
        try {
            inflate(ByteBuffer.wrap(packed), decoder, content);
        } finally {
            decoder.destroy();
        }
        return content.content();
    }

    private static void inflate(ByteBuffer packed, DecoderJNI.Wrapper decoder, Inflated content) {
        while (true) {
            switch (decoder.getStatus()) {
                case NEEDS_MORE_OUTPUT -> pull(decoder, content);
                case NEEDS_MORE_INPUT -> push(packed, decoder);
                case OK -> decoder.push(0);
                case DONE -> {
                    if (packed.hasRemaining()) {
                        throw UndecodableBodyException.corrupt("there are bytes behind the brotli stream", null);
                    }
                    return;
                }
                case ERROR ->
                    throw UndecodableBodyException.corrupt(
                            "this is no brotli stream, or one with bytes behind it", null);
            }
        }
    }

    private static void pull(DecoderJNI.Wrapper decoder, Inflated content) {
        ByteBuffer piece = decoder.pull();
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        content.add(bytes, 0, bytes.length);
    }

    private static void push(ByteBuffer packed, DecoderJNI.Wrapper decoder) {
        if (!packed.hasRemaining()) {
            throw UndecodableBodyException.corrupt("the brotli stream ends too early", null);
        }
        ByteBuffer input = decoder.getInputBuffer().clear();
        int length = Math.min(input.remaining(), packed.remaining());
        input.put(packed.slice(packed.position(), length));
        packed.position(packed.position() + length);
        decoder.push(length);
    }

    private static boolean probe() {
        try {
            Class.forName("com.aayushatharva.brotli4j.Brotli4jLoader", false, Brotli.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            LOG.info("There is no brotli4j on the class path: requests may be compressed with gzip only");
            return false;
        }
        try {
            Brotli4jLoader.ensureAvailability();
            checkRoundTrip();
            return true;
        } catch (LinkageError | RuntimeException e) {
            LOG.warn(
                    "brotli4j does not load: requests may be compressed with gzip only; allow it native access"
                            + " (--enable-native-access), add its native artifact for this platform, or leave it out: {}",
                    String.valueOf(rootCause(e)));
            return false;
        }
    }

    /** Finds out that the native part belongs to another version of the Java part, before a message depends on it. */
    private static void checkRoundTrip() {
        byte[] content = new byte[64];
        byte[] packed = deflate(content);
        if (packed == null || !Arrays.equals(content, inflate(packed, new Inflated(content.length, room -> {})))) {
            throw new IllegalStateException("what was compressed is not what comes out again");
        }
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
