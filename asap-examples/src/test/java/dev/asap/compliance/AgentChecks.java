// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.compliance;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.ManifestVerifier;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.TaskProgress;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** The checks of the first tool: how an agent introduces itself, what its messages look like, and how tasks end. */
final class AgentChecks {
    private static final String HANDSHAKE = "handshake";
    private static final String SCHEMA = "schema";
    private static final String STATE = "state";
    private static final String SLA = "sla";

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)(\\.\\d+)*((a|b|rc)\\d+)?");
    private static final Set<TaskStatus> TERMINAL =
            Set.of(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED);
    private static final List<String> KNOWN_TYPES = List.of(
            "task_request",
            "task_response",
            "task_update",
            "task_cancel",
            "message_send",
            "state_query",
            "state_restore",
            "artifact_notify",
            "mcp_tool_call",
            "mcp_tool_result",
            "mcp_resource_fetch",
            "mcp_resource_data",
            "message_ack");
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final AgentProbe agent;
    private final List<Check> checks = new ArrayList<>();

    AgentChecks(AgentProbe agent) {
        this.agent = agent;
    }

    /** Makes all checks, in their order. */
    static List<Check> run(AgentProbe agent) throws IOException {
        AgentChecks all = new AgentChecks(agent);
        all.health();
        all.manifest();
        JsonObject answer = all.state();
        all.schema(answer);
        all.sla();
        return all.checks;
    }

    private void health() throws IOException {
        AgentProbe.Answer answer = agent.get("/.well-known/asap/health");
        check(HANDSHAKE, "health_status", answer.status() == 200, answer);
        check(HANDSHAKE, "health_content_type", answer.contentType().contains("application/json"), answer);
        check(HANDSHAKE, "health_schema", isHealth(answer.object()), answer);
    }

    private static boolean isHealth(JsonObject health) {
        return Set.of("status", "agent_id", "version", "uptime_seconds", "asap_version", "load")
                        .containsAll(health.names())
                && health.names().containsAll(Set.of("status", "agent_id", "version", "uptime_seconds"))
                && health.getDouble("uptime_seconds") >= 0;
    }

    private void manifest() throws IOException {
        AgentProbe.Answer answer = agent.get("/.well-known/asap/manifest.json");
        check(HANDSHAKE, "manifest_status", answer.status() == 200, answer);
        check(HANDSHAKE, "manifest_content_type", answer.contentType().contains("application/json"), answer);
        check(HANDSHAKE, "manifest_json", answer.json() != null, answer);
        check(HANDSHAKE, "manifest_schema", holds(() -> CODEC.readManifest(answer.body()) != null), answer);
        check(HANDSHAKE, "manifest_signature", holds(() -> isSignedAsItSays(answer)), answer);
        Manifest manifest = CODEC.readManifest(answer.body());
        String version = manifest.capabilities().asapVersion();
        check(HANDSHAKE, "version_reported", !version.isEmpty(), answer);
        check(HANDSHAKE, "version_compatible", !version.equals("0.0"), answer);
        check(HANDSHAKE, "version_format", VERSION.matcher(version).matches(), answer);
    }

    private static boolean isSignedAsItSays(AgentProbe.Answer answer) {
        return !ManifestVerifier.isSigned(answer.object())
                || ManifestVerifier.trustingEmbeddedKey().verify(answer.body()) != null;
    }

    /** The envelope that came back. */
    private JsonObject state() throws IOException {
        AgentProbe.Answer answer = send("conv_compliance_state_01", "state_test");
        check(STATE, "state_agent_response", answer.status() == 200 && answer.json() != null, answer);
        check(STATE, "state_task_response", holds(() -> response(answer) != null), answer);
        check(STATE, "state_terminal_status", holds(() -> isTerminal(response(answer))), answer);
        check(STATE, "state_observed_compliance", holds(() -> isTerminal(response(answer))), answer);
        return answer.object().getObject("result").getObject("envelope");
    }

    /** Strict: members that the protocol does not know would be found. */
    private static TaskResponse response(AgentProbe.Answer answer) {
        JsonObject envelope = answer.object().getObject("result").getObject("envelope");
        String type = envelope.getString("payload_type").toLowerCase(Locale.ROOT);
        if (!type.equals("task.response") && !type.equals("taskresponse")) {
            throw new IllegalStateException("the payload type is " + type);
        }
        return CODEC.read(envelope.getObject("payload"), TaskResponse.class);
    }

    private static boolean isTerminal(TaskResponse response) {
        return TERMINAL.contains(response.status());
    }

    /** A message without an id and a time, for somebody else, with a member beside the envelope. */
    private AgentProbe.Answer send(String conversation, String input) throws IOException {
        JsonObject payload = JsonObject.of(
                "conversation_id",
                conversation,
                "parent_task_id",
                null,
                "skill_id",
                "echo",
                "input",
                JsonObject.of("compliance", input),
                "config",
                null);
        JsonObject envelope = JsonObject.of(
                "asap_version", "0.1",
                "sender", "urn:asap:agent:compliance-harness",
                "recipient", "urn:asap:agent:under-test",
                "payload_type", "task.request",
                "payload", payload);
        return agent.post(
                "/asap",
                JsonObject.of(
                                "jsonrpc",
                                "2.0",
                                "method",
                                "asap.send",
                                "id",
                                "req-" + Ulid.next(),
                                "params",
                                JsonObject.of("idempotency_key", Ulid.next(), "envelope", envelope))
                        .toString());
    }

    /** Of a message that the agent sent. */
    private void schema(JsonObject envelope) {
        check(
                SCHEMA,
                "envelope_required_fields",
                envelope.names().containsAll(Set.of("asap_version", "sender", "recipient", "payload_type", "payload")),
                envelope);
        check(SCHEMA, "envelope_payload_type", envelope.get("payload") instanceof JsonObject, envelope);
        check(SCHEMA, "envelope_schema", holds(() -> isEnvelope(envelope)), envelope);
        String type = envelope.getString("payload_type").toLowerCase(Locale.ROOT);
        String known = type.replace('.', '_').replace('-', '_');
        check(
                SCHEMA,
                "payload_type_known",
                KNOWN_TYPES.contains(known)
                        || KNOWN_TYPES.stream()
                                .anyMatch(each -> each.replace("_", "").equals(known)),
                envelope);
        check(
                SCHEMA,
                "payload_schema",
                holds(() -> CODEC.read(envelope.getObject("payload"), TaskResponse.class) != null),
                envelope);
        JsonObject more =
                envelope.with("payload", envelope.getObject("payload").with("_unknown_field_compliance_test", "x"));
        check(SCHEMA, "unknown_fields_rejected", !holds(() -> isEnvelope(more)), envelope);
        check(
                SCHEMA,
                "extensions_passed_through",
                holds(() -> isEnvelope(envelope.with("extensions", JsonObject.of("compliance", true)))),
                envelope);
    }

    private static boolean isEnvelope(JsonObject json) {
        return CODEC.read(json, Envelope.class) != null;
    }

    private void sla() throws IOException {
        JsonObject update = CODEC.toJson(TaskUpdate.progress("task_1", TaskProgress.of(50, "halfway")), WireForm.FULL);
        check(SLA, "sla_progress_schema", holds(() -> CODEC.read(update, TaskUpdate.class) != null), update);
        AgentProbe.Answer answer = send("conv_compliance_sla_01", "sla_test");
        check(SLA, "sla_task_timeout", holds(() -> response(answer) != null), answer);
        check(SLA, "sla_task_terminal_status", holds(() -> isTerminal(response(answer))), answer);
    }

    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (ASAPException | IllegalStateException e) {
            return false;
        }
    }

    private void check(String category, String name, boolean passed, Object seen) {
        checks.add(new Check(category, name, passed, seen.toString()));
    }
}
