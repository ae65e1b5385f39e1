// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link FaultyPeer} answers before a {@link Fault} spoils it: a status, headers and a body. Immutable and thread-safe.
 *
 * <pre>{@code
 * Answer busy = Answer.of(503).withHeader("Retry-After", "1");
 * }</pre>
 *
 * <p>Nothing is checked, so that an answer may be as wrong as a test wants it. The peer adds what frames the body ({@code
 * Content-Length} or {@code Transfer-Encoding}). Over a WebSocket only the body counts: it is sent as one text message, or not
 * at all where it is empty.
 */
public final class Answer {
    private static final int OK = 200;
    private static final byte[] NO_BYTES = {};

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private Answer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** An answer without headers and body. */
    public static Answer of(int status) {
        return new Answer(status, Map.of(), NO_BYTES);
    }

    /** A success with JSON in it. */
    public static Answer json(String body) {
        return of(OK).withHeader("Content-Type", "application/json").withBody(body);
    }

    /** A success with JSON in UTF-8 in it. Copies the array. */
    public static Answer json(byte[] body) {
        return of(OK).withHeader("Content-Type", "application/json").withBody(body);
    }

    /**
     * What a well-behaved agent answers, and a {@link FaultyPeer} does by default: its manifest and its health at their
     * well-known paths, a task request with a completed task whose result is the input, at {@code /asap/stream} with that result
     * as text in two pieces. A batch is answered with a batch, what breaks the protocol with the protocol's error, and any other
     * path with HTTP 404.
     */
    public static Answer echo(ReceivedRequest request) {
        return EchoAgent.answer(request);
    }

    /** A copy with another status. */
    public Answer withStatus(int value) {
        return new Answer(value, headers, body);
    }

    /** A copy with this header instead of any of that name, in any case. */
    public Answer withHeader(String name, String value) {
        Map<String, String> copy = headersWithout(name);
        copy.put(name, requireNonNull(value, "value"));
        return new Answer(status, Collections.unmodifiableMap(copy), body);
    }

    /** A copy without the header of that name, in any case. */
    public Answer withoutHeader(String name) {
        return new Answer(status, Collections.unmodifiableMap(headersWithout(name)), body);
    }

    /** A copy with another body, written as UTF-8. */
    public Answer withBody(String text) {
        return new Answer(status, headers, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy with another body. Copies the array. */
    public Answer withBody(byte[] bytes) {
        return new Answer(status, headers, bytes.clone());
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The headers in the order in which they are sent. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The header of that name, in any case. */
    public Optional<String> header(String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The body; a new array at each call. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Without the body. */
    @Override
    public String toString() {
        return "Answer[" + status + ", " + headers + ", " + body.length + " bytes]";
    }

    private Map<String, String> headersWithout(String name) {
        Map<String, String> copy = new LinkedHashMap<>(headers);
        copy.keySet().removeIf(name::equalsIgnoreCase);
        return copy;
    }
}
