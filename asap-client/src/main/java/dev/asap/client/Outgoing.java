// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import org.jspecify.annotations.Nullable;

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

    CallKind kind();

    /** The message; null where there are several. */
    @Nullable
    Envelope message();

    /** Stays the same over all attempts. */
    String idempotencyKey();

    /** The body to send in an attempt, counted from 1. */
    byte[] body(int attempt);

    /**
     * Reads an answer.
     *
     * @throws dev.asap.ASAPException if it is none
     */
    Reply<T> read(Operation operation, int status, byte[] body);
}
