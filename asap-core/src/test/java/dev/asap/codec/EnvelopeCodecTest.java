// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskRequestConfig;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The envelope: what is made up, how the payload finds its shape, and what is lenient in reading. */
class EnvelopeCodecTest {
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09.123456Z");
    private static final ASAPCodec CODEC = ASAPCodec.strict().withClock(() -> NOW);
    private static final String HEAD = """
            "asap_version":"0.1","sender":"urn:asap:agent:a","recipient":"urn:asap:agent:b\"""";

    @Test
    void envelope_withoutIdAndTime_getsNewOnes() {
        String json = "{" + HEAD + ",\"payload_type\":\"task.cancel\",\"payload\":{\"task_id\":\"t\"}%s}";

        Envelope absent = read(json.formatted(""));
        Envelope unset = read(json.formatted(",\"id\":null,\"timestamp\":null"));

        assertThat(absent.id()).hasSize(26).isNotEqualTo(unset.id());
        assertThat(absent.timestamp()).isEqualTo(NOW).isEqualTo(unset.timestamp());
        assertThat(read(json.formatted(",\"id\":\"\"")).id()).isEmpty();
    }

    @Test
    void payload_beforeItsType_isRead() {
        Envelope envelope = read("{\"payload\":{\"task_id\":\"t\"}," + HEAD + ",\"payload_type\":\"task.cancel\"}");

        assertThat(envelope.payload()).isEqualTo(TaskCancel.of("t"));
        assertThatThrownBy(() -> read("{\"payload\":{\"zzz\":1}," + HEAD + ",\"payload_type\":\"task.cancel\"}"))
                .satisfies(e -> assertThat(((ValidationException) e).violations())
                        .extracting(Violation::type, Violation::path)
                        .containsExactly(
                                tuple("missing", List.of("task_id")), tuple("extra_forbidden", List.of("zzz"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"task.request", "TaskRequest", "TASK_REQUEST", "task-request", "t a s k/request"})
    void payloadType_inAnySpelling_findsTheShapeAndIsKept(String spelling) {
        Envelope envelope = read("{" + HEAD + ",\"payload_type\":\"" + spelling
                + "\",\"payload\":{\"conversation_id\":\"c\",\"skill_id\":\"s\",\"input\":{}}}");

        assertThat(envelope.payload()).isInstanceOf(TaskRequest.class);
        assertThat(envelope.payloadType().value()).isEqualTo(spelling);
        assertThat(CODEC.toJson(envelope, WireForm.FULL).getString("payload_type"))
                .isEqualTo(spelling);
    }

    @ParameterizedTest
    @ValueSource(strings = {"weird", "täsk.request", "", "task.requests"})
    void payloadType_unknown_keepsTheObjectAsItIs(String type) {
        String payload = "{\"task_id\" : \"t\", \"n\":1.00}";
        Envelope envelope = read("{" + HEAD + ",\"payload_type\":\"" + type + "\",\"payload\":" + payload + "}");

        assertThat(envelope.payload()).isEqualTo(CustomPayload.of(type, JsonObject.parse(payload)));
        assertThat(text(CODEC.write(envelope))).contains("\"payload\":" + payload + ",");
        assertThat(read(text(CODEC.write(envelope)))).isEqualTo(envelope);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"x\"", "null", "7"})
    void payload_thatIsNoObject_isRefusedAsEveryModel(String payload) {
        for (String type : List.of("task.request", "weird")) {
            assertThatThrownBy(
                            () -> read("{" + HEAD + ",\"payload_type\":\"" + type + "\",\"payload\":" + payload + "}"))
                    .satisfies(e -> assertThat(((ValidationException) e).violations())
                            .hasSize(15)
                            .startsWith(
                                    new Violation("model_type", List.of("payload", "TaskRequest"), "must be an object"))
                            .contains(new Violation(
                                    "model_type",
                                    List.of(
                                            "payload",
                                            "function-after[validate_result_error_exclusivity(), McpToolResult]"),
                                    "must be an object"))
                            .endsWith(new Violation(
                                    "dict_type", List.of("payload", "dict[str,any]"), "must be an object")));
        }
    }

    @Test
    void duplicateMembers_theLastCounts() {
        Envelope envelope = read("{" + HEAD
                + ",\"payload\":{\"task_id\":\"first\"},\"payload_type\":\"task.cancel\",\"payload\":{\"task_id\":\"t1\",\"task_id\":\"t2\"}"
                + ",\"trace_id\":\"a\",\"trace_id\":\"b\",\"extensions\":{\"n\":1,\"n\":2}}");

        assertThat(envelope.payload()).isEqualTo(TaskCancel.of("t2"));
        assertThat(envelope.traceId()).isEqualTo("b");
        assertThat(envelope.extensions()).isEqualTo(JsonObject.of("n", 2));
    }

    @ParameterizedTest
    @CsvSource({
        "task.response,'{\"task_id\":\"t\",\"status\":\"working\"}'",
        "TaskResponse,'{\"task_id\":\"t\",\"status\":\"working\"}'",
        "mcp_tool_result,'{\"request_id\":\"r\",\"success\":true,\"result\":{}}'",
        "mcp_resource_data,'{\"resource_uri\":\"u\",\"content\":{}}'",
        "TaskStream,{}"
    })
    void answer_withoutCorrelation_isRefused(String type, String payload) {
        String json = "{" + HEAD + ",\"payload_type\":\"" + type + "\",\"payload\":" + payload;

        for (String end : List.of("}", ",\"correlation_id\":null}", ",\"correlation_id\":\"\"}")) {
            assertRefused("value_error", List.of(), () -> read(json + end));
        }
        assertThat(read(json + ",\"correlation_id\":\"e\"}").correlationId()).isEqualTo("e");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5       | 5
            5.0     | 5
            5e0     | 5
            "5"     | 5
            " 5 "   | 5
            true    | 1
            9223372036854775807 | 9223372036854775807
            """)
    void wholeNumber_inAnySpelling_isRead(String json, long expected) {
        assertThat(config("timeout_seconds", json).timeoutSeconds()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.5", "9223372036854775808", "1e400", "1e999999999", "\"0x5\"", "\"\"", "{}"})
    void wholeNumber_thatIsNone_isRefused(String json) {
        assertThatThrownBy(() -> config("timeout_seconds", json)).isInstanceOf(ValidationException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1     | 1.0
            "0.5" | 0.5
            true  | 1.0
            2e0   | 2.0
            0     | 0.0
            """)
    void number_inAnySpelling_isReadAndWrittenWithAFraction(String json, String expected) {
        TaskRequestConfig config = config("temperature", json);

        assertThat(config.temperature()).isEqualTo(Double.parseDouble(expected));
        assertThat(CODEC.toJson(config, WireForm.COMPACT)).hasToString("{\"temperature\":" + expected + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "1", "1.0", "\"true\"", "\"YES\"", "\"y\"", "\"On\"", "\"t\"", "\"1\""})
    void truthValue_inAnySpellingOfTrue_isRead(String json) {
        assertThat(config("streaming", json).streaming()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "0", "0.0", "\"False\"", "\"no\"", "\"N\"", "\"off\"", "\"f\"", "\"0\""})
    void truthValue_inAnySpellingOfFalse_isRead(String json) {
        assertThat(config("streaming", json).streaming()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0.5", "\"oui\"", "\"\"", "[]"})
    void truthValue_thatIsNone_isRefused(String json) {
        assertThatThrownBy(() -> config("streaming", json)).isInstanceOf(ValidationException.class);
    }

    @Test
    void freeObject_keepsItsBytes() {
        String input =
                "{ \"big\":12345678901234567890123, \"e\":1E2,\"f\":1.0, \"u\":\"\\u00e4ä\\/\",\"a\":1,\"a\":2 }";
        Envelope envelope = read("{" + HEAD + ",\"payload_type\":\"task.request\",\"payload\":"
                + "{\"conversation_id\":\"c\",\"skill_id\":\"s\",\"input\":" + input + "}}");

        TaskRequest request = (TaskRequest) envelope.payload();
        assertThat(text(request.input().toBytes())).isEqualTo(input);
        assertThat(text(CODEC.write(envelope, WireForm.COMPACT))).contains("\"input\":" + input);
        assertThat(request.input().getString("u")).isEqualTo("ää/");
        assertThat(request.input().getInt("a")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "{}{}", "{} x", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}", "[1", "nul"})
    void text_thatIsNotJson_isRefused(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(JsonException.class);
    }

    @Test
    void bytes_thatAreNotUtf8OrHaveAMark_areRefused() {
        byte[] latin1 = "{\"zzz\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1);
        byte[] mark = "\uFEFF{}".getBytes(StandardCharsets.UTF_8);
        byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);

        for (byte[] bytes : List.of(latin1, mark, wide)) {
            assertThatThrownBy(() -> CODEC.read(bytes, Envelope.class)).isInstanceOf(JsonException.class);
        }
    }

    @Test
    void nesting_isBounded() {
        String deepest = nested(JsonValue.MAX_DEPTH - 2);
        String tooDeep = nested(JsonValue.MAX_DEPTH);
        String json = "{" + HEAD + ",\"payload_type\":\"weird\",\"payload\":{\"a\":%s}}";

        assertThat(read(json.formatted(deepest)).payload()).isInstanceOf(CustomPayload.class);
        assertThatThrownBy(() -> read(json.formatted(tooDeep)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("256");
        assertThatThrownBy(() -> read(json.formatted("1").replace("}}", "},\"zzz\":" + tooDeep + "}")))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void payloadTypes_ofTheProtocol_allHaveAShape() {
        for (PayloadType type : PayloadType.ALL) {
            String json =
                    "{" + HEAD + ",\"correlation_id\":\"c\",\"payload_type\":\"" + type + "\",\"payload\":{\"zzz\":1}}";
            assertThatThrownBy(() -> read(json))
                    .satisfies(e -> assertThat(((ValidationException) e).violations())
                            .extracting(Violation::type)
                            .contains("extra_forbidden"));
        }
    }

    /** Whatever the order in which they were sent, and missing ones among them. */
    @Test
    void mistakes_areInTheOrderOfTheMembers() {
        String json = "{\"zzz\":1,\"payload\":{\"skill_id\":7},\"payload_type\":\"task.request\",\"sender\":5}";

        assertThatThrownBy(() -> read(json))
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations())
                                .extracting(violation -> violation.type() + " " + String.join(".", violation.path()))
                                .containsExactly(
                                        "missing asap_version",
                                        "string_type sender",
                                        "missing recipient",
                                        "missing conversation_id",
                                        "string_type skill_id",
                                        "missing input",
                                        "extra_forbidden zzz"));
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static TaskRequestConfig config(String member, String json) {
        return CODEC.read(
                ("{\"" + member + "\":" + json + "}").getBytes(StandardCharsets.UTF_8), TaskRequestConfig.class);
    }

    private static void assertRefused(String type, List<String> path, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations())
                                .extracting(Violation::type, Violation::path)
                                .containsExactly(tuple(type, path)));
    }

    private static Envelope read(String json) {
        return CODEC.read(json.getBytes(StandardCharsets.UTF_8), Envelope.class);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
