// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.rpc.JsonRpcId;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;

/** What the tests send, and what the agents that they talk to answer. */
final class Peer {
    static final AgentUrn CALLER = AgentUrn.of("urn:asap:agent:caller");
    static final AgentUrn ECHO = AgentUrn.of("urn:asap:agent:echo");

    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

    private Peer() {}

    /** A client that sends each message once: most tests look at one exchange. */
    static ASAPClient.Builder client(String url) {
        return ASAPClient.builder(url).retry(RetryPolicy.never());
    }

    static TaskRequest task() {
        return TaskRequest.of("c1", "echo", JsonObject.of("text", "hello"));
    }

    static Envelope message() {
        return message("m-1");
    }

    static Envelope message(String id) {
        return Envelope.builder(CALLER, ECHO, task())
                .id(id)
                .timestamp(Instant.parse("2026-03-04T05:06:07Z"))
                .build();
    }

    /** Answers each message with a completed task that echoes the input. */
    static MockResponse echo(RecordedRequest request) {
        IncomingRequest.Call call =
                (IncomingRequest.Call) CODEC.readRequest(request.getBody().toByteArray());
        Envelope envelope = ((EnvelopeArgument.Valid) call.envelope()).envelope();
        JsonObject input = ((TaskRequest) envelope.payload()).input();
        return json(
                200,
                CODEC.writeResult(
                        call.id(),
                        envelope.replyFrom(ECHO, TaskResponse.completed("t-1", input))
                                .build()));
    }

    /** An answer to {@link #message()} with any payload. */
    static MockResponse answer(Payload payload, String correlationId) {
        Envelope envelope = Envelope.builder(ECHO, CALLER, payload)
                .correlationId(correlationId)
                .build();
        return json(200, CODEC.writeResult(JsonRpcId.of("req-1"), envelope));
    }

    static MockResponse answer() {
        return answer(TaskResponse.completed("t-1", JsonObject.of("ok", true)), "m-1");
    }

    static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    static MockResponse json(int status, byte[] body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body(new Buffer().write(body))
                .build();
    }

    /** Has an agent echo, but answer nobody before the latch that is returned is released. */
    static CountDownLatch hold(MockWebServer server, CountDownLatch arrived) {
        CountDownLatch release = new CountDownLatch(1);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                arrived.countDown();
                boolean unused = release.await(20, TimeUnit.SECONDS);
                return echo(request);
            }
        });
        return release;
    }

    /** An agent that echoes. */
    static class EchoDispatcher extends Dispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return echo(request);
        }
    }
}
