// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static dev.asap.json.Shapes.BOOLEAN;
import static dev.asap.json.Shapes.DOUBLE;
import static dev.asap.json.Shapes.INT;
import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.OBJECT;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.TIME;
import static dev.asap.json.Shapes.listOf;
import static dev.asap.json.Shapes.mapOf;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonShape;
import dev.asap.json.RecordShape;
import dev.asap.json.Shapes;
import dev.asap.model.AckStatus;
import dev.asap.model.Agent;
import dev.asap.model.Artifact;
import dev.asap.model.ArtifactNotify;
import dev.asap.model.AuthScheme;
import dev.asap.model.Capability;
import dev.asap.model.CommonMetadata;
import dev.asap.model.Conversation;
import dev.asap.model.CustomPayload;
import dev.asap.model.DataPart;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.FilePart;
import dev.asap.model.HardwareCapability;
import dev.asap.model.HardwareClass;
import dev.asap.model.HardwareIoType;
import dev.asap.model.HealthLoad;
import dev.asap.model.HealthStatus;
import dev.asap.model.InferenceCapability;
import dev.asap.model.InferenceMode;
import dev.asap.model.LocalModelInfo;
import dev.asap.model.Manifest;
import dev.asap.model.ManifestSignature;
import dev.asap.model.McpResourceData;
import dev.asap.model.McpResourceFetch;
import dev.asap.model.McpToolCall;
import dev.asap.model.McpToolResult;
import dev.asap.model.Message;
import dev.asap.model.MessageAck;
import dev.asap.model.MessageRole;
import dev.asap.model.MessageSend;
import dev.asap.model.Part;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
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
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.model.TaskUpdate;
import dev.asap.model.TemplatePart;
import dev.asap.model.TextPart;
import dev.asap.model.TrustLevel;
import dev.asap.model.UpdateType;
import dev.asap.model.VerificationState;
import dev.asap.model.VerificationStatus;
import dev.asap.model.WireEnum;
import dev.asap.state.StateSnapshot;
import dev.asap.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The wire form of every record: members in the order in which the protocol writes them. */
final class WireShapes {
    private static final JsonShape<AgentUrn> AGENT_URN = TEXT.map(AgentUrn::of, AgentUrn::value);

    private static final JsonShape<PayloadType> PAYLOAD_TYPE = TEXT.map(PayloadType::of, PayloadType::value);

    private static final JsonShape<TaskStatus> TASK_STATUS = oneOf(
            "enum",
            TaskStatus::new,
            TaskStatus.SUBMITTED,
            TaskStatus.WORKING,
            TaskStatus.COMPLETED,
            TaskStatus.FAILED,
            TaskStatus.CANCELLED,
            TaskStatus.INPUT_REQUIRED);

    private static final JsonShape<MessageRole> MESSAGE_ROLE =
            oneOf("enum", MessageRole::new, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.SYSTEM);

    private static final JsonShape<UpdateType> UPDATE_TYPE =
            oneOf("enum", UpdateType::new, UpdateType.PROGRESS, UpdateType.INPUT_REQUIRED, UpdateType.STATUS_CHANGE);

    private static final JsonShape<AckStatus> ACK_STATUS =
            oneOf("literal_error", AckStatus::new, AckStatus.RECEIVED, AckStatus.PROCESSED, AckStatus.REJECTED);

    private static final JsonShape<VerificationState> VERIFICATION_STATE = oneOf(
            "enum",
            VerificationState::new,
            VerificationState.VERIFIED,
            VerificationState.PENDING,
            VerificationState.REJECTED);

    private static final JsonShape<TrustLevel> TRUST_LEVEL =
            oneOf("enum", TrustLevel::new, TrustLevel.SELF_SIGNED, TrustLevel.VERIFIED, TrustLevel.ENTERPRISE);

    private static final JsonShape<HardwareClass> HARDWARE_CLASS = oneOf(
            "enum",
            HardwareClass::new,
            HardwareClass.CLOUD,
            HardwareClass.SBC,
            HardwareClass.EDGE_ACCELERATOR,
            HardwareClass.MICROCONTROLLER,
            HardwareClass.DESKTOP);

