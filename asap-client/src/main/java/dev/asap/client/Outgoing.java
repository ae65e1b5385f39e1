// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RemoteErrorException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a call sends to the message endpoint, and how the answer is read. Used by one thread at a time.
 *
 * @param <T> what the answer is read as
 */
interface Outgoing<T> {
    /** What became of a readable answer. */
    sealed interface Reply<T> {}

    /** What was asked for. */
    record Value<T>(T value) implements Reply<T> {}

    /** The peer answered that it failed. */
    record Refusal<T>(RemoteErrorException error) implements Reply<T> {}

    /** Stays the same over all attempts to send the same. */
    String idempotencyKey();

    /** The body to send in an attempt, counted from 1. */
    byte[] body(int attempt);

    /**
     * Reads an answer.
     *
     * @throws dev.asap.ASAPException if it is none
     */
    Reply<T> read(Operation operation, int status, byte[] body);

    /**
     * Chooses what of the value that was read is sent again. From then on that alone is sent, and what is read for it takes its place
     * in the value.
     *
     * @param waits how long to wait before a part is sent again that was refused so; empty if it is not
     * @return empty if nothing is sent again
     */
    default Optional<Attempts.Repetition> repeatParts(Function<RemoteErrorException, Optional<Duration>> waits) {
        return Optional.empty();
    }

    /**
     * What earlier attempts brought, when the last one failed as a whole.
     *
     * @param failure what the parts fail with that were sent again
     * @return empty if they brought nothing
     */
    default Optional<T> salvaged(ASAPException failure) {
        return Optional.empty();
    }
}
