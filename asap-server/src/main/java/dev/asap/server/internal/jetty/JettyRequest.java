// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.BodyReadException;
import dev.asap.server.http.BodyTimeoutException;
import dev.asap.server.http.BodyTooLargeException;
import dev.asap.server.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request as the embedded server has it. */
final class JettyRequest implements HttpRequest {
    /** An announced length up to this is believed; a larger body gets its room as it arrives. */
    private static final int BELIEVED_LENGTH = 64 * 1024;

    private static final int FIRST_PIECE = 16 * 1024;
    private static final int LARGEST_PIECE = 1024 * 1024;

    private final Request request;
    private final BodyLimits limits;
    private byte @Nullable [] body;
    private long taken;

    /**
     * What holds for the bodies of requests.
     *
     * @param maxBytes the largest that is read
     * @param timeout how long one may take
     * @param budget the memory that all of them share
     */
    record BodyLimits(long maxBytes, Duration timeout, BodyBudget budget) {}

    JettyRequest(Request request, BodyLimits limits) {
        this.request = request;
        this.limits = limits;
    }

    /** Gives the memory of the body back, when the request has been answered. */
    void release() {
        limits.budget().giveBack(taken);
        taken = 0;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return Request.getPathInContext(request);
    }

    @Override
    public @Nullable String query() {
        return request.getHttpURI().getQuery();
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    @Override
    public String remoteAddress() {
        return Request.getRemoteAddr(request);
    }

    @Override
    public long announcedLength() {
        return request.getLength();
    }

    @Override
    public byte[] body() {
        byte[] known = body;
        if (known == null) {
            known = read();
            body = known;
        }
        return known;
    }

    private byte[] read() {
        long length = request.getLength();
        try (InputStream in = Content.Source.asInputStream(request)) {
            return length >= 0 && length <= Math.min(BELIEVED_LENGTH, limits.maxBytes())
                    ? readKnown(in, (int) length)
                    : readPieces(in);
        } catch (IOException e) {
            throw new BodyReadException(e);
        }
    }

    private byte[] readKnown(InputStream in, int length) throws IOException {
        long end = System.nanoTime() + limits.timeout().toNanos();
        byte[] bytes = newPiece(length);
        int size = fill(bytes, in, end);
        return size == length ? bytes : Arrays.copyOf(bytes, size);
    }

    private byte[] readPieces(InputStream in) throws IOException {
        long end = System.nanoTime() + limits.timeout().toNanos();
        List<byte[]> full = new ArrayList<>();
        long sizeOfFull = 0;
        byte[] last = newPiece(FIRST_PIECE);
        int sizeOfLast = fill(last, in, end);
        while (sizeOfLast == last.length) {
            full.add(last);
            sizeOfFull += sizeOfLast;
            checkSize(sizeOfFull);
            last = newPiece(Math.min(LARGEST_PIECE, last.length * 2));
            sizeOfLast = fill(last, in, end);
        }
        checkSize(sizeOfFull + sizeOfLast);
        byte[] whole = new byte[(int) sizeOfFull + sizeOfLast];
        int at = 0;
        for (byte[] piece : full) {
            System.arraycopy(piece, 0, whole, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(last, 0, whole, at, sizeOfLast);
        return whole;
    }

    private void checkSize(long size) {
        if (size > limits.maxBytes()) {
            throw new BodyTooLargeException(size, limits.maxBytes());
        }
    }

    private byte[] newPiece(int length) {
        limits.budget().take(length);
        taken += length;
        return new byte[length];
    }

    /** Reads until the piece is full or the body ends; each read waits for the idle timeout at most. */
    private int fill(byte[] piece, InputStream in, long end) throws IOException {
        int size = 0;
        while (size < piece.length) {
            int count = in.read(piece, size, piece.length - size);
            if (count < 0) {
                return size;
            }
            size += count;
            if (System.nanoTime() - end > 0 && size < piece.length) {
                throw new BodyTimeoutException(limits.timeout());
            }
        }
        return size;
    }
}
