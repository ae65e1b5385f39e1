// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.internal.socket.SocketSession;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the frames of one socket one after the other, whoever they come from. Thread-safe.
 *
 * <p>Answers wait until they are written, which slows the sender down to the pace of the peer; notices do not wait, and their number is
 * bounded.
 */
final class SocketOutbox {
    private enum Kind {
        ANSWER,
        NOTICE,
        PING
    }

    private record Frame(Kind kind, String text, CompletableFuture<@Nullable Void> written) {}

    private record Goodbye(int code, String reason) {}

    private final SocketSession session;
    private final int maxNotices;
    private final Duration writeTimeout;
    private final Object lock = new Object();

    // All guarded by the lock.
    private final Queue<Frame> waiting = new ArrayDeque<>();
    private int notices;
    private boolean pingWaits;
    private boolean writing;
    private boolean closed;
    private @Nullable Goodbye goodbye;

    SocketOutbox(SocketSession session, int maxNotices, Duration writeTimeout) {
        this.session = session;
        this.maxNotices = maxNotices;
        this.writeTimeout = writeTimeout;
    }

    /**
     * Sends a frame and waits until it is written.
     *
     * @throws StreamClosedException if the socket has ended, or the peer reads nothing for too long, which ends it
     */
    void send(String text) {
        CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
        if (!add(new Frame(Kind.ANSWER, text, written))) {
            throw new StreamClosedException("the socket has ended", null);
        }
        pump();
        try {
            written.get(writeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new StreamClosedException("the socket has ended", e.getCause());
        } catch (TimeoutException e) {
            session.disconnect();
            throw new StreamClosedException("the peer reads nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamClosedException("the server was closed", e);
        }
    }

    /** Sends a notice when it is its turn; false if as many wait already as may. */
    boolean offer(String text) {
        synchronized (lock) {
            if (notices >= maxNotices) {
                return false;
            }
        }
        if (add(new Frame(Kind.NOTICE, text, new CompletableFuture<>()))) {
            pump();
        }
        return true;
    }

    /** Sends a ping when it is its turn, unless one waits already. */
    void ping(String text) {
        synchronized (lock) {
            if (pingWaits) {
                return;
            }
        }
        if (add(new Frame(Kind.PING, text, new CompletableFuture<>()))) {
            pump();
        }
    }

    /** Closes the socket behind the frames that wait; later ones are not sent. */
    void endWith(int code, String reason) {
        synchronized (lock) {
            if (closed || goodbye != null) {
                return;
            }
            goodbye = new Goodbye(code, reason);
        }
        pump();
    }

    /** The socket has ended: who waits is told. */
    void closed() {
        List<Frame> lost;
        synchronized (lock) {
            closed = true;
            lost = new ArrayList<>(waiting);
            waiting.clear();
        }
        lost.forEach(frame ->
                frame.written().completeExceptionally(new StreamClosedException("the socket has ended", null)));
    }

    boolean isOpen() {
        synchronized (lock) {
            return !closed && goodbye == null;
        }
    }

    private boolean add(Frame frame) {
        synchronized (lock) {
            if (closed || goodbye != null) {
                return false;
            }
            waiting.add(frame);
            notices += frame.kind() == Kind.NOTICE ? 1 : 0;
            pingWaits |= frame.kind() == Kind.PING;
            return true;
        }
    }

    /** Writes what waits, as long as writing takes no time; goes on when it has. */
    private void pump() {
        while (true) {
            Frame frame;
            synchronized (lock) {
                if (writing || closed) {
                    return;
                }
                frame = waiting.poll();
                if (frame == null) {
                    Goodbye last = goodbye;
                    if (last != null) {
                        closed = true;
                        session.close(last.code(), last.reason());
                    }
                    return;
                }
                writing = true;
                notices -= frame.kind() == Kind.NOTICE ? 1 : 0;
                pingWaits &= frame.kind() != Kind.PING;
            }
            CompletableFuture<?> write = session.send(frame.text());
            if (!write.isDone()) {
                CompletableFuture<?> unused = write.whenComplete((nothing, failure) -> {
                    written(frame, failure);
                    pump();
                });
                return;
            }
            written(frame, write.isCompletedExceptionally() ? new IllegalStateException("it was not written") : null);
        }
    }

    private void written(Frame frame, @Nullable Throwable failure) {
        synchronized (lock) {
            writing = false;
        }
        if (failure == null) {
            frame.written().complete(null);
        } else {
            frame.written().completeExceptionally(failure);
            closed();
        }
    }
}
