// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import java.util.Locale;

/** Unpacks compressed bodies of messages, bounded while it does. Thread-safe. */
final class RequestDecoder {
    private final long maxBytes;

    /** Unpacks to at most this many bytes. */
    RequestDecoder(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * The body as it was before it was compressed.
     *
     * @throws UndecodableBodyException if its coding is unknown, it is damaged, or it unpacks to too much
     */
    byte[] body(HttpRequest request) {
        String header = request.header("Content-Encoding");
        String coding = header == null ? "" : header.strip().toLowerCase(Locale.ROOT);
        if (coding.isEmpty() || coding.equals("identity")) {
            return request.body();
        } else if (coding.equals("gzip")) {
            return Gzip.inflate(request.body(), new Inflated(maxBytes, request::takeRoom));
        } else if (coding.equals("br") && Brotli.isAvailable()) {
            return Brotli.inflate(request.body(), new Inflated(maxBytes, request::takeRoom));
        }
        throw UndecodableBodyException.unsupported(LogText.of(coding), Brotli.isAvailable() ? "br, gzip" : "gzip");
    }
}
