// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.model.Envelope;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer on bare sockets that answers each request with a stream, as slowly, wrongly or incompletely as a test wants it. */
final class StreamPeer implements AutoCloseable {
    /** What the peer does with a request. Returning leaves the connection open for the next one. */
    @FunctionalInterface
    interface Behaviour {
        void answer(Exchange exchange) throws Exception;
    }

    static final String HEADERS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n";

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final List<Throwable> mistakes = new CopyOnWriteArrayList<>();
    private final Behaviour behaviour;

    StreamPeer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/asap/stream";
    }

    /** How many connections were made. */
    int connections() {
        return connections.get();
    }

    /** How many connections are open. */
    int openConnections() {
        return open.size();
    }

    /** How many requests have come. */
    int requests() {
        return requests.get();
    }

    /** The event with a piece of the answer to {@link Peer#message()}. */
    static String chunk(String text, boolean last) {
        return "data: " + json(text, last) + "\n\n";
    }

    /** A piece of the answer to {@link Peer#message()} as JSON in one line. */
    static String json(String text, boolean last) {
        TaskStream payload = last ? TaskStream.last(text, TaskStatus.COMPLETED) : TaskStream.of(text);
        Envelope envelope = Envelope.builder(Peer.ECHO, Peer.CALLER, payload)
                .timestamp(Instant.parse("2026-03-04T05:06:08Z"))
                .correlationId("m-1")
                .build();
        return new String(ASAPCodec.strict().write(envelope), StandardCharsets.UTF_8);
    }

    /** Hangs up. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        if (!mistakes.isEmpty()) {
            throw new AssertionError("the peer failed", mistakes.get(0));
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "stream-peer");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (List<String> headers = readHeaders(in); !headers.isEmpty(); headers = readHeaders(in)) {
                String body = new String(in.readNBytes(length(headers)), StandardCharsets.UTF_8);
                requests.incrementAndGet();
                behaviour.answer(new Exchange(socket, in, headers, body));
            }
        } catch (IOException e) {
            // The other side has gone, or the test is over.
            return;
        } catch (Exception | AssertionError e) {
            mistakes.add(e);
        } finally {
            open.remove(socket);
        }
    }

    private static List<String> readHeaders(InputStream in) throws IOException {
        List<String> headers = new ArrayList<>();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            headers.add(line);
        }
        return headers;
    }

    private static int length(List<String> headers) {
        return headers.stream()
                .filter(header -> header.startsWith("Content-Length: "))
                .mapToInt(header -> Integer.parseInt(header.substring("Content-Length: ".length())))
                .findFirst()
                .orElse(0);
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

    /** One request and its answer. */
    record Exchange(Socket socket, InputStream in, List<String> headers, String body) {
        /** Begins a stream. */
        void open() throws IOException {
            write(HEADERS + "Transfer-Encoding: chunked\r\n\r\n");
        }

        /** Sends a piece of a stream, at once. */
        void send(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            OutputStream out = socket.getOutputStream();
            byte[] head = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            byte[] chunk = new byte[head.length + bytes.length + 2];
            System.arraycopy(head, 0, chunk, 0, head.length);
            System.arraycopy(bytes, 0, chunk, head.length, bytes.length);
            chunk[chunk.length - 2] = '\r';
            chunk[chunk.length - 1] = '\n';
            out.write(chunk);
            out.flush();
        }

        /** Ends a stream as it should be. */
        void end() throws IOException {
            write("0\r\n\r\n");
        }

        /** Sends anything. */
        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        }

        /** Ends the connection as if nobody had ever been there. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the other side closes the connection. */
        void awaitDisconnect() throws IOException {
            while (in.read() >= 0) {
                // Waits for the end.
            }
        }
    }
}
