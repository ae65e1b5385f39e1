// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A message that gets one answer: the last envelope, where there are several. */
final class UnaryExchange extends Exchange.OfMessage {
    /** Takes what is not the answer. */
    @FunctionalInterface
    interface Others {
        void accept(Envelope envelope, long bytes);
    }

    /** Never seen by the application: nothing of it runs in the thread that completes it. */
    final CompletableFuture<Envelope> answer = new CompletableFuture<>();

    private final Others others;
    private volatile long responseBytes;

    UnaryExchange(Operation operation, Envelope message, String idempotencyKey, AnswerReader answers, Others others) {
        super(operation, message, idempotencyKey, answers);
        this.others = others;
    }

    /** How large the answer is; 0 if none has come. */
    long responseBytes() {
        return responseBytes;
    }

    /** Whether the peer has answered, in whatever way. */
    boolean isAnswered() {
        return responseBytes > 0;
    }

    @Override
    boolean deliver(Reply reply, long bytes) {
        if (reply.last()) {
            responseBytes = bytes;
        }
        if (reply.failure() != null) {
            fail(reply.failure());
            return true;
        }
        Envelope envelope = Objects.requireNonNull(reply.envelope());
        if (reply.last()) {
            answer.complete(envelope);
        } else {
            others.accept(envelope, bytes);
        }
        return true;
    }

    @Override
    void fail(RuntimeException failure) {
        answer.completeExceptionally(failure);
    }
}
