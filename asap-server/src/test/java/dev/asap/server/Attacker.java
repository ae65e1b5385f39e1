// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that say what no client would say. */
final class Attacker implements AutoCloseable {
    /** How long the server may take to answer or to close: more than a request may take, and than a connection may be silent. */
    static final int DEADLINE_MILLIS = 15_000;

    /** What is kept of an answer. */
    private static final int KEPT_BYTES = 4096;

    private final int port;
    private final List<Socket> sockets = new ArrayList<>();

    Attacker(int port) {
        this.port = port;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(DEADLINE_MILLIS);
        sockets.add(socket);
        return socket;
    }

    /** Sends the bytes as often as is said, or until the server has enough of it. */
    static void send(Socket socket, byte[] bytes, int times) {
        try {
            for (int i = 0; i < times; i++) {
                socket.getOutputStream().write(bytes);
            }
            socket.getOutputStream().flush();
        } catch (SocketException closed) {
            assertThat(closed).hasMessageNotContaining("timed out");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void send(Socket socket, String text) {
        send(socket, latin1(text), 1);
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The beginning of all that the server says until it closes, which it has to within the deadline. */
    static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[8192];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                answer.write(piece, 0, Math.min(length, Math.max(0, KEPT_BYTES - answer.size())));
            }
        } catch (SocketException reset) {
            // The server closed while it was still being talked to.
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** What the server says to this before it closes. */
    String exchange(String text) throws IOException {
        return exchange(latin1(text));
    }

    String exchange(byte[] bytes) throws IOException {
        Socket socket = connect();
        send(socket, bytes, 1);
        return readToEnd(socket);
    }

    /** The answer to a message with these headers, each with its line end. */
    String post(String headers, byte[] body) throws IOException {
        Socket socket = connect();
        send(
                socket,
                "POST /asap HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n"
                        + headers + "\r\n");
        send(socket, body, 1);
        return readToEnd(socket);
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }
}
