// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.server.http.BodyWriter;
import dev.asap.server.http.HttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The body of an answer to {@code POST /asap/stream}: an event for each piece. Belongs to one request. */
final class EventBody implements BodyWriter {
    /** Runs the handler; see {@link MessagePipeline#stream}. */
    @FunctionalInterface
    interface Source {
        @Nullable
        Reply stream(StreamOutput output);
    }

    private final Source source;
    private final BooleanSupplier serverOpen;
    private final Function<Reply, HttpResponse> responses;
    private @Nullable Reply failure;

    EventBody(Source source, BooleanSupplier serverOpen, Function<Reply, HttpResponse> responses) {
        this.source = source;
        this.serverOpen = serverOpen;
        this.responses = responses;
    }

    @Override
    public void writeTo(OutputStream out) {
        // A failure behind the first event has no place in the body: it ends without the last piece.
        failure = source.stream(new Events(out, serverOpen));
    }

    @Override
    public @Nullable HttpResponse instead() {
        Reply reply = failure;
        return reply == null ? null : responses.apply(reply);
    }

    private static final class Events implements StreamOutput {
        private final OutputStream out;
        private final BooleanSupplier serverOpen;
        private boolean broken;

        Events(OutputStream out, BooleanSupplier serverOpen) {
            this.out = out;
            this.serverOpen = serverOpen;
        }

        @Override
        public void send(Envelope piece) {
            byte[] json = ASAPCodec.strict().write(piece, WireForm.FULL);
            String event = "data: " + SpacedJson.of(new String(json, StandardCharsets.UTF_8)) + "\n\n";
            try {
                out.write(event.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                broken = true;
                throw new StreamClosedException("the caller has gone, or reads nothing", e);
            }
        }

        @Override
        public boolean isOpen() {
            return !broken && serverOpen.getAsBoolean();
        }
    }
}
