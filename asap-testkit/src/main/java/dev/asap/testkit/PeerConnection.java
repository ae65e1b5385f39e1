// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.Pace;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a client. One thread reads, and waits with {@link #pause}; any thread may end it. All waiting ends when either
 * side hangs up.
 */
final class PeerConnection {
    /** No request of the protocol is longer than that; what is, ends its connection. */
    static final int MAX_BODY_BYTES = 64 << 20;

    private static final Duration LONGEST_READ = Duration.ofHours(1);

    private final int number;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final CountDownLatch closed = new CountDownLatch(1);

    PeerConnection(int number, Socket socket) throws IOException {
        this.number = number;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    int number() {
        return number;
    }

    boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Waits for a byte without taking it; false if the client hung up instead. */
    boolean awaitByte() throws IOException {
        return isOpen() && peek(1).length > 0;
    }

    /** The next bytes without taking them; fewer where the client hung up. */
    byte[] peek(int count) throws IOException {
        in.mark(count);
        byte[] bytes = in.readNBytes(count);
        in.reset();
        return bytes;
    }

    /** The next byte. */
    int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the client hung up");
        }
        return next;
    }

    /** The next bytes. */
    byte[] read(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the client hung up");
        }
        return bytes;
    }

    void write(byte[] bytes, Pace pace) throws IOException {
        int step = Math.max(1, Math.min(pace.bytes(), bytes.length));
        for (int from = 0; from < bytes.length; from += step) {
            pause(pace.interval());
            out.write(bytes, from, Math.min(step, bytes.length - from));
        }
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /**
     * Waits that long.
     *
     * @throws IOException if the connection ends before
     */
    void pause(Duration length) throws IOException {
        long end = System.nanoTime() + saturatedNanos(length);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            if (hasByteWithin(left)) {
                // The next request is there already: the socket has nothing more to tell.
                awaitClosed(end - System.nanoTime());
                return;
            }
        }
    }

    /** Waits, reading whatever comes, until the connection ends. */
    void awaitEnd() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Waits, reading nothing, until this side ends the connection. */
    void awaitClosed() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Ends the connection in good order, as far as everything has been read. */
    void close() {
        closed.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            // Closed it is.
        }
    }

    /** Resets the connection. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // The client was faster.
        }
        close();
    }

    private boolean hasByteWithin(long nanos) throws IOException {
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, LONGEST_READ.toMillis());
        socket.setSoTimeout((int) millis);
        try {
            if (!awaitByte()) {
                throw new EOFException("the client hung up");
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            if (isOpen()) {
                socket.setSoTimeout(0);
            }
        }
    }

    private void awaitClosed(long nanos) throws IOException {
        try {
            if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
                throw new EOFException("the peer was closed");
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the peer is being closed");
    }

    static long saturatedNanos(Duration length) {
        try {
            return Math.min(length.toNanos(), Long.MAX_VALUE / 2);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 2;
        }
    }
}
