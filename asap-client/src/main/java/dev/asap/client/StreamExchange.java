// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.CorrelationException;
import dev.asap.error.ProtocolException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A message whose answer comes in pieces, all of which are wanted. */
final class StreamExchange extends Exchange.OfMessage {
    final StreamBuffer buffer;

    private final AtomicInteger received = new AtomicInteger();

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
        received.incrementAndGet();
        return buffer.add(Objects.requireNonNull(reply.envelope()), bytes, reply.last());
    }

    /** Who has begun to answer has received the message: then it is the stream that failed. */
    @Override
    ASAPException unanswered(ProtocolException reason) {
        int pieces = received.get();
        if (pieces == 0) {
            return super.unanswered(reason);
        }
        return reason instanceof RequestTimeoutException
                ? reason
                : new StreamBrokenException(
                        reason.getMessage() + "; " + pieces + " envelopes of the answer had come",
                        operation.address().shown(),
                        pieces,
                        reason);
    }

    @Override
    void fail(RuntimeException failure) {
        buffer.fail(failure);
    }
}
