// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.codec.ASAPCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import org.junit.jupiter.api.Test;

/** The code of the guide to messages. */
class MessagesGuideTest {
    @Test
    void freeFormObjects_haveTypedAccess() {
        JsonObject input = JsonObject.of("text", "hello", "count", 3);
        String text = input.getString("text");
        int count = input.getInt("count", 1);

        assertThat(text + count).isEqualTo("hello3");
    }

    @Test
    void codec_readsWhatItWrites() {
        Envelope request = Envelope.of(
                AgentUrn.of("urn:asap:agent:caller"),
                AgentUrn.of("urn:asap:agent:echo"),
                TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "hello")));

        ASAPCodec codec = ASAPCodec.strict();
        byte[] json = codec.write(request);
        Envelope same = codec.read(json, Envelope.class);

        assertThat(same).isEqualTo(request);
    }
}
