// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a stream. Immutable; made of {@link #defaults()} and changed copies.
 *
 * <pre>{@code
 * StreamOptions patient = StreamOptions.defaults().withIdleTimeout(Duration.ofMinutes(5));
 * }</pre>
 *
 * <p>How long it may take to connect, and to send the request, is set on the client. The client's {@code readTimeout} and {@code
 * callTimeout} do not apply to streams; the ones here do.
 */
public final class StreamOptions {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    private static final StreamOptions DEFAULTS = new StreamOptions(DEFAULT_TIMEOUT, DEFAULT_TIMEOUT, null, null, true);

    private final Duration firstByteTimeout;
    private final Duration idleTimeout;
    private final @Nullable Duration totalTimeout;
    private final @Nullable Long maxEventBytes;
    private final boolean lastChunkRequired;

    private StreamOptions(
            Duration firstByteTimeout,
            Duration idleTimeout,
            @Nullable Duration totalTimeout,
            @Nullable Long maxEventBytes,
            boolean lastChunkRequired) {
        this.firstByteTimeout = firstByteTimeout;
        this.idleTimeout = idleTimeout;
        this.totalTimeout = totalTimeout;
        this.maxEventBytes = maxEventBytes;
        this.lastChunkRequired = lastChunkRequired;
    }

    /** 60 s for the first byte and for each silence, no limit in all, events as large as the client's answers may be. */
    public static StreamOptions defaults() {
        return DEFAULTS;
    }

    /** How long the first byte of the stream may take; see {@link #withFirstByteTimeout}. */
    public Duration firstByteTimeout() {
        return firstByteTimeout;
    }

    /** How long the peer may send nothing; see {@link #withIdleTimeout}. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /** How long the whole stream may take, or null for as long as it takes; see {@link #withTotalTimeout}. */
    public @Nullable Duration totalTimeout() {
        return totalTimeout;
    }

    /** The largest event that is read, in bytes; empty for the client's {@code maxResponseBytes}. */
    public OptionalLong maxEventBytes() {
        return maxEventBytes == null ? OptionalLong.empty() : OptionalLong.of(maxEventBytes);
    }

    /** Whether only a last chunk ends a stream; see {@link #withLastChunkRequired}. */
    public boolean lastChunkRequired() {
        return lastChunkRequired;
    }

    /**
     * How long this side waits for the first byte of the stream, from the begin of the call on, connecting and sending included; 60 s
     * unless set. Some peers answer only when they have their first chunk: lengthen it for tasks that take long to get going. A
     * heartbeat counts as a byte.
     *
     * @throws IllegalArgumentException if it is not 1 ms to 24 days
     */
    public StreamOptions withFirstByteTimeout(Duration value) {
        return new StreamOptions(
                Timeouts.checked("firstByteTimeout", value),
                idleTimeout,
                totalTimeout,
                maxEventBytes,
                lastChunkRequired);
    }

    /**
     * How long the peer may send nothing, not even a heartbeat, while more is waited for; 60 s unless set. Lengthen it for peers that
     * send no heartbeats and think long between two chunks. Time in which nobody asks the stream for more does not count.
     *
     * @throws IllegalArgumentException if it is not 1 ms to 24 days
     */
    public StreamOptions withIdleTimeout(Duration value) {
        return new StreamOptions(
                firstByteTimeout,
                Timeouts.checked("idleTimeout", value),
                totalTimeout,
                maxEventBytes,
                lastChunkRequired);
    }

    /**
     * How long the whole stream may take, from the begin of the call on; null, as unless set, for as long as it takes. Set it where
     * someone is waiting for the end: a peer that goes on sending heartbeats never runs into the other limits. Time in which nobody
     * asks the stream for more counts, too.
     *
     * @throws IllegalArgumentException if it is not 1 ms to 24 days
     */
    public StreamOptions withTotalTimeout(@Nullable Duration value) {
        return new StreamOptions(
                firstByteTimeout,
                idleTimeout,
                value == null ? null : Timeouts.checked("totalTimeout", value),
                maxEventBytes,
                lastChunkRequired);
    }

    /**
     * The largest event that is read, in bytes; as much as the client's {@code maxResponseBytes} unless set. Lower it where many
     * streams are open: it is what one of them may take of the memory. How much a stream may bring in all is not limited.
     *
     * @throws IllegalArgumentException if the value is not 1 to 2,147,483,639
     */
    public StreamOptions withMaxEventBytes(long value) {
        return new StreamOptions(
                firstByteTimeout,
                idleTimeout,
                totalTimeout,
                OptionChecks.bytes("maxEventBytes", value),
                lastChunkRequired);
    }

    /**
     * Whether a stream that the peer ends without a last chunk has failed; so it has unless switched off. Switch it off for peers whose
     * chunks never say {@code final}: then a peer that fails on the way looks like one that has finished.
     *
     * <p>A stream whose end is an answer as a whole, such as a task response, needs no last chunk.
     */
    public StreamOptions withLastChunkRequired(boolean value) {
        return new StreamOptions(firstByteTimeout, idleTimeout, totalTimeout, maxEventBytes, value);
    }

    @Override
    public String toString() {
        return "StreamOptions[firstByteTimeout=" + firstByteTimeout + ", idleTimeout=" + idleTimeout + ", totalTimeout="
                + totalTimeout + ", maxEventBytes=" + maxEventBytes + ", lastChunkRequired=" + lastChunkRequired + "]";
    }
}
