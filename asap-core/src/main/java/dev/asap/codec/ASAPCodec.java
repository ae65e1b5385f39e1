// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.audit.AuditEntry;
import dev.asap.delegation.DelegationConstraints;
import dev.asap.delegation.DelegationDetail;
import dev.asap.delegation.DelegationSummary;
import dev.asap.delegation.DelegationToken;
import dev.asap.identity.AgentSession;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.Approval;
import dev.asap.identity.CapabilityDescription;
import dev.asap.identity.CapabilityGrant;
import dev.asap.identity.CapabilityPage;
import dev.asap.identity.CapabilityRequest;
import dev.asap.identity.ConstraintViolation;
import dev.asap.identity.ExecutedCapability;
import dev.asap.identity.RegistrationRequest;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonValue;
import dev.asap.json.ReadOptions;
import dev.asap.json.WireForm;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.wire.BatchUsageRequest;
import dev.asap.metering.wire.MeteringQuery;
import dev.asap.metering.wire.StorageStats;
import dev.asap.metering.wire.UsageByAgent;
import dev.asap.metering.wire.UsageByConsumer;
import dev.asap.metering.wire.UsageByPeriod;
import dev.asap.metering.wire.UsageOfAgent;
import dev.asap.metering.wire.UsageOverview;
import dev.asap.metering.wire.UsageRecord;
import dev.asap.model.Agent;
import dev.asap.model.Artifact;
import dev.asap.model.ArtifactNotify;
import dev.asap.model.AuthScheme;
import dev.asap.model.Capability;
import dev.asap.model.CommonMetadata;
import dev.asap.model.Conversation;
import dev.asap.model.DataPart;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.FilePart;
import dev.asap.model.HardwareCapability;
import dev.asap.model.HealthLoad;
import dev.asap.model.HealthStatus;
import dev.asap.model.InferenceCapability;
import dev.asap.model.LocalModelInfo;
import dev.asap.model.Manifest;
import dev.asap.model.ManifestSignature;
import dev.asap.model.McpResourceData;
import dev.asap.model.McpResourceFetch;
import dev.asap.model.McpToolCall;
import dev.asap.model.McpToolResult;
import dev.asap.model.Message;
import dev.asap.model.MessageAck;
import dev.asap.model.MessageSend;
import dev.asap.model.Part;
import dev.asap.model.Registry;
import dev.asap.model.RegistryEntry;
import dev.asap.model.ResourcePart;
import dev.asap.model.RevocationList;
import dev.asap.model.RevokedAgent;
import dev.asap.model.SLADefinition;
import dev.asap.model.SignedManifest;
import dev.asap.model.Skill;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.model.Task;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskProgress;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskRequestConfig;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.model.TaskUpdate;
import dev.asap.model.TemplatePart;
import dev.asap.model.TextPart;
import dev.asap.model.VerificationStatus;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;
import dev.asap.state.StateSnapshot;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads the records of the protocol from JSON and writes them as JSON. Immutable and thread-safe.
 *
 * <pre>{@code
 * ASAPCodec codec = ASAPCodec.strict();
 * byte[] bytes = codec.write(envelope);
 * Envelope copy = codec.read(bytes, Envelope.class);
 * }</pre>
 *
 * <p>Reads and writes {@link Envelope} with any payload, the fourteen payloads of the protocol by themselves, {@link Part} and
 * its kinds, {@link Manifest} and {@link SignedManifest} and all that they contain, {@link Registry}, {@link RevocationList},
 * {@link Agent}, {@link Conversation}, {@link Task}, {@link Message}, {@link Artifact}, {@link StateSnapshot} and {@link
 * HealthStatus}, what agents register with and may do: the records of {@link dev.asap.identity}, what they used: the nested {@link
 * UsageEvent} and the flat records of {@link dev.asap.metering.wire}, how well they serve: {@link SLAMetrics} and {@link SLABreach}, the
 * records of {@link dev.asap.delegation} that are sent, and {@link AuditEntry}. A payload of a type that is not the protocol's own
 * exists within its envelope only.
 *
 * <p>What is read is UTF-8 and has exactly one JSON value, nested to {@link JsonValue#MAX_DEPTH} at most. Numbers, truth values
 * and times may come in the spellings that the protocol tolerates; when a member occurs twice, the last one counts. Whoever
 * reads from outside has to bound the size before.
 */
public final class ASAPCodec {
    private static final ASAPCodec STRICT = new ASAPCodec(ReadOptions.strict());
    private static final ASAPCodec TOLERANT = new ASAPCodec(ReadOptions.tolerant());

    private static final Map<Class<?>, JsonShape<?>> SHAPES = shapes();

    private final ReadOptions options;

    private ASAPCodec(ReadOptions options) {
        this.options = options;
    }

    /**
     * Refuses members and values of enumerations that this library does not know: what the protocol demands of whoever receives
     * requests.
     */
    public static ASAPCodec strict() {
        return STRICT;
    }

    /**
     * Passes over members that this library does not know and keeps unknown values of enumerations: what lets a client
     * understand a newer peer.
     */
    public static ASAPCodec tolerant() {
        return TOLERANT;
    }

    /** The same with another clock; it gives the time that an envelope without one gets. */
    public ASAPCodec withClock(InstantSource clock) {
        return new ASAPCodec(options.withClock(clock));
    }

    /**
     * Reads a record.
     *
     * @param utf8 the JSON text in UTF-8; what is kept of it is copied
     * @throws dev.asap.json.JsonException if the text is not JSON
     * @throws dev.asap.validation.ValidationException if it breaks rules of the protocol; all findings are listed
     * @throws IllegalArgumentException if {@code type} is none that this codec reads
     */
    public <T> T read(byte[] utf8, Class<T> type) {
        return shapeOf(type).parse(type.getSimpleName(), utf8, options);
    }

    /**
     * Reads a record from an object that is at hand.
     *
     * @throws dev.asap.validation.ValidationException if it breaks rules of the protocol; all findings are listed
     * @throws IllegalArgumentException if {@code type} is none that this codec reads
     */
    public <T> T read(JsonObject object, Class<T> type) {
        return shapeOf(type).parse(type.getSimpleName(), object, options);
    }

    /**
     * Reads a manifest, be it plain or signed: of an object with both members {@code manifest} and {@code signature} the manifest
     * inside. The signature is not verified; read a {@link SignedManifest} to do so.
     *
     * @throws dev.asap.json.JsonException if the text is not JSON
     * @throws dev.asap.validation.ValidationException if it breaks rules of the protocol; all findings are listed
     */
    public Manifest readManifest(byte[] utf8) {
        boolean signed =
                JsonValue.parse(utf8) instanceof JsonObject object && object.has("manifest") && object.has("signature");
        return signed ? read(utf8, SignedManifest.class).manifest() : read(utf8, Manifest.class);
    }

    /**
     * The JSON text of a record in UTF-8 with every member, unset ones as {@code null}, as the protocol's own peers write it.
     *
     * @throws IllegalArgumentException if the record is of a class that this codec does not write
     */
    public byte[] write(Object record) {
        return write(record, WireForm.FULL);
    }

    /**
     * The JSON text of a record in UTF-8.
     *
     * @throws IllegalArgumentException if the record is of a class that this codec does not write
     */
    public byte[] write(Object record, WireForm form) {
        return shapeOfValue(record).toBytes(record, form);
    }

    /**
     * A record as a JSON object.
     *
     * @throws IllegalArgumentException if the record is of a class that this codec does not write
     */
    public JsonObject toJson(Object record, WireForm form) {
        return shapeOfValue(record).toJson(record, form);
    }

    @SuppressWarnings("unchecked")
    private static <T> JsonShape<T> shapeOf(Class<T> type) {
        JsonShape<?> shape = SHAPES.get(type);
        if (shape == null) {
            throw new IllegalArgumentException("no wire form for " + type.getName() + "; there is one for "
                    + SHAPES.keySet().stream()
                            .map(Class::getSimpleName)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        return (JsonShape<T>) shape;
    }

    @SuppressWarnings("unchecked")
    private static JsonShape<Object> shapeOfValue(Object record) {
        return (JsonShape<Object>) shapeOf(record.getClass());
    }

    private static Map<Class<?>, JsonShape<?>> shapes() {
        Map<Class<?>, JsonShape<?>> shapes = new HashMap<>();
        shapes.put(Envelope.class, WireShapes.ENVELOPE);

        shapes.put(TaskRequest.class, WireShapes.TASK_REQUEST);
        shapes.put(TaskRequestConfig.class, WireShapes.TASK_REQUEST_CONFIG);
        shapes.put(TaskResponse.class, WireShapes.TASK_RESPONSE);
        shapes.put(TaskMetrics.class, WireShapes.TASK_METRICS);
        shapes.put(TaskUpdate.class, WireShapes.TASK_UPDATE);
        shapes.put(TaskProgress.class, WireShapes.TASK_PROGRESS);
        shapes.put(TaskCancel.class, WireShapes.TASK_CANCEL);
        shapes.put(TaskStream.class, WireShapes.TASK_STREAM);
        shapes.put(MessageSend.class, WireShapes.MESSAGE_SEND);
        shapes.put(StateQuery.class, WireShapes.STATE_QUERY);
        shapes.put(StateRestore.class, WireShapes.STATE_RESTORE);
        shapes.put(ArtifactNotify.class, WireShapes.ARTIFACT_NOTIFY);
        shapes.put(McpToolCall.class, WireShapes.MCP_TOOL_CALL);
        shapes.put(McpToolResult.class, WireShapes.MCP_TOOL_RESULT);
        shapes.put(McpResourceFetch.class, WireShapes.MCP_RESOURCE_FETCH);
        shapes.put(McpResourceData.class, WireShapes.MCP_RESOURCE_DATA);
        shapes.put(MessageAck.class, WireShapes.MESSAGE_ACK);

        shapes.put(Part.class, WireShapes.PART);
        shapes.put(TextPart.class, WireShapes.TEXT_PART);
        shapes.put(DataPart.class, WireShapes.DATA_PART);
        shapes.put(FilePart.class, WireShapes.FILE_PART);
        shapes.put(ResourcePart.class, WireShapes.RESOURCE_PART);
        shapes.put(TemplatePart.class, WireShapes.TEMPLATE_PART);

        shapes.put(Manifest.class, WireShapes.MANIFEST);
        shapes.put(Capability.class, WireShapes.CAPABILITY);
        shapes.put(Skill.class, WireShapes.SKILL);
        shapes.put(HardwareCapability.class, WireShapes.HARDWARE);
        shapes.put(InferenceCapability.class, WireShapes.INFERENCE);
        shapes.put(LocalModelInfo.class, WireShapes.LOCAL_MODEL_INFO);
        shapes.put(Endpoint.class, WireShapes.ENDPOINT);
        shapes.put(AuthScheme.class, WireShapes.AUTH_SCHEME);
        shapes.put(SLADefinition.class, WireShapes.SLA_DEFINITION);
        shapes.put(VerificationStatus.class, WireShapes.VERIFICATION_STATUS);
        shapes.put(SignedManifest.class, WireShapes.SIGNED_MANIFEST);
        shapes.put(ManifestSignature.class, WireShapes.MANIFEST_SIGNATURE);

        shapes.put(Registry.class, WireShapes.REGISTRY);
        shapes.put(RegistryEntry.class, WireShapes.REGISTRY_ENTRY);
        shapes.put(RevocationList.class, WireShapes.REVOCATION_LIST);
        shapes.put(RevokedAgent.class, WireShapes.REVOKED_AGENT);

        shapes.put(Agent.class, WireShapes.AGENT);
        shapes.put(Conversation.class, WireShapes.CONVERSATION);
        shapes.put(CommonMetadata.class, WireShapes.COMMON_METADATA);
        shapes.put(Task.class, WireShapes.TASK);
        shapes.put(Message.class, WireShapes.MESSAGE);
        shapes.put(Artifact.class, WireShapes.ARTIFACT);
        shapes.put(StateSnapshot.class, WireShapes.STATE_SNAPSHOT);
        shapes.put(HealthStatus.class, WireShapes.HEALTH_STATUS);
        shapes.put(HealthLoad.class, WireShapes.HEALTH_LOAD);

        shapes.put(AgentSession.class, IdentityShapes.AGENT_SESSION);
        shapes.put(AgentStatus.class, IdentityShapes.AGENT_STATUS);
        shapes.put(Approval.class, IdentityShapes.APPROVAL);
        shapes.put(CapabilityDescription.class, IdentityShapes.CAPABILITY_DESCRIPTION);
        shapes.put(CapabilityGrant.class, IdentityShapes.CAPABILITY_GRANT);
        shapes.put(CapabilityPage.class, IdentityShapes.CAPABILITY_PAGE);
        shapes.put(CapabilityRequest.class, IdentityShapes.CAPABILITY_REQUEST);
        shapes.put(ConstraintViolation.class, IdentityShapes.CONSTRAINT_VIOLATION);
        shapes.put(ExecutedCapability.class, IdentityShapes.EXECUTED_CAPABILITY);
        shapes.put(RegistrationRequest.class, IdentityShapes.REGISTRATION_REQUEST);

        shapes.put(UsageEvent.class, UsageShapes.USAGE_EVENT);
        shapes.put(UsageMetrics.class, UsageShapes.USAGE_METRICS);
        shapes.put(UsageOfAgent.class, UsageShapes.USAGE_OF_AGENT);
        shapes.put(UsageRecord.class, UsageShapes.USAGE_RECORD);
        shapes.put(UsageByAgent.class, UsageShapes.USAGE_BY_AGENT);
        shapes.put(UsageByConsumer.class, UsageShapes.USAGE_BY_CONSUMER);
        shapes.put(UsageByPeriod.class, UsageShapes.USAGE_BY_PERIOD);
        shapes.put(UsageOverview.class, UsageShapes.USAGE_OVERVIEW);
        shapes.put(StorageStats.class, UsageShapes.STORAGE_STATS);
        shapes.put(BatchUsageRequest.class, UsageShapes.BATCH_USAGE_REQUEST);
        shapes.put(MeteringQuery.class, UsageShapes.METERING_QUERY);
        shapes.put(SLABreach.class, SLAShapes.SLA_BREACH);
        shapes.put(SLAMetrics.class, SLAShapes.SLA_METRICS);
        shapes.put(DelegationConstraints.class, TrustShapes.DELEGATION_CONSTRAINTS);
        shapes.put(DelegationToken.class, TrustShapes.DELEGATION_TOKEN);
        shapes.put(DelegationSummary.class, TrustShapes.DELEGATION_SUMMARY);
        shapes.put(DelegationDetail.class, TrustShapes.DELEGATION_DETAIL);
        shapes.put(AuditEntry.class, TrustShapes.AUDIT_ENTRY);
        return Map.copyOf(shapes);
    }
}
