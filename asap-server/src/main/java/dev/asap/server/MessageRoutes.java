// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.InvalidNonceException;
import dev.asap.error.InvalidTimestampException;
import dev.asap.error.ProtocolException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.storage.Storage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /asap}: envelopes over JSON-RPC.
 *
 * <p>In this order: content coding, JSON, JSON-RPC structure, method, caller, envelope, sender, timestamp, nonce, handler. Everything from
 * the JSON on is answered with HTTP 200.
 */
final class MessageRoutes implements RouteGroup {
    static final String PATH = "/asap";

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private final AgentUrn self;
    private final Handlers handlers;
    private final Storage storage;
    private final RequestLimits limits;
    private final MessageAccess access;
    private final ReplayGuard replayGuard;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final boolean debug;
    private final JsonRpcCodec codec;

    MessageRoutes(
            AgentUrn self,
            Handlers handlers,
            Storage storage,
            RequestLimits limits,
            MessageAccess access,
            ReplayGuard replayGuard,
            ServerMetrics metrics,
            InstantSource clock,
            boolean debug) {
        this.self = self;
        this.handlers = handlers;
        this.storage = storage;
        this.limits = limits;
        this.access = access;
        this.replayGuard = replayGuard;
        this.metrics = metrics;
        this.clock = clock;
        this.debug = debug;
        this.codec = new JsonRpcCodec(clock);
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post(PATH, this::receive));
    }

    private HttpResponse receive(HttpRequest request) {
        String coding = request.header("Content-Encoding");
        if (coding != null && !isPlain(coding)) {
            return HttpResponse.detail(
                    415, "Unsupported Content-Encoding: " + coding.strip() + ". Supported: identity");
        }
        HttpResponse refusal = limits.refusal(request, 1);
        return refusal != null ? refusal : HttpResponse.json(200, answer(request));
    }

    private static boolean isPlain(String coding) {
        String name = coding.strip().toLowerCase(Locale.ROOT);
        return name.isEmpty() || name.equals("identity");
    }

    private byte[] answer(HttpRequest request) {
        IncomingRequest incoming = codec.readRequest(request.body());
        if (incoming instanceof IncomingRequest.Rejected rejected) {
            int code = rejected.error().code();
            metrics.failed(
                    code == JsonRpcError.PARSE_ERROR
                            ? "parse_error"
                            : code == JsonRpcError.INVALID_PARAMS ? "invalid_params" : "invalid_request");
            return codec.writeError(rejected.id(), rejected.error());
        }
        IncomingRequest.Call call = (IncomingRequest.Call) incoming;
        if (!call.method().equals(JsonRpcRequest.SEND)) {
            metrics.failed("invalid_request");
            return codec.writeError(call.id(), JsonRpcError.methodNotFound(call.method()));
        }
        MessageAccess.Caller caller;
        try {
            caller = access.authenticate(request);
        } catch (ProtocolException e) {
            return failed(call.id(), ServerMetrics.OTHER, e);
        }
        if (call.envelope() instanceof EnvelopeArgument.Valid valid) {
            return answer(call.id(), caller, valid.envelope());
        }
        metrics.failed("invalid_envelope");
        return codec.writeError(call.id(), ((EnvelopeArgument.Invalid) call.envelope()).error());
    }

    private byte[] answer(JsonRpcId id, MessageAccess.Caller caller, Envelope envelope) {
        // The registered spelling, so that callers cannot make up labels.
        String type = handlers.registeredName(envelope.payloadType(), ServerMetrics.OTHER);
        try {
            access.admit(caller, envelope);
            replayGuard.check(envelope);
            access.use(caller, envelope);
            Payload payload = handlers.answer(envelope, new RequestContext(envelope, storage));
            byte[] answer = codec.writeResult(
                    id,
                    envelope.replyFrom(self, payload).timestamp(clock.instant()).build());
            metrics.succeeded(type);
            return answer;
        } catch (ProtocolException e) {
            return failed(id, type, e);
        } catch (Exception e) {
            LOG.error("The handler of {} failed for envelope {}", type, LogText.of(envelope.id()), e);
            metrics.failed(type, "internal_error");
            return codec.writeError(id, JsonRpcError.internalError(internalErrorData(e)));
        }
    }

    private byte[] failed(JsonRpcId id, String type, ProtocolException e) {
        if (e instanceof AccessRefusedException refused) {
            metrics.failed(type, refused.metric());
            return codec.writeError(id, refused.error());
        }
        metrics.failed(type, e.code());
        return codec.writeError(id, JsonRpcError.of(e, shortText(e)));
    }

    private static String shortText(ProtocolException e) {
        if (e instanceof InvalidTimestampException) {
            return "Invalid envelope timestamp";
        }
        return e instanceof InvalidNonceException ? "Invalid envelope nonce" : String.valueOf(e.getMessage());
    }

    private JsonObject internalErrorData(Exception e) {
        if (!debug) {
            return JsonObject.of("error", "Internal server error");
        }
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return JsonObject.of(
                "error", e.getMessage(), "type", e.getClass().getSimpleName(), "traceback", trace.toString());
    }
}
