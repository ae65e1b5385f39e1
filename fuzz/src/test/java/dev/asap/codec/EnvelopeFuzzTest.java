// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.asap.fuzz.Bounds;
import dev.asap.json.JsonException;
import dev.asap.model.Envelope;
import dev.asap.validation.ValidationException;

/** Envelopes, read strictly as by a server and tolerantly as by a client. */
class EnvelopeFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void envelope_isReadOrRefused_andReadAgainTheSame(byte[] text) {
        Bounds.within(text.length, () -> {
            read(ASAPCodec.strict(), text);
            read(ASAPCodec.tolerant(), text);
        });
    }

    private static void read(ASAPCodec codec, byte[] text) {
        Envelope envelope;
        try {
            envelope = codec.read(text, Envelope.class);
        } catch (JsonException | ValidationException refused) {
            return;
        }
        assertThat(codec.read(codec.write(envelope), Envelope.class)).isEqualTo(envelope);
    }
}
