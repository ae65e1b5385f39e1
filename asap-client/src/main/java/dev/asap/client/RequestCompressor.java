// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.Compression.Coding;
import org.jspecify.annotations.Nullable;

/** Compresses the bodies for one peer as far as that pays and the peer takes it. Thread-safe. */
final class RequestCompressor {
    /**
     * A body as it is sent.
     *
     * @param bytes what is sent; not copied, and not to be changed
     * @param coding how it is compressed; null if it is not
     */
    @SuppressWarnings("ArrayRecordComponent") // carried from one method to the next, never compared
    record Body(byte[] bytes, @Nullable Coding coding) {}

    private final Compression options;
    private final PeerCodings peer;

    RequestCompressor(Compression options, PeerCodings peer) {
        this.options = options;
        this.peer = peer;
    }

    /** The smallest form of the body that the options and the peer allow; the same array if that is the body itself. */
    Body compress(byte[] body) {
        Coding coding = body.length < options.thresholdBytes() ? null : coding();
        if (coding == null) {
            return new Body(body, null);
        }
        byte[] compressed = switch (coding) {
            case BROTLI -> Brotli.compress(body, options.brotliQuality());
            case GZIP -> Gzip.compress(body, options.gzipLevel());
        };
        return compressed == null || compressed.length >= body.length
                ? new Body(body, null)
                : new Body(compressed, coding);
    }

    private @Nullable Coding coding() {
        for (Coding coding : options.codings()) {
            if (peer.allows(coding) && (coding != Coding.BROTLI || Brotli.isAvailable())) {
                return coding;
            }
        }
        return null;
    }
}
