// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each request in one line at DEBUG when its answer is ready, and streams when they have ended: nothing of queries, headers or
 * payloads. Costs one look at the level while that is off. Thread-safe.
 */
final class AccessLog implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private static final String NONE = "none";
    private static final double NANOS_PER_MILLI = 1e6;

    /** What messages are noted in: the request that this thread handles. */
    private static final ThreadLocal<@Nullable Line> CURRENT = new ThreadLocal<>();

    /** Notes a message of the request that the thread handles. */
    static final Acks NOTES = new Acks() {
        @Override
        public void received(Envelope message) {
            Line line = LOG.isDebugEnabled() ? CURRENT.get() : null;
            if (line != null) {
                line.message = message;
            }
        }

        @Override
        public void rejected(Envelope message, Exception reason) {}
    };

    private final HttpHandler next;
    private final LongSupplier nanos;

    AccessLog(HttpHandler next, LongSupplier nanos) {
        this.next = next;
        this.nanos = nanos;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        if (!LOG.isDebugEnabled()) {
            return next.handle(request);
        }
        Line line = new Line(request, nanos);
        HttpResponse answer;
        CURRENT.set(line);
        try {
            answer = next.handle(request);
        } finally {
            CURRENT.remove();
        }
        BodyWriter writer = answer.writer();
        if (writer == null) {
            line.log(answer.status());
            return answer;
        }
        return answer.withWriter(new LoggedWriter(writer, line, answer.status()));
    }

    /** Text from the wire must not look like another member of the line. */
    private static String word(String text) {
        return LogText.of(text).replace(' ', '_');
    }

    private static final class Line {
        private final HttpRequest request;
        private final LongSupplier nanos;
        private final long begun;
        private @Nullable Envelope message;

        Line(HttpRequest request, LongSupplier nanos) {
            this.request = request;
            this.nanos = nanos;
            this.begun = nanos.getAsLong();
        }

        void log(int status) {
            Envelope known = message;
            LOG.debug(
                    "asap.server.request method={} path={} status={} duration_ms={} payload_type={} sender={}",
                    word(request.method()),
                    word(request.path()),
                    status,
                    String.format(Locale.ROOT, "%.2f", (nanos.getAsLong() - begun) / NANOS_PER_MILLI),
                    known == null ? NONE : word(known.payloadType().value()),
                    known == null ? NONE : word(known.sender().value()));
        }
    }

    /** Logs when the body has ended, also where it broke off or another answer took its place. */
    private record LoggedWriter(BodyWriter writer, Line line, int status) implements BodyWriter {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            try {
                writer.writeTo(out);
            } finally {
                HttpResponse other = writer.instead();
                line.log(other == null ? status : other.status());
            }
        }

        @Override
        public @Nullable HttpResponse instead() {
            return writer.instead();
        }
    }
}
