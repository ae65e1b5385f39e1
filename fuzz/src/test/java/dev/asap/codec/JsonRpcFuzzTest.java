// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.fuzz.Bounds;
import dev.asap.json.JsonException;
import dev.asap.model.Envelope;
import dev.asap.validation.ValidationException;
import java.time.Clock;

/** JSON-RPC messages: requests as a server reads them, answers alone and in batches as a client does. */
class JsonRpcFuzzTest {
    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

    @FuzzTest(maxDuration = "30s")
    void message_isReadOrRefused_andReadAgainTheSame(byte[] text) {
        Bounds.within(text.length, () -> {
            readRequest(text);
            readAnswer(text);
            readBatch(text);
        });
    }

    /** Whatever it is, there is an answer to it. */
    private static void readRequest(byte[] text) {
        IncomingRequest incoming = CODEC.readRequest(text);
        if (incoming instanceof IncomingRequest.Rejected rejected) {
            readAnswer(CODEC.writeError(rejected.id(), rejected.error()));
            return;
        }
        IncomingRequest.Call call = (IncomingRequest.Call) incoming;
        if (!(call.envelope() instanceof EnvelopeArgument.Valid valid)) {
            return;
        }
        Envelope envelope = valid.envelope();
        String key = call.idempotencyKey() == null ? "key" : call.idempotencyKey();
        IncomingRequest again = CODEC.readRequest(CODEC.writeRequest(call.id(), envelope, key));
        assertThat(again)
                .isEqualTo(new IncomingRequest.Call(call.id(), "asap.send", new EnvelopeArgument.Valid(envelope), key));
    }

    private static void readAnswer(byte[] text) {
        IncomingAnswer answer;
        try {
            answer = CODEC.readAnswer(text);
        } catch (JsonException | ValidationException refused) {
            return;
        }
        check(answer);
    }

    private static void check(IncomingAnswer answer) {
        if (answer instanceof IncomingAnswer.Failed failed) {
            IncomingAnswer again = CODEC.readAnswer(CODEC.writeError(null, failed.error()));
            assertThat(((IncomingAnswer.Failed) again).error()).isEqualTo(failed.error());
        }
    }

    private static void readBatch(byte[] text) {
        IncomingBatch batch;
        try {
            batch = CODEC.readBatch(text);
        } catch (JsonException | ValidationException refused) {
            return;
        }
        assertThat(batch).isNotNull();
    }
}
