// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.rpc.JsonRpcId;
import dev.asap.validation.ValidationException;

/** Tells the frames of a peer apart. Tolerant: members that this library does not know do no harm. */
public final class FrameReader {
    private static final String ACK = "asap.ack";
    private static final String BREACH = "sla.breach";

    private FrameReader() {}

    /**
     * Reads one frame. Never throws for what it reads.
     *
     * @param utf8 the frame; must not be changed afterwards
     */
    public static Frame read(byte[] utf8) {
        JsonObject frame;
        try {
            frame = JsonObject.parse(utf8);
        } catch (JsonException e) {
            return new Frame.Unknown("it is not a JSON object");
        }
        if (frame.has("method")) {
            return notification(frame);
        }
        if (frame.has("result") || frame.has("error")) {
            return new Frame.Answer(
                    frame.find("id").flatMap(JsonRpcId::fromJson).orElse(null), utf8);
        }
        if (text(frame, "type").equals("ping")) {
            return new Frame.Ping();
        }
        return new Frame.Unknown("it has neither a method nor a result nor an error");
    }

    private static Frame notification(JsonObject frame) {
        return switch (text(frame, "method")) {
            case ACK -> ack(argument(frame, "envelope"));
            case BREACH -> {
                JsonObject breach = argument(frame, "breach");
                yield breach.isEmpty()
                        ? new Frame.Unknown("it is an sla.breach without a breach")
                        : new Frame.Breach(breach);
            }
            default -> new Frame.Unknown("its method is none that a client knows");
        };
    }

    /** The payload's type may be spelled in any way that is read as {@code MessageAck} elsewhere. */
    private static Frame ack(JsonObject envelope) {
        try {
            return ASAPCodec.tolerant().read(envelope, Envelope.class).payload() instanceof MessageAck ack
                    ? new Frame.Ack(ack)
                    : new Frame.Unknown("it is an asap.ack without a MessageAck");
        } catch (ValidationException e) {
            return new Frame.Unknown("it is an asap.ack without a valid envelope");
        }
    }

    private static JsonObject argument(JsonObject frame, String name) {
        return object(object(frame, "params"), name);
    }

    private static JsonObject object(JsonObject object, String member) {
        JsonValue value = object.find(member).orElse(null);
        return value instanceof JsonObject found ? found : JsonObject.empty();
    }

    private static String text(JsonObject object, String member) {
        return object.find(member).orElse(null) instanceof JsonString text ? text.value() : "";
    }
}
