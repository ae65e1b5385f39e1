// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * What answers one message of a socket, piece by piece.
 *
 * @param what the call as messages show it
 * @param buffer where the pieces come in
 * @param giveUp ends the exchange; the peer is not told, the protocol has no means to
 */
record SocketStream(String what, StreamBuffer buffer, Runnable giveUp) implements EnvelopeStream.Source {
    @Override
    public @Nullable Envelope read() {
        try {
            return buffer.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new CallInterruptedException(what + " was cut off: the thread was interrupted", e);
        }
    }

    @Override
    public void close() {
        giveUp.run();
        buffer.cancel();
    }
}
