// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.CorrelationException;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.RemoteErrorException;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.TaskStream;
import dev.asap.rpc.JsonRpcError;
import dev.asap.validation.ValidationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the events of a stream into envelopes, and knows when the stream has said everything. Not thread-safe.
 *
 * <p>An event is an envelope; or, where its lines joined are not one JSON text, one envelope in each line.
 */
final class StreamReader {
    private static final byte[] NO_LINES = {};
    private static final int SHOWN_FINDINGS = 5;

    private final SseReader events;
    private final Operation operation;
    private final Envelope request;
    private final boolean lastChunkRequired;
    private final ASAPCodec codec;
    private final JsonRpcCodec errors;

    /** An event with one envelope in each line, and where the next one begins. */
    private byte[] lines = NO_LINES;

    private int nextLine;

    private int received;
    private volatile boolean ended;

    /** Whether what came last may be the end of the stream. */
    private boolean mayEnd;

    StreamReader(
            SseReader events,
            Operation operation,
            Envelope request,
            boolean lastChunkRequired,
            ASAPCodec codec,
            JsonRpcCodec errors) {
        this.events = events;
        this.operation = operation;
        this.request = request;
        this.lastChunkRequired = lastChunkRequired;
        this.mayEnd = !lastChunkRequired;
        this.codec = codec;
        this.errors = errors;
    }

    /**
     * Waits for an envelope.
     *
     * @return the envelope, or null at the end of the stream
     * @throws IOException if the body cannot be read
     * @throws ASAPException if the stream holds an error or what is no answer to the request, or ends too early
     */
    @Nullable
    Envelope next() throws IOException {
        if (ended) {
            return null;
        }
        Envelope envelope = read();
        if (envelope == null) {
            if (!mayEnd) {
                throw broken(
                        "the peer ended it "
                                + (received == 0 ? "without an envelope" : "before its last chunk")
                                + "; if it always does, set lastChunkRequired to false",
                        null);
            }
            ended = true;
            return null;
        }
        boolean isAnswer = Envelope.needsCorrelation(envelope.payloadType());
        if (isAnswer && !request.id().equals(envelope.correlationId())) {
            throw new CorrelationException(request.id(), envelope.correlationId());
        }
        received++;
        if (envelope.payload() instanceof TaskStream chunk) {
            ended = chunk.isFinal();
            mayEnd = !lastChunkRequired;
        } else {
            mayEnd = isAnswer || !lastChunkRequired;
        }
        return envelope;
    }

    /** How many envelopes have come. */
    int received() {
        return received;
    }

    /** Whether the stream has said that it is over, so that {@link #next} need not wait. To be asked by any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** The failure of a stream that broke off. */
    StreamBrokenException broken(String reason, @Nullable IOException cause) {
        return new StreamBrokenException(
                "The stream of " + operation + " broke off after " + count() + ": " + reason,
                operation.address().shown(),
                received,
                cause);
    }

    /** How far the stream had come, for messages. */
    String count() {
        return received == 1 ? "1 envelope" : received + " envelopes";
    }

    private @Nullable Envelope read() throws IOException {
        while (true) {
            byte[] line = line();
            if (line != null) {
                return envelope(line);
            }
            SseReader.Event event = events.next();
            if (event == null) {
                return null;
            }
            if (event.isError()) {
                throw reported(event.data());
            }
            try {
                return codec.read(event.data(), Envelope.class);
            } catch (ValidationException e) {
                throw refused(event.data(), e);
            } catch (JsonException e) {
                if (!event.isWhole()) {
                    throw broken("the peer ended it within an event", null);
                }
                if (indexOfLineFeed(event.data(), 0) == event.data().length) {
                    throw notJson(event.data().length);
                }
                lines = event.data();
                nextLine = 0;
            }
        }
    }

    /** The next line of an event with one envelope in each; null if there is none. */
    private byte @Nullable [] line() {
        while (nextLine < lines.length) {
            int begin = nextLine;
            int end = indexOfLineFeed(lines, begin);
            nextLine = end + 1;
            if (end > begin) {
                return Arrays.copyOfRange(lines, begin, end);
            }
        }
        lines = NO_LINES;
        nextLine = 0;
        return null;
    }

    private static int indexOfLineFeed(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private Envelope envelope(byte[] json) {
        try {
            return codec.read(json, Envelope.class);
        } catch (JsonException e) {
            throw notJson(json.length);
        } catch (ValidationException e) {
            throw refused(json, e);
        }
    }

    /** The failure for a JSON text that is no envelope: the error that it reports, or what is wrong with it. */
    private ASAPException refused(byte[] json, ValidationException e) {
        if (JsonValue.parse(json) instanceof JsonObject object
                && !object.has("payload_type")
                && object.find("error").orElse(null) instanceof JsonObject) {
            return error(json);
        }
        // Without the messages of the findings: they quote values.
        String findings = e.violations().stream()
                .limit(SHOWN_FINDINGS)
                .map(violation -> String.join(".", violation.path()) + " (" + violation.type() + ")")
                .collect(Collectors.joining(", "));
        return new MalformedEnvelopeException(
                current() + " breaks rules: " + findings,
                JsonObject.of("url", operation.address().shown()));
    }

    /** The failure for an event of the type error: a JSON-RPC answer, the error in it alone, or anything. */
    private ASAPException reported(byte[] data) {
        JsonObject object;
        try {
            object = JsonValue.parse(data) instanceof JsonObject parsed ? parsed : JsonObject.empty();
        } catch (JsonException e) {
            object = JsonObject.empty();
        }
        if (object.find("error").orElse(null) instanceof JsonObject) {
            return error(data);
        }
        return object.has("message")
                ? error(JsonObject.of("error", object).toString().getBytes(StandardCharsets.UTF_8))
                : failure(JsonRpcError.INTERNAL_ERROR, "the stream of " + operation + " reported an error");
    }

    private RemoteErrorException error(byte[] answer) {
        return errors.readAnswer(answer) instanceof IncomingAnswer.Failed failed
                ? failed.error().toException()
                : failure(JsonRpcError.INTERNAL_ERROR, "the stream of " + operation + " reported an error");
    }

    private RemoteErrorException notJson(int length) {
        return failure(JsonRpcError.PARSE_ERROR, current() + " (" + length + " bytes) is not JSON");
    }

    private static RemoteErrorException failure(int code, String message) {
        return new JsonRpcError(code, message, null).toException();
    }

    private String current() {
        return "envelope " + (received + 1) + " in the stream of " + operation;
    }
}
