// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.telemetry;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.model.Envelope;
import dev.asap.server.MessageTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Traces with OpenTelemetry what a server's handlers do, as part of the callers' traces. Needs {@code
 * io.opentelemetry:opentelemetry-api}, which a module that uses this class requires as {@code io.opentelemetry.api}. Thread-safe;
 * one for all servers is enough.
 *
 * <pre>{@code
 * ASAPServer.builder(manifest).tracer(new OpenTelemetryMessages(openTelemetry))
 * }</pre>
 *
 * <p>Each message that was let in is a span of the kind server, named {@code asap.handler.execute}, which is current while the handler
 * runs. One that is answered with an error has the status error. Messages of a batch have a span each; a streamed answer ends it with its last piece.
 *
 * <table>
 * <caption>Attributes of the span</caption>
 * <tr><th>Name</th><th>Value</th></tr>
 * <tr><td>{@code asap.payload_type}</td><td>the type that the handler is registered for, {@code other} without one</td></tr>
 * <tr><td>{@code asap.agent.urn}</td><td>whom the message is for</td></tr>
 * <tr><td>{@code asap.envelope.id}</td><td>its id, 100 characters at most</td></tr>
 * <tr><td>{@code asap.status}</td><td>{@code success}, {@code error}</td></tr>
 * <tr><td>{@code error.type}</td><td>of errors: their kind, as the metrics have it</td></tr>
 * </table>
 *
 * <p>The parent is the first of these that there is: the span that the message names ({@code extensions.span_id} of 16 hex digits, with
 * 32 of them in {@code trace_id}, or else in {@code extensions.trace_id}), the current span of the thread, what the propagators of the
 * {@code OpenTelemetry} find in the request's headers, {@code traceparent} above all. The headers of a batch count for all of its messages, those
 * that opened a socket for none. A span that a message names counts as sampled, as the protocol wants it.
 *
 * <p>Answers, and each piece of one, get {@code trace_id} and {@code span_id} among their extensions if the span is sampled, and the
 * {@code trace_id} itself where the request has none.
 */
public final class OpenTelemetryMessages implements MessageTracer {
    private static final String TRACER = "dev.asap.server";
    private static final String SPAN = "asap.handler.execute";

    private static final AttributeKey<String> PAYLOAD_TYPE = AttributeKey.stringKey("asap.payload_type");
    private static final AttributeKey<String> AGENT = AttributeKey.stringKey("asap.agent.urn");
    private static final AttributeKey<String> ENVELOPE_ID = AttributeKey.stringKey("asap.envelope.id");
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("asap.status");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private static final String TRACE_ID_MEMBER = "trace_id";
    private static final String SPAN_ID_MEMBER = "span_id";
    private static final Pattern TRACE_ID = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern SPAN_ID = Pattern.compile("[0-9a-fA-F]{16}");

    /** Callers choose their ids. */
    private static final int MAX_ID_CHARACTERS = 100;

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    /** Traces with the tracers and the propagators of an {@code OpenTelemetry}, which is not closed here. */
    @SuppressWarnings("exports") // Who calls this requires the library.
    public OpenTelemetryMessages(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer(TRACER);
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed where the message ends, see Traced.
    public Trace begin(Envelope message, String payloadType, Headers headers) {
        Context parent = parentOf(message, headers);
        Span span = tracer.spanBuilder(SPAN)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(PAYLOAD_TYPE, payloadType)
                .setAttribute(AGENT, message.recipient().value())
                .setAttribute(ENVELOPE_ID, shortened(message.id()))
                .startSpan();
        return new Traced(span, parent.with(span).makeCurrent());
    }

    private Context parentOf(Envelope message, Headers headers) {
        Context current = Context.current();
        Context context = Span.fromContext(current).getSpanContext().isValid()
                ? current
                : propagator.extract(current, headers, HeaderGetter.INSTANCE);
        SpanContext named = namedBy(message);
        return named.isValid() ? context.with(Span.wrap(named)) : context;
    }

    private static SpanContext namedBy(Envelope message) {
        JsonObject extensions = message.extensions();
        if (extensions == null) {
            return SpanContext.getInvalid();
        }
        String spanId = matching(SPAN_ID, text(extensions, SPAN_ID_MEMBER));
        String own = matching(TRACE_ID, message.traceId());
        String traceId = own != null ? own : matching(TRACE_ID, text(extensions, TRACE_ID_MEMBER));
        if (spanId == null || traceId == null) {
            return SpanContext.getInvalid();
        }
        return SpanContext.createFromRemoteParent(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    private static @Nullable String text(JsonObject extensions, String member) {
        return extensions.find(member).orElse(null) instanceof JsonString text ? text.value() : null;
    }

    /** The id as OpenTelemetry writes ids; null if it is none. */
    private static @Nullable String matching(Pattern form, @Nullable String id) {
        return id != null && form.matcher(id).matches() ? id.toLowerCase(Locale.ROOT) : null;
    }

    private static String shortened(String id) {
        return id.length() > MAX_ID_CHARACTERS ? id.substring(0, MAX_ID_CHARACTERS) : id;
    }

    private enum HeaderGetter implements TextMapGetter<Headers> {
        INSTANCE;

        /** Propagators know which headers they look for; older libraries demand the method. */
        @SuppressWarnings("deprecation")
        @Override
        public Iterable<String> keys(Headers carrier) {
            return List.of();
        }

        @Override
        public @Nullable String get(@Nullable Headers carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }

    private static final class Traced implements Trace {
        private final Span span;
        private final Scope scope;
        private boolean failed;

        Traced(Span span, Scope scope) {
            this.span = span;
            this.scope = scope;
        }

        @Override
        public Envelope outgoing(Envelope answer) {
            SpanContext context = span.getSpanContext();
            if (!context.isSampled()) {
                return answer;
            }
            JsonObject extensions = answer.extensions() == null ? JsonObject.empty() : answer.extensions();
            Envelope.Builder traced = answer.toBuilder()
                    .extensions(extensions
                            .with(TRACE_ID_MEMBER, context.getTraceId())
                            .with(SPAN_ID_MEMBER, context.getSpanId()));
            return answer.traceId() == null
                    ? traced.traceId(context.getTraceId()).build()
                    : traced.build();
        }

        @Override
        public void failed(String errorType) {
            failed = true;
            span.setStatus(StatusCode.ERROR, errorType).setAttribute(ERROR_TYPE, errorType);
        }

        @Override
        public void end() {
            scope.close();
            span.setAttribute(STATUS, failed ? "error" : "success").end();
        }
    }
}
