// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.FilePart;
import dev.asap.model.HardwareCapability;
import dev.asap.model.HardwareClass;
import dev.asap.model.HealthLoad;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.MessageAck;
import dev.asap.model.Part;
import dev.asap.model.SLADefinition;
import dev.asap.model.SignedManifest;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskProgress;
import dev.asap.model.TaskRequestConfig;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of a record, with the kind of the violation and the place at which it is reported. */
class RulesTest {
    private static final Map<String, Class<?>> TYPES = new HashMap<>();

    static {
        for (WireForms.Form form : WireForms.ALL) {
            TYPES.put(form.type().getSimpleName(), form.type());
        }
        TYPES.put("HealthStatus", HealthStatus.class);
        TYPES.put("HealthLoad", HealthLoad.class);
        TYPES.put("TaskMetrics", TaskMetrics.class);
        TYPES.put("Part", Part.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TaskRequestConfig | {"timeout_seconds":0}        | greater_than_equal timeout_seconds
            TaskRequestConfig | {"timeout_seconds":1.5}      | int_from_float timeout_seconds
            TaskRequestConfig | {"timeout_seconds":"x"}      | int_parsing timeout_seconds
            TaskRequestConfig | {"timeout_seconds":[]}       | int_type timeout_seconds
            TaskRequestConfig | {"temperature":-0.1}         | greater_than_equal temperature
            TaskRequestConfig | {"temperature":2.1}          | less_than_equal temperature
            TaskRequestConfig | {"temperature":"warm"}       | float_parsing temperature
            TaskRequestConfig | {"streaming":"maybe"}        | bool_parsing streaming
            TaskRequestConfig | {"streaming":{}}             | bool_type streaming
            TaskRequestConfig | {"model":7}                  | string_type model
            TaskMetrics       | {"duration_ms":-1}           | greater_than_equal duration_ms
            TaskMetrics       | {"tokens_in":-1}             | greater_than_equal tokens_in
            TaskMetrics       | {"tokens_out":-1}            | greater_than_equal tokens_out
            TaskMetrics       | {"tokens_used":-1}           | greater_than_equal tokens_used
            TaskMetrics       | {"api_calls":-1}             | greater_than_equal api_calls
            TaskStream        | {"progress":1.01}            | less_than_equal progress
            TaskStream        | {"progress":-0.01}           | greater_than_equal progress
            TaskStream        | {"status":"done"}            | enum status
            TaskStream        | {"final":null}               | bool_type final
            TaskResponse      | {"task_id":"t","status":"COMPLETED"} | enum status
            TaskResponse      | {"task_id":"t","status":1}   | enum status
            TaskResponse      | {"task_id":"t","status":"failed","result":[]} | dict_type result
            TaskResponse      | {"task_id":"t","status":"failed","metrics":{"api_calls":-2}} | greater_than_equal metrics api_calls
            TaskUpdate        | {"task_id":"t","update_type":"other","status":"working"} | enum update_type
            TaskUpdate        | {"task_id":"t","update_type":"progress","status":"working","progress":{"percent":101}} | value_error progress
            TaskUpdate        | {"task_id":"t","update_type":"progress","status":"working","progress":{"percent":-1}} | value_error progress
            TaskUpdate        | {"task_id":"t","update_type":"progress","status":"working","progress":{"percent":"40"}} | value_error progress
            TaskUpdate        | {"task_id":"t","update_type":"progress","status":"working","progress":{"percent":null}} | value_error progress
            TaskUpdate        | {"task_id":"t","update_type":"progress","status":"working","progress":[]} | dict_type progress
            MessageSend       | {"task_id":"t","message_id":"m","sender":"s","role":"robot","parts":[]} | enum role
            MessageSend       | {"task_id":"t","message_id":"m","sender":"s","role":"user","parts":["a",1]} | string_type parts 1
            MessageSend       | {"task_id":"t","message_id":"m","sender":"s","role":"user","parts":"a"} | list_type parts
            McpToolResult     | {"request_id":"r","success":true} | value_error
            McpToolResult     | {"request_id":"r","success":true,"result":{},"error":"e"} | value_error
            McpToolResult     | {"request_id":"r","success":false} | value_error
            McpToolResult     | {"request_id":"r","success":false,"result":{},"error":"e"} | value_error
            MessageAck        | {"original_envelope_id":"e","status":"seen"} | literal_error status
            FilePart          | {"type":"file","uri":"https://a..b/","mime_type":"a/b"} | value_error uri
            FilePart          | {"type":"file","uri":"  FILE:///etc/passwd","mime_type":"a/b"} | value_error uri
            FilePart          | {"type":"file","uri":"u","mime_type":"text"} | value_error mime_type
            FilePart          | {"type":"file","uri":"u","mime_type":"text/plain; charset=utf-8"} | value_error mime_type
            FilePart          | {"type":"file","uri":"u","mime_type":"a.b/c"} | value_error mime_type
            FilePart          | {"type":"file","uri":"u","mime_type":"a+b/c"} | value_error mime_type
            FilePart          | {"type":"file","uri":"u","mime_type":"a/b","inline_data":"SGk"} | value_error inline_data
            FilePart          | {"type":"file","uri":"u","mime_type":"a/b","inline_data":"SG k="} | value_error inline_data
            FilePart          | {"type":"file","uri":"u","mime_type":"a/b","inline_data":"SGl="} | value_error inline_data
            FilePart          | {"type":"file","uri":"u","mime_type":"a/b","inline_data":"-_8="} | value_error inline_data
            TextPart          | {"type":"data","content":"c"}  | literal_error type
            Part              | {"type":"video","content":"c"} | union_tag_invalid
            Part              | {"content":"c"}                | union_tag_not_found
            Part              | {"type":"text"}                | missing content
            LocalModelInfo    | {"throughput_tokens_per_second":-1} | greater_than_equal throughput_tokens_per_second
            HardwareCapability | {"class":"mainframe"}         | enum class
            HardwareCapability | {"io":["gpio","usb"]}         | enum io 1
            InferenceCapability | {"modes":["magic"]}          | enum modes 0
            InferenceCapability | {"local_models":[{},{"id":1}]} | string_type local_models 1 id
            SLADefinition     | {"availability":"high"}        | value_error availability
            SLADefinition     | {"availability":""}            | value_error availability
            SLADefinition     | {"availability":99.5}          | string_type availability
            SLADefinition     | {"max_error_rate":"1 %%"}      | value_error max_error_rate
            SLADefinition     | {"max_error_rate":"1e2%"}      | value_error max_error_rate
            SLADefinition     | {"max_latency_p95_ms":-1}      | greater_than_equal max_latency_p95_ms
            CommonMetadata    | {"ttl_hours":0}                | greater_than_equal ttl_hours
            CommonMetadata    | {"tags":[null]}                | string_type tags 0
            Agent             | {"id":"urn:asap:agent:A","manifest_uri":"m","capabilities":["c"]} | value_error id
            Agent             | {"id":"urn:asap:agent:a","manifest_uri":"m","capabilities":[]} | too_short capabilities
            Conversation      | {"id":"c","participants":[],"created_at":0} | too_short participants
            Conversation      | {"id":"c","participants":["p"],"created_at":"soon"} | datetime_from_date_parsing created_at
            Conversation      | {"id":"c","participants":["p"],"created_at":true} | datetime_type created_at
            Conversation      | {"id":"c","participants":["p"],"created_at":0,"metadata":{"ttl_hours":0}} | greater_than_equal metadata ttl_hours
            Task              | {"id":"t","conversation_id":"c","status":"working","created_at":0,"updated_at":0,"depth":11} | less_than_equal depth
            Task              | {"id":"t","conversation_id":"c","status":"working","created_at":0,"updated_at":0,"depth":-1} | greater_than_equal depth
            StateSnapshot     | {"id":"s","task_id":"t","version":0,"data":{},"created_at":0} | greater_than_equal version
            ManifestSignature | {"alg":"rsa","signature":"AA=="} | literal_error alg
            ManifestSignature | {"alg":"ed25519","signature":""} | string_pattern_mismatch signature
            ManifestSignature | {"alg":"ed25519","signature":"A A="} | string_pattern_mismatch signature
            ManifestSignature | {"alg":"ed25519","signature":"AA==","trust_level":"self_signed"} | enum trust_level
            HealthLoad        | {"active_tasks":-1,"queue_depth":0} | greater_than_equal active_tasks
            HealthLoad        | {"active_tasks":0,"queue_depth":-1} | greater_than_equal queue_depth
            """)
    void brokenRule_isReportedWithItsKindAndPlace(String type, String json, String expected) {
        assertThat(findings(json, TYPES.get(type))).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            version            | "1.0.0-SNAPSHOT"        | value_error version
            version            | 1                       | string_type version
            id                 | "urn:asap:agent:a_b"    | value_error id
            supported_versions | []                      | too_short supported_versions
            ttl_seconds        | 0                       | greater_than_equal ttl_seconds
            auth               | {"schemes":["oauth2"]}  | asap:auth/unsupported_scheme auth
            auth               | {}                      | missing auth schemes
            sla                | {"availability":"x"}    | value_error sla availability
            verification       | {"status":"maybe"}      | enum verification status
            capabilities       | {"skills":[{"id":"a"}]} | missing capabilities skills 0 description
            capabilities       | {"hardware":{"zzz":1}}  | extra_forbidden capabilities hardware zzz
            endpoints          | {}                      | missing endpoints asap
            """)
    void manifestRule_isReportedWithItsKindAndPlace(String member, String json, String expected) {
        String manifest = WireForms.ALL.stream()
                .filter(form -> form.type() == Manifest.class)
                .findFirst()
                .orElseThrow()
                .minimal();
        String broken = JsonObject.parse(manifest)
                .with(member, JsonObject.parse("{\"v\":" + json + "}").get("v"))
                .toString();

        assertThat(findings(broken, Manifest.class)).containsExactly(expected);
        assertThat(findings(
                        "{\"manifest\":" + broken + ",\"signature\":{\"alg\":\"ed25519\",\"signature\":\"A\"}}",
                        SignedManifest.class))
                .containsExactly(expected.replaceFirst(" ", " manifest "));
    }

    @Test
    void signedManifest_withAKeyThatIsNotBase64_isRefused() {
        WireForms.Form form = WireForms.ALL.stream()
                .filter(other -> other.type() == SignedManifest.class)
                .findFirst()
                .orElseThrow();

        assertThat(findings(
                        JsonObject.parse(form.minimal())
                                .with("public_key", "a b")
                                .toString(),
                        SignedManifest.class))
                .containsExactly("string_pattern_mismatch public_key");
    }

    @Test
    void severalBrokenRules_areAllReported() {
        assertThat(findings("""
                        {"timeout_seconds":0,"temperature":2.5,"zzz":true}""", TaskRequestConfig.class))
                .containsExactly(
                        "greater_than_equal timeout_seconds", "less_than_equal temperature", "extra_forbidden zzz");
        assertThat(findings("{\"type\":\"file\",\"uri\":\"file://..\",\"mime_type\":\"x\"}", FilePart.class))
                .containsExactly("value_error uri", "value_error uri", "value_error mime_type");
    }

    @Test
    void manyMistakes_areReportedToABound() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 500; i++) {
            json.append("\"zzz").append(i).append("\":1,");
        }

