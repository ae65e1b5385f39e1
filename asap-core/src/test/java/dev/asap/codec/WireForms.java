// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

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
import java.util.List;

/** The wire form of every closed record: what the tests of the codec go through. */
final class WireForms {
    /**
     * One record.
     *
     * @param type its class
     * @param schema its public JSON Schema, as file and definition, or an empty text
     * @param minimal the least that is read, in the compact form
     * @param minimalFull the same in the full form
     * @param rich all members set to something other than their default, in the full form
     */
    record Form(Class<?> type, String schema, String minimal, String minimalFull, String rich) {
        @Override
        public String toString() {
            return type.getSimpleName();
        }
    }

    private static final String TIME = "2026-01-02T03:04:05Z";
    private static final String CAPABILITY = """
            {"asap_version":"0.1","skills":[],"state_persistence":false,"streaming":false,"mcp_tools":[],\
            "hardware":null,"inference":null}""";
    private static final String RICH_HARDWARE = """
            {"class":"sbc","model":"raspberry_pi_5","io":["gpio","i2c"]}""";
    private static final String RICH_MODEL = """
            {"id":"tiny","quantization":"Q4","throughput_tokens_per_second":12.5}""";
    private static final String RICH_INFERENCE = """
            {"modes":["local_cpu"],"local_models":[%s]}""".formatted(RICH_MODEL);
    private static final String RICH_SKILL = """
            {"id":"echo","description":"Echo","input_schema":{"type":"object"},"output_schema":{}}""";
    private static final String RICH_CAPABILITY = """
            {"asap_version":"0.2","skills":[%s],"state_persistence":true,"streaming":true,"mcp_tools":["t"],\
            "hardware":%s,"inference":%s}""".formatted(RICH_SKILL, RICH_HARDWARE, RICH_INFERENCE);
    private static final String RICH_SLA = """
            {"availability":"99.5%","max_latency_p95_ms":500,"max_error_rate":"1%","support_hours":"24/7"}""";
    private static final String MINIMAL_MANIFEST = """
            {"id":"urn:asap:agent:demo","name":"Demo","version":"1.2.3","description":"","capabilities":{},\
            "endpoints":{"asap":"https://demo.example/asap"}}""";
    private static final String FULL_MANIFEST = """
            {"id":"urn:asap:agent:demo","name":"Demo","version":"1.2.3","description":"","capabilities":%s,\
            "endpoints":{"asap":"https://demo.example/asap","events":null},"supported_versions":["2.2"],\
            "auth":null,"signature":null,"sla":null,"verification":null,"ttl_seconds":300}""".formatted(CAPABILITY);
    private static final String RICH_MANIFEST = """
            {"id":"urn:asap:agent:demo:one","name":"Demo","version":"1.0rc1","description":"Demo agent",\
            "capabilities":%s,"endpoints":{"asap":"https://demo.example/asap","events":"wss://demo.example/asap/ws"},\
            "supported_versions":["2.1","2.2"],"auth":{"schemes":["bearer","Basic"],"oauth2":{"issuer":"i"}},\
            "signature":"s","sla":%s,"verification":{"status":"verified","verified_at":"%s"},"ttl_seconds":60}""".formatted(RICH_CAPABILITY, RICH_SLA, TIME);

    private static final String RICH_ENTRY = """
            {"id":"urn:asap:agent:demo:one","name":"Demo","description":"Demo agent",\
            "endpoints":{"http":"https://demo.example/asap","ws":"wss://demo.example/asap/ws","fax":"1"},\
            "skills":["echo"],"category":"Coding","tags":["t"],"asap_version":"1.1.0","repository_url":"r",\
            "documentation_url":"d","built_with":"b","verification":{"status":"verified","verified_at":"%s"},\
            "online_check":false,"hardware_class":"toaster","inference_modes":["local_npu","dreams"],\
            "hardware_io":["gpio","smell"]}""".formatted(TIME);

    private static final String RICH_USAGE_METRICS = """
            {"tokens_in":1,"tokens_out":2,"duration_ms":3,"api_calls":4}""";

    private static final String RICH_USAGE_RECORD = """
            {"task_id":"t","agent_id":"a","consumer_id":"c","tokens_in":1,"tokens_out":2,"duration_ms":3,"api_calls":4,\
            "timestamp":"%s"}""".formatted(TIME);

