// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import dev.asap.server.MessageTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Spans of messages: what they say, whose children they are, and what answers tell of them. */
class OpenTelemetryMessagesTest {
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER_TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN_ID = "00f067aa0ba902b7";
    private static final String NO_PARENT = "0000000000000000";
    private static final MessageTracer.Headers TRACEPARENT =
            name -> name.equalsIgnoreCase("traceparent") ? "00-" + OTHER_TRACE_ID + "-b7ad6b7169203331-01" : null;

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = newTelemetry(Sampler.alwaysOn());
    private final OpenTelemetryMessages messages = new OpenTelemetryMessages(telemetry);

    @AfterEach
    void closeTelemetry() {
        telemetry.close();
    }

    private OpenTelemetrySdk newTelemetry(Sampler sampler) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
    }

    private static Envelope message(@Nullable String traceId, @Nullable JsonObject extensions) {
        return Envelope.builder(
                        AgentUrn.of("urn:asap:agent:caller"),
                        AgentUrn.of("urn:asap:agent:echo"),
                        TaskRequest.of("c", "echo", JsonObject.empty()))
                .id("m-1")
                .traceId(traceId)
                .extensions(extensions)
                .build();
    }

    private SpanData spanOf(Envelope message, MessageTracer.Headers headers) {
        messages.begin(message, "task.request", headers).end();
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
        return exporter.getFinishedSpanItems().get(0);
    }

    @Test
    void message_isAServerSpanThatDescribesIt() {
        SpanData span = spanOf(message(null, null), MessageTracer.Headers.NONE);

        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
        assertThat(span.getName()).isEqualTo("asap.handler.execute");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getParentSpanId()).isEqualTo(NO_PARENT);
        assertThat(attributes)
                .containsOnly(
                        entry("asap.payload_type", "task.request"),
                        entry("asap.agent.urn", "urn:asap:agent:echo"),
                        entry("asap.envelope.id", "m-1"),
                        entry("asap.status", "success"));
    }

    @Test
    void failure_isSaid() {
        MessageTracer.Trace trace = messages.begin(message(null, null), "task.request", MessageTracer.Headers.NONE);
        trace.failed("internal_error");
        trace.end();

        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("internal_error");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("asap.status")))
                .isEqualTo("error");
    }

    @Test
    void spanNamedByTheMessage_isTheParentWhateverTheHeadersSay() {
        SpanData span =
                spanOf(message(TRACE_ID.toUpperCase(Locale.ROOT), JsonObject.of("span_id", SPAN_ID)), TRACEPARENT);

        assertThat(span.getTraceId()).isEqualTo(TRACE_ID);
        assertThat(span.getParentSpanId()).isEqualTo(SPAN_ID);
        assertThat(span.getParentSpanContext().isRemote()).isTrue();
    }

    @Test
    void traceIdThatIsNone_givesWayToThatOfTheExtensions() {
        SpanData span = spanOf(
                message("01JZ3T8Q4N0W7C2R5V9X1Y6B3D", JsonObject.of("trace_id", TRACE_ID, "span_id", SPAN_ID)),
                TRACEPARENT);

        assertThat(span.getTraceId()).isEqualTo(TRACE_ID);
        assertThat(span.getParentSpanId()).isEqualTo(SPAN_ID);
    }

    @Test
    void messageWithoutASpan_goesOnWithTheTraceOfTheHeaders() {
        SpanData span = spanOf(message(TRACE_ID, JsonObject.of("span_id", 7)), TRACEPARENT);

        assertThat(span.getTraceId()).isEqualTo(OTHER_TRACE_ID);
        assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void idsOfZeros_areNone() {
        SpanData span =
                spanOf(message("0".repeat(32), JsonObject.of("span_id", NO_PARENT)), MessageTracer.Headers.NONE);

        assertThat(span.getParentSpanId()).isEqualTo(NO_PARENT);
        assertThat(span.getTraceId()).isNotEqualTo("0".repeat(32));
    }

    @Test
    void currentSpan_goesBeforeTheHeaders() {
        Span around = telemetry.getTracer("test").spanBuilder("around").startSpan();
        try (Scope scope = around.makeCurrent()) {
            assertThat(scope).isNotNull();
            assertThat(spanOf(message(null, null), TRACEPARENT).getParentSpanId())
                    .isEqualTo(around.getSpanContext().getSpanId());
        }
    }

    @Test
    void span_isCurrentUntilTheEnd() {
        MessageTracer.Trace trace = messages.begin(message(null, null), "task.request", MessageTracer.Headers.NONE);
        assertThat(Span.current().getSpanContext().isValid()).isTrue();
        trace.end();
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void answer_namesTheSpanAndKeepsItsOwnTraceId() {
        MessageTracer.Trace trace = messages.begin(message(null, null), "task.request", MessageTracer.Headers.NONE);
        Envelope answer = trace.outgoing(message(null, JsonObject.of("mine", 1)));
        Envelope other = trace.outgoing(message("my-trace", null));
        trace.end();

        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(answer.traceId()).isEqualTo(span.getTraceId());
        assertThat(answer.extensions())
                .isEqualTo(JsonObject.of("mine", 1, "trace_id", span.getTraceId(), "span_id", span.getSpanId()));
        assertThat(other.traceId()).isEqualTo("my-trace");
        assertThat(other.extensions())
                .isEqualTo(JsonObject.of("trace_id", span.getTraceId(), "span_id", span.getSpanId()));
    }

    @Test
    void answerOfASpanThatIsNotSampled_staysAsItIs() {
        try (OpenTelemetrySdk unsampled = newTelemetry(Sampler.alwaysOff())) {
            MessageTracer.Trace trace = new OpenTelemetryMessages(unsampled)
                    .begin(message(null, null), "task.request", MessageTracer.Headers.NONE);
            Envelope answer = message(null, null);

            assertThat(trace.outgoing(answer)).isSameAs(answer);
            trace.end();
        }
    }
}
