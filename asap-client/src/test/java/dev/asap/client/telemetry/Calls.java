// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import dev.asap.ASAPException;
import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallEnd.Cancelled;
import dev.asap.client.CallEnd.Failed;
import dev.asap.client.CallKind;
import dev.asap.client.CallStart;
import dev.asap.error.ConnectionException;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;

/** What the tests let happen to calls. */
final class Calls {
    static final String URL = "https://agent.example/agents/a/asap";

    /** Where nobody looks at the headers. */
    static final BiConsumer<String, String> NO_HEADERS = (name, value) -> {};

    private Calls() {}

    static Envelope message() {
        return Envelope.builder(
                        AgentUrn.of("urn:asap:agent:caller"),
                        AgentUrn.of("urn:asap:agent:echo"),
                        TaskRequest.of("c1", "echo", JsonObject.of("text", "hello")))
                .id("m-1")
                .timestamp(Instant.parse("2026-03-04T05:06:07Z"))
                .build();
    }

    static CallStart send() {
        return send(URL);
    }

    static CallStart send(String address) {
        return new CallStart(CallKind.SEND, address, message());
    }

    static CallStart document() {
        return new CallStart(CallKind.MANIFEST, "https://agent.example/.well-known/asap/manifest.json", null);
    }

    static ASAPException refused() {
        return new ConnectionException("POST " + URL + " failed: cannot connect", URL, null);
    }

    static CallEnd answered() {
        return new CallEnd(new Answered(null), 1, Duration.ofMillis(20), 400, 900);
    }

    static CallEnd failed(ASAPException failure, int attempts) {
        return new CallEnd(new Failed(failure), attempts, Duration.ofMillis(30), 400, 0);
    }

    static CallEnd cancelled() {
        return new CallEnd(new Cancelled(), 1, Duration.ofMillis(5), 400, 0);
    }

    /** What a peer says that calls its errors as it likes. */
    static ASAPException remote(String code) {
        return new RemoteErrorException(
                ProtocolException.builder(new ErrorCode(code, -32040), "Remote error -32040: no"), -32040, null);
    }
}
