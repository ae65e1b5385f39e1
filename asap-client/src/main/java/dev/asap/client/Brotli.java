// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.IOException;
import java.util.Arrays;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brotli by brotli4j, which an application may bring and which needs native code. Only what {@link #isAvailable} has said true to
 * may be called. Thread-safe.
 */
final class Brotli {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPClient.class);

    /**
     * 256 KiB, for the usual body of some 1 MB: brotli's own choice of 4 MiB takes half as long again at quality 4 and gives no
     * smaller result.
     */
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
    static byte @Nullable [] compress(byte[] content, int quality) {
        try {
            return Encoder.compress(content, Encoder.Parameters.create(quality, WINDOW_BITS));
        } catch (IOException e) {
            return null;
        }
    }

    /** The content of a compressed stream. Takes native memory until it is closed, which closes the stream, too. */
    static Source decoder(BufferedSource compressed) throws IOException {
        return new BrotliSource(compressed);
    }

    private static boolean probe() {
        try {
            Class.forName("com.aayushatharva.brotli4j.Brotli4jLoader", false, Brotli.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            LOG.info("There is no brotli4j on the class path: bodies are compressed with gzip");
            return false;
        }
        try {
            Brotli4jLoader.ensureAvailability();
            checkRoundTrip();
            return true;
        } catch (LinkageError | IOException | RuntimeException e) {
            LOG.warn(
                    "brotli4j does not load: bodies are compressed with gzip; allow it native access"
                            + " (--enable-native-access), add its native artifact for this platform, or leave it out: {}",
                    String.valueOf(rootCause(e)));
            return false;
        }
    }

    /** Finds out that the native part belongs to another version of the Java part, before a message depends on it. */
    private static void checkRoundTrip() throws IOException {
        byte[] content = new byte[64];
        byte[] compressed = Encoder.compress(content, Encoder.Parameters.create(1));
        try (BufferedSource decoded = Okio.buffer(decoder(new Buffer().write(compressed)))) {
            if (!Arrays.equals(content, decoded.readByteArray())) {
                throw new IOException("what was compressed is not what comes out again");
            }
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
