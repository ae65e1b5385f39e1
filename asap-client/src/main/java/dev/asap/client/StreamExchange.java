// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.CorrelationException;
import dev.asap.model.Envelope;
import java.util.Objects;

/** A message whose answer comes in pieces, all of which are wanted. */
final class StreamExchange extends Exchange.OfMessage {
    final StreamBuffer buffer;

    StreamExchange(
            Operation operation, Envelope message, String idempotencyKey, AnswerReader answers, StreamBuffer buffer) {
        super(operation, message, idempotencyKey, answers);
        this.buffer = buffer;
    }

    @Override
    Reply read(byte[] utf8) {
        Reply reply = super.read(utf8);
        Envelope envelope = reply.envelope();
        return envelope != null && isChunk(envelope) && !message.id().equals(envelope.correlationId())
                ? Reply.failed(new CorrelationException(message.id(), envelope.correlationId()))
                : reply;
    }

    @Override
    boolean deliver(Reply reply, long bytes) {
        if (reply.failure() != null) {
            fail(reply.failure());
            return true;
        }
        return buffer.add(Objects.requireNonNull(reply.envelope()), bytes, reply.last());
    }

    @Override
    void fail(RuntimeException failure) {
        buffer.fail(failure);
    }
}
