// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What an agent answers bit by bit: envelopes in the order in which they were sent, each there as soon as it has come.
 *
 * <pre>{@code
 * try (EnvelopeStream answer = client.stream(message)) {
 *     for (Envelope envelope : answer) {
 *         if (envelope.payload() instanceof TaskStream chunk) {
 *             System.out.print(chunk.chunk());
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>It can be gone through once, by one thread at a time, which waits in {@code hasNext} and {@code next} for the peer. From {@link
 * ASAPClient#stream} it holds a connection until its end, and nothing is read ahead but for a few kilobytes: a peer that sends faster
 * than this side takes has to wait. From {@link ASAPSocket#stream} what comes is buffered within bounds, since others share the
 * connection; who is too slow for them gets a {@link SlowReaderException}. Close it, best with a try statement.
 *
 * <p>End, failure and being closed are three things:
 *
 * <ul>
 *   <li>It ends with the chunk that says that it is the last one, or where the peer ends it after an answer as a whole, such as a task
 *       response. Then {@code hasNext} is false.
 *   <li>It fails when the peer ends it before that ({@link StreamBrokenException}, see {@link StreamOptions#withLastChunkRequired}), when
 *       a limit of the {@link StreamOptions} has passed ({@link dev.asap.error.RequestTimeoutException}), an event is too large
 *       ({@link EventTooLargeException}), the peer reports an error or sends what is no envelope ({@link
 *       dev.asap.error.RemoteErrorException}, {@link dev.asap.error.MalformedEnvelopeException}), or an answer to another message ({@link
 *       dev.asap.error.CorrelationException}). Then {@code hasNext} and {@code next} throw; asked again, they throw the same.
 *   <li>A socket's stream whose message was sent and of which nothing came fails with an {@link dev.asap.error.UnknownOutcomeException}.
 *   <li>Closed by this side before either, it throws a {@link StreamClosedException}, also in a thread that is waiting; closed with its
 *       client, a {@link ClientClosedException}.
 * </ul>
 */
public final class EnvelopeStream implements Iterable<Envelope>, AutoCloseable {
    /** Where the envelopes come from. */
    interface Source {
        /** Waits for the next one; null at the end. Throws why there is none. */
        @Nullable
        Envelope read();

        /** Ends the reading, from any thread; does nothing the second time. */
        void close();
    }

    private final Source source;
    private final AtomicBoolean iterated = new AtomicBoolean();

    /** A stream whose call has been made. */
    EnvelopeStream(Source source) {
        this.source = source;
    }

    /**
     * The way through the stream; there is one.
     *
     * @throws IllegalStateException if it was asked for before
     */
    @Override
    public Iterator<Envelope> iterator() {
        if (!iterated.compareAndSet(false, true)) {
            throw new IllegalStateException("a stream can be gone through once; keep what is needed twice");
        }
        return new Envelopes();
    }

    /**
     * Ends the call, if it has not ended, and releases the connection. Can be called by any thread, also while another is waiting for
     * an envelope. Takes a tenth of a second at most. Does nothing the second time.
     */
    @Override
    public void close() {
        source.close();
    }

    private final class Envelopes implements Iterator<Envelope> {
        private @Nullable Envelope upcoming;
        private boolean ended;

        @Override
        public boolean hasNext() {
            if (upcoming == null && !ended) {
                upcoming = source.read();
                ended = upcoming == null;
            }
            return upcoming != null;
        }

        @Override
        public Envelope next() {
            Envelope envelope = hasNext() ? upcoming : null;
            if (envelope == null) {
                throw new NoSuchElementException("the stream has ended");
            }
            upcoming = null;
            return envelope;
        }
    }
}
