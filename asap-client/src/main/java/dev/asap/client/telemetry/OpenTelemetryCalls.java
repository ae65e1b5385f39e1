// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import dev.asap.ASAPException;
import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Failed;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallObserver;
import dev.asap.client.CallStart;
import dev.asap.error.ConnectionException;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Traces the calls of clients with OpenTelemetry, and lets the called agents go on with the traces. Needs {@code
 * io.opentelemetry:opentelemetry-api}, which a module that uses this class requires as {@code io.opentelemetry.api}. Thread-safe;
 * one for all clients is enough.
 *
 * <p>Each call is a span of the kind client, named {@code asap.client.} and the kind of the call ({@code asap.client.send}), whose
 * parent is the current context of the thread that calls. Attempts that are repeated are events of it, named {@code asap.retry}.
 * A call that failed has the status error, with the peer's name for the error; one that the caller took back has none.
 *
 * <table>
 * <caption>Attributes of the span</caption>
 * <tr><th>Name</th><th>Value</th></tr>
 * <tr><td>{@code server.address}, {@code server.port}</td><td>host and port of the peer</td></tr>
 * <tr><td>{@code url.full}</td><td>the address without user, password and query</td></tr>
 * <tr><td>{@code asap.envelope.id}, {@code asap.payload_type}, {@code asap.agent.urn}</td>
 *     <td>of calls with one message: its id, its type and its recipient</td></tr>
 * <tr><td>{@code asap.status}</td><td>{@code success}, {@code error}, {@code cancelled}</td></tr>
 * <tr><td>{@code error.type}</td><td>of calls that failed: the words of the tag {@code reason} of {@link MicrometerCalls}</td></tr>
 * <tr><td>{@code http.response.status_code}</td><td>of calls that failed by it</td></tr>
 * <tr><td>{@code asap.attempts}</td><td>how many there were</td></tr>
 * <tr><td>{@code asap.request.size}, {@code asap.response.size}</td>
 *     <td>bytes of the last bodies, as sent and after inflation; absent without a body</td></tr>
 * </table>
 *
 * <p>An event has the attributes {@code asap.attempt} (the number of the one that failed), {@code error.type} and {@code
 * asap.wait_ms}.
 *
 * <p>The trace goes to the peer in two ways. The headers of every attempt get what the propagators of the {@code OpenTelemetry} write,
 * {@code traceparent} and {@code tracestate} where those of W3C are configured. A message gets, as the protocol wants it, the {@code
 * trace_id} if it has none, and {@code trace_id} and {@code span_id} among its extensions if the span is sampled. A message whose
 * {@code trace_id} is that of another W3C trace stays as it is: it goes on with that one.
 */
public final class OpenTelemetryCalls implements CallInterceptor {
    private static final String TRACER = "dev.asap.client";
    private static final String SPAN_PREFIX = "asap.client.";
    private static final String RETRY_EVENT = "asap.retry";

    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    private static final AttributeKey<String> ENVELOPE_ID = AttributeKey.stringKey("asap.envelope.id");
    private static final AttributeKey<String> PAYLOAD_TYPE = AttributeKey.stringKey("asap.payload_type");
    private static final AttributeKey<String> AGENT = AttributeKey.stringKey("asap.agent.urn");
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("asap.status");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("asap.attempts");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("asap.attempt");
    private static final AttributeKey<Long> WAIT_MS = AttributeKey.longKey("asap.wait_ms");
    private static final AttributeKey<Long> REQUEST_SIZE = AttributeKey.longKey("asap.request.size");
    private static final AttributeKey<Long> RESPONSE_SIZE = AttributeKey.longKey("asap.response.size");

    private static final TextMapSetter<BiConsumer<String, String>> SET_HEADER = OpenTelemetryCalls::setHeader;

    private static final String TRACE_ID_MEMBER = "trace_id";
    private static final String SPAN_ID_MEMBER = "span_id";
    private static final Pattern W3C_TRACE_ID = Pattern.compile("[0-9a-fA-F]{32}");

