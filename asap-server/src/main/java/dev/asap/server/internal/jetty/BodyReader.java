// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.BodyReadException;
import dev.asap.server.http.BodyTimeoutException;
import dev.asap.server.http.BodyTooLargeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of a request as it arrives, and keeps no thread waiting for it: however many peers are slow with theirs, the others
 * find threads. Runs in one thread at a time.
 */
final class BodyReader {
    /** An announced length up to this is believed; a larger body gets its room as it arrives. */
    private static final int BELIEVED_LENGTH = BodyRoom.SMALL_BYTES;

    /** How much of an announced length must be there, as a fraction, for it to be believed: announcing costs a peer nothing. */
    private static final int BELIEVED_SHARE = 8;

    private static final int SMALLEST_PIECE = 512;
    private static final int FIRST_PIECE = 16 * 1024;
    private static final int LARGEST_PIECE = 1024 * 1024;

    /** A late body gets an answer where that is possible; only after this much more time its connection is just closed. */
    private static final long GRACE_MILLIS = 1000;

    /**
     * What holds for the bodies of requests.
     *
     * @param maxBytes the largest that is read
     * @param timeout how long one may take
     * @param beginnings the memory that the first pieces of all of them share
     * @param rest the memory that everything else of them shares
     */
    record BodyLimits(long maxBytes, Duration timeout, BodyBudget beginnings, BodyBudget rest) {}

    private final Request request;
    private final BodyLimits limits;
    private final BodyRoom room;
    private final Runnable whenDone;
    private final long end;

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = {};
    private int sizeOfLast;
    private long size;
    private @Nullable RuntimeException failure;
    private Scheduler.@Nullable Task lateWatch;
    private volatile boolean done;

    BodyReader(Request request, BodyLimits limits, BodyRoom room, Runnable whenDone) {
        this.request = request;
        this.limits = limits;
        this.room = room;
        this.whenDone = whenDone;
        this.end = System.nanoTime() + limits.timeout().toNanos();
    }

    /**
     * Closes the connection of a body that is late, and of which nothing comes that could be refused: the extensions of a chunk, for
     * instance, can go on for ever without a byte of content.
     */
    private void cutOff() {
        if (!done) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
        }
    }

    /** Reads what is there; comes back for the rest when it arrives, and runs the task behind the last of it, or a failure. */
    void read() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                if (lateWatch == null) {
                    lateWatch = request.getConnectionMetaData()
                            .getConnector()
                            .getScheduler()
                            .schedule(this::cutOff, limits.timeout().toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
                }
                request.demand(this::read);
                return;
            }
            if (take(chunk)) {
                done = true;
                if (lateWatch != null) {
                    lateWatch.cancel();
                }
                whenDone.run();
                return;
            }
        }
    }

    /** Whether that was all, for better or worse. */
    private boolean take(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            failure = new BodyReadException(chunk.getFailure());
            return true;
        }
        try {
            append(chunk.getByteBuffer());
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            chunk.release();
        }
        if (failure == null && !chunk.isLast() && System.nanoTime() - end > 0) {
            failure = new BodyTimeoutException(limits.timeout());
        }
        return failure != null || chunk.isLast();
    }

    private void append(ByteBuffer bytes) {
        size += bytes.remaining();
        if (size > limits.maxBytes()) {
            throw new BodyTooLargeException(size, limits.maxBytes());
        }
        while (bytes.hasRemaining()) {
            if (sizeOfLast == last.length) {
                nextPiece(bytes.remaining());
            }
            int count = Math.min(bytes.remaining(), last.length - sizeOfLast);
            bytes.get(last, sizeOfLast, count);
            sizeOfLast += count;
        }
    }

    private void nextPiece(int arrived) {
        int length = last.length > 0 ? Math.min(LARGEST_PIECE, last.length * 2) : firstPiece(arrived);
        room.take(length);
        if (last.length > 0) {
            full.add(last);
        }
        last = new byte[length];
        sizeOfLast = 0;
    }

    private int firstPiece(int arrived) {
        long announced = request.getLength();
        if (announced > 0 && announced <= Math.min(BELIEVED_LENGTH, (long) BELIEVED_SHARE * arrived)) {
            return (int) announced;
        }
        return Math.min(FIRST_PIECE, Math.max(SMALLEST_PIECE, arrived));
    }

    /**
     * The body.
     *
     * @throws RuntimeException if it could not be read
     */
    byte[] body() {
        if (failure != null) {
            throw failure;
        }
        if (full.isEmpty() && sizeOfLast == last.length) {
            return last;
        }
        byte[] whole = new byte[(int) size];
        int at = 0;
        for (byte[] piece : full) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(last, 0, whole, at, sizeOfLast);
        full.clear();
        last = whole;
        sizeOfLast = whole.length;
        return whole;
    }
}
