// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.Afterwards;
import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Delivery.Pace;
import dev.asap.testkit.Fault.Scope;
import dev.asap.testkit.ReceivedRequest.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The server's side of HTTP/1.1 on one connection, from which it goes on to HTTP/2 or a WebSocket. Belongs to one thread. */
final class Http1Connection {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private static final byte[] NO_BYTES = {};
    private static final byte[] HTTP2_BEGINS = ascii("PRI");
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] ENDLESS_HEADER = ascii("X-Endless: " + "x".repeat(500) + "\r\n");
    private static final byte[] ENDLESS_CHUNK = ascii("1000\r\n" + " ".repeat(0x1000) + "\r\n");

    /** What RFC 6455 has a server append to the client's key. */
    private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final PeerConnection connection;
    private final Script script;
    private final @Nullable Http2Connection http2;

    /** A connection that goes on with {@code http2} where the client asks for it; never where that is null. */
    Http1Connection(PeerConnection connection, Script script, @Nullable Http2Connection http2) {
        this.connection = connection;
        this.script = script;
        this.http2 = http2;
    }

    /** Answers requests until the connection ends. */
    void serve() throws IOException {
        boolean closing = false;
        while (connection.awaitByte()) {
            if (closing) {
                connection.close();
                return;
            }
            Delivery unread = script.takeUnread().orElse(null);
            if (unread != null) {
                endUnread(unread);
                return;
            }
            if (http2 != null && Arrays.equals(connection.peek(HTTP2_BEGINS.length), HTTP2_BEGINS)) {
                http2.serve();
                return;
            }
            ReceivedRequest request = readRequest();
            if (http2 != null && isUpgrade(request, "h2c")) {
                connection.write(ascii("HTTP/1.1 101 \r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"));
                http2.serveUpgraded(request);
                return;
            }
            closing = answer(request);
        }
    }

    private void endUnread(Delivery delivery) throws IOException {
        if (delivery.cut != null && delivery.cut.end() == End.RESET) {
            connection.reset();
        } else {
            connection.awaitClosed();
        }
    }

    /** True if the connection is to be closed when the next request arrives. */
    private boolean answer(ReceivedRequest request) throws IOException {
        boolean socket = isUpgrade(request, "websocket");
        Delivery delivery = script.take(request, socket ? Scope.WEB_SOCKET : Scope.ANY);
        Answer answer = socket
                ? Script.answer(request, delivery, Http1Connection::handshake)
                : script.answer(request, delivery);
        new Http1Exchange(request).send(answer, delivery);
        if (socket && connection.isOpen() && answer.status() == SWITCHING_PROTOCOLS) {
            new WebSocketConnection(connection, script, request).serve(delivery);
            connection.close();
        }
        if (hasToken(request.header("Connection").orElse(""), "close")
                || hasToken(answer.header("Connection").orElse(""), "close")) {
            connection.close();
        }
        return delivery.afterwards == Afterwards.CLOSE_ON_NEXT_REQUEST;
    }

    private static boolean isUpgrade(ReceivedRequest request, String protocol) {
        return hasToken(request.header("Upgrade").orElse(""), protocol);
    }

    private static boolean hasToken(String list, String token) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).anyMatch(token::equalsIgnoreCase);
    }

    private static Answer handshake(ReceivedRequest request) {
        String key = request.header("Sec-WebSocket-Key").orElse("");
        return Answer.of(SWITCHING_PROTOCOLS)
                .withHeader("Connection", "Upgrade")
                .withHeader("Upgrade", "websocket")
                .withHeader("Sec-WebSocket-Accept", Base64.getEncoder().encodeToString(sha1(key + WEB_SOCKET_GUID)));
    }

    private static byte[] sha1(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(ascii(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    // Reading.

    private ReceivedRequest readRequest() throws IOException {
        int[] left = {MAX_HEAD_BYTES};
        String[] first = readLine(left).split(" ", -1);
        if (first.length != 3) {
            throw new ProtocolException("not an HTTP/1.1 request");
        }
        List<Header> headers = new ArrayList<>();
        for (String line = readLine(left); !line.isEmpty(); line = readLine(left)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("not a header");
            }
            headers.add(new Header(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        ReceivedRequest head = ReceivedRequest.of(connection.number(), 0, first[0], first[1], headers, NO_BYTES);
        if (hasToken(head.header("Expect").orElse(""), "100-continue")) {
            connection.write(ascii("HTTP/1.1 100 \r\n\r\n"));
        }
        return ReceivedRequest.of(connection.number(), 0, first[0], first[1], headers, readBody(head));
    }

    private byte[] readBody(ReceivedRequest head) throws IOException {
        if (!hasToken(head.header("Transfer-Encoding").orElse(""), "chunked")) {
            return connection.read(length(head.header("Content-Length").orElse("0"), 10, 0));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int[] left = {MAX_HEAD_BYTES};
        while (true) {
            String size = readLine(left).split(";", -1)[0].strip();
            int length = length(size, 16, body.size());
            left[0] = MAX_HEAD_BYTES;
            body.writeBytes(connection.read(length));
            String end = readLine(left);
            if (length == 0) {
                while (!end.isEmpty()) {
                    end = readLine(left);
                }
                return body.toByteArray();
            }
        }
    }

    private static int length(String text, int radix, int before) throws IOException {
        try {
            int length = Integer.parseInt(text, radix);
            if (length >= 0 && length <= PeerConnection.MAX_BODY_BYTES - before) {
                return length;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new ProtocolException("a body must have 0 to " + PeerConnection.MAX_BODY_BYTES + " bytes");
    }

    /** The next line; {@code left} is how many bytes may still come. */
    private String readLine(int[] left) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = connection.read(); next != '\n'; next = connection.read()) {
            if (--left[0] < 0) {
                throw new ProtocolException("headers must have " + MAX_HEAD_BYTES + " bytes at most");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // Writing.

    private final class Http1Exchange extends Exchange {
        private final ReceivedRequest request;

        Http1Exchange(ReceivedRequest request) {
            this.request = request;
        }

        private boolean hasBody(Answer answer) {
            return !request.method().equals("HEAD")
                    && answer.status() >= 200
                    && answer.status() != NO_CONTENT
                    && answer.status() != NOT_MODIFIED;
        }

        @Override
        byte[] head(Answer answer, Delivery delivery) {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " \r\n");
            for (Map.Entry<String, String> header : answer.headers().entrySet()) {
                head.append(header.getKey())
                        .append(": ")
                        .append(header.getValue())
                        .append("\r\n");
            }
            if (hasBody(answer)) {
                head.append(
                        delivery.chunked
                                ? "Transfer-Encoding: chunked\r\n"
                                : "Content-Length: " + Math.max(0, answer.body().length + delivery.lengthError)
                                        + "\r\n");
            }
            return ascii(head.append("\r\n").toString());
        }

        @Override
        byte[] body(Answer answer, Delivery delivery) {
            byte[] body = answer.body();
            if (!hasBody(answer) || body.length == 0) {
                return NO_BYTES;
            }
            if (!delivery.chunked) {
                return body;
            }
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            chunk.writeBytes(ascii(Integer.toHexString(body.length) + "\r\n"));
            chunk.writeBytes(body);
            chunk.writeBytes(ascii("\r\n"));
            return chunk.toByteArray();
        }

        @Override
        byte[] tail(Answer answer, Delivery delivery) {
            return delivery.chunked && hasBody(answer) ? LAST_CHUNK : NO_BYTES;
        }

        @Override
        void announce(Delivery delivery) throws IOException {
            for (int i = 0; i < delivery.informationalCount; i++) {
                connection.write(ascii("HTTP/1.1 " + delivery.informationalStatus + " \r\n\r\n"));
            }
        }

        @Override
        void writeHead(byte[] bytes, Pace pace) throws IOException {
            connection.write(bytes, pace);
        }

        @Override
        void writeBody(byte[] bytes, Pace pace) throws IOException {
            connection.write(bytes, pace);
        }

        @Override
        void writeEndlessHead() throws IOException {
            connection.write(ascii("HTTP/1.1 200 \r\n"));
            while (true) {
                connection.write(ENDLESS_HEADER);
            }
        }

        @Override
        void writeEndlessBody(Pace pace) throws IOException {
            while (true) {
                connection.write(ENDLESS_CHUNK, pace);
            }
        }

        @Override
        void pause(Duration length) throws IOException {
            connection.pause(length);
        }

        @Override
        void end(End end, Delivery delivery) throws IOException {
            if (end == End.RESET) {
                connection.reset();
                return;
            }
            if (end == End.SILENCE) {
                connection.awaitEnd();
            }
            connection.close();
        }
    }
}