    /** The peer chooses the name of its error. */
    private static final int MAX_DESCRIPTION = 100;

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    /** Traces with the tracers and the propagators of an {@code OpenTelemetry}, which is not closed here. */
    @SuppressWarnings("exports") // Who calls this requires the library.
    public OpenTelemetryCalls(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer(TRACER);
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    @Override
    public CallObserver begin(CallStart call) {
        Context parent = Context.current();
        SpanBuilder builder = tracer.spanBuilder(SPAN_PREFIX + CallWords.kind(call.kind()))
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT);
        describeTarget(CallTarget.of(call.address()), builder);
        Envelope message = call.message();
        if (message != null) {
            builder.setAttribute(ENVELOPE_ID, message.id())
                    .setAttribute(PAYLOAD_TYPE, message.payloadType().value())
                    .setAttribute(AGENT, message.recipient().value());
        }
        Span span = builder.startSpan();
        return new Traced(span, parent.with(span));
    }

    private static void describeTarget(CallTarget target, SpanBuilder builder) {
        builder.setAttribute(URL, target.url());
        if (target.port() > 0) {
            builder.setAttribute(SERVER_ADDRESS, target.host()).setAttribute(SERVER_PORT, (long) target.port());
        }
    }

    private static void setHeader(@Nullable BiConsumer<String, String> headers, String name, String value) {
        if (headers != null) {
            headers.accept(name, value);
        }
    }

    private static Envelope withTrace(Envelope message, SpanContext span) {
        String traceId = message.traceId();
        if (traceId != null
                && W3C_TRACE_ID.matcher(traceId).matches()
                && !traceId.equalsIgnoreCase(span.getTraceId())) {
            // Receivers take the span's id for one of the trace that the message names.
            return message;
        }
        Envelope.Builder traced = message.toBuilder();
        if (traceId == null) {
            traced.traceId(span.getTraceId());
        }
        if (span.isSampled()) {
            // Receivers take every span that is named here for a sampled one.
            JsonObject extensions = message.extensions() == null ? JsonObject.empty() : message.extensions();
            traced.extensions(
                    extensions.with(TRACE_ID_MEMBER, span.getTraceId()).with(SPAN_ID_MEMBER, span.getSpanId()));
        }
        return traced.build();
    }

    private static String describe(ASAPException failure) {
        String description = failure instanceof ProtocolException error
                ? error.code().name()
                : failure.getClass().getSimpleName();
        return description.length() > MAX_DESCRIPTION ? description.substring(0, MAX_DESCRIPTION) : description;
    }

    private final class Traced implements CallObserver {
        private final Span span;
        private final Context context;

        Traced(Span span, Context context) {
            this.span = span;
            this.context = context;
        }

        @Override
        public Envelope outgoing(Envelope message) {
            SpanContext spanContext = span.getSpanContext();
            return spanContext.isValid() ? withTrace(message, spanContext) : message;
        }

        @Override
        public void attempt(int number, BiConsumer<String, String> headers) {
            propagator.inject(context, headers, SET_HEADER);
        }

        @Override
        public void repeated(int number, ASAPException failure, Duration wait) {
            span.addEvent(
                    RETRY_EVENT,
                    Attributes.of(
                            ATTEMPT, (long) number, ERROR_TYPE, CallWords.reason(failure), WAIT_MS, wait.toMillis()));
        }

        @Override
        public void end(CallEnd end) {
            span.setAttribute(STATUS, CallWords.status(end.outcome())).setAttribute(ATTEMPTS, (long) end.attempts());
            if (end.requestBytes() > 0) {
                span.setAttribute(REQUEST_SIZE, end.requestBytes());
            }
            if (end.responseBytes() > 0) {
                span.setAttribute(RESPONSE_SIZE, end.responseBytes());
            }
            if (end.outcome() instanceof Failed failed) {
                fail(failed.failure());
            }
            span.end();
        }

        private void fail(ASAPException failure) {
            span.setStatus(StatusCode.ERROR, describe(failure)).setAttribute(ERROR_TYPE, CallWords.reason(failure));
            if (failure instanceof ConnectionException answered) {
                answered.httpStatus().ifPresent(status -> span.setAttribute(HTTP_STATUS, (long) status));
            }
        }
    }
}
