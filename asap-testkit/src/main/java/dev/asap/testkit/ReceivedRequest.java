// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as a {@link FaultyPeer} received it. Immutable and thread-safe.
 *
 * <p>A text message over a WebSocket is a request, too: its method is {@value #SOCKET_MESSAGE}, path and headers are those of
 * the handshake, which is a request of its own.
 */
public final class ReceivedRequest {
    /** The method of a message over a WebSocket. */
    public static final String SOCKET_MESSAGE = "MESSAGE";

    /** A header as it was received. */
    record Header(String name, String value) {}

    private final int connection;
    private final int stream;
    private final String method;
    private final String path;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    private ReceivedRequest(
            int connection, int stream, String method, String path, Map<String, List<String>> headers, byte[] body) {
        this.connection = connection;
        this.stream = stream;
        this.method = method;
        this.path = path;
        this.headers = headers;
        this.body = body;
    }

    /** A request whose array nobody will change. */
    static ReceivedRequest of(
            int connection, int stream, String method, String path, List<Header> headers, byte[] body) {
        Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : headers) {
            byName.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value());
        }
        byName.replaceAll((name, values) -> List.copyOf(values));
        return new ReceivedRequest(connection, stream, method, path, Collections.unmodifiableMap(byName), body);
    }

    /** The request, which came over HTTP/1.1, as the first one of the HTTP/2 connection that it asks for. */
    ReceivedRequest upgraded() {
        return new ReceivedRequest(connection, 1, method, path, headers, body);
    }

    /** A message over the WebSocket that this request opened. */
    ReceivedRequest message(byte[] text) {
        return new ReceivedRequest(connection, stream, SOCKET_MESSAGE, path, headers, text);
    }

    /** The number of the connection that it came over; the peer's first one is 1. */
    public int connection() {
        return connection;
    }

    /** The id of its HTTP/2 stream; 0 where it came without one. */
    public int stream() {
        return stream;
    }

    /** The method, as in {@code POST}. */
    public String method() {
        return method;
    }

    /** The path with its query, as in {@code /asap}. */
    public String path() {
        return path;
    }

    /** The headers; looked up in any case of letters. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** The first header of that name, in any case of letters. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The body; a new array at each call. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Without headers and body. */
    @Override
    public String toString() {
        return method + " " + path + " (connection " + connection + (stream == 0 ? "" : ", stream " + stream) + ", "
                + body.length + " bytes)";
    }
}
