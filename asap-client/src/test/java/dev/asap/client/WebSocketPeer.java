// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The other side of WebSockets, byte by byte, in the hands of the test's thread: it can do all that a peer should not. */
final class WebSocketPeer implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int PATIENCE_MILLIS = 10_000;
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Connection> connections = new ArrayList<>();

    WebSocketPeer() throws IOException {
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    String shown() {
        return "ws://127.0.0.1:" + server.getLocalPort() + "/asap/ws";
    }

    /** Waits for a connection and completes the handshake. */
    Connection accept() {
        Connection connection = acceptSilently();
        connection.completeHandshake();
        return connection;
    }

    /** Waits for a connection and reads its handshake without an answer. */
    Connection acceptSilently() {
        try {
            Connection connection = new Connection(server.accept());
            connections.add(connection);
            return connection;
        } catch (IOException e) {
            throw new AssertionError("no connection", e);
        }
    }

    /** Lets nobody in any more. */
    void stopListening() throws IOException {
        server.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }

    /** What the client sent. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Received(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return ByteBuffer.wrap(payload).getShort();
        }
    }

    static final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final String requestLine;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            this.out = socket.getOutputStream();
            this.requestLine = readLine();
            for (String line = readLine(); !line.isEmpty(); line = readLine()) {
                String[] header = line.split(": ", 2);
                headers.put(header[0], header[1]);
            }
        }

        String requestLine() {
            return requestLine;
        }

        String header(String name) {
            return headers.get(name);
        }

        void completeHandshake(String... moreHeaders) {
            StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept(headers.get("Sec-WebSocket-Key"))
                    + "\r\n");
            for (String header : moreHeaders) {
                answer.append(header).append("\r\n");
            }
            write(answer.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        }

        /** The next frame, of whatever kind. */
        Received read() {
            try {
                int opcode = in.readUnsignedByte() & 0x0f;
                long length = in.readUnsignedByte() & 0x7f;
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = in.readLong();
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes((int) length);
                for (int i = 0; i < payload.length; i++) {
                    payload[i] ^= mask[i % 4];
                }
                return new Received(opcode, payload);
            } catch (IOException e) {
                throw new AssertionError("no frame", e);
            }
        }

        /** The next frame, which has to be one of text with a JSON object. */
        JsonObject readJson() {
            Received received = read();
            assertThat(received.opcode()).isEqualTo(TEXT);
            return JsonObject.parse(received.payload());
        }

        void send(String text) {
            sendFrame(0x80 | TEXT, text.getBytes(StandardCharsets.UTF_8));
        }

        void sendBinary(byte[] bytes) {
            sendFrame(0x80 | BINARY, bytes);
        }

        void sendClose(int code, String reason) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            sendFrame(
                    0x80 | CLOSE,
                    ByteBuffer.allocate(2 + text.length)
                            .putShort((short) code)
                            .put(text)
                            .array());
        }

        /** A frame with any first byte. */
        void sendFrame(int firstByte, byte[] payload) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.writeBytes(header(firstByte, payload.length));
            frame.writeBytes(payload);
            write(frame.toByteArray());
        }

        /** The beginning of a frame that claims to be this long. */
        static byte[] header(int firstByte, long length) {
            ByteBuffer header = ByteBuffer.allocate(10).put((byte) firstByte);
            if (length < 126) {
                header.put((byte) length);
            } else if (length < 65_536) {
                header.put((byte) 126).putShort((short) length);
            } else {
                header.put((byte) 127).putLong(length);
            }
            byte[] bytes = new byte[header.position()];
            header.flip().get(bytes);
            return bytes;
        }

        void write(byte[] bytes) {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                throw new AssertionError("cannot write", e);
            }
        }

        /** Ends the connection without a frame that says so. */
        void hangUp() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** Ends the connection the hard way, throwing away what is under way. */
        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** Waits until the client has ended the connection, passing over what it still sends. */
        void awaitEnd() {
            try {
                while (in.read() >= 0) {
                    // Waits for the end.
                }
            } catch (SocketException | EOFException e) {
                // A reset is an end, too.
            } catch (IOException e) {
                throw new AssertionError("the connection does not end", e);
            }
        }

        private String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        private static String accept(String key) {
            try {
                byte[] hash =
                        MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
                return Base64.getEncoder().encodeToString(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
    }
}
