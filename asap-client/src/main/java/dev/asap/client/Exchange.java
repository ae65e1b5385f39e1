// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.codec.IncomingAnswer;
import dev.asap.error.ProtocolException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.Envelope;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskStream;
import dev.asap.rpc.JsonRpcId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that was sent and is waiting for its answer. The fields that are not final belong to {@link SocketCalls} and are guarded
 * by the session's lock; the methods are called without it.
 */
abstract class Exchange {
    /** What a frame means for the exchange: an envelope, or a failure, or (where no envelope is expected) neither. */
    record Reply(@Nullable Envelope envelope, @Nullable RuntimeException failure, boolean last) {
        static Reply failed(RuntimeException failure) {
            return new Reply(null, failure, true);
        }

        /** An envelope; a chunk of a stream that says that it is not the last one leaves the exchange open. */
        static Reply of(Envelope envelope) {
            return new Reply(envelope, null, !(envelope.payload() instanceof TaskStream chunk) || chunk.isFinal());
        }
    }

    private static final int SWITCHING_PROTOCOLS = 101;

    /** As messages show it. */
    final String what;

    /** By which frames of the current connection answer it: one for each time that it was sent. */
    final List<JsonRpcId> ids = new ArrayList<>(1);

    /** Where it begins among all bytes that were handed to the connection; below zero if it was sent more than once. */
    long offset;

    boolean acknowledged;
    boolean ended;
    SocketTimer.@Nullable Scheduled timeout;

    Exchange(String what) {
        this.what = what;
    }

    /** Understands a frame that answers this exchange. Throws nothing. */
    abstract Reply read(byte[] utf8);

    /**
     * Takes a reply; the last one comes after the exchange has ended.
     *
     * @param bytes how large the frame is
     * @return false if there is no room for it: the exchange shall end
     */
    abstract boolean deliver(Reply reply, long bytes);

    /** Takes the failure that has ended the exchange. */
    abstract void fail(RuntimeException failure);

    /** What the caller gets to know when this was sent and no whole answer came. */
    ASAPException unanswered(ProtocolException reason) {
        return reason;
    }

    /** A message to an agent. */
    abstract static class OfMessage extends Exchange {
        final Envelope message;
        final String idempotencyKey;
        final Operation operation;
        private final AnswerReader answers;

        /** How large its frame is, once it was sent. */
        int requestBytes;

        private volatile boolean refused;

        OfMessage(Operation operation, Envelope message, String idempotencyKey, AnswerReader answers) {
            super(operation.shown());
            this.operation = operation;
            this.message = message;
            this.idempotencyKey = idempotencyKey;
            this.answers = answers;
        }

        /** Whether the peer has answered that it failed; another failure means that its answer is none. */
        boolean isRefused() {
            return refused;
        }

        @Override
        Reply read(byte[] utf8) {
            try {
                IncomingAnswer answer = answers.answer(operation, SWITCHING_PROTOCOLS, utf8);
                if (answer instanceof IncomingAnswer.Failed failed) {
                    refused = true;
                    return Reply.failed(failed.error().toException());
                }
                return Reply.of(answers.envelope(answer, message));
            } catch (RuntimeException e) {
                return Reply.failed(e);
            }
        }

        @Override
        ASAPException unanswered(ProtocolException reason) {
            return new UnknownOutcomeException(reason, idempotencyKey);
        }

        static boolean isChunk(Envelope envelope) {
            return envelope.payloadType().matches(PayloadType.TASK_STREAM);
        }
    }
}