        assertThat(findings(json.append("\"zzz\":1}").toString(), TaskStream.class))
                .hasSize(ValidationException.MAX_VIOLATIONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "application/PDF", "application/vnd.ms-excel", "image/svg+xml", "x-y/1-2.3", "1/2"})
    void mimeType_ofTheRightForm_keepsItsSpelling(String mimeType) {
        assertThat(FilePart.of("u", mimeType).mimeType()).isEqualTo(mimeType);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AA==", "AAA=", "AAAA", "SGVsbG8gV29ybGQ="})
    void inlineData_canonical_isDecoded(String base64) {
        FilePart part = new FilePart("data:", "a/b", base64);

        assertThat(FilePart.of("data:", "a/b", part.content().orElseThrow())).isEqualTo(part);
    }

    @ParameterizedTest
    @CsvSource({"99.5%,99.5", "1%,1", "99,99", "' 99.5 % ',99.5", "101%,100", "-5%,0", "5 ,5", ".5,0.5"})
    void percentage_thatIsANumber_hasAValueAndKeepsItsText(String text, double percent) {
        SLADefinition sla =
                SLADefinition.builder().availability(text).maxErrorRate(text).build();

        assertThat(sla.availabilityPercent()).hasValue(percent);
        assertThat(sla.maxErrorRatePercent()).hasValue(percent);
        assertThat(sla.availability()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3%", ".", "-.%", ".."})
    void percentage_thatOnlyLooksLikeOne_passesWithoutAValue(String text) {
        SLADefinition sla = SLADefinition.builder().availability(text).build();

        assertThat(sla.availabilityPercent()).isEmpty();
        assertThat(sla.maxErrorRatePercent()).isEmpty();
    }

    @Test
    void enumeration_withAnUnknownValue_isKeptByTolerantReaders() {
        TaskResponse response =
                ASAPCodec.tolerant().read(utf8("{\"task_id\":\"t\",\"status\":\"paused\"}"), TaskResponse.class);

        assertThat(response.status()).isEqualTo(new TaskStatus("paused"));
        assertThat(response.status().known()).isEqualTo(TaskStatus.Known.OTHER);
        assertThat(response.status().isKnown()).isFalse();
        assertThat(ASAPCodec.tolerant().toJson(response, WireForm.COMPACT).getString("status"))
                .isEqualTo("paused");
        assertThat(ASAPCodec.tolerant()
                        .read(utf8("{\"original_envelope_id\":\"e\",\"status\":\"seen\"}"), MessageAck.class)
                        .status()
                        .isKnown())
                .isFalse();
    }

    @Test
    void hardwareClass_underTheOtherName_isReadAndWrittenAsClass() {
        HardwareCapability hardware =
                ASAPCodec.strict().read(utf8("{\"class_\":\"desktop\",\"io\":[]}"), HardwareCapability.class);

        assertThat(hardware.hardwareClass()).isEqualTo(HardwareClass.DESKTOP);
        assertThat(ASAPCodec.strict().toJson(hardware, WireForm.COMPACT)).isEqualTo(JsonObject.of("class", "desktop"));
    }

    @Test
    void hardwareModel_isMeasuredInCharacters() {
        String longest = "𝒳".repeat(HardwareCapability.MAX_MODEL_LENGTH);

        assertThat(new HardwareCapability(null, longest, List.of()).model()).isEqualTo(longest);
        assertThatThrownBy(() -> new HardwareCapability(null, longest + "x", List.of()))
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations()).extracting("type").containsExactly("string_too_long"));
    }

    @Test
    void metrics_withFurtherMembers_keepAndWriteThemLast() {
        String json = """
                {"gpu_s":1.50,"duration_ms":5,"nested":{"a":[1]}}""";

        TaskMetrics metrics = ASAPCodec.strict().read(utf8(json), TaskMetrics.class);

        assertThat(metrics.durationMs()).isEqualTo(5);
        assertThat(metrics.extras()).isEqualTo(JsonObject.parse("{\"gpu_s\":1.50,\"nested\":{\"a\":[1]}}"));
        assertThat(new String(ASAPCodec.strict().write(metrics, WireForm.COMPACT), StandardCharsets.UTF_8))
                .isEqualTo("{\"duration_ms\":5,\"gpu_s\":1.50,\"nested\":{\"a\":[1]}}");
    }

    @Test
    void progress_isReadAsAnOpenObject() {
        TaskProgress progress = ASAPCodec.strict()
                .read(utf8("{\"step\":2,\"message\":\"m\",\"percent\":true,\"eta_seconds\":-1.5}"), TaskProgress.class);

        assertThat(progress).isEqualTo(new TaskProgress(1.0, "m", -1.5, JsonObject.of("step", 2)));
        assertThat(progress.toJson().toString())
                .isEqualTo("{\"percent\":1,\"message\":\"m\",\"eta_seconds\":-1.5,\"step\":2}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\":7,\"eta_seconds\":\"soon\"}",
                "{\"message\":null,\"eta_seconds\":null}",
                "{\"message\":{\"de\":\"x\"},\"eta_seconds\":1e999}",
                "{}"
            })
    void progress_withMembersOfOtherKinds_keepsThemAsExtras(String json) {
        TaskProgress progress = ASAPCodec.strict().read(utf8(json), TaskProgress.class);

        assertThat(progress).isEqualTo(new TaskProgress(null, null, null, JsonObject.parse(json)));
        assertThat(ASAPCodec.strict().toJson(progress, WireForm.FULL)).isEqualTo(JsonObject.parse(json));
    }

    @Test
    void health_withUnknownMembers_isReadByStrictReaders() {
        HealthStatus health = ASAPCodec.strict().read(utf8("""
                                {"status":"healthy","agent_id":"a","version":"1","asap_version":"0.1","uptime_seconds":1,
                                 "load":{"active_tasks":1,"queue_depth":2,"zzz":0},"zzz":[]}"""), HealthStatus.class);

        assertThat(health).isEqualTo(new HealthStatus("healthy", "a", "1", "0.1", 1.0, new HealthLoad(1, 2)));
        assertThat(health.isHealthy()).isTrue();
        assertThat(new String(ASAPCodec.strict().write(health), StandardCharsets.UTF_8))
                .isEqualTo("{\"status\":\"healthy\",\"agent_id\":\"a\",\"version\":\"1\",\"asap_version\":\"0.1\","
                        + "\"uptime_seconds\":1.0,\"load\":{\"active_tasks\":1,\"queue_depth\":2}}");
    }

    @Test
    void health_readsWithoutWhatHasDefaults() {
        HealthStatus health = ASAPCodec.strict()
                .read(
                        utf8(
                                "{\"status\":\"healthy\",\"agent_id\":\"a\",\"version\":\"1\",\"uptime_seconds\":1,\"load\":{}}"),
                        HealthStatus.class);
        assertThat(health).isEqualTo(new HealthStatus("healthy", "a", "1", "0.1", 1.0, new HealthLoad(0, 0)));
    }

    private static List<String> findings(String json, Class<?> type) {
        try {
            ASAPCodec.strict().read(utf8(json), type);
            return List.of();
        } catch (ValidationException e) {
            return e.violations().stream()
                    .map(violation -> (violation.type() + " " + String.join(" ", violation.path())).strip())
                    .toList();
        }
    }

    private static byte[] utf8(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
