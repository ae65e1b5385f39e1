// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.asap.ASAPException;
import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallObserver;
import dev.asap.error.ConnectionException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenTelemetryCallsTest {
    private static final String FOREIGN_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = newTelemetry(Sampler.parentBased(Sampler.alwaysOn()));
    private final OpenTelemetryCalls calls = new OpenTelemetryCalls(telemetry);

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

    private SpanData onlySpan() {
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
        return exporter.getFinishedSpanItems().get(0);
    }

    private static Map<String, Object> attributesOf(SpanData span) {
        Map<String, Object> attributes = new HashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }

    private static Map<String, String> headersOf(CallObserver call, int attempt) {
        Map<String, String> headers = new HashMap<>();
        call.attempt(attempt, headers::put);
        return headers;
    }

    @Test
    void answeredCall_isAClientSpanThatDescribesIt() {
        CallObserver call = calls.begin(Calls.send("https://user:***@agent.example:8443/asap?…"));
        call.attempt(1, Calls.NO_HEADERS);
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        call.end(Calls.answered());

        SpanData span = onlySpan();
        assertThat(span.getName()).isEqualTo("asap.client.send");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getStatus()).isEqualTo(StatusData.unset());
        assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("dev.asap.client");
        assertThat(span.getEvents()).isEmpty();
        assertThat(attributesOf(span))
                .containsOnly(
                        entry("server.address", "agent.example"),
                        entry("server.port", 8443L),
                        entry("url.full", "https://agent.example:8443/asap"),
                        entry("asap.envelope.id", "m-1"),
                        entry("asap.payload_type", "task.request"),
                        entry("asap.agent.urn", "urn:asap:agent:echo"),
                        entry("asap.status", "success"),
                        entry("asap.attempts", 1L),
                        entry("asap.request.size", 400L),
                        entry("asap.response.size", 900L));
    }

    @Test
    void document_hasNoAttributesOfAMessage() {
        CallObserver call = calls.begin(Calls.document());
        call.end(new CallEnd(new Answered(null), 1, Duration.ofMillis(1), 0, 0));

        assertThat(onlySpan().getName()).isEqualTo("asap.client.manifest");
        assertThat(attributesOf(onlySpan()))
                .containsOnlyKeys("server.address", "server.port", "url.full", "asap.status", "asap.attempts");
    }

    @Test
    void repetitions_areEventsOfTheSpan() {
        CallObserver call = calls.begin(Calls.send());
        call.attempt(1, Calls.NO_HEADERS);
        call.repeated(1, Calls.refused(), Duration.ofMillis(150));
        call.attempt(2, Calls.NO_HEADERS);
        call.end(Calls.answered());

        assertThat(onlySpan().getEvents()).singleElement().satisfies(event -> {
            assertThat(event.getName()).isEqualTo("asap.retry");
            assertThat(event.getAttributes().get(AttributeKey.longKey("asap.attempt")))
                    .isEqualTo(1);
            assertThat(event.getAttributes().get(AttributeKey.longKey("asap.wait_ms")))
                    .isEqualTo(150);
            assertThat(event.getAttributes().get(AttributeKey.stringKey("error.type")))
                    .isEqualTo("asap:transport/connection_error");
        });
        assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void failedCall_hasTheStatusErrorWithTheCode() {
        calls.begin(Calls.send()).end(Calls.failed(Calls.refused(), 2));

        assertThat(onlySpan().getStatus())
                .isEqualTo(StatusData.create(StatusCode.ERROR, "asap:transport/connection_error"));
        assertThat(attributesOf(onlySpan()))
                .contains(
                        entry("asap.status", "error"),
                        entry("asap.attempts", 2L),
                        entry("error.type", "asap:transport/connection_error"))
                .doesNotContainKeys("http.response.status_code", "asap.response.size");
    }

    @Test
    void httpFailure_isToldByItsStatus() {
        ASAPException failure =
                ConnectionException.ofStatus("POST " + Calls.URL + " failed: HTTP 503", Calls.URL, 503, null);
        calls.begin(Calls.send()).end(Calls.failed(failure, 1));

        assertThat(attributesOf(onlySpan())).contains(entry("http.response.status_code", 503L));
    }

    @Test
    void errorThatThePeerMadeUp_isCutInTheStatusAndOtherAsType() {
        calls.begin(Calls.send()).end(Calls.failed(Calls.remote("asap:" + "x".repeat(10_000)), 1));

        assertThat(onlySpan().getStatus().getDescription()).hasSize(100).startsWith("asap:xxx");
        assertThat(attributesOf(onlySpan())).contains(entry("error.type", "other"));
    }

    @Test
    void failureWithoutCode_isNamedByItsClass() {
        calls.begin(Calls.send()).end(Calls.failed(new ResponseTooLargeException(Calls.URL, 10), 1));

        assertThat(onlySpan().getStatus().getDescription()).isEqualTo("ResponseTooLargeException");
        assertThat(attributesOf(onlySpan())).contains(entry("error.type", "response_too_large"));
    }

    @Test
    void cancelledCall_isNoError() {
        calls.begin(Calls.send()).end(Calls.cancelled());

        assertThat(onlySpan().getStatus()).isEqualTo(StatusData.unset());
        assertThat(attributesOf(onlySpan())).contains(entry("asap.status", "cancelled"));
    }

    @Test
    void parent_isWhatIsCurrentWhereTheCallBegins() {
        Span parent = telemetry.getTracer("test").spanBuilder("parent").startSpan();
        CallObserver call;
        try (Scope current = parent.makeCurrent()) {
            assertThat(current).isNotNull();
            call = calls.begin(Calls.send());
        }
        Map<String, String> headers = headersOf(call, 1);
        call.end(Calls.answered());

        assertThat(onlySpan().getParentSpanId())
                .isEqualTo(parent.getSpanContext().getSpanId());
        assertThat(onlySpan().getTraceId()).isEqualTo(parent.getSpanContext().getTraceId());
        assertThat(headers).containsOnlyKeys("traceparent");
        SpanContext own = onlySpan().getSpanContext();
        assertThat(headers.get("traceparent"))
                .isEqualTo("00-" + own.getTraceId() + "-" + own.getSpanId() + "-"
                        + own.getTraceFlags().asHex());
        parent.end();
    }

    @Test
    void headers_areThoseOfTheSpanForEachAttempt() {
        CallObserver call = calls.begin(Calls.send());
        Map<String, String> first = headersOf(call, 1);
        call.repeated(1, Calls.refused(), Duration.ZERO);
        Map<String, String> second = headersOf(call, 2);
        call.end(Calls.answered());

        assertThat(first).containsOnlyKeys("traceparent").isEqualTo(second);
    }

    @Test
    void headers_areTheChoiceOfThePropagators() {
        try (OpenTelemetrySdk baggageOnly = OpenTelemetrySdk.builder()
                .setPropagators(ContextPropagators.create(W3CBaggagePropagator.getInstance()))
                .build()) {
            assertThat(headersOf(new OpenTelemetryCalls(baggageOnly).begin(Calls.send()), 1))
                    .isEmpty();
        }
    }

    @Test
    void message_getsTheTraceOfTheSpan() {
        CallObserver call = calls.begin(Calls.send());
        Envelope sent = call.outgoing(Calls.message());
        call.end(Calls.answered());

        String traceId = onlySpan().getTraceId();
        assertThat(sent)
                .isEqualTo(Calls.message().toBuilder()
                        .traceId(traceId)
                        .extensions(JsonObject.of(
                                "trace_id", traceId, "span_id", onlySpan().getSpanId()))
                        .build());
    }

    @Test
    void message_withAnIdOfItsOwnKind_keepsItAndItsExtensions() {
        Envelope message = Calls.message().toBuilder()
                .traceId("01JZ3T8Q4N0W7C2R5V9X1Y6B3D")
                .extensions(JsonObject.of("nonce", "n-1", "span_id", "old"))
                .build();
        CallObserver call = calls.begin(Calls.send());
        Envelope sent = call.outgoing(message);
        call.end(Calls.answered());

        assertThat(sent.traceId()).isEqualTo("01JZ3T8Q4N0W7C2R5V9X1Y6B3D");
        assertThat(sent.extensions())
                .isEqualTo(JsonObject.of(
                        "nonce",
                        "n-1",
                        "trace_id",
                        onlySpan().getTraceId(),
                        "span_id",
                        onlySpan().getSpanId()));
    }

    @Test
    void message_ofAnotherTrace_staysAsItIs() {
        Envelope message = Calls.message().toBuilder()
                .traceId(FOREIGN_TRACE)
                .extensions(JsonObject.of("span_id", "00f067aa0ba902b7"))
                .build();
        CallObserver call = calls.begin(Calls.send());

        assertThat(call.outgoing(message)).isSameAs(message);
        call.end(Calls.answered());
    }

    @Test
    void message_thatNamesTheTraceOfTheSpan_getsItsSpan() {
        CallObserver call = calls.begin(Calls.send());
        Envelope first = call.outgoing(Calls.message());
        Envelope upperCase = Calls.message().toBuilder()
                .traceId(String.valueOf(first.traceId()).toUpperCase(Locale.ROOT))
                .build();
        Envelope second = call.outgoing(upperCase);
        call.end(Calls.answered());

        assertThat(second.traceId()).isEqualTo(upperCase.traceId());
        assertThat(second.extensions()).isEqualTo(first.extensions());
    }

    @Test
    void message_ofASpanThatIsNotSampled_getsTheTraceAlone() {
        try (OpenTelemetrySdk unsampled = newTelemetry(Sampler.alwaysOff())) {
            CallObserver call = new OpenTelemetryCalls(unsampled).begin(Calls.send());
            Envelope sent = call.outgoing(Calls.message());
            Map<String, String> headers = headersOf(call, 1);
            call.end(Calls.answered());

            assertThat(sent.traceId()).matches("[0-9a-f]{32}");
            assertThat(sent.extensions()).isNull();
            assertThat(headers.get("traceparent"))
                    .contains(String.valueOf(sent.traceId()))
                    .doesNotMatch(".*[13579bdf]$");
        }
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void withoutSdk_nothingIsTracedNorChanged() {
        CallObserver call = new OpenTelemetryCalls(OpenTelemetry.noop()).begin(Calls.send());
        Envelope message = Calls.message();

        assertThat(call.outgoing(message)).isSameAs(message);
        assertThat(headersOf(call, 1)).isEmpty();
        call.repeated(1, Calls.refused(), Duration.ZERO);
        call.end(Calls.failed(Calls.refused(), 1));
    }

    @Test
    void span_ofACall_isNotLeftCurrentInTheThread() {
        CallObserver call = calls.begin(Calls.send());

        assertThat(Span.current().getSpanContext().isValid()).isFalse();
        call.end(Calls.answered());
    }
}
