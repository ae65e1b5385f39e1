// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that sees every byte. */
final class RawClient implements AutoCloseable {
    private static final int LIMIT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 60;

    private final Socket socket;
    private final InputStream in;

    RawClient(FaultyPeer peer) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), peer.port());
        socket.setSoTimeout(LIMIT_MILLIS);
        in = socket.getInputStream();
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawClient send(String text) throws IOException {
        return send(bytes(text));
    }

    RawClient get() throws IOException {
        return send("GET /x HTTP/1.1\r\nHost: peer\r\n\r\n");
    }

    /** The next bytes, fewer where the connection ends. */
    byte[] read(int count) throws IOException {
        return in.readNBytes(count);
    }

    String readText(int count) throws IOException {
        return text(read(count));
    }

    /** Everything up to the end in good order. */
    String readToEnd() throws IOException {
        return text(in.readAllBytes());
    }

    /** Everything up to the reset of the connection; fails where it ends in good order. */
    String readToReset() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                bytes.write(next);
            }
        } catch (SocketException e) {
            return text(bytes.toByteArray());
        }
        throw new AssertionError("no reset, but the end after " + text(bytes.toByteArray()));
    }

    /** Whether nothing comes, for a short while. */
    boolean hearsNothing() throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        try {
            int unused = in.read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(LIMIT_MILLIS);
        }
    }

    int localPort() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
