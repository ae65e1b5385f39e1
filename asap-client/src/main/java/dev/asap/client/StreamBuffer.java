// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The pieces of a stream between the thread that receives them and the one that takes them. Bounded and thread-safe. */
final class StreamBuffer {
    private record Piece(Envelope envelope, long bytes) {}

    private final int maxPieces;
    private final long maxBytes;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private long bytes;
    private boolean complete;
    private @Nullable RuntimeException failure;

    StreamBuffer(int maxPieces, long maxBytes) {
        this.maxPieces = maxPieces;
        this.maxBytes = maxBytes;
    }

    /** False if there is no room. A piece of any size fits into an empty buffer. */
    boolean add(Envelope envelope, long size, boolean last) {
        lock.lock();
        try {
            if (complete || failure != null) {
                return true;
            }
            if (!pieces.isEmpty() && (pieces.size() >= maxPieces || bytes + size > maxBytes)) {
                return false;
            }
            pieces.addLast(new Piece(envelope, size));
            bytes += size;
            complete = last;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What comes after the pieces that are here. Does nothing if the stream has ended already. */
    void fail(RuntimeException e) {
        lock.lock();
        try {
            if (!complete && failure == null) {
                failure = e;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything: nobody takes it any more. */
    void cancel() {
        lock.lock();
        try {
            pieces.clear();
            bytes = 0;
            complete = false;
            failure = new StreamClosedException("The stream was closed; there is no more to read", null);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next piece, waiting for it as long as the exchange runs.
     *
     * @return null after the last one
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    @Nullable
    Envelope take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (pieces.isEmpty() && !complete && failure == null) {
                changed.await();
            }
            Piece piece = pieces.pollFirst();
            if (piece != null) {
                bytes -= piece.bytes();
                return piece.envelope();
            }
            if (failure != null) {
                throw failure;
            }
            return null;
        } finally {
            lock.unlock();
        }
    }
}
