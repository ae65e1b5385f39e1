// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Fault.Scope;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An agent on a real socket that does wrong what a test tells it to: it resets, stalls, truncates, drips, lies, or just works.
 * Shows what a client makes of a bad network and of bad peers.
 *
 * <pre>{@code
 * try (FaultyPeer peer = FaultyPeer.start()) {
 *     peer.next(Fault.status(503), Fault.resetAfterBytes(100), Fault.none());
 *     // Call peer.url() three times: unavailable, reset, fine.
 *     assertThat(peer.requestCount()).isEqualTo(3);
 * }
 * }</pre>
 *
 * <p>The faults that {@link #next} scripts are used up one for each request, in the order in which the requests are complete;
 * then, and from the start, {@link #always} counts, which is {@link Fault#none} unless set. What there is to spoil is {@link
 * Answer#echo}, or comes from a function. The peer speaks HTTP/1.1 and, on any path, WebSocket; {@link #startH2c} adds HTTP/2. A
 * message over a WebSocket is a request like any other, and is acknowledged where it asks for it.
 *
 * <p>It listens on 127.0.0.1, on a port that the system chooses, and keeps every request until it is garbage. Bodies and messages
 * may have 64 MB, headers 64 KB. Thread-safe. It runs a daemon thread for each connection, and for each HTTP/2 request; {@link
 * #close} ends them.
 */
public final class FaultyPeer implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(3);
    private static final int BACKLOG = 1000;
    private static final byte[] LOCALHOST = {127, 0, 0, 1};

    private final Script script;
    private final boolean speaksHttp2;
    private final int port;
    private final Set<PeerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    // Guards what has the port, and changes of it.
    private final Object lock = new Object();
    private ServerSocket listener;
    private Thread acceptor;
    private @Nullable Socket placeholder;

    private FaultyPeer(Function<ReceivedRequest, Answer> answers, boolean speaksHttp2) {
        this.script = new Script(answers);
        this.speaksHttp2 = speaksHttp2;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
        this.acceptor = newAcceptor(listener);
    }

    /** Starts a peer that echoes. */
    public static FaultyPeer start() {
        return start(Answer::echo);
    }

    /**
     * Starts a peer that answers as the function says, which has to be thread-safe; {@link Answer#echo} may be a part of it. What
     * it throws is answered with HTTP 500.
     */
    public static FaultyPeer start(Function<ReceivedRequest, Answer> answers) {
        return started(answers, false);
    }

    /** Starts a peer that echoes, and speaks HTTP/2 with whoever begins with it or asks to go on with it. */
    public static FaultyPeer startH2c() {
        return startH2c(Answer::echo);
    }

    /** Starts a peer that answers as the function says, see {@link #start(Function)}, and speaks HTTP/2, see {@link #startH2c()}. */
    public static FaultyPeer startH2c(Function<ReceivedRequest, Answer> answers) {
        return started(answers, true);
    }

    private static FaultyPeer started(Function<ReceivedRequest, Answer> answers, boolean speaksHttp2) {
        FaultyPeer peer = new FaultyPeer(answers, speaksHttp2);
        peer.acceptor.start();
        return peer;
    }

    /**
     * Scripts what becomes of the next requests, one fault for each, behind what is scripted already. Returns this peer.
     *
     * @throws IllegalArgumentException if one needs HTTP/2, which this peer does not speak
     */
    public FaultyPeer next(Fault... faults) {
        List<Fault> more = List.of(faults);
        more.forEach(this::requireSpeakable);
        script.add(more);
        return this;
    }

    /**
     * Sets what becomes of every request for which nothing is scripted. Returns this peer.
     *
     * @throws IllegalArgumentException if it needs HTTP/2, which this peer does not speak
     */
    public FaultyPeer always(Fault fault) {
        requireSpeakable(fault);
        script.setAfterwards(fault);
        return this;
    }

    private void requireSpeakable(Fault fault) {
        if (fault.scope() == Scope.HTTP2 && !speaksHttp2) {
            throw new IllegalArgumentException(fault + " needs HTTP/2; start the peer with startH2c()");
        }
    }

    /** The base URL, as in {@code http://127.0.0.1:40123}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The URL of the WebSocket, as in {@code ws://127.0.0.1:40123/asap/ws}. */
    public String webSocketUrl() {
        return "ws://127.0.0.1:" + port + EchoAgent.SOCKET;
    }

    /** The port. */
    public int port() {
        return port;
    }

    /** All requests that have been read so far, each before it is answered, in the order of the faults. */
    public List<ReceivedRequest> requests() {
        return script.requests();
    }

    /** How many requests have been read so far. */
    public int requestCount() {
        return script.requests().size();
    }

    /** How many connections have been accepted so far. */
    public int connectionCount() {
        return connectionCount.get();
    }

    /** How many connections are open: neither has the client hung up, as far as the peer has noticed, nor has the peer. */
    public int openConnections() {
        return connections.size();
    }

    /**
     * Waits up to 3 seconds for the client to hang up everywhere.
     *
     * @throws AssertionError if it does not; see also {@link SocketLeaks}
     */
    public void requireNoConnections() {
        if (!Patience.waitUntil(connections::isEmpty)) {
            throw new AssertionError("connections to " + url() + " left open: " + openConnections());
        }
    }

    /** Refuses new connections from now on, as a server does that is not running; open connections stay. */
    public void refuseConnections() {
        synchronized (lock) {
            if (placeholder == null && !closed.get()) {
                closeQuietly(listener);
                // The system keeps the port as long as a thread is waiting at it.
                join(acceptor, System.nanoTime() + CLOSING.toNanos());
                placeholder = holdPort();
            }
        }
    }

    /** Accepts connections again, at the same port. */
    public void acceptConnections() {
        synchronized (lock) {
            if (placeholder != null && !closed.get()) {
                closeQuietly(placeholder);
                placeholder = null;
                listener = listen(port);
                acceptor = newAcceptor(listener);
                acceptor.start();
            }
        }
    }

    /** Ends all open connections, as a server does that is stopped. */
    public void dropConnections() {
        connections.forEach(PeerConnection::close);
    }

    /** Ends all connections and threads and frees the port. Takes 3 seconds at most; does nothing the second time. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        synchronized (lock) {
            closeQuietly(listener);
            if (placeholder != null) {
                closeQuietly(placeholder);
            }
        }
        dropConnections();
        endThreads();
    }

    /** A function of the test may hold one up; it is interrupted, and then left alone. */
    private void endThreads() {
        long end = System.nanoTime() + CLOSING.toNanos();
        for (Thread thread : threads) {
            if (thread != Thread.currentThread()) {
                thread.interrupt();
                join(thread, end);
            }
        }
    }

    private static void join(Thread thread, long end) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread newAcceptor(ServerSocket accepting) {
        return newThread("accept", () -> accept(accepting));
    }

    private void accept(ServerSocket accepting) {
        while (!accepting.isClosed()) {
            try {
                admit(accepting.accept());
            } catch (IOException e) {
                // The listener is closed, or the client was gone already.
            }
        }
    }

    private void admit(Socket socket) {
        PeerConnection connection;
        try {
            connection = new PeerConnection(connectionCount.incrementAndGet(), socket);
        } catch (IOException e) {
            closeQuietly(socket);
            return;
        }
        connections.add(connection);
        // First the set, then the flag: whoever sets the flag and then looks at the set misses no connection.
        if (closed.get()) {
            connection.close();
        }
        startThread("connection-" + connection.number(), () -> serve(connection));
    }

    private void serve(PeerConnection connection) {
        Http2Connection http2 = speaksHttp2 ? new Http2Connection(connection, script, this::startThread) : null;
        try {
            new Http1Connection(connection, script, http2).serve();
        } catch (IOException e) {
            // The client hung up or does not speak the protocol; its connection ends.
        } finally {
            connection.close();
            connections.remove(connection);
        }
    }

    private void startThread(String name, Runnable work) {
        newThread(name, work).start();
    }

    private Thread newThread(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                },
                "asap-testkit-" + port + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), port), BACKLOG);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A socket that has the port and does not listen: the system refuses who comes, and gives the port to nobody else. */
    private Socket holdPort() {
        try {
            Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed it is.
        }
    }

    @Override
    public String toString() {
        return "FaultyPeer[" + url() + "]";
    }
}
