// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The envelopes that answer one message, in order, as they come; the last one is a chunk that says so ({@code final}), or anything
 * that is no chunk.
 *
 * <pre>{@code
 * try (EnvelopeStream chunks = socket.stream(message)) {
 *     for (Envelope chunk : chunks) {
 *         System.out.print(((TaskStream) chunk.payload()).chunk());
 *     }
 * }
 * }</pre>
 *
 * <p>Taking the next one waits for it. It throws what has ended the stream early, after the envelopes that came before: an {@link
 * dev.asap.ASAPException} as a call would, a {@link SlowReaderException} if envelopes came faster than they were taken, or a {@link
 * java.util.concurrent.CancellationException} if the stream was closed. To be read by one thread at a time and once; may be closed by any.
 */
public final class EnvelopeStream implements Iterable<Envelope>, AutoCloseable {
    private final String what;
    private final StreamBuffer buffer;
    private final Runnable giveUp;
    private final AtomicBoolean taken = new AtomicBoolean();

    EnvelopeStream(String what, StreamBuffer buffer, Runnable giveUp) {
        this.what = what;
        this.buffer = buffer;
        this.giveUp = giveUp;
    }

    /**
     * The envelopes.
     *
     * @throws IllegalStateException the second time
     */
    @Override
    public Iterator<Envelope> iterator() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("the answer to " + what + " can be read once only");
        }
        return new Envelopes();
    }

    /**
     * Ends the reading; what the peer still sends for it is passed over. The peer is not told, the protocol has no means to. Does nothing
     * the second time.
     */
    @Override
    public void close() {
        giveUp.run();
        buffer.cancel();
    }

    private final class Envelopes implements Iterator<Envelope> {
        private @Nullable Envelope next;
        private boolean atEnd;

        @Override
        public boolean hasNext() {
            if (next == null && !atEnd) {
                next = take();
                atEnd = next == null;
            }
            return next != null;
        }

        @Override
        public Envelope next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the answer to " + what + " has ended");
            }
            Envelope envelope = Objects.requireNonNull(next);
            next = null;
            return envelope;
        }

        private @Nullable Envelope take() {
            try {
                return buffer.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
                throw new CallInterruptedException(what + " was cut off: the thread was interrupted", e);
            }
        }
    }
}
