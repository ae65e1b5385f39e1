// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One WebSocket connection that sends the same message again and again, but for its number, and costs next to nothing itself. */
final class RawSocket implements AutoCloseable {
    private static final int FINAL_TEXT = 0x81;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES_OF_LENGTH = 126;
    private static final int MASK_BYTES = 4;
    private static final int SWITCHING = 101;

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final byte[] frame;
    private final Numbers numbers;

    RawSocket(int port, String path, byte[] message) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 16 * 1024));
        out.write(handshake(port, path));
        awaitSwitch();
        frame = frame(message);
        numbers = new Numbers(frame);
    }

    /** What a peer asks for a socket with. */
    static byte[] handshake(int port, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void awaitSwitch() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        if (!head.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 " + SWITCHING)) {
            throw new IOException("no socket: " + head.toString(StandardCharsets.US_ASCII));
        }
    }

    /** A text frame whose mask changes nothing. */
    private static byte[] frame(byte[] message) {
        if (message.length < TWO_BYTES_OF_LENGTH || message.length > 0xFFFF) {
            throw new IllegalArgumentException(
                    "message must have " + TWO_BYTES_OF_LENGTH + " to 65535 bytes, got " + message.length);
        }
        int head = 4 + MASK_BYTES;
        byte[] frame = new byte[head + message.length];
        frame[0] = (byte) FINAL_TEXT;
        frame[1] = (byte) (MASKED | TWO_BYTES_OF_LENGTH);
        frame[2] = (byte) (message.length >> 8);
        frame[3] = (byte) message.length;
        System.arraycopy(message, 0, frame, head, message.length);
        return frame;
    }

    /** Sends the message and reads the answer. */
    byte[] exchange() throws IOException {
        numbers.next();
        out.write(frame);
        return next();
    }

    /** Reads what comes next. */
    byte[] next() throws IOException {
        int first = in.readUnsignedByte();
        if (first != FINAL_TEXT) {
            throw new IOException("expected a text in one frame, got a frame that begins with " + first);
        }
        int length = in.readUnsignedByte();
        byte[] answer = new byte[length == TWO_BYTES_OF_LENGTH ? in.readUnsignedShort() : length];
        in.readFully(answer);
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
