// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.validation.ValidationException;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the records check and offer when an application makes them. */
class ModelTest {
    private static final AgentUrn ALICE = AgentUrn.of("urn:asap:agent:alice");
    private static final AgentUrn BOB = AgentUrn.of("urn:asap:agent:bob");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456789Z");

    @Test
    void components_required_areReportedTogetherByTheirWireNames() {
        assertRefused(
                () -> new MessageSend(null, null, null, null, null),
                "missing task_id",
                "missing message_id",
                "missing sender",
                "missing role",
                "missing parts");
        assertRefused(
                () -> new Manifest(null, null, null, null, null, null, null, null, null, null, null, 0),
                "missing id",
                "missing name",
                "missing version",
                "missing description",
                "missing capabilities",
                "missing endpoints",
                "missing supported_versions",
                "greater_than_equal ttl_seconds");
        assertRefused(() -> new FilePart(null, null, null), "missing uri", "missing mime_type");
        assertRefused(
                () -> new ManifestSignature(null, null, null),
                "missing alg",
                "missing signature",
                "missing trust_level");
    }

    @Test
    void lists_areCopied() {
        List<String> parts = new ArrayList<>(List.of("p"));
        Message message = new Message("m", "t", "s", MessageRole.USER, parts, TIME);
        CommonMetadata metadata = new CommonMetadata(null, null, null, null, parts);

        parts.add("q");

        assertThat(message.parts()).containsExactly("p");
        assertThat(metadata.tags()).containsExactly("p");
        assertThatThrownBy(() -> message.parts().add("x")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void times_areCutToMicroseconds() {
        Instant cut = Instant.parse("2026-01-02T03:04:05.123456Z");

        assertThat(new Message("m", "t", "s", MessageRole.USER, List.of(), TIME).timestamp())
                .isEqualTo(cut);
        assertThat(new Artifact("a", "t", "n", List.of(), TIME).createdAt()).isEqualTo(cut);
        assertThat(new Conversation("c", List.of("p"), TIME, null).createdAt()).isEqualTo(cut);
        assertThat(new VerificationStatus(VerificationState.VERIFIED, TIME).verifiedAt())
                .isEqualTo(cut);
        assertThat(task(TaskStatus.WORKING).createdAt()).isEqualTo(cut);
        assertThat(task(TaskStatus.WORKING).updatedAt()).isEqualTo(cut);
    }

    @ParameterizedTest
    @CsvSource({
        "submitted,false,true",
        "working,false,true",
        "input_required,false,false",
        "completed,true,false",
        "failed,true,false",
        "cancelled,true,false",
        "paused,false,false"
    })
    void task_tellsWhatItsStateMeans(String status, boolean terminal, boolean cancellable) {
        Task task = task(new TaskStatus(status));

        assertThat(task.isTerminal()).isEqualTo(terminal);
        assertThat(task.canBeCancelled()).isEqualTo(cancellable);
    }

    @Test
    void progress_outOfBounds_isRefused() {
        assertRefused(() -> TaskProgress.ofPercent(100.1), "value_error");
        assertRefused(() -> TaskProgress.ofPercent(Double.NaN), "value_error");
        assertRefused(() -> new TaskProgress(null, null, Double.POSITIVE_INFINITY, JsonObject.empty()), "value_error");
        assertThat(TaskProgress.of(100, "done").toJson()).isEqualTo(JsonObject.of("percent", 100, "message", "done"));
    }

    @Test
    void extras_withWhatBelongsInAComponent_areRefused() {
        assertRefused(() -> new TaskProgress(null, null, null, JsonObject.of("percent", 1)), "value_error extras");
        assertRefused(() -> new TaskProgress(null, null, null, JsonObject.of("message", "m")), "value_error extras");
        assertRefused(() -> new TaskProgress(null, "m", null, JsonObject.of("message", 1)), "value_error extras");
        assertRefused(() -> new TaskProgress(null, null, null, JsonObject.of("eta_seconds", 1)), "value_error extras");
        assertRefused(
                () -> new TaskMetrics(null, null, null, null, null, JsonObject.of("tokens_in", 1)),
                "value_error extras");
        assertRefused(() -> new TaskMetrics(null, null, null, null, null, null), "missing extras");
    }

    @Test
    void factories_makeWhatTheySay() {
        assertThat(TaskUpdate.progress("t", TaskProgress.ofPercent(1)).status()).isEqualTo(TaskStatus.WORKING);
        assertThat(TaskUpdate.statusChange("t", TaskStatus.FAILED).updateType()).isEqualTo(UpdateType.STATUS_CHANGE);
        assertThat(TaskUpdate.inputRequired("t", JsonObject.empty()).status()).isEqualTo(TaskStatus.INPUT_REQUIRED);
        assertThat(TaskStream.of("x")).isEqualTo(new TaskStream("x", null, false, null));
        assertThat(TaskStream.last("x", TaskStatus.COMPLETED).isFinal()).isTrue();
        assertThat(McpToolResult.ok("r", JsonObject.empty()).success()).isTrue();
        assertThat(McpToolResult.failed("r", "e").error()).isEqualTo("e");
        assertThat(McpToolCall.of("r", "n", JsonObject.empty()).mcpContext()).isNull();
        assertThat(MessageAck.received("e").status()).isEqualTo(AckStatus.RECEIVED);
        assertThat(MessageAck.processed("e").status()).isEqualTo(AckStatus.PROCESSED);
        assertThat(MessageAck.rejected("e", "no").error()).isEqualTo("no");
        assertThat(StateQuery.latest("t").version()).isNull();
        assertThat(TaskMetrics.ofDuration(5).durationMs()).isEqualTo(5);
        assertThat(TaskResponse.completed("t", JsonObject.empty()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(TaskResponse.failed("t", JsonObject.empty()).status()).isEqualTo(TaskStatus.FAILED);
        assertThat(DataPart.of(JsonObject.empty()).type()).isEqualTo("data");
        assertThat(ManifestSignature.selfSigned("AA==").trustLevel()).isEqualTo(TrustLevel.SELF_SIGNED);
    }

    @Test
    void manifestBuilder_hasTheDefaultsOfTheProtocol() {
        Manifest manifest = Manifest.builder(ALICE, "Alice", "1.0", Endpoint.of("https://a/asap"))
                .capabilities(Capability.builder().skill(Skill.of("s", "S")).build())
                .auth(AuthScheme.of("Bearer", "BASIC"))
                .build();

        assertThat(manifest.supportedVersions()).containsExactly("2.2");
        assertThat(manifest.ttlSeconds()).isEqualTo(300);
        assertThat(manifest.description()).isEmpty();
        assertThat(manifest.capabilities().asapVersion()).isEqualTo("0.1");
        assertThat(manifest.toBuilder()
                        .id(BOB)
                        .name("Bob")
                        .version("2")
                        .endpoints(Endpoint.of("u"))
                        .build()
                        .id())
                .isEqualTo(BOB);
        assertRefused(
                () -> manifest.toBuilder()
                        .auth(AuthScheme.of("bearer", "oauth2", "mtls"))
                        .build(),
                "asap:auth/unsupported_scheme auth",
                "asap:auth/unsupported_scheme auth");
    }

    @Test
    void envelope_isBuiltAnsweredAndCopied() {
        Envelope request = Envelope.builder(ALICE, BOB, TaskRequest.of("c", "s", JsonObject.empty()))
                .traceId("trace")
                .timestamp(TIME)
                .build();
        Envelope answer = request.replyFrom(BOB, TaskResponse.completed("t", JsonObject.empty()))
                .build();

        assertThat(request.timestamp()).isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
        assertThat(answer.correlationId()).isEqualTo(request.id());
        assertThat(answer.traceId()).isEqualTo("trace");
        assertThat(answer.recipient()).isEqualTo(ALICE);
        assertThat(answer.payloadType()).isEqualTo(PayloadType.TASK_RESPONSE);
        assertThat(answer.toBuilder().build()).isEqualTo(answer);
    }

    @Test
    void envelope_thatBreaksARuleBetweenItsComponents_isRefused() {
        assertRefused(() -> Envelope.of(ALICE, BOB, TaskStream.of("x")), "value_error");
        assertRefused(
                () -> Envelope.builder(ALICE, BOB, TaskCancel.of("t"))
                        .payloadType(PayloadType.of("weird"))
                        .build(),
                "value_error");
        assertRefused(() -> CustomPayload.of("Task-Cancel", JsonObject.empty()), "value_error type");
    }

    @ParameterizedTest
    @CsvSource({
        "task.request,taskrequest",
        "TaskRequest,taskrequest",
        "TASK_REQUEST,taskrequest",
        "task-request,taskrequest",
        "' t a s k . 1 ',task1",
        "täsk,täsk",
        "ÄÖ.Ü,äöü",
        "任务,任务",
        "--,''",
        "𝟙a,𝟙a"
    })
    void payloadType_normalised_keepsLettersAndDigitsInLowerCase(String value, String key) {
        assertThat(PayloadType.of(value).key()).isEqualTo(key);
        assertThat(PayloadType.of(value)).hasToString(value);
    }

    @Test
    void payloadType_comparesByTextAndMatchesByKey() {
        assertThat(PayloadType.of("TaskRequest"))
                .isNotEqualTo(PayloadType.TASK_REQUEST)
                .matches(type -> type.matches(PayloadType.TASK_REQUEST));
        assertThat(PayloadType.of("task.request")).isSameAs(PayloadType.TASK_REQUEST);
        assertThat(PayloadType.of("x")).isEqualTo(PayloadType.of("x")).hasSameHashCodeAs(PayloadType.of("x"));
        assertThat(PayloadType.ALL).hasSize(14);
    }

    @ParameterizedTest
    @MethodSource("enumerations")
    void enumeration_hasAConstantForEachKnownValue(Class<? extends WireEnum> type) throws Exception {
        List<WireEnum> constants = new ArrayList<>();
        for (var field : type.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == type) {
                WireEnum constant = (WireEnum) field.get(null);
                constants.add(constant);
                assertThat(constant.isKnown()).as(field.getName()).isTrue();
                assertThat(type.getMethod("known").invoke(constant)).hasToString(field.getName());
                assertThat(constant).hasToString(constant.value());
            }
        }
        var known = Arrays.stream(type.getClasses())
                .filter(Class::isEnum)
                .findFirst()
                .orElseThrow();

        assertThat(constants).hasSize(known.getEnumConstants().length - 1).doesNotHaveDuplicates();
        for (String unknown :
                List.of("", "OTHER", "other", constants.get(0).value().toUpperCase(Locale.ROOT))) {
            assertThat(type.getConstructor(String.class).newInstance(unknown).isKnown())
                    .as(unknown)
                    .isFalse();
        }
    }

    static Stream<Class<? extends WireEnum>> enumerations() {
        return Stream.of(
                TaskStatus.class,
                MessageRole.class,
                UpdateType.class,
                AckStatus.class,
                VerificationState.class,
                TrustLevel.class,
                HardwareClass.class,
                HardwareIoType.class,
                InferenceMode.class);
    }

    private static Task task(TaskStatus status) {
        return new Task("t", "c", null, status, 0, null, TIME, TIME);
    }

    private static void assertRefused(ThrowingCallable call, String... findings) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations())
                                .extracting(violation ->
                                        (violation.type() + " " + String.join(" ", violation.path())).strip())
                                .containsExactly(findings));
    }
}
