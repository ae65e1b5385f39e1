// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A peer on a bare socket that serves one connection, for what a well-behaved server does not do. */
final class RawPeer implements AutoCloseable {
    /** Writes whatever it likes. */
    @FunctionalInterface
    interface Behaviour {
        void answer(OutputStream out) throws IOException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch disconnected = new CountDownLatch(1);
    private volatile Socket connection;

    RawPeer(Behaviour behaviour) throws IOException {
        Thread thread = new Thread(() -> serve(behaviour), "raw-peer");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    boolean awaitRequest() throws InterruptedException {
        return requested.await(10, TimeUnit.SECONDS);
    }

    /** Waits until the other side has closed the connection. */
    boolean awaitDisconnect() throws InterruptedException {
        return disconnected.await(10, TimeUnit.SECONDS);
    }

    /** Hangs up. */
    @Override
    public void close() throws IOException {
        server.close();
        Socket served = connection;
        if (served != null) {
            served.close();
        }
    }

    private void serve(Behaviour behaviour) {
        try (Socket socket = server.accept()) {
            connection = socket;
            InputStream in = new BufferedInputStream(socket.getInputStream());
            readRequest(in);
            requested.countDown();
            behaviour.answer(socket.getOutputStream());
            socket.getOutputStream().flush();
            while (in.read() >= 0) {
                // Waits for the end.
            }
            disconnected.countDown();
        } catch (IOException e) {
            // A reset connection is an end, too.
            disconnected.countDown();
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        int length = 0;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        in.readNBytes(length);
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