    private static final String MINIMAL_METRICS = """
            {"agent_id":"a","period_start":"%1$s","period_end":"%1$s","uptime_percent":100.0,"latency_p95_ms":0,\
            "error_rate_percent":0.0,"tasks_completed":0,"tasks_failed":0}""".formatted(TIME);

    static final List<Form> ALL = List.of(
            new Form(TaskRequest.class, "payloads/task_request", """
                    {"conversation_id":"c","skill_id":"s","input":{}}""", """
                    {"conversation_id":"c","parent_task_id":null,"skill_id":"s","input":{},"config":null}""", """
                    {"conversation_id":"c","parent_task_id":"p","skill_id":"s","input":{"a":1},\
                    "config":{"timeout_seconds":1,"priority":"low","idempotency_key":"k","streaming":true,\
                    "persist_state":false,"model":"m","temperature":2.0}}"""),
            new Form(TaskRequestConfig.class, "payloads/task_request#/$defs/TaskRequestConfig", "{}", """
                    {"timeout_seconds":null,"priority":null,"idempotency_key":null,"streaming":null,\
                    "persist_state":null,"model":null,"temperature":null}""", """
                    {"timeout_seconds":1,"priority":"low","idempotency_key":"k","streaming":true,\
                    "persist_state":false,"model":"m","temperature":0.5}"""),
            new Form(TaskResponse.class, "payloads/task_response", """
                    {"task_id":"t","status":"completed"}""", """
                    {"task_id":"t","status":"completed","result":null,"final_state":null,"metrics":null}""", """
                    {"task_id":"t","status":"input_required","result":{"a":[]},"final_state":{},\
                    "metrics":{"duration_ms":1,"tokens_in":2,"tokens_out":3,"tokens_used":5,"api_calls":0}}"""),
            new Form(TaskUpdate.class, "payloads/task_update", """
                    {"task_id":"t","update_type":"progress","status":"working"}""", """
                    {"task_id":"t","update_type":"progress","status":"working","progress":null,"input_request":null}""", """
                    {"task_id":"t","update_type":"input_required","status":"input_required",\
                    "progress":{"percent":40,"message":"need a date"},"input_request":{"prompt":"Which quarter?"}}"""),
            new Form(TaskCancel.class, "payloads/task_cancel", """
                    {"task_id":"t"}""", """
                    {"task_id":"t","reason":null}""", """
                    {"task_id":"t","reason":"no longer wanted"}"""),
            new Form(TaskStream.class, "envelope#/$defs/TaskStream", "{}", """
                    {"chunk":"","progress":null,"final":false,"status":null}""", """
                    {"chunk":"x","progress":1.0,"final":true,"status":"completed"}"""),
            new Form(MessageSend.class, "payloads/message_send", """
                    {"task_id":"t","message_id":"m","sender":"anyone","role":"user","parts":[]}""", """
                    {"task_id":"t","message_id":"m","sender":"anyone","role":"user","parts":[]}""", """
                    {"task_id":"t","message_id":"m","sender":"anyone","role":"system","parts":["p1","p2"]}"""),
            new Form(StateQuery.class, "payloads/state_query", """
                    {"task_id":"t"}""", """
                    {"task_id":"t","version":null}""", """
                    {"task_id":"t","version":-3}"""),
            new Form(StateRestore.class, "payloads/state_restore", """
                    {"task_id":"t","snapshot_id":"s"}""", """
                    {"task_id":"t","snapshot_id":"s"}""", """
                    {"task_id":"","snapshot_id":""}"""),
            new Form(ArtifactNotify.class, "payloads/artifact_notify", """
                    {"artifact_id":"a","task_id":"t"}""", """
                    {"artifact_id":"a","task_id":"t","name":null}""", """
                    {"artifact_id":"a","task_id":"t","name":"report"}"""),
            new Form(McpToolCall.class, "payloads/mcp_tool_call", """
                    {"request_id":"r","tool_name":"n","arguments":{}}""", """
                    {"request_id":"r","tool_name":"n","arguments":{},"mcp_context":null}""", """
                    {"request_id":"r","tool_name":"n","arguments":{"x":1.0},"mcp_context":{"y":null}}"""),
            new Form(McpToolResult.class, "payloads/mcp_tool_result", """
                    {"request_id":"r","success":true,"result":{}}""", """
                    {"request_id":"r","success":true,"result":{},"error":null}""", """
                    {"request_id":"r","success":false,"result":null,"error":"tool timed out"}"""),
            new Form(McpResourceFetch.class, "payloads/mcp_resource_fetch", """
                    {"resource_uri":"u"}""", """
                    {"resource_uri":"u"}""", """
                    {"resource_uri":"file:///etc"}"""),
            new Form(McpResourceData.class, "payloads/mcp_resource_data", """
                    {"resource_uri":"u","content":{}}""", """
                    {"resource_uri":"u","content":{}}""", """
                    {"resource_uri":"u","content":{"text":"ü"}}"""),
            new Form(MessageAck.class, "envelope#/$defs/MessageAck", """
                    {"original_envelope_id":"e","status":"received"}""", """
                    {"original_envelope_id":"e","status":"received","error":null}""", """
                    {"original_envelope_id":"e","status":"rejected","error":"stale"}"""),
            new Form(Envelope.class, "envelope", """
                    {"id":"e","asap_version":"0.1","timestamp":"%s","sender":"urn:asap:agent:a",\
                    "recipient":"urn:asap:agent:b","payload_type":"task.cancel","payload":{"task_id":"t"}}""".formatted(TIME), """
                    {"id":"e","asap_version":"0.1","timestamp":"%s","sender":"urn:asap:agent:a",\
                    "recipient":"urn:asap:agent:b","payload_type":"task.cancel",\
                    "payload":{"task_id":"t","reason":null},"correlation_id":null,"trace_id":null,\
                    "requires_ack":false,"extensions":null}""".formatted(TIME), """
                    {"id":"e","asap_version":"9","timestamp":"2026-01-02T03:04:05.000100Z",\
                    "sender":"urn:asap:agent:a:x","recipient":"urn:asap:agent:b","payload_type":"TASK-STREAM",\
                    "payload":{"chunk":"x","progress":0.5,"final":true,"status":"working"},"correlation_id":"c",\
                    "trace_id":"t","requires_ack":true,"extensions":{"nonce":"n"}}"""),
            new Form(TextPart.class, "parts/text_part", """
                    {"type":"text","content":""}""", """
                    {"type":"text","content":""}""", """
                    {"type":"text","content":"hello"}"""),
            new Form(DataPart.class, "parts/data_part", """
                    {"type":"data","data":{}}""", """
                    {"type":"data","data":{},"schema_uri":null}""", """
                    {"type":"data","data":{"a":{"b":[1,2.0]}},"schema_uri":"s"}"""),
            new Form(FilePart.class, "parts/file_part", """
                    {"type":"file","uri":"","mime_type":"a/b"}""", """
                    {"type":"file","uri":"","mime_type":"a/b","inline_data":null}""", """
                    {"type":"file","uri":"asap://a","mime_type":"Application/PDF","inline_data":"SGk="}"""),
            new Form(ResourcePart.class, "parts/resource_part", """
                    {"type":"resource","resource_uri":"u"}""", """
                    {"type":"resource","resource_uri":"u"}""", """
                    {"type":"resource","resource_uri":"mcp://x"}"""),
            new Form(TemplatePart.class, "parts/template_part", """
                    {"type":"template","template":"","variables":{}}""", """
                    {"type":"template","template":"","variables":{}}""", """
                    {"type":"template","template":"Hi {{name}}","variables":{"name":"you"}}"""),
            new Form(Manifest.class, "entities/manifest", MINIMAL_MANIFEST, FULL_MANIFEST, RICH_MANIFEST),
            new Form(Capability.class, "entities/manifest#/$defs/Capability", "{}", CAPABILITY, RICH_CAPABILITY),
            new Form(Skill.class, "entities/manifest#/$defs/Skill", """
                    {"id":"echo","description":"Echo"}""", """
                    {"id":"echo","description":"Echo","input_schema":null,"output_schema":null}""", RICH_SKILL),
            new Form(Endpoint.class, "entities/manifest#/$defs/Endpoint", """
                    {"asap":"https://x/asap"}""", """
                    {"asap":"https://x/asap","events":null}""", """
                    {"asap":"https://x/asap","events":"wss://x"}"""),
            new Form(AuthScheme.class, "entities/manifest#/$defs/AuthScheme", """
                    {"schemes":[]}""", """
                    {"schemes":[],"oauth2":null}""", """
                    {"schemes":["bearer"],"oauth2":{"issuer":"i"}}"""),
            new Form(UsageMetrics.class, "", "{}", """
                    {"tokens_in":0,"tokens_out":0,"duration_ms":0,"api_calls":0}""", RICH_USAGE_METRICS),
            new Form(UsageEvent.class, "", """
                    {"task_id":"","agent_id":"","consumer_id":"","timestamp":"%s"}""".formatted(TIME), """
                    {"task_id":"","agent_id":"","consumer_id":"",\
                    "metrics":{"tokens_in":0,"tokens_out":0,"duration_ms":0,"api_calls":0},"timestamp":"%s"}""".formatted(TIME), """
                    {"task_id":"t","agent_id":"a","consumer_id":"c","metrics":%s,"timestamp":"%s"}""".formatted(
                            RICH_USAGE_METRICS, TIME)),
            new Form(UsageOfAgent.class, "", """
                    {"agent_id":"a","period":"day"}""", """
                    {"agent_id":"a","period":"day","total_tokens":0,"total_duration":0,"total_tasks":0,"total_api_calls":0}""", """
                    {"agent_id":"a","period":"day","total_tokens":1,"total_duration":2,"total_tasks":3,"total_api_calls":4}"""),
            new Form(UsageRecord.class, "", """
                    {"task_id":"","agent_id":"","consumer_id":"","timestamp":"%s"}""".formatted(TIME), """
                    {"task_id":"","agent_id":"","consumer_id":"","tokens_in":0,"tokens_out":0,"duration_ms":0,"api_calls":0,\
                    "timestamp":"%s"}""".formatted(TIME), RICH_USAGE_RECORD),
            new Form(BatchUsageRequest.class, "", """
                    {"events":[{"task_id":"","agent_id":"","consumer_id":"","timestamp":"%s"}]}""".formatted(TIME), """
                    {"events":[{"task_id":"","agent_id":"","consumer_id":"","tokens_in":0,"tokens_out":0,"duration_ms":0,\
                    "api_calls":0,"timestamp":"%s"}]}""".formatted(TIME), """
                    {"events":[%1$s,%1$s]}""".formatted(
                            RICH_USAGE_RECORD)),
            new Form(MeteringQuery.class, "", "{}", """
                    {"agent_id":null,"consumer_id":null,"task_id":null,"start":null,"end":null,"limit":null,"offset":0}""", """
                    {"agent_id":"a","consumer_id":"c","task_id":"t","start":"%1$s","end":"%1$s","limit":1,"offset":2}""".formatted(TIME)),
            new Form(UsageByAgent.class, "", """
                    {"agent_id":"a","period":"all"}""", """
                    {"agent_id":"a","period":"all","total_tokens":0,"total_duration_ms":0,"total_tasks":0,"total_api_calls":0,\
                    "avg_tokens_per_task":0.0,"avg_duration_ms_per_task":0.0}""", """
                    {"agent_id":"a","period":"all","total_tokens":17,"total_duration_ms":2,"total_tasks":3,"total_api_calls":4,\
                    "avg_tokens_per_task":5.666666666666667,"avg_duration_ms_per_task":0.6666666666666666}"""),
            new Form(UsageByConsumer.class, "", """
                    {"consumer_id":"c","period":"all"}""", """
                    {"consumer_id":"c","period":"all","total_tokens":0,"total_duration_ms":0,"total_tasks":0,"total_api_calls":0,\
                    "avg_tokens_per_task":0.0}""", """
                    {"consumer_id":"c","period":"all","total_tokens":30,"total_duration_ms":2,"total_tasks":1,"total_api_calls":4,\
                    "avg_tokens_per_task":30.0}"""),
            new Form(UsageByPeriod.class, "", """
                    {"period":"2026-W08"}""", """
                    {"period":"2026-W08","total_tokens":0,"total_duration_ms":0,"total_tasks":0,"total_api_calls":0,\
                    "unique_agents":0,"unique_consumers":0}""", """
                    {"period":"2026-W08","total_tokens":1,"total_duration_ms":2,"total_tasks":3,"total_api_calls":4,\
                    "unique_agents":5,"unique_consumers":6}"""),
            new Form(UsageOverview.class, "", "{}", """
                    {"total_tasks":0,"total_tokens":0,"total_duration_ms":0,"unique_agents":0,"unique_consumers":0,\
                    "total_api_calls":0}""", """
                    {"total_tasks":1,"total_tokens":2,"total_duration_ms":3,"unique_agents":4,"unique_consumers":5,\
                    "total_api_calls":6}"""),
            new Form(StorageStats.class, "", """
                    {"total_events":0}""", """
                    {"total_events":0,"oldest_timestamp":null,"retention_ttl_seconds":null}""", """
                    {"total_events":5,"oldest_timestamp":"%s","retention_ttl_seconds":86400}""".formatted(TIME)),
            new Form(SLADefinition.class, "entities/manifest#/$defs/SLADefinition", "{}", """
                    {"availability":null,"max_latency_p95_ms":null,"max_error_rate":null,"support_hours":null}""", RICH_SLA),
            new Form(VerificationStatus.class, "entities/manifest#/$defs/VerificationStatus", """
                    {"status":"pending"}""", """
                    {"status":"pending","verified_at":null}""", """
                    {"status":"verified","verified_at":"%s"}""".formatted(
                            TIME)),
            new Form(HardwareCapability.class, "entities/manifest#/$defs/HardwareCapability", "{}", """
                    {"class":null,"model":null,"io":[]}""", RICH_HARDWARE),
            new Form(
                    InferenceCapability.class,
                    "entities/manifest#/$defs/InferenceCapability",
                    "{}",
                    """
                    {"modes":[],"local_models":[]}""",
                    RICH_INFERENCE),
            new Form(LocalModelInfo.class, "entities/manifest#/$defs/LocalModelInfo", "{}", """
                    {"id":null,"quantization":null,"throughput_tokens_per_second":null}""", RICH_MODEL),
            new Form(ManifestSignature.class, "", """
                    {"alg":"ed25519","signature":"AA=="}""", """
                    {"alg":"ed25519","signature":"AA==","trust_level":"self-signed"}""", """
                    {"alg":"ed25519","signature":"AA==","trust_level":"enterprise"}"""),
            new Form(
                    SignedManifest.class,
                    "",
                    """
                    {"manifest":%s,"signature":{"alg":"ed25519","signature":"AA=="}}""".formatted(MINIMAL_MANIFEST),
                    """
                    {"manifest":%s,"signature":{"alg":"ed25519","signature":"AA==","trust_level":"self-signed"},\
                    "public_key":null}""".formatted(FULL_MANIFEST),
                    """
                    {"manifest":%s,"signature":{"alg":"ed25519","signature":"+/==","trust_level":"verified"},\
                    "public_key":"AQ=="}""".formatted(RICH_MANIFEST)),
            new Form(RegistryEntry.class, "", """
                    {"id":"urn:asap:agent:a","name":"","description":"","endpoints":{},"skills":[],\
                    "asap_version":"1.1.0"}""", """
                    {"id":"urn:asap:agent:a","name":"","description":"","endpoints":{},"skills":[],"category":null,\
                    "tags":[],"asap_version":"1.1.0","repository_url":null,"documentation_url":null,\
                    "built_with":null,"verification":null,"online_check":null,"hardware_class":null,\
                    "inference_modes":[],"hardware_io":[]}""", RICH_ENTRY),
            new Form(Registry.class, "", """
                    {"version":"1.0","updated_at":"%s"}""".formatted(TIME), """
                    {"version":"1.0","updated_at":"%s","agents":[]}""".formatted(TIME), """
                    {"version":"2","updated_at":"%s","agents":[%s]}""".formatted(TIME, RICH_ENTRY)),
            new Form(RevokedAgent.class, "", """
                    {"urn":"urn:asap:agent:a"}""", """
                    {"urn":"urn:asap:agent:a","reason":null,"revoked_at":null}""", """
                    {"urn":"anything","reason":"key leaked","revoked_at":"%s"}""".formatted(TIME)),
            new Form(RevocationList.class, "", """
                    {"revoked":[]}""", """
                    {"revoked":[],"version":null}""", """
                    {"revoked":[{"urn":"u","reason":"r","revoked_at":"%s"}],"version":"1.0"}""".formatted(TIME)),
            new Form(Agent.class, "entities/agent", """
                    {"id":"urn:asap:agent:a","manifest_uri":"","capabilities":["c"]}""", """
                    {"id":"urn:asap:agent:a","manifest_uri":"","capabilities":["c"]}""", """
                    {"id":"urn:asap:agent:a:b","manifest_uri":"https://x","capabilities":["c","d"]}"""),
            new Form(
                    Conversation.class,
                    "entities/conversation",
                    """
                    {"id":"c","participants":["anyone"],"created_at":"%s"}""".formatted(TIME),
                    """
                    {"id":"c","participants":["anyone"],"created_at":"%s","metadata":null}""".formatted(TIME),
                    """
                    {"id":"c","participants":["x","y"],"created_at":"%s","metadata":{"purpose":"p","ttl_hours":1,\
                    "source":"s","timestamp":"any","tags":["t"]}}""".formatted(TIME)),
            new Form(CommonMetadata.class, "entities/conversation#/$defs/CommonMetadata", "{}", """
                    {"purpose":null,"ttl_hours":null,"source":null,"timestamp":null,"tags":null}""", """
                    {"purpose":"p","ttl_hours":1,"source":"s","timestamp":"any","tags":[]}"""),
            new Form(Task.class, "entities/task", """
                    {"id":"t","conversation_id":"c","status":"submitted","created_at":"%1$s","updated_at":"%1$s"}""".formatted(TIME), """
                    {"id":"t","conversation_id":"c","parent_task_id":null,"status":"submitted","depth":0,\
                    "progress":null,"created_at":"%1$s","updated_at":"%1$s"}""".formatted(TIME), """
                    {"id":"t","conversation_id":"c","parent_task_id":"p","status":"working","depth":10,\
                    "progress":{"percent":12.5,"step":[1]},"created_at":"%1$s","updated_at":"%1$s"}""".formatted(TIME)),
            new Form(Message.class, "entities/message", """
                    {"id":"m","task_id":"t","sender":"x","role":"assistant","parts":[],"timestamp":"%s"}""".formatted(TIME), """
                    {"id":"m","task_id":"t","sender":"x","role":"assistant","parts":[],"timestamp":"%s"}""".formatted(TIME), """
                    {"id":"m","task_id":"t","sender":"x","role":"user","parts":["p"],"timestamp":"%s"}""".formatted(TIME)),
            new Form(
                    Artifact.class, "entities/artifact", """
                    {"id":"a","task_id":"t","name":"n","parts":[],"created_at":"%s"}""".formatted(TIME), """
                    {"id":"a","task_id":"t","name":"n","parts":[],"created_at":"%s"}""".formatted(TIME), """
                    {"id":"a","task_id":"t","name":"n","parts":["p"],"created_at":"%s"}""".formatted(TIME)),
            new Form(
                    StateSnapshot.class,
                    "entities/state_snapshot",
                    """
                    {"id":"s","task_id":"t","version":1,"data":{},"created_at":"%s"}""".formatted(TIME),
                    """
                    {"id":"s","task_id":"t","version":1,"data":{},"checkpoint":false,"created_at":"%s"}""".formatted(TIME),
                    """
                    {"id":"s","task_id":"t","version":3,"data":{"step":3},"checkpoint":true,"created_at":"%s"}""".formatted(TIME)),
            new Form(SLAMetrics.class, "", MINIMAL_METRICS, MINIMAL_METRICS, """
                    {"agent_id":"urn:asap:agent:worker","period_start":"2026-03-01T04:00:00Z",\
                    "period_end":"2026-03-01T09:00:00.250000Z","uptime_percent":99.22,"latency_p95_ms":550,\
                    "error_rate_percent":1.08,"tasks_completed":60,"tasks_failed":2}"""),
            new Form(SLABreach.class, "", """
                    {"id":"b","agent_id":"a","breach_type":"latency","threshold":"500ms","actual":"1502ms",\
                    "severity":"critical","detected_at":"%s"}""".formatted(TIME), """
                    {"id":"b","agent_id":"a","breach_type":"latency","threshold":"500ms","actual":"1502ms",\
                    "severity":"critical","detected_at":"%s","resolved_at":null}""".formatted(TIME), """
                    {"id":"b","agent_id":"a","breach_type":"mood","threshold":"good","actual":"bad",\
                    "severity":"dire","detected_at":"%1$s","resolved_at":"%1$s"}""".formatted(TIME)));

    private WireForms() {}

    /** The kinds of parts are also read as the interface. */
    static boolean isPart(Form form) {
        return Part.class.isAssignableFrom(form.type());
    }
}
