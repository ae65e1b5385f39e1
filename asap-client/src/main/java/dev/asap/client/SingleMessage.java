// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;
import java.time.InstantSource;

/**
 * One message. Its timestamp is set anew for each repetition, since peers refuse what is old.
 *
 * @param message the message
 * @param id of the request
 * @param idempotencyKey stays the same over all attempts
 */
record SingleMessage(
        Envelope message,
        JsonRpcId id,
        String idempotencyKey,
        JsonRpcCodec codec,
        AnswerReader answers,
        InstantSource clock)
        implements Outgoing<Envelope> {
    @Override
    public byte[] body(int attempt) {
        return codec.writeRequest(id, attempt == 1 ? message : refreshed(message, clock), idempotencyKey);
    }

    static Envelope refreshed(Envelope message, InstantSource clock) {
        return message.toBuilder().timestamp(clock.instant()).build();
    }

    @Override
    public Reply<Envelope> read(Operation operation, int status, byte[] body) {
        IncomingAnswer answer = answers.answer(operation, status, body);
        if (answer instanceof IncomingAnswer.Failed failed) {
            return new Refusal<>(failed.error().toException());
        }
        return new Value<>(answers.envelope(answer, message));
    }
}
