// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Compresses answers for callers that ask for it: those that are large enough and known as a whole. Streams are not, whose pieces have to
 * go out at once, nor documents with an ETag, which names exact bytes. Thread-safe.
 */
final class ResponseCompression implements HttpHandler {
    /** Below this, compressing costs more than it saves. */
    static final int MIN_BYTES = 1024;

    private static final String ACCEPT = "Accept-Encoding";

    private final HttpHandler next;

    ResponseCompression(HttpHandler next) {
        this.next = next;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        HttpResponse response = next.handle(request);
        String header = request.header(ACCEPT);
        if (header == null || response.body().length < MIN_BYTES || !isCompressible(response)) {
            return response;
        }
        AcceptedCodings accepted = AcceptedCodings.of(header);
        String coding = choose(accepted);
        byte[] packed = coding == null ? null : packed(coding, response.body());
        HttpResponse plain = response.withHeader("Vary", ACCEPT);
        if (coding == null || packed == null || packed.length >= response.body().length) {
            return plain;
        }
        return plain.withBody(packed).withHeader("Content-Encoding", coding);
    }

    private static boolean isCompressible(HttpResponse response) {
        AtomicBoolean fixed = new AtomicBoolean(response.writer() != null);
        response.forEachHeader((name, value) -> {
            if (name.equalsIgnoreCase("ETag") || name.equalsIgnoreCase("Content-Encoding")) {
                fixed.set(true);
            }
        });
        return !fixed.get();
    }

    private static @Nullable String choose(AcceptedCodings accepted) {
        double brotli = accepted.weightOf("br");
        double gzip = accepted.weightOf("gzip");
        double identity = accepted.identityWeight();
        if (brotli > 0 && brotli >= gzip && brotli >= identity && Brotli.isAvailable()) {
            return "br";
        }
        return gzip > 0 && gzip >= identity ? "gzip" : null;
    }

    private static byte @Nullable [] packed(String coding, byte[] body) {
        return coding.equals("br") ? Brotli.deflate(body) : Gzip.deflate(body);
    }
}
