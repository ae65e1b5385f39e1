// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonException;
import dev.asap.json.JsonNull;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.ReadOptions;
import dev.asap.json.RecordShape;
import dev.asap.json.Shapes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a peer sent over a socket, told apart without reading the whole of a message. */
sealed interface SocketFrame {
    /** No JSON: ignored. */
    record NotJson() implements SocketFrame {}

    /** JSON, but no object: ends the socket. */
    record NotAnObject() implements SocketFrame {}

    /** The answer to a heartbeat. */
    record Pong() implements SocketFrame {}

    /**
     * Breaches are wanted from now on, or not any more.
     *
     * @param id the request's id as it came, or JSON's null
     * @param params what came with it, or null where that is no object
     */
    record Subscription(
            boolean wanted, JsonValue id, @Nullable JsonObject params) implements SocketFrame {}

    /** Anything else: a request, if a malformed one. */
    record Request() implements SocketFrame {}

    /** The members by which frames are told apart. */
    record Head(
            @Nullable JsonValue type,
            @Nullable JsonValue method,
            @Nullable JsonValue id,
            @Nullable JsonValue params) {
        boolean isPong() {
            return method == null
                    && type instanceof JsonString text
                    && text.value().equals("pong");
        }

        String methodName() {
            return method instanceof JsonString text ? text.value() : "";
        }
    }

    /** The parameters of a frame. */
    record Params(@Nullable JsonObject value) {}

    /** Reads as much as is needed. */
    static SocketFrame read(String text) {
        if (firstOf(text) != '{') {
            return kindOf(text);
        }
        // What has neither word in it is no special frame: most messages are read only once.
        if (!text.contains("pong") && !text.contains("sla.")) {
            return new Request();
        }
        Head head = head(text);
        if (head == null) {
            return new NotJson();
        } else if (head.isPong()) {
            return new Pong();
        }
        return switch (head.methodName()) {
            case "sla.subscribe" -> new Subscription(true, idOf(head), paramsOf(head, text));
            case "sla.unsubscribe" -> new Subscription(false, idOf(head), null);
            default -> new Request();
        };
    }

    /** The id of a request as it came, or JSON's null. */
    static JsonValue idOf(String text) {
        Head head = head(text);
        return head == null ? JsonNull.INSTANCE : idOf(head);
    }

    private static JsonValue idOf(Head head) {
        return head.id() == null ? JsonNull.INSTANCE : head.id();
    }

    /** The head knows no more of them than their kind: most frames with a head have none, or large ones that are none of ours. */
    private static @Nullable JsonObject paramsOf(Head head, String text) {
        return head.params() instanceof JsonObject
                ? Shape.PARAMS
                        .parse("frame", text.getBytes(StandardCharsets.UTF_8), ReadOptions.tolerant())
                        .value()
                : null;
    }

    private static SocketFrame kindOf(String text) {
        try {
            JsonValue value =
                    Shapes.SHALLOW.parse("frame", text.getBytes(StandardCharsets.UTF_8), ReadOptions.tolerant());
            return value instanceof JsonObject ? new Request() : new NotAnObject();
        } catch (JsonException e) {
            return new NotJson();
        }
    }

    private static @Nullable Head head(String text) {
        try {
            return Shape.HEAD.parse("frame", text.getBytes(StandardCharsets.UTF_8), ReadOptions.tolerant());
        } catch (JsonException e) {
            return null;
        }
    }

    private static char firstOf(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return c;
            }
        }
        return 0;
    }

    /** How the head is read. */
    final class Shape {
        static final JsonShape<Head> HEAD = RecordShape.<Head>named("frame")
                .nullable("type", Shapes.SHALLOW, Head::type)
                .nullable("method", Shapes.SHALLOW, Head::method)
                .nullable("id", Shapes.SHALLOW, Head::id)
                .nullable("params", Shapes.SHALLOW, Head::params)
                .ignoringOthers()
                .build(values -> new Head(values.next(), values.next(), values.next(), values.next()));

        static final JsonShape<Params> PARAMS = RecordShape.<Params>named("frame")
                .nullable("params", Shapes.OBJECT, Params::value)
                .ignoringOthers()
                .build(values -> new Params(values.next()));

        private Shape() {}
    }
}
