// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Envelopes over JSON-RPC: {@code POST /asap} for one or a batch, {@code POST /asap/stream} for an answer in pieces. Everything from the
 * JSON on is answered with HTTP 200.
 */
final class MessageRoutes implements RouteGroup {
    static final String PATH = "/asap";
    static final String STREAM_PATH = "/asap/stream";

    private static final String EVENTS = "text/event-stream; charset=utf-8";

    private final MessagePipeline pipeline;
    private final BatchAnswers batches;
    private final RequestLimits limits;
    private final RequestDecoder decoder;
    private final BooleanSupplier serverOpen;

    MessageRoutes(
            MessagePipeline pipeline,
            BatchAnswers batches,
            RequestLimits limits,
            RequestDecoder decoder,
            BooleanSupplier serverOpen) {
        this.pipeline = pipeline;
        this.batches = batches;
        this.limits = limits;
        this.decoder = decoder;
        this.serverOpen = serverOpen;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post(PATH, this::receive), Route.post(STREAM_PATH, this::stream));
    }

    private HttpResponse receive(HttpRequest request) {
        byte[] body = decoder.body(request);
        if (BatchItems.isArray(body)) {
            return batches.answer(body, request);
        }
        HttpResponse refusal = limits.refusal(request, 1);
        return refusal != null ? refusal : response(pipeline.answer(body, Arrival.of(request)));
    }

    private HttpResponse stream(HttpRequest request) {
        byte[] body = decoder.body(request);
        HttpResponse refusal = limits.refusal(request, 1);
        if (refusal != null) {
            return refusal;
        }
        Arrival arrival = Arrival.of(request);
        Admission admission = pipeline.admit(body, arrival);
        if (admission instanceof Admission.Refused refused) {
            return HttpResponse.json(200, pipeline.write(refused));
        }
        Admission.Admitted message = (Admission.Admitted) admission;
        EventBody events =
                new EventBody(output -> pipeline.stream(message, arrival, output), serverOpen, MessageRoutes::response);
        return HttpResponse.streamed(200, EVENTS, events).withHeader("Cache-Control", "no-cache");
    }

    private static HttpResponse response(Reply reply) {
        if (reply instanceof Reply.Answered answered) {
            return HttpResponse.json(200, answered.body());
        }
        ProtocolException reason = ((Reply.Overloaded) reply).reason();
        JsonObject body = JsonObject.of(
                "error",
                "Service Temporarily Unavailable",
                "code",
                reason.code().name(),
                "rpc_code",
                reason.code().rpcCode(),
                "message",
                reason.getMessage(),
                "details",
                reason.details(),
                "recoverable",
                reason.retryable(),
                "retry_after_ms",
                reason.retryAfter().map(wait -> (Object) wait.toMillis()).orElse(null),
                "fallback_action",
                reason.fallbackAction().orElse(null));
        return HttpResponse.json(503, body);
    }
}
