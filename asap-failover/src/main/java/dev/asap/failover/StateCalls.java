// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.client.CallOptions;
import dev.asap.codec.ASAPCodec;
import dev.asap.error.CorrelationException;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.state.StateSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks agents for the state of tasks, and to go on with them. Thread-safe. */
final class StateCalls {
    private static final PayloadType QUERY_RESPONSE = PayloadType.of("state_query.response");
    private static final PayloadType RESTORE_ACK = PayloadType.of("state_restore.ack");

    /** What a peer says goes into reports, of which there may be many. */
    private static final int LONGEST_REASON = 500;

    private final AgentUrn coordinator;
    private final Duration timeout;
    private final Supplier<String> traceIds;

    /** What a target answered. */
    sealed interface RestoreAnswer {}

    /** It goes on with the task. */
    record Acknowledged() implements RestoreAnswer {}

    /** It does not. */
    record Declined(String reason) implements RestoreAnswer {}

    StateCalls(AgentUrn coordinator, Duration timeout, Supplier<String> traceIds) {
        this.coordinator = coordinator;
        this.timeout = timeout;
        this.traceIds = traceIds;
    }

    /** The latest snapshot of a task, as its holder tells; empty where the holder knows none. */
    Optional<StateSnapshot> query(TaskHost holder, String taskId) {
        JsonObject answer = ask(holder, StateQuery.latest(taskId), QUERY_RESPONSE, CallOptions.defaults());
        try {
            if (!answer.getBoolean("found")) {
                return Optional.empty();
            }
            StateSnapshot snapshot = ASAPCodec.tolerant().read(answer.getObject("snapshot"), StateSnapshot.class);
            if (!snapshot.taskId().equals(taskId)) {
                throw malformed(holder, QUERY_RESPONSE, "it has the snapshot of another task");
            }
            return Optional.of(snapshot);
        } catch (JsonException e) {
            throw malformed(holder, QUERY_RESPONSE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Asks a target to go on from a snapshot. The same snapshot is asked for under the same idempotency key, so that a target that
     * remembers the first request goes on once.
     */
    RestoreAnswer restore(TaskHost target, StateSnapshot snapshot) {
        JsonObject answer = ask(
                target,
                new StateRestore(snapshot.taskId(), snapshot.id()),
                RESTORE_ACK,
                CallOptions.defaults().withIdempotencyKey("asap-restore-" + snapshot.id()));
        try {
            if (!answer.getBoolean("ok")) {
                return new Declined(shortened(answer.getString("error", "no reason given")));
            }
            if (!answer.getString("task_id", snapshot.taskId()).equals(snapshot.taskId())
                    || !answer.getString("snapshot_id", snapshot.id()).equals(snapshot.id())) {
                throw malformed(target, RESTORE_ACK, "it acknowledges another task or snapshot");
            }
            return new Acknowledged();
        } catch (JsonException e) {
            throw malformed(target, RESTORE_ACK, String.valueOf(e.getMessage()));
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }

    private JsonObject ask(TaskHost host, Payload question, PayloadType expected, CallOptions options) {
        Envelope request = Envelope.builder(coordinator, host.urn(), question)
                .traceId(traceIds.get())
                .build();
        Envelope answer = host.client().send(request, options.withTimeout(timeout));
        if (!request.id().equals(answer.correlationId())) {
            throw new CorrelationException(request.id(), answer.correlationId());
        }
        if (answer.payload() instanceof CustomPayload payload && payload.type().matches(expected)) {
            return payload.content();
        }
        throw malformed(host, expected, "it has the payload type '" + answer.payloadType() + "'");
    }

    private static MalformedEnvelopeException malformed(TaskHost host, PayloadType expected, String why) {
        return new MalformedEnvelopeException(
                "The answer of " + host + " is no " + expected + ": " + why,
                JsonObject.of("expected", expected.value()));
    }
}
