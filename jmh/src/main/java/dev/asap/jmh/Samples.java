// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.Skill;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskRequestConfig;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The messages that the benchmarks send. */
final class Samples {
    static final AgentUrn CALLER = AgentUrn.of("urn:asap:agent:benchmark-caller");
    static final AgentUrn AGENT = AgentUrn.of("urn:asap:agent:benchmark-agent");

    private Samples() {}

    /** A task request of 1.3 KB in the full form: most of it is the input of the skill. */
    static Envelope envelope() {
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(JsonObject.of(
                    "id", "row-" + i,
                    "title", "Quarterly figures of region " + i,
                    "amount", 1234.5 + i,
                    "count", 100 + i,
                    "open", i % 2 == 0,
                    "note", null));
        }
        JsonObject input = JsonObject.of("question", "What were the sales in the last quarter?", "rows", rows);
        TaskRequestConfig config = new TaskRequestConfig(30L, "high", "key-1", false, true, "model-1", 0.5);
        // Parsed, so that it is what a client that forwards or answers has: bytes off the wire.
        TaskRequest request = new TaskRequest(
                "conversation-1",
                "task_01JZ3T8Q5E1A3B5C7D9E1F3G5H",
                "analysis",
                JsonObject.parse(input.toString()),
                config);
        return Envelope.builder(CALLER, AGENT, request)
                .id("01JZ3T8Q4N0W7C2R5V9X1Y6B3D")
                .timestamp(Instant.parse("2026-03-04T05:06:07.089Z"))
                .traceId("4bf92f3577b34da6a3ce929d0e0e4736")
                .build();
    }

    /** What an echo agent is asked. */
    static Envelope echoRequest() {
        return Envelope.builder(
                        CALLER,
                        AGENT,
                        TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "hello", "count", 3)))
                .id("01JZ3T8Q4N0W7C2R5V9X1Y6B3D")
                .build();
    }

    /** What an agent answers to {@link #echoRequest}. */
    static Envelope echoAnswer(Envelope request) {
        TaskMetrics metrics = TaskMetrics.ofDuration(1);
        TaskResponse response = new TaskResponse(
                "task_01JZ3T8Q5E1A3B5C7D9E1F3G5H",
                TaskStatus.COMPLETED,
                JsonObject.of("echoed", JsonObject.of("text", "hello", "count", 3)),
                null,
                metrics);
        return request.replyFrom(AGENT, response).build();
    }

    /** What the agent says about itself. */
    static Manifest manifest() {
        return Manifest.builder(AGENT, "Echo", "1.0.0", Endpoint.of("http://127.0.0.1/asap"))
                .capabilities(
                        Capability.builder().skill(Skill.of("echo", "Echo")).build())
                .build();
    }
}