    private static final JsonShape<HardwareIoType> HARDWARE_IO_TYPE = oneOf(
            "enum",
            HardwareIoType::new,
            HardwareIoType.GPIO,
            HardwareIoType.I2C,
            HardwareIoType.SPI,
            HardwareIoType.UART,
            HardwareIoType.CSI_CAMERA,
            HardwareIoType.USB_CAMERA,
            HardwareIoType.AUDIO_IN,
            HardwareIoType.AUDIO_OUT,
            HardwareIoType.BLUETOOTH,
            HardwareIoType.LORA,
            HardwareIoType.BLE);

    private static final JsonShape<InferenceMode> INFERENCE_MODE = oneOf(
            "enum",
            InferenceMode::new,
            InferenceMode.CLOUD,
            InferenceMode.LOCAL_CPU,
            InferenceMode.LOCAL_CUDA,
            InferenceMode.LOCAL_METAL,
            InferenceMode.LOCAL_NPU);

    // ---- Payloads

    static final JsonShape<TaskRequestConfig> TASK_REQUEST_CONFIG = RecordShape.<TaskRequestConfig>named(
                    "TaskRequestConfig")
            .nullable("timeout_seconds", LONG, TaskRequestConfig::timeoutSeconds)
            .nullable("priority", TEXT, TaskRequestConfig::priority)
            .nullable("idempotency_key", TEXT, TaskRequestConfig::idempotencyKey)
            .nullable("streaming", BOOLEAN, TaskRequestConfig::streaming)
            .nullable("persist_state", BOOLEAN, TaskRequestConfig::persistState)
            .nullable("model", TEXT, TaskRequestConfig::model)
            .nullable("temperature", DOUBLE, TaskRequestConfig::temperature)
            .build(values -> new TaskRequestConfig(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<TaskRequest> TASK_REQUEST = RecordShape.<TaskRequest>named("TaskRequest")
            .required("conversation_id", TEXT, TaskRequest::conversationId)
            .nullable("parent_task_id", TEXT, TaskRequest::parentTaskId)
            .required("skill_id", TEXT, TaskRequest::skillId)
            .required("input", OBJECT, TaskRequest::input)
            .nullable("config", TASK_REQUEST_CONFIG, TaskRequest::config)
            .build(values ->
                    new TaskRequest(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<TaskMetrics> TASK_METRICS = RecordShape.<TaskMetrics>named("TaskMetrics")
            .nullable("duration_ms", LONG, TaskMetrics::durationMs)
            .nullable("tokens_in", LONG, TaskMetrics::tokensIn)
            .nullable("tokens_out", LONG, TaskMetrics::tokensOut)
            .nullable("tokens_used", LONG, TaskMetrics::tokensUsed)
            .nullable("api_calls", LONG, TaskMetrics::apiCalls)
            .extras(TaskMetrics::extras)
            .build(values -> new TaskMetrics(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<TaskResponse> TASK_RESPONSE = RecordShape.<TaskResponse>named("TaskResponse")
            .required("task_id", TEXT, TaskResponse::taskId)
            .required("status", TASK_STATUS, TaskResponse::status)
            .nullable("result", OBJECT, TaskResponse::result)
            .nullable("final_state", OBJECT, TaskResponse::finalState)
            .nullable("metrics", TASK_METRICS, TaskResponse::metrics)
            .build(values ->
                    new TaskResponse(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<TaskStream> TASK_STREAM = RecordShape.<TaskStream>named("TaskStream")
            .defaulted("chunk", TEXT, "", TaskStream::chunk)
            .nullable("progress", DOUBLE, TaskStream::progress)
            .defaulted("final", BOOLEAN, false, TaskStream::isFinal)
            .nullable("status", TASK_STATUS, TaskStream::status)
            .build(values -> new TaskStream(values.next(), values.next(), values.next(), values.next()));

    /** A free object: a rule that is broken inside of it is reported at the object itself. */
    static final JsonShape<TaskProgress> TASK_PROGRESS = OBJECT.map(TaskProgress::from, TaskProgress::toJson);

    static final JsonShape<TaskUpdate> TASK_UPDATE = RecordShape.<TaskUpdate>named("TaskUpdate")
            .required("task_id", TEXT, TaskUpdate::taskId)
            .required("update_type", UPDATE_TYPE, TaskUpdate::updateType)
            .required("status", TASK_STATUS, TaskUpdate::status)
            .nullable("progress", TASK_PROGRESS, TaskUpdate::progress)
            .nullable("input_request", OBJECT, TaskUpdate::inputRequest)
            .build(values -> new TaskUpdate(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<TaskCancel> TASK_CANCEL = RecordShape.<TaskCancel>named("TaskCancel")
            .required("task_id", TEXT, TaskCancel::taskId)
            .nullable("reason", TEXT, TaskCancel::reason)
            .build(values -> new TaskCancel(values.next(), values.next()));

    static final JsonShape<MessageSend> MESSAGE_SEND = RecordShape.<MessageSend>named("MessageSend")
            .required("task_id", TEXT, MessageSend::taskId)
            .required("message_id", TEXT, MessageSend::messageId)
            .required("sender", TEXT, MessageSend::sender)
            .required("role", MESSAGE_ROLE, MessageSend::role)
            .required("parts", listOf(TEXT), MessageSend::parts)
            .build(values ->
                    new MessageSend(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<StateQuery> STATE_QUERY = RecordShape.<StateQuery>named("StateQuery")
            .required("task_id", TEXT, StateQuery::taskId)
            .nullable("version", LONG, StateQuery::version)
            .build(values -> new StateQuery(values.next(), values.next()));

    static final JsonShape<StateRestore> STATE_RESTORE = RecordShape.<StateRestore>named("StateRestore")
            .required("task_id", TEXT, StateRestore::taskId)
            .required("snapshot_id", TEXT, StateRestore::snapshotId)
            .build(values -> new StateRestore(values.next(), values.next()));

    static final JsonShape<ArtifactNotify> ARTIFACT_NOTIFY = RecordShape.<ArtifactNotify>named("ArtifactNotify")
            .required("artifact_id", TEXT, ArtifactNotify::artifactId)
            .required("task_id", TEXT, ArtifactNotify::taskId)
            .nullable("name", TEXT, ArtifactNotify::name)
            .build(values -> new ArtifactNotify(values.next(), values.next(), values.next()));

    static final JsonShape<McpToolCall> MCP_TOOL_CALL = RecordShape.<McpToolCall>named("McpToolCall")
            .required("request_id", TEXT, McpToolCall::requestId)
            .required("tool_name", TEXT, McpToolCall::toolName)
            .required("arguments", OBJECT, McpToolCall::arguments)
            .nullable("mcp_context", OBJECT, McpToolCall::mcpContext)
            .build(values -> new McpToolCall(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<McpToolResult> MCP_TOOL_RESULT = RecordShape.<McpToolResult>named("McpToolResult")
            .required("request_id", TEXT, McpToolResult::requestId)
            .required("success", BOOLEAN, McpToolResult::success)
            .nullable("result", OBJECT, McpToolResult::result)
            .nullable("error", TEXT, McpToolResult::error)
            .build(values -> new McpToolResult(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<McpResourceFetch> MCP_RESOURCE_FETCH = RecordShape.<McpResourceFetch>named(
                    "McpResourceFetch")
            .required("resource_uri", TEXT, McpResourceFetch::resourceUri)
            .build(values -> new McpResourceFetch(values.next()));

    static final JsonShape<McpResourceData> MCP_RESOURCE_DATA = RecordShape.<McpResourceData>named("McpResourceData")
            .required("resource_uri", TEXT, McpResourceData::resourceUri)
            .required("content", OBJECT, McpResourceData::content)
            .build(values -> new McpResourceData(values.next(), values.next()));

    static final JsonShape<MessageAck> MESSAGE_ACK = RecordShape.<MessageAck>named("MessageAck")
            .required("original_envelope_id", TEXT, MessageAck::originalEnvelopeId)
            .required("status", ACK_STATUS, MessageAck::status)
            .nullable("error", TEXT, MessageAck::error)
            .build(values -> new MessageAck(values.next(), values.next(), values.next()));

    // ---- Envelope

    private static final Map<String, JsonShape<? extends Payload>> PAYLOADS = Map.ofEntries(
            Map.entry(PayloadType.TASK_REQUEST.key(), TASK_REQUEST),
            Map.entry(PayloadType.TASK_RESPONSE.key(), TASK_RESPONSE),
            Map.entry(PayloadType.TASK_UPDATE.key(), TASK_UPDATE),
            Map.entry(PayloadType.TASK_CANCEL.key(), TASK_CANCEL),
            Map.entry(PayloadType.TASK_STREAM.key(), TASK_STREAM),
            Map.entry(PayloadType.MESSAGE_SEND.key(), MESSAGE_SEND),
            Map.entry(PayloadType.STATE_QUERY.key(), STATE_QUERY),
            Map.entry(PayloadType.STATE_RESTORE.key(), STATE_RESTORE),
            Map.entry(PayloadType.ARTIFACT_NOTIFY.key(), ARTIFACT_NOTIFY),
            Map.entry(PayloadType.MCP_TOOL_CALL.key(), MCP_TOOL_CALL),
            Map.entry(PayloadType.MCP_TOOL_RESULT.key(), MCP_TOOL_RESULT),
            Map.entry(PayloadType.MCP_RESOURCE_FETCH.key(), MCP_RESOURCE_FETCH),
            Map.entry(PayloadType.MCP_RESOURCE_DATA.key(), MCP_RESOURCE_DATA),
            Map.entry(PayloadType.MESSAGE_ACK.key(), MESSAGE_ACK));

    static final JsonShape<Envelope> ENVELOPE = RecordShape.<Envelope>named("Envelope")
            .nullable("id", TEXT, Envelope::id)
            .required("asap_version", TEXT, Envelope::asapVersion)
            .nullable("timestamp", TIME, Envelope::timestamp)
            .required("sender", AGENT_URN, Envelope::sender)
            .required("recipient", AGENT_URN, Envelope::recipient)
            .required("payload_type", PAYLOAD_TYPE, Envelope::payloadType)
            .selected("payload", "payload_type", WireShapes::payload, payloadIsNoObject(), Envelope::payload)
            .nullable("correlation_id", TEXT, Envelope::correlationId)
            .nullable("trace_id", TEXT, Envelope::traceId)
            .defaulted("requires_ack", BOOLEAN, false, Envelope::requiresAck)
            .nullable("extensions", OBJECT, Envelope::extensions)
            .build(values -> new Envelope(
                    values.nextOrNewId(),
                    values.next(),
                    values.nextOrNow(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    // ---- Parts: the tag is a member like the others, but no component.

    static final JsonShape<TextPart> TEXT_PART = RecordShape.<TextPart>named("TextPart")
            .required("type", literal(TextPart.TYPE), TextPart::type)
            .required("content", TEXT, TextPart::content)
            .build(values -> new TextPart(afterTag(values).next()));

    static final JsonShape<DataPart> DATA_PART = RecordShape.<DataPart>named("DataPart")
            .required("type", literal(DataPart.TYPE), DataPart::type)
            .required("data", OBJECT, DataPart::data)
            .nullable("schema_uri", TEXT, DataPart::schemaUri)
            .build(values -> new DataPart(afterTag(values).next(), values.next()));

    static final JsonShape<FilePart> FILE_PART = RecordShape.<FilePart>named("FilePart")
            .required("type", literal(FilePart.TYPE), FilePart::type)
            .required("uri", TEXT, FilePart::uri)
            .required("mime_type", TEXT, FilePart::mimeType)
            .nullable("inline_data", TEXT, FilePart::inlineData)
            .build(values -> new FilePart(afterTag(values).next(), values.next(), values.next()));

    static final JsonShape<ResourcePart> RESOURCE_PART = RecordShape.<ResourcePart>named("ResourcePart")
            .required("type", literal(ResourcePart.TYPE), ResourcePart::type)
            .required("resource_uri", TEXT, ResourcePart::resourceUri)
            .build(values -> new ResourcePart(afterTag(values).next()));

    static final JsonShape<TemplatePart> TEMPLATE_PART = RecordShape.<TemplatePart>named("TemplatePart")
            .required("type", literal(TemplatePart.TYPE), TemplatePart::type)
            .required("template", TEXT, TemplatePart::template)
            .required("variables", OBJECT, TemplatePart::variables)
            .build(values -> new TemplatePart(afterTag(values).next(), values.next()));

    static final JsonShape<Part> PART = Shapes.tagged(
            "type",
            List.of(
                    new Shapes.Variant<>(TextPart.TYPE, TextPart.class, TEXT_PART),
                    new Shapes.Variant<>(DataPart.TYPE, DataPart.class, DATA_PART),
                    new Shapes.Variant<>(FilePart.TYPE, FilePart.class, FILE_PART),
                    new Shapes.Variant<>(ResourcePart.TYPE, ResourcePart.class, RESOURCE_PART),
                    new Shapes.Variant<>(TemplatePart.TYPE, TemplatePart.class, TEMPLATE_PART)));

    // ---- Manifest

    static final JsonShape<Skill> SKILL = RecordShape.<Skill>named("Skill")
            .required("id", TEXT, Skill::id)
            .required("description", TEXT, Skill::description)
            .nullable("input_schema", OBJECT, Skill::inputSchema)
            .nullable("output_schema", OBJECT, Skill::outputSchema)
            .build(values -> new Skill(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<HardwareCapability> HARDWARE = RecordShape.<HardwareCapability>named("HardwareCapability")
            .nullable("class", HARDWARE_CLASS, HardwareCapability::hardwareClass)
            .alias("class_")
            .nullable("model", TEXT, HardwareCapability::model)
            .defaulted("io", listOf(HARDWARE_IO_TYPE), List.of(), HardwareCapability::io)
            .build(values -> new HardwareCapability(values.next(), values.next(), values.next()));

    static final JsonShape<LocalModelInfo> LOCAL_MODEL_INFO = RecordShape.<LocalModelInfo>named("LocalModelInfo")
            .nullable("id", TEXT, LocalModelInfo::id)
            .nullable("quantization", TEXT, LocalModelInfo::quantization)
            .nullable("throughput_tokens_per_second", DOUBLE, LocalModelInfo::throughputTokensPerSecond)
            .build(values -> new LocalModelInfo(values.next(), values.next(), values.next()));

    static final JsonShape<InferenceCapability> INFERENCE = RecordShape.<InferenceCapability>named(
                    "InferenceCapability")
            .defaulted("modes", listOf(INFERENCE_MODE), List.of(), InferenceCapability::modes)
            .defaulted("local_models", listOf(LOCAL_MODEL_INFO), List.of(), InferenceCapability::localModels)
            .build(values -> new InferenceCapability(values.next(), values.next()));

    static final JsonShape<Capability> CAPABILITY = RecordShape.<Capability>named("Capability")
            .defaulted("asap_version", TEXT, Envelope.ASAP_VERSION, Capability::asapVersion)
            .defaulted("skills", listOf(SKILL), List.of(), Capability::skills)
            .defaulted("state_persistence", BOOLEAN, false, Capability::statePersistence)
            .defaulted("streaming", BOOLEAN, false, Capability::streaming)
            .defaulted("mcp_tools", listOf(TEXT), List.of(), Capability::mcpTools)
            .nullable("hardware", HARDWARE, Capability::hardware)
            .nullable("inference", INFERENCE, Capability::inference)
            .build(values -> new Capability(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<Endpoint> ENDPOINT = RecordShape.<Endpoint>named("Endpoint")
            .required("asap", TEXT, Endpoint::asap)
            .nullable("events", TEXT, Endpoint::events)
            .build(values -> new Endpoint(values.next(), values.next()));

    static final JsonShape<AuthScheme> AUTH_SCHEME = RecordShape.<AuthScheme>named("AuthScheme")
            .required("schemes", listOf(TEXT), AuthScheme::schemes)
            .nullable("oauth2", OBJECT, AuthScheme::oauth2)
            .build(values -> new AuthScheme(values.next(), values.next()));

    static final JsonShape<SLADefinition> SLA_DEFINITION = RecordShape.<SLADefinition>named("SLADefinition")
            .nullable("availability", TEXT, SLADefinition::availability)
            .nullable("max_latency_p95_ms", LONG, SLADefinition::maxLatencyP95Ms)
            .nullable("max_error_rate", TEXT, SLADefinition::maxErrorRate)
            .nullable("support_hours", TEXT, SLADefinition::supportHours)
            .build(values -> new SLADefinition(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<VerificationStatus> VERIFICATION_STATUS = RecordShape.<VerificationStatus>named(
                    "VerificationStatus")
            .required("status", VERIFICATION_STATE, VerificationStatus::status)
            .nullable("verified_at", TIME, VerificationStatus::verifiedAt)
            .build(values -> new VerificationStatus(values.next(), values.next()));

    static final JsonShape<Manifest> MANIFEST = RecordShape.<Manifest>named("Manifest")
            .required("id", AGENT_URN, Manifest::id)
            .required("name", TEXT, Manifest::name)
            .required("version", TEXT, Manifest::version)
            .required("description", TEXT, Manifest::description)
            .required("capabilities", CAPABILITY, Manifest::capabilities)
            .required("endpoints", ENDPOINT, Manifest::endpoints)
            .defaulted(
                    "supported_versions",
                    listOf(TEXT),
                    Manifest.DEFAULT_SUPPORTED_VERSIONS,
                    Manifest::supportedVersions)
            .nullable("auth", AUTH_SCHEME, Manifest::auth)
            .nullable("signature", TEXT, Manifest::signature)
            .nullable("sla", SLA_DEFINITION, Manifest::sla)
            .nullable("verification", VERIFICATION_STATUS, Manifest::verification)
            .defaulted("ttl_seconds", LONG, Manifest.DEFAULT_TTL_SECONDS, Manifest::ttlSeconds)
            .build(values -> new Manifest(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<ManifestSignature> MANIFEST_SIGNATURE = RecordShape.<ManifestSignature>named(
                    "ManifestSignature")
            .required("alg", literal(ManifestSignature.ED25519), ManifestSignature::alg)
            .required("signature", TEXT, ManifestSignature::signature)
            .defaulted("trust_level", TRUST_LEVEL, TrustLevel.SELF_SIGNED, ManifestSignature::trustLevel)
            .build(values -> new ManifestSignature(values.next(), values.next(), values.next()));

    static final JsonShape<SignedManifest> SIGNED_MANIFEST = RecordShape.<SignedManifest>named("SignedManifest")
            .required("manifest", MANIFEST, SignedManifest::manifest)
            .required("signature", MANIFEST_SIGNATURE, SignedManifest::signature)
            .nullable("public_key", TEXT, SignedManifest::publicKey)
            .build(values -> new SignedManifest(values.next(), values.next(), values.next()));

    // ---- Registry: any text for hardware and inference, other than in a manifest.

    static final JsonShape<RegistryEntry> REGISTRY_ENTRY = RecordShape.<RegistryEntry>named("RegistryEntry")
            .required("id", AGENT_URN, RegistryEntry::id)
            .required("name", TEXT, RegistryEntry::name)
            .required("description", TEXT, RegistryEntry::description)
            .required("endpoints", mapOf(TEXT), RegistryEntry::endpoints)
            // Some readers insist on it.
            .defaulted("skills", listOf(TEXT), List.of(), RegistryEntry::skills)
            .alwaysWritten()
            .nullable("category", TEXT, RegistryEntry::category)
            .defaulted("tags", listOf(TEXT), List.of(), RegistryEntry::tags)
            .required("asap_version", TEXT, RegistryEntry::asapVersion)
            .nullable("repository_url", TEXT, RegistryEntry::repositoryUrl)
            .nullable("documentation_url", TEXT, RegistryEntry::documentationUrl)
            .nullable("built_with", TEXT, RegistryEntry::builtWith)
            .nullable("verification", VERIFICATION_STATUS, RegistryEntry::verification)
            .nullable("online_check", BOOLEAN, RegistryEntry::onlineCheck)
            .nullable(
                    "hardware_class", TEXT.map(HardwareClass::new, HardwareClass::value), RegistryEntry::hardwareClass)
            .defaulted(
                    "inference_modes",
                    listOf(TEXT.map(InferenceMode::new, InferenceMode::value)),
                    List.of(),
                    RegistryEntry::inferenceModes)
            .defaulted(
                    "hardware_io",
                    listOf(TEXT.map(HardwareIoType::new, HardwareIoType::value)),
                    List.of(),
                    RegistryEntry::hardwareIo)
            .build(values -> new RegistryEntry(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<Registry> REGISTRY = RecordShape.<Registry>named("Registry")
            .required("version", TEXT, Registry::version)
            .required("updated_at", TIME, Registry::updatedAt)
            .defaulted("agents", listOf(REGISTRY_ENTRY), List.of(), Registry::agents)
            .build(values -> new Registry(values.next(), values.next(), values.next()));

    static final JsonShape<RevokedAgent> REVOKED_AGENT = RecordShape.<RevokedAgent>named("RevokedAgent")
            .required("urn", TEXT, RevokedAgent::urn)
            .nullable("reason", TEXT, RevokedAgent::reason)
            .nullable("revoked_at", TIME, RevokedAgent::revokedAt)
            .build(values -> new RevokedAgent(values.next(), values.next(), values.next()));

    static final JsonShape<RevocationList> REVOCATION_LIST = RecordShape.<RevocationList>named("RevocationList")
            .required("revoked", listOf(REVOKED_AGENT), RevocationList::revoked)
            .nullable("version", TEXT, RevocationList::version)
            .build(values -> new RevocationList(values.next(), values.next()));

    // ---- Other entities

    static final JsonShape<Agent> AGENT = RecordShape.<Agent>named("Agent")
            .required("id", AGENT_URN, Agent::id)
            .required("manifest_uri", TEXT, Agent::manifestUri)
            .required("capabilities", listOf(TEXT), Agent::capabilities)
            .build(values -> new Agent(values.next(), values.next(), values.next()));

    static final JsonShape<CommonMetadata> COMMON_METADATA = RecordShape.<CommonMetadata>named("CommonMetadata")
            .nullable("purpose", TEXT, CommonMetadata::purpose)
            .nullable("ttl_hours", LONG, CommonMetadata::ttlHours)
            .nullable("source", TEXT, CommonMetadata::source)
            .nullable("timestamp", TEXT, CommonMetadata::timestamp)
            .nullable("tags", listOf(TEXT), CommonMetadata::tags)
            .build(values ->
                    new CommonMetadata(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<Conversation> CONVERSATION = RecordShape.<Conversation>named("Conversation")
            .required("id", TEXT, Conversation::id)
            .required("participants", listOf(TEXT), Conversation::participants)
            .required("created_at", TIME, Conversation::createdAt)
            .nullable("metadata", COMMON_METADATA, Conversation::metadata)
            .build(values -> new Conversation(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<Task> TASK = RecordShape.<Task>named("Task")
            .required("id", TEXT, Task::id)
            .required("conversation_id", TEXT, Task::conversationId)
            .nullable("parent_task_id", TEXT, Task::parentTaskId)
            .required("status", TASK_STATUS, Task::status)
            .defaulted("depth", INT, 0, Task::depth)
            .nullable("progress", TASK_PROGRESS, Task::progress)
            .required("created_at", TIME, Task::createdAt)
            .required("updated_at", TIME, Task::updatedAt)
            .build(values -> new Task(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<Message> MESSAGE = RecordShape.<Message>named("Message")
            .required("id", TEXT, Message::id)
            .required("task_id", TEXT, Message::taskId)
            .required("sender", TEXT, Message::sender)
            .required("role", MESSAGE_ROLE, Message::role)
            .required("parts", listOf(TEXT), Message::parts)
            .required("timestamp", TIME, Message::timestamp)
            .build(values -> new Message(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<Artifact> ARTIFACT = RecordShape.<Artifact>named("Artifact")
            .required("id", TEXT, Artifact::id)
            .required("task_id", TEXT, Artifact::taskId)
            .required("name", TEXT, Artifact::name)
            .required("parts", listOf(TEXT), Artifact::parts)
            .required("created_at", TIME, Artifact::createdAt)
            .build(values -> new Artifact(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<StateSnapshot> STATE_SNAPSHOT = RecordShape.<StateSnapshot>named("StateSnapshot")
            .required("id", TEXT, StateSnapshot::id)
            .required("task_id", TEXT, StateSnapshot::taskId)
            .required("version", LONG, StateSnapshot::version)
            .required("data", OBJECT, StateSnapshot::data)
            .defaulted("checkpoint", BOOLEAN, false, StateSnapshot::checkpoint)
            .required("created_at", TIME, StateSnapshot::createdAt)
            .build(values -> new StateSnapshot(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    // ---- Health: open by the protocol.

    static final JsonShape<HealthLoad> HEALTH_LOAD = RecordShape.<HealthLoad>named("HealthLoad")
            .defaulted("active_tasks", LONG, 0L, HealthLoad::activeTasks)
            .defaulted("queue_depth", LONG, 0L, HealthLoad::queueDepth)
            .ignoringOthers()
            .build(values -> new HealthLoad(values.next(), values.next()));

    static final JsonShape<HealthStatus> HEALTH_STATUS = RecordShape.<HealthStatus>named("HealthStatus")
            .required("status", TEXT, HealthStatus::status)
            .required("agent_id", TEXT, HealthStatus::agentId)
            .required("version", TEXT, HealthStatus::version)
            .defaulted("asap_version", TEXT, Envelope.ASAP_VERSION, HealthStatus::asapVersion)
            .required("uptime_seconds", DOUBLE, HealthStatus::uptimeSeconds)
            .nullable("load", HEALTH_LOAD, HealthStatus::load)
            .ignoringOthers()
            .build(values -> new HealthStatus(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    private WireShapes() {}

    @SafeVarargs
    static <E extends WireEnum> JsonShape<E> oneOf(String errorType, Function<String, E> of, E... known) {
        List<String> expected = new ArrayList<>();
        for (E value : known) {
            expected.add(value.value());
        }
        return Shapes.oneOf(of, WireEnum::value, WireEnum::isKnown, errorType, expected);
    }

    private static JsonShape<String> literal(String text) {
        return Shapes.oneOf(Function.identity(), Function.identity(), text::equals, "literal_error", List.of(text));
    }

    /** Passes over the tag, which is the first member. */
    private static RecordShape.Values afterTag(RecordShape.Values values) {
        String unused = values.next();
        return values;
    }

    private static JsonShape<? extends Payload> payload(PayloadType type) {
        JsonShape<? extends Payload> known = PAYLOADS.get(type.key());
        return known != null ? known : OBJECT.map(content -> new CustomPayload(type, content), CustomPayload::content);
    }

    /** What a payload could have been: the protocol tells that, whatever the payload's type is. */
    private static List<Violation> payloadIsNoObject() {
        List<Violation> violations = new ArrayList<>();
        for (String label : List.of(
                "TaskRequest",
                "TaskStream",
                "TaskResponse",
                "TaskUpdate",
                "TaskCancel",
                "MessageSend",
                "StateQuery",
                "StateRestore",
                "ArtifactNotify",
                "McpToolCall",
                // As the error lists of the protocol show a model with a rule between its members.
                "function-after[validate_result_error_exclusivity(), McpToolResult]",
                "McpResourceFetch",
                "McpResourceData",
                "MessageAck")) {
            violations.add(new Violation("model_type", List.of(label), "must be an object"));
        }
        violations.add(new Violation("dict_type", List.of("dict[str,any]"), "must be an object"));
        return violations;
    }
}
